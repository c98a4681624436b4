"""The commands, the options they share, and what is said of a mistyped one."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from msgspec import Struct

from ims_tui.core.config.values import UnacceptableError, duration
from ims_tui.core.errors import UsageError
from ims_tui.core.text import printable

DASHBOARD = ""
"""The name of what runs without a command."""


class Command(Struct, frozen=True):
    """One command."""

    help: str
    examples: str = ""


COMMANDS = {
    DASHBOARD: Command(
        "",
        """\
  ims-tui                      open the dashboard on the saved list
  ims-tui ID...                add jobs, then open it
  curl ... | ims-tui -         the same with ids from a pipe
  ims-tui demo                 look around without a cloud account
  ims-tui wait ID && ./deploy  wait in a script
  IMS_TUI_ENDPOINT=https://ims.cn-north-4.myhuaweicloud.com IMS_TUI_TOKEN=... ims-tui ID
""",
    ),
    "add": Command(
        "put jobs on the list: ids, or any text that holds them",
        """\
  ims-tui add ff8080814dbd65d7014dbe0d84db0013 --label win2019-golden
  curl ... /v2/cloudimages/action | ims-tui add -
  ims-tui add --from build.log --tag nightly
""",
    ),
    "rm": Command(
        "take jobs off the list; the jobs themselves go on",
        """\
  ims-tui rm win2019-golden
  ims-tui rm --finished
""",
    ),
    "set": Command(
        "change label, tags, note or mute of jobs on the list",
        """\
  ims-tui set ff8080814dbd65d7014dbe0d84db0013 --label win2019-golden
  ims-tui set --tag nightly --mute
""",
    ),
    "ack": Command(
        "mark results as looked at, which ends alerts about them",
        """\
  ims-tui ack win2019-golden
  ims-tui ack --all
""",
    ),
    "list": Command(
        "show the list with the last known values, without a request",
        """\
  ims-tui list
  ims-tui list --refresh --filter 'state:fail -tag:test' --sort -ended
  ims-tui list --json | jq -r '.jobs[] | select(.status == "FAIL") | .job_id'
""",
    ),
    "get": Command(
        "show jobs, with one request each",
        """\
  ims-tui get win2019-golden
  ims-tui get ID --json
  ims-tui get ID --raw > reply.json
""",
    ),
    "wait": Command(
        "wait until jobs have ended; the exit code says how",
        """\
  ims-tui wait ID... && ./deploy
  ims-tui wait --tag nightly --timeout 2h --fail-fast
  curl ... | ims-tui add - | ims-tui wait - --json
""",
    ),
    "watch": Command(
        "poll the list without a screen, for a service manager",
        """\
  ims-tui watch
  ims-tui watch --jsonl --exit-when-done
  ims-tui watch --metrics-port 9847
""",
    ),
    "service": Command(
        "units for systemd, a Containerfile, alerts and a dashboard for watch",
        """\
  ims-tui service print
  ims-tui service print ims-tui.service
  sudo ims-tui service install
  ims-tui service install --user
""",
    ),
    "status": Command(
        "one line for tmux or a prompt, from stored values only",
        """\
  ims-tui status
  ims-tui status --format '{run} run {fail} fail'
  set -g status-right '#(ims-tui status)'        in tmux.conf
""",
    ),
    "digest": Command(
        "what ended lately and what still runs, from stored values only",
        """\
  ims-tui digest --since 12h
  ims-tui digest | mail -s 'image jobs' team@example.net
""",
    ),
    "history": Command(
        "jobs that ended, of the list and the archive, from stored values only",
        """\
  ims-tui history --since 7d --state fail
  ims-tui history --csv > jobs.csv
""",
    ),
    "events": Command(
        "what was seen of jobs lately, from stored values only",
        """\
  ims-tui events --since 12h
  ims-tui events --jsonl | jq -r 'select(.to == "FAIL") | .job_id'
""",
    ),
    "explain": Command(
        "what an error code means and what helps",
        """\
  ims-tui explain IMG.0057
  ims-tui explain win2019-golden
""",
    ),
    "bundle": Command(
        "the evidence of a job in one file, for a support ticket",
        """\
  ims-tui bundle win2019-golden
  ims-tui bundle ID --output ticket-4711.zip
""",
    ),
    "demo": Command("look around without a cloud account"),
    "simulate": Command(
        "serve a simulated IMS on loopback, for scripts and other clients",
        "  ims-tui simulate --port 8776 --speed 20x\n",
    ),
    "auth": Command(
        "which credential is used and why; whether the service takes it",
        """\
  ims-tui auth status
  ims-tui auth check
  ims-tui auth check prod --json
""",
    ),
    "doctor": Command(
        "what is in order here and what is not: terminal, network, sign-in, files",
        "  ims-tui doctor\n",
    ),
    "notify": Command(
        "try the channels that are told of news, and their rules",
        """\
  ims-tui notify test
  ims-tui notify test team
  ims-tui notify dry-run
""",
    ),
    "config": Command(
        "show, check, change or begin the configuration",
        """\
  ims-tui config init
  ims-tui config set poll.budget 100/5m
  ims-tui config edit
""",
    ),
    "completion": Command(
        "completion of commands, options, labels and ids for a shell",
        """\
  ims-tui completion bash > ~/.local/share/bash-completion/completions/ims-tui
  ims-tui completion zsh > ~/.zfunc/_ims-tui
  ims-tui completion fish > ~/.config/fish/completions/ims-tui.fish
""",
    ),
}
"""Every command by its name."""

_NAMES = [name for name in COMMANDS if name]

_FOOTER = "ims-tui only reads: it cannot start, change or cancel a job in the cloud.\n"


_NAME = "\0"
"""Stands before a word that is no option though it begins like one; no argument of a
process holds it."""


def _split_names(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words before `--`, and those behind it, none of which is an option.

    argparse loses this when options and names are mixed.
    """
    if "--" not in words:
        return list(words), []
    place = list(words).index("--")
    behind = (f"{_NAME}{w}" if w.startswith("-") else w for w in words[place + 1 :])
    return list(words[:place]), list(behind)


_BRIEF = partial(argparse.RawDescriptionHelpFormatter, width=80)
"""argparse makes a formatter for each option; to ask for the width loads 5 ms."""


class Parser(argparse.ArgumentParser):
    """Help begins with examples; wrong usage is one line with the nearest option."""

    examples = ""

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse the words behind the command.

        Raises:
            UsageError: they are not what the command takes.
        """
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        words, names = _split_names(words)
        takes_names = any(not action.option_strings for action in self._actions)
        if not takes_names:  # to mix names and options argparse formats its help first
            args = self.parse_args([*self._joined(words), *names])
        elif self.commands is not None:  # argparse cannot do both
            args = self.parse_args([*_common_first(words), *names])
        else:
            args = self.parse_intermixed_args([*self._joined(words), *names])
        for name, value in vars(args).items():
            if isinstance(value, list):
                setattr(args, name, [word.removeprefix(_NAME) for word in value])
            elif isinstance(value, str):
                setattr(args, name, value.removeprefix(_NAME))
        return args

    @property
    def commands(self) -> argparse._SubParsersAction[argparse.ArgumentParser] | None:
        """The commands of the command; None where it has none."""
        kind = argparse._SubParsersAction
        return next((a for a in self._actions if isinstance(a, kind)), None)

    def _joined(self, words: Sequence[str]) -> Iterator[str]:
        """Join an option and its value where that begins with `-`, as in `--sort -x`.

        argparse takes such a value for an option.
        """
        known = self._option_string_actions
        pending = iter(words)
        for word in pending:
            action = known.get(word)
            value = None
            if word.startswith("--") and action is not None and action.nargs is None:
                value = next(pending, None)
            if value is None:
                yield word
            elif value.startswith("-") and value.partition("=")[0] not in known:
                yield f"{word}={value}"
            else:
                yield from (word, value)

    def format_help(self) -> str:
        """Examples, usage, options, what the program never does."""
        head = f"examples:\n{self.examples}\n" if self.examples else ""
        return f"{head}{super().format_help()}\n{_FOOTER}"

    def error(self, message: str) -> NoReturn:
        """Say it in one line.

        Raises:
            UsageError: always.
        """
        if found := re.match(r"unrecognized arguments: (-[^\s=]+)", message):
            near = _nearest(found[1], self._option_string_actions)
            hint = f"; did you mean {near}?" if near else ""
            message = f"{found[1]} is not an option{hint}"
        elif self.commands is not None and message.endswith(f" {_OWN_COMMAND}"):
            names = ", ".join(self.commands.choices)
            message = f"{self.prog} needs one of its commands: {names}"
        message = message.replace(_NAME, "").replace(repr(_NAME)[1:-1], "")
        raise UsageError(f"{message}; see: {self.prog} --help")


def _nearest(word: str, choices: Iterable[str]) -> str:
    """The choice most like a word; empty where none is."""
    import difflib  # only mistakes need it

    return next(iter(difflib.get_close_matches(word, list(choices), n=1)), "")


def module_of(name: str) -> ModuleType:
    """The module of a command, which has `add_arguments` and `run`."""
    return import_module(f"ims_tui.cli.{name or 'dashboard'}")


def the_parser(name: str) -> Parser:
    """The parser of a command, whose module is loaded for it."""
    command = COMMANDS[name]
    commands = "\n".join(f"  {n:<12} {COMMANDS[n].help}" for n in _NAMES)
    parser = Parser(
        parents=[_common()],
        prog=f"ims-tui {name}".strip(),
        usage=None if name else "ims-tui [OPTION...] [COMMAND | ID... | -]",
        description=command.help if name else f"commands:\n{commands}",
        formatter_class=_BRIEF,
        allow_abbrev=False,
    )
    parser.examples = command.examples
    module_of(name).add_arguments(parser)
    return parser


def with_unit(text: str) -> str:
    """A duration as the settings take it: a bare number counts seconds, as `sleep`."""
    return f"{text}s" if re.fullmatch(r"(?a)\d+(\.\d+)?", text) else text


def port_number(text: str, whole: str = "") -> int:
    """Read a port, from 0 to 65535; `whole` is what it is a part of."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        what = f"{_quoted(whole or text)} is not a port from 0 to 65535"
        raise argparse.ArgumentTypeError(what)
    return int(text)


def _quoted(text: str) -> str:
    return f"'{printable(text, 40)}'"


def add_commands(
    parser: argparse.ArgumentParser,
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Let a command have some of its own; the chosen one is `args.subcommand`."""
    return parser.add_subparsers(dest="subcommand", required=True, metavar=_OWN_COMMAND)


_OWN_COMMAND = "COMMAND"


def add_since(parser: argparse.ArgumentParser, default: str) -> None:
    """Add `--since`: seconds of `args.since`."""
    parser.add_argument(
        "--since",
        type=time_span,
        default=default,
        metavar="TIME",
        help=f"how far back, such as 12h; default: {default}",
    )


def add_utc(parser: argparse.ArgumentParser) -> None:
    """Add `--utc`, which `plain_view` looks at."""
    parser.add_argument("--utc", action="store_true", help="clock times in UTC")


def time_span(text: str) -> float:
    """Read a duration such as `90`, `1m30s` or `2h`, in seconds."""
    try:
        seconds = duration(0.001).read(with_unit(text))
    except UnacceptableError as error:
        raise argparse.ArgumentTypeError(f"{_quoted(text)} {error}") from error
    assert isinstance(seconds, float)
    return seconds


def split_command(words: Sequence[str]) -> tuple[str, list[str]]:
    """Split off the command: the first word that is no option; else the dashboard.

    Raises:
        UsageError: the word is neither a command nor a job id.
    """
    if not words:
        return DASHBOARD, []
    options = _options_with_value()
    skip = False
    for place, word in enumerate(words):
        if skip:
            skip = False
        elif word in options:
            skip = True
        elif word in _NAMES:
            return word, [*words[:place], *words[place + 1 :]]
        elif word == "help":
            return split_command([*words[place + 1 :], "--help"])
        elif word == "--":
            break
        elif not word.startswith("-"):
            _check_word(word)
            break
    return DASHBOARD, list(words)


def _check_word(word: str) -> None:
    if any(c.isdigit() for c in word):
        return  # the dashboard says what is wrong with an id
    near = _nearest(word, _NAMES)
    hint = f"did you mean {near}?" if near else f"commands: {', '.join(_NAMES)}"
    raise UsageError(
        f"'{printable(word, 60)}' is neither a command nor a job id; {hint}"
    )


@cache
def _common() -> argparse.ArgumentParser:
    """Options that every command takes, before or after its name."""
    parser = argparse.ArgumentParser(add_help=False, formatter_class=_BRIEF)
    add = parser.add_argument_group("options of every command").add_argument
    add("-p", "--profile", metavar="NAME", help="account and region to use")
    add("-C", "--config", metavar="FILE", default="", help="config.toml to use")
    add("-w", "--watchlist", metavar="FILE", default="", help="watchlist to use")
    add(
        "--state-dir",
        metavar="DIR",
        default="",
        help="folder for everything that is written",
    )
    add("--region", metavar="NAME", help="region, such as cn-north-4")
    add("--endpoint", metavar="URL", help="address of IMS")
    add(
        "--timeout-request",
        type=with_unit,
        metavar="TIME",
        help="longest wait for one reply",
    )
    add("--theme", metavar="NAME", help="theme of the screen")
    add("--ascii", action="store_true", help="pure ASCII")
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour on a terminal, always or never",
    )
    add(
        "--no-color",
        dest="color",
        action="store_const",
        const="never",
        help="no colour",
    )
    add("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    add("-q", "--quiet", action="store_true", help="no messages but errors")
    add("-v", "--verbose", action="count", default=0, help="log more")
    add("--log-file", metavar="FILE", default="", help="log file to use")
    add("-V", "--version", action="store_true", help="print the version")
    return parser


def _common_first(words: Sequence[str]) -> list[str]:
    """Common options first, since a command's command does not know them."""
    with_value, alone = _options_with_value(), _common_options()
    first: list[str] = []
    rest: list[str] = []
    pending = iter(words)
    for word in pending:
        if word in with_value:
            first += [word, *(value for value in (next(pending, None),) if value)]
        else:
            (first if word.partition("=")[0] in alone else rest).append(word)
    return [*first, *rest]


def _common_options() -> set[str]:
    return set(_common()._option_string_actions)


def _options_with_value() -> set[str]:
    actions = _common()._actions  # argparse has no public way to list its options
    return {o for a in actions if a.nargs is None for o in a.option_strings}
