"""`ims-tui completion`: scripts for shells, made from the command table."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from ims_tui.cli.call import Call
from ims_tui.cli.parser import COMMANDS, DASHBOARD, Parser, the_parser
from ims_tui.core.errors import ImsTuiError, UsageError
from ims_tui.wiring import saved_list

SHELLS = ("bash", "zsh", "fish")
_JOBS = ("", "rm", "set", "ack", "get", "wait", "explain")
"""Commands whose words are jobs on the list."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument(
        "shell", nargs="?", metavar="SHELL", help=f"one of {', '.join(SHELLS)}"
    )
    # What the scripts ask for while the operator types.
    parser.add_argument("--words", action="store_true", help=argparse.SUPPRESS)


def run(call: Call) -> int:
    """Print the script; returns the exit code."""
    make = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    if call.args.words:
        call.out.writelines(f"{word}\n" for word in _watched(call))
    elif call.args.shell in make:
        call.out.write(make[call.args.shell]())
    else:
        raise UsageError(f"name a shell: {', '.join(SHELLS)}")
    return 0


def _watched(call: Call) -> list[str]:
    """Labels and ids on the list; nothing where it cannot be read."""
    try:
        watches = saved_list(call.setup.places).watch_file.load().watches
    except ImsTuiError:
        return []  # a key press is not the place to complain
    labels = [w.label for w in watches if w.label and w.label.isprintable()]
    return [*labels, *(w.job_id for w in watches)]


def _options() -> dict[str, list[argparse.Action]]:
    """The visible options of each command."""
    options = {}
    for name, command in COMMANDS.items():
        parser: Parser = the_parser(name)
        import_module(f"ims_tui.cli.{command.module}").add_arguments(parser)
        actions = parser._option_string_actions.values()
        shown = dict.fromkeys(a for a in actions if a.help is not argparse.SUPPRESS)
        options[name] = list(shown)
    return options


def _first_words() -> dict[str, list[str]]:
    """Words, other than jobs, that come behind a command."""
    return {"completion": list(SHELLS)} | {
        name: list(inner) for name, inner in _inner_parsers()
    }


def _last_words(command: str) -> dict[str, list[str]]:
    """Words that come behind a command of a command, by its name."""
    return {
        word: [str(choice) for choice in action.choices]
        for name, inner in _inner_parsers()
        for word, parser in inner.items()
        for action in parser._actions
        if name == command and action.choices and not action.option_strings
    }


def _inner_parsers() -> Iterator[tuple[str, Mapping[str, argparse.ArgumentParser]]]:
    """The commands that have some of their own, with these."""
    for name, command in COMMANDS.items():
        if command.has_commands:
            parser = the_parser(name)
            import_module(f"ims_tui.cli.{command.module}").add_arguments(parser)
            for action in parser._actions:
                if isinstance(action.choices, dict):
                    yield name, action.choices


_NAMES = [name for name in COMMANDS if name]

_BASH = """\
# bash completion for ims-tui
_ims_tui_offer() {{
    # Not compgen: that would run what stands in a label.
    local each
    while IFS= read -r each; do
        if [[ -n $each && $each == "$word"* ]]; then
            printf -v each %q "$each"
            COMPREPLY+=("$each")
        fi
    done
}}
_ims_tui() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
    local command="" each
    COMPREPLY=()
    for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $each in {names}) command=$each; break;; esac
    done
    case $command:$previous in
{values}
    esac
    if [[ $word == -* ]]; then
        case $command in
{options}
        esac
    else
        case $command in
{words}
        esac
    fi
}}
complete -F _ims_tui ims-tui
"""

_OFFER_JOBS = "_ims_tui_offer < <(ims-tui completion --words 2>/dev/null)"


def _bash() -> str:
    first = _first_words()
    values, options, words = [], [], []
    for name, actions in _options().items():
        known = [option for action in actions for option in action.option_strings]
        options.append(f"            '{name}') {_offer(known)};;")
        if name in first:
            words.append(f"            '{name}') {_offer(first[name])};;")
        for word, last in _last_words(name).items():
            values.append(f"        '{name}':{word}) {_offer(last)}; return;;")
        for action in actions:
            pattern = "|".join(f"'{name}':{o}" for o in action.option_strings)
            if action.choices:
                offer = _offer(list(map(str, action.choices)))
                values.append(f"        {pattern}) {offer}; return;;")
            elif action.metavar == "FILE":
                offer = 'COMPREPLY=($(compgen -f -- "$word")); compopt -o filenames'
                values.append(f"        {pattern}) {offer}; return;;")
    for name in _JOBS:
        more = f"{_offer(_NAMES)}; " if name == DASHBOARD else ""
        words.append(f"            '{name}') {more}{_OFFER_JOBS};;")
    return _BASH.format(
        names="|".join(_NAMES),
        values="\n".join(values),
        options="\n".join(options),
        words="\n".join(words),
    )


def _offer(words: Sequence[str]) -> str:
    lines = "\\n".join(words)
    return f"_ims_tui_offer <<< $'{lines}'"


_ZSH = """\
#compdef ims-tui
# zsh completion for ims-tui
_ims_tui_jobs() {{
    local -a jobs
    jobs=("${{(@f)$(ims-tui completion --words 2>/dev/null)}}")
    compadd -a jobs
}}
_ims_tui() {{
    local command each
    for each in "${{(@)words[2,CURRENT-1]}}"; do
        case $each in {names}) command=$each; break;; esac
    done
    case $command in
{commands}
    esac
}}
_ims_tui "$@"
"""


def _zsh() -> str:
    first = _first_words()
    commands = []
    for name, actions in _options().items():
        specs = [_zsh_option(o, a) for a in actions for o in a.option_strings]
        if name in _JOBS:
            specs.append("'*:job:_ims_tui_jobs'")
        elif name in first:
            specs.append(f"'*:command:({' '.join(first[name])})'")
        body = " \\\n            ".join(specs)
        if name == DASHBOARD:
            shown = " ".join(f"'{n}:{_plain(COMMANDS[n].help)}'" for n in _NAMES)
            body = f"{body}\n        local -a commands=({shown})"
            body = f"{body}\n        _describe command commands"
        before = "".join(
            f"[[ $words[CURRENT-1] == {word} ]] && compadd {' '.join(last)} && return\n"
            "        "
            for word, last in _last_words(name).items()
        )
        commands.append(f"    '{name}')\n        {before}_arguments -s {body};;")
    return _ZSH.format(names="|".join(_NAMES), commands="\n".join(commands))


def _zsh_option(option: str, action: argparse.Action) -> str:
    spec = f"{option}[{_plain(action.help or '')}]"
    if action.choices:
        spec += f":value:({' '.join(map(str, action.choices))})"
    elif action.metavar == "FILE":
        spec += ":file:_files"
    elif action.metavar:
        spec += ":value:"
    return f"'{spec}'"


def _plain(text: str) -> str:
    """A help text without what shells would read in it."""
    return "".join(c for c in text if c not in "'[]:\\%")


def _fish() -> str:
    first = _first_words()
    lines = [
        "# fish completion for ims-tui",
        "complete -c ims-tui -f",
        "function __ims_tui_command",
        "    for each in (commandline -opc)[2..]",
        f"        if contains -- $each {' '.join(_NAMES)}",
        "            echo $each",
        "            return 0",
        "        end",
        "    end",
        "    return 1",
        "end",
    ]
    for name in _NAMES:
        about = f"-a {name} -d '{_plain(COMMANDS[name].help)}'"
        lines.append(f"complete -c ims-tui -n 'not __ims_tui_command' {about}")
    for name, actions in _options().items():
        when = f'-n \'test "$(__ims_tui_command)" = "{name}"\''
        lines += [f"complete -c ims-tui {when} {_fish_option(a)}" for a in actions]
        if name in _JOBS:
            lines.append(
                f"complete -c ims-tui {when} "
                "-a '(ims-tui completion --words 2>/dev/null)'"
            )
        if name in first:
            lines.append(f"complete -c ims-tui {when} -a '{' '.join(first[name])}'")
        for word, last in _last_words(name).items():
            behind = f"-n 'contains -- {word} (commandline -opc)'"
            lines.append(f"complete -c ims-tui {when} {behind} -a '{' '.join(last)}'")
    return "\n".join(lines) + "\n"


def _fish_option(action: argparse.Action) -> str:
    parts = []
    for option in action.option_strings:
        name = option.lstrip("-")
        parts.append(f"-l {name}" if option.startswith("--") else f"-s {name}")
    if action.choices:
        parts.append(f"-x -a '{' '.join(map(str, action.choices))}'")
    elif action.metavar:
        parts.append("-r -F" if action.metavar == "FILE" else "-x")
    return f"{' '.join(parts)} -d '{_plain(action.help or '')}'"
