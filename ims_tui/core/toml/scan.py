"""Where each statement of a valid TOML text begins and ends.

Made for text that `tomllib` has accepted: it finds places, it does not judge.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Unrolled, so that no text makes them backtrack. Longer quotes stand first.
_STRINGS = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3,5}'
    r"|'''[^']*(?:'(?!'')[^']*)*'{3,5}"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\n]*'"
)
_SKIP = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*")
_HEADER = re.compile(rf"""(?s)\[\[?((?:{_STRINGS}|[^"'\]\n])*)\]\]?""")
_KEY = re.compile(rf"""(?s)((?:{_STRINGS}|[^"'=\n])*)=[ \t]*""")
_SCALAR = re.compile(rf"""(?s)(?:{_STRINGS})?[^"'\[\]{{}}#\n]*""")
_BRACKET = re.compile(rf"""(?s)(?:{_STRINGS}|\#[^\n]*|[^"'\[\]{{}}#]++)*([\[\]{{}}])""")
_REST = re.compile(r"[^\n]*\n?")


class Statement(NamedTuple):
    """One header or one `key = value`, as places in the text."""

    kind: int
    """0 for `key = value`, 1 for `[header]`, 2 for `[[header]]`."""
    name: str
    """What stands between the brackets or before the equals sign."""
    start: int
    value: int
    """Where the value begins; of a header, where it begins itself."""
    end: int
    """Behind the value."""
    line_end: int
    """Behind the line the value ends on, comment and line end included."""

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the dotted name, unquoted."""
        return _path(self.name)


def statements(text: str) -> Iterator[Statement]:
    """Walk over the statements of a text that is valid TOML.

    Raises:
        ValueError: the text is not valid TOML.
    """
    at = 0
    while True:
        start = _found(_SKIP, text, at).end()
        if start >= len(text) or text[start] == "#":
            return
        if text[start] == "[":
            header = _found(_HEADER, text, start)
            kind = 2 if text.startswith("[[", start) else 1
            name, value, end = header[1], start, header.end()
        else:
            key = _found(_KEY, text, start)
            kind, name, value = 0, key[1], key.end()
            end = _value_end(text, value)
        at = _found(_REST, text, end).end()
        yield Statement(kind, name, start, value, end, at)


def _found(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    match = pattern.match(text, at)
    if match is None:
        raise ValueError(f"not TOML at character {at}")
    return match


def _value_end(text: str, at: int) -> int:
    if text[at] not in "[{":
        end = _found(_SCALAR, text, at).end()
        return at + len(text[at:end].rstrip())
    depth = 0
    while True:
        bracket = _found(_BRACKET, text, at)
        depth += 1 if bracket[1] in "[{" else -1
        at = bracket.end()
        if not depth:
            return at


@lru_cache(maxsize=1024)
def _path(name: str) -> tuple[str, ...]:
    found: object = tomllib.loads(f"{name}=0")
    parts = []
    while isinstance(found, dict):
        part, found = next(iter(found.items()))
        parts.append(part)
    return tuple(parts)
