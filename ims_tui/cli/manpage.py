"""Manual pages in man(7), made of the parser, so that they say what `--help` says."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ims_tui.cli.parser import COMMANDS, DASHBOARD, Parser, the_parser
from ims_tui.core.release import VERSION


def pages() -> Iterator[tuple[str, str]]:
    """Each page with its name, such as `ims-tui-wait.1`."""
    for name in COMMANDS:
        yield f"{_called(name)}.1", _page(name, the_parser(name))


def _called(name: str) -> str:
    return f"ims-tui-{name}" if name else "ims-tui"


def _page(name: str, parser: Parser) -> str:
    about = COMMANDS[name].help or "follow image jobs of Huawei Cloud in a terminal"
    usage = parser.format_usage().removeprefix("usage: ")
    lines = [
        f'.TH "{_called(name).upper()}" 1 "" "ims-tui {VERSION}" "ims-tui"',
        ".SH NAME",
        f"{_text(_called(name))} \\- {_text(about)}",
        ".SH SYNOPSIS",
        *_verbatim(usage),
        *_inner(parser),
        ".SH OPTIONS",
        *(line for action in parser._actions for line in _option(action)),
    ]
    if name == DASHBOARD:
        lines.append(".SH COMMANDS")
        for each, command in COMMANDS.items():
            if each:
                lines += [".TP", f".B {_text(each)}", _text(command.help)]
    if parser.epilog:
        lines += [".SH NOTES", *_verbatim(parser.epilog)]
    if parser.examples:
        lines += [".SH EXAMPLES", *_verbatim(parser.examples)]
    others = [each for each in COMMANDS if each != name]
    named = (f".BR {_text(_called(each))} (1)" for each in others)
    also = " ,\n".join(named) if name == DASHBOARD else ".BR ims\\-tui (1)"
    return "\n".join([*lines, ".SH SEE ALSO", also, ""])


def _inner(parser: Parser) -> Iterator[str]:
    """The commands of a command, with their options."""
    if parser.commands is None:
        return
    yield ".SH COMMANDS"
    helps = {shown.dest: shown.help or "" for shown in parser.commands._choices_actions}
    for word, inner in parser.commands.choices.items():
        yield from (".TP", f".B {_text(word)}", _text(helps.get(word, "")))
        yield ".RS"
        for option in inner._actions:
            yield from _option(option)
        yield ".RE"


def _option(action: argparse.Action) -> Iterator[str]:
    is_inner = isinstance(action, argparse._SubParsersAction)
    if is_inner or action.help in (None, argparse.SUPPRESS):
        return
    value = ""
    if action.nargs != 0:
        choices = "|".join(map(str, action.choices or ()))
        value = f"\\fI{_text(str(action.metavar or choices or action.dest))}\\fR"
    names = [f"\\fB{_text(option)}\\fR" for option in action.option_strings]
    yield from (".TP", " ".join(filter(None, [", ".join(names), value])))
    yield _text(str(action.help))


def _verbatim(text: str) -> list[str]:
    return [".nf", *(_text(line) for line in text.strip("\n").splitlines()), ".fi"]


def _text(text: str) -> str:
    """A text as roff prints it as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
