"""On which line of a TOML text each key stands, which tomllib does not tell."""

from __future__ import annotations

import re

from ims_tui.core.config.provenance import KeyPath
from ims_tui.core.toml.scan import statements

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map each key path and table of a valid TOML text to its line, from 1.

    Keys inside inline tables and arrays are left out: they stand in the value of
    the key that is here.
    """
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    line, position = 1, 0
    for statement in statements(text):
        line += text.count("\n", position, statement.start)
        position = statement.start
        path = statement.path if statement.kind else table + statement.path
        table = path if statement.kind else table
        for end in range(1, len(path) + 1):
            lines.setdefault(path[:end], line)
    return lines


def syntax_problem(error: ValueError) -> tuple[str, int, int]:
    """What tomllib says is wrong, with line and column; both 0 where it names none."""
    text = str(error)
    if found := _PLACE.search(text):
        return text[: found.start()], int(found[1]), int(found[2])
    return text, 0, 0
