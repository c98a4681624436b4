"""A reply as lines to read: JSON laid out, anything else as received."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ims_tui.core.service.jsontext import NotJsonError, decode, load
from ims_tui.core.text import printable

MAX_LINES = 2000
"""Lines shown of one reply."""

MAX_WIDTH = 2000
"""Characters shown of one line."""

MAX_BYTES = 1024 * 1024
"""Bytes looked at of one reply."""

_INDENT, _DEEPEST = "  ", 40
# A text, not compiled: `re` compiles it at its first use and keeps it.
_TOKEN = r'(?s)"(?:[^"\\]++|\\.)*+"?|[][{},:]|[^][{},:\s"]+'


def raw_lines(body: bytes) -> list[str]:
    """Lay out a reply as printable lines, bounded in number and width.

    JSON is indented by two blanks and otherwise as received: numbers, doubled keys and
    a comma too many keep their looks, which parsing and printing would lose.
    """
    text = decode(body[:MAX_BYTES])
    found = _laid_out(text) if is_json(body) else _lines(text)
    lines = [printable(line, MAX_WIDTH) for line in islice(found, MAX_LINES)]
    if len(body) > MAX_BYTES or next(found, None) is not None:
        lines.append(f".. (cut; {len(body)} bytes in all)")
    return lines


def is_json(body: bytes) -> bool:
    """Whether what is looked at of a reply is JSON."""
    try:
        load(body[:MAX_BYTES])
    except NotJsonError:
        return False
    return True


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield line.removesuffix("\r").expandtabs(4)


def _laid_out(text: str) -> Iterator[str]:
    parts: list[str] = []
    depth, before = 0, ""
    for found in re.finditer(_TOKEN, text):
        token = found[0]
        is_end, is_fresh = token in ("]", "}"), before in ("[", "{")
        depth -= is_end
        # An empty pair stays on its line.
        if (is_end and not is_fresh) or (not is_end and (is_fresh or before == ",")):
            yield "".join(parts)
            parts = [_INDENT * min(depth, _DEEPEST)]
        parts.append(f"{token} " if token == ":" else token)
        depth += token in ("[", "{")
        before = token
    yield "".join(parts)
