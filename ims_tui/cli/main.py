"""The command line: options, commands, exit codes.

Commands live in a module each and are imported when they run: `--help` and `--version`
load neither Textual nor httpx.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from ims_tui import __version__
from ims_tui.cli.call import Call
from ims_tui.core.errors import ImsTuiError, UsageError
from ims_tui.core.ids import is_job_id
from ims_tui.core.text import printable

_LOG = logging.getLogger(__name__)

COMMANDS = {
    "demo": "look around without a cloud account",
    "simulate": "serve a simulated IMS on loopback, for scripts and other clients",
    "config": "show, check or begin the configuration",
}
"""Every command with its line in the help; each is a module of this package."""

DASHBOARD = "dashboard"

_EPILOG = """\
examples:
  ims-tui                      open the dashboard on the saved list
  ims-tui ID...                add jobs, then open it
  ims-tui demo                 look around without a cloud account
  IMS_TUI_ENDPOINT=https://ims.cn-north-4.myhuaweicloud.com IMS_TUI_TOKEN=... ims-tui ID

ims-tui only reads: it cannot start, change or cancel a job in the cloud.
"""


class _Parser(argparse.ArgumentParser):
    """Reports wrong usage in one line instead of the whole synopsis."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see: {self.prog} --help")


def main(
    argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None
) -> int:
    """Run the program and return its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(arguments, os.environ if environ is None else environ)
    except ImsTuiError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except Exception as error:  # noqa: BLE001 - the last line of defence
        _LOG.critical("crash", exc_info=True)
        _say(f"a fault of ims-tui: {type(error).__name__}: {error}; the log has more")
        return 1


def _say(text: str) -> None:
    sys.stderr.write(f"ims-tui: {printable(text, 1000)}\n")


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    name, rest = _command(arguments)
    module = import_module(f"ims_tui.cli.{name}")
    parser = _parser(name)
    module.add_arguments(parser)
    args = parser.parse_intermixed_args(rest)
    if args.version:
        sys.stdout.write(f"ims-tui {__version__}\n")
        return 0
    result = module.run(Call(args, environ, sys.stdout, sys.stderr))
    code: int = asyncio.run(result) if asyncio.iscoroutine(result) else result
    return code


def _command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Split off the command: the first word that is no option; else the dashboard."""
    options = _options_with_value()
    skip = False
    for place, word in enumerate(arguments):
        if skip:
            skip = False
        elif word in options:
            skip = True
        elif word in COMMANDS:
            return word, [*arguments[:place], *arguments[place + 1 :]]
        elif word == "--":
            break
        elif not word.startswith("-"):
            _check_word(word)
            break
    return DASHBOARD, list(arguments)


def _check_word(word: str) -> None:
    if is_job_id(word.lower()) or any(c.isdigit() for c in word):
        return  # the dashboard says what is wrong with an id
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"commands: {', '.join(COMMANDS)}"
    raise UsageError(
        f"{printable(word, 60)!r} is neither a command nor a job id; {hint}"
    )


def _parser(name: str) -> argparse.ArgumentParser:
    is_command = name in COMMANDS
    commands = "\n".join(f"  {name:<12} {text}" for name, text in COMMANDS.items())
    parser = _Parser(
        prog=f"ims-tui {name}" if is_command else "ims-tui",
        usage=None if is_command else "ims-tui [OPTION...] [COMMAND | ID...]",
        description=COMMANDS.get(name, f"commands:\n{commands}"),
        epilog=None if is_command else _EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_common(parser)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Options that every command takes, before or after its name."""
    add = parser.add_argument
    add("-p", "--profile", metavar="NAME", help="profile of new jobs")
    add("-C", "--config", metavar="FILE", default="", help="config.toml to use")
    add("-w", "--watchlist", metavar="FILE", default="", help="watchlist to use")
    add("--region", metavar="NAME", help="region, such as cn-north-4")
    add("--endpoint", metavar="URL", help="address of IMS")
    add("--theme", metavar="NAME", help="theme of the screen")
    add("--ascii", action="store_true", help="pure ASCII on the screen")
    add("--no-color", action="store_true", help="no colour")
    add("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    add("-v", "--verbose", action="count", default=0, help="log more")
    add("--log-file", metavar="FILE", default="", help="log file to use")
    add("-V", "--version", action="store_true", help="print the version")


def _options_with_value() -> set[str]:
    parser = argparse.ArgumentParser(add_help=False)
    _add_common(parser)
    actions = parser._actions  # argparse has no public way to list its options
    return {o for a in actions if a.nargs is None for o in a.option_strings}
