"""JSON as coloured lines that fold: a reply as received, and the values read of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from ims_tui.core.service.jsontext import Json
from ims_tui.core.service.rawtext import MAX_LINES, is_json, raw_lines
from ims_tui.core.show.view import Cell, Fold, Line, Tone
from ims_tui.core.text import cell_len, fit, plural

_OPEN, _FOLDED, _PLAIN = "- ", "+ ", Cell("  ")
_WIDEST_KEY = 28
_TOKEN = re.compile(r'\s+|"(?:[^"\\]++|\\.)*+"?|[][{},:]|[^][{},:\s"]+')
_NUMBER = re.compile(r"-?\d[\d.eE+-]*")
_WORDS = ("true", "false", "null")


class JsonLine(Struct, frozen=True):
    """One line of JSON before it is known what is folded."""

    depth: int
    cells: Line
    path: str = ""
    """Of the object or list whose inside follows; else empty."""
    is_end: bool = False
    """Whether it closes one."""


def reply_lines(body: bytes, folded: Set[str]) -> list[Line]:
    """A reply as received, laid out; without colours and folds where it is no JSON."""
    if not is_json(body):
        return [(Cell(text),) for text in raw_lines(body)]
    return list(_shown(_reply(body), folded))


def value_lines(values: Mapping[str, Json], folded: Set[str]) -> list[Line]:
    """Values by their names, those of one object aligned; the first 2,000 lines."""
    found = _values(values, 0, "")
    lines = list(_shown(islice(found, MAX_LINES), folded))
    if next(found, None) is not None:
        lines.append((Cell(f".. (cut; {MAX_LINES} lines are shown)", Tone.DIM),))
    return lines


def _shown(lines: Iterable[JsonLine], folded: Set[str]) -> Iterator[Line]:
    """The lines that are not folded away; a folded one says how many are."""
    head, hidden = None, 0
    for line in lines:
        if head is not None:
            if line.depth > head.depth:
                hidden += 1
                continue
            yield _head(head, hidden)
            was_end, head = line.is_end and line.depth == head.depth, None
            if was_end:
                continue
        if line.path and line.path in folded:
            head, hidden = line, 0
            continue
        sign = Fold(_OPEN, Tone.DIM, line.path) if line.path else _PLAIN
        yield (sign, *line.cells)
    if head is not None:
        yield _head(head, hidden)


def _head(line: JsonLine, hidden: int) -> Line:
    more = Cell(f" .. {plural(hidden, 'line', 'lines')}", Tone.DIM)
    return (Fold(_FOLDED, Tone.WARN, line.path), *line.cells, more)


@lru_cache(maxsize=2)  # the pane is painted anew each second
def _reply(body: bytes) -> tuple[JsonLine, ...]:
    lines: list[JsonLine] = []
    within: list[tuple[str, int]] = [("", 0)]
    """The path of each object or list that is open, and how many things it holds."""
    for text in raw_lines(body):
        tokens = _TOKEN.findall(text)
        words = [token for token in tokens if not token.isspace()]
        is_end = bool(words) and words[0] in "]}" and len(within) > 1
        if is_end:
            within.pop()
        else:
            path, held = within[-1]
            within[-1] = path, held + 1
        depth, path = len(within) - 1, ""
        if words and words[-1] in "[{":
            name = words[0] if words[0].startswith('"') else str(within[-1][1])
            path = f"{within[-1][0]}/{name}"
            within.append((path, 0))
        lines.append(JsonLine(depth, tuple(_coloured(tokens)), path, is_end))
    return tuple(lines)


def _coloured(tokens: list[str]) -> Iterator[Cell]:
    for number, token in enumerate(tokens):
        if token.startswith('"'):
            is_key = tokens[number + 1 : number + 2] == [":"]
            yield Cell(token, Tone.KEY if is_key else Tone.TEXT)
        else:
            yield Cell(token, _tone(token))


def _tone(token: str) -> Tone:
    if token in _WORDS:
        return Tone.WORD
    if _NUMBER.fullmatch(token):
        return Tone.NUMBER
    return Tone.DIM if token in "[]{},:" else Tone.NORMAL


def _values(value: Json, depth: int, path: str) -> Iterator[JsonLine]:
    pad, pairs = "  " * depth, list(_pairs(value))
    width = max((cell_len(name) for name, _ in pairs), default=0)
    for name, inner in pairs:
        if isinstance(inner, (Mapping, tuple)) and inner:
            own = f"{path}/{name}"
            yield JsonLine(depth, (Cell(f"{pad}{name}", Tone.KEY),), own)
            yield from _values(inner, depth + 1, own)
        else:
            key = fit(name, min(width, _WIDEST_KEY))
            yield JsonLine(depth, (Cell(f"{pad}{key}  ", Tone.KEY), _scalar(inner)))


def _pairs(value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, tuple):
        yield from ((f"[{n}]", inner) for n, inner in enumerate(value))


def _scalar(value: Json) -> Cell:
    if isinstance(value, bool):
        return Cell("true" if value else "false", Tone.WORD)
    if value is None:
        return Cell("null", Tone.WORD)
    if isinstance(value, str):
        return Cell(value or '""', Tone.TEXT)
    if isinstance(value, (Mapping, tuple)):
        return Cell("{}" if isinstance(value, Mapping) else "[]", Tone.DIM)
    return Cell(str(value), Tone.NUMBER)
