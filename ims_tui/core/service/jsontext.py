"""Hostile bytes to JSON values whose every string is safe to show."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from ims_tui.core.text import MAX_TEXT, printable

Json: TypeAlias = (
    "str | int | float | bool | tuple[Json, ...] | Mapping[str, Json] | None"
)
"""A JSON value; every string in it has passed `printable`."""

MAX_DEPTH = 32
"""Levels of nesting kept; deeper values are replaced by a note."""

MAX_ITEMS = 2000
"""Members kept of one array or object."""

MAX_ROOM = 1_000_000
"""Characters and values kept of one body in all."""

_MAX_VALUES = 50_000  # the parser of Python lets nothing else run: 25 ms for these
_MAX_DIGITS = 30
_MAX_NAME = 256

# A string up to its end or that of the text, so that hostile quotes cost linear time.
# Not compiled: `re` does it at the first use.
_TRAILING_COMMA = r'(?s)("(?:[^"\\]++|\\.)*+"?)|,(?=\s*[}\]])'


class NotJsonError(ValueError):
    """A body that is not JSON; the text says why in one line."""


class TooManyValuesError(NotJsonError):
    """A body with more values than any job has; whether it is JSON stays open."""


def load(body: bytes) -> tuple[Json, bool]:
    """Decode a body; the flag tells that a comma before a bracket was dropped.

    The sample of the public manual has such a comma. No other syntax is repaired: a
    cut-off reply must not turn into data. A byte that is not UTF-8 becomes an escape;
    of two equal keys the later counts; a number beyond the range of a float stays text.

    Raises:
        NotJsonError: the body is not JSON, or deeper or longer than the parser takes.
        TooManyValuesError: the body was not parsed at all.
    """
    text = decode(body)
    if text.count(",") + text.count("[") + text.count("{") > _MAX_VALUES:
        raise TooManyValuesError(f"more than {_MAX_VALUES:,} values")
    repaired = False
    try:
        value = _parse(text)
    except ValueError as first:
        mended = re.sub(_TRAILING_COMMA, lambda found: found[1] or "", text)
        if mended == text:
            raise NotJsonError(_why(first, text)) from None
        try:
            value, repaired = _parse(mended), True
        except ValueError:
            raise NotJsonError(_why(first, text)) from None
    return safe(value), repaired


def decode(body: bytes) -> str:
    """Decode UTF-8; other bytes become what `printable` shows as `\\xff`."""
    return body.decode("utf-8-sig", errors="surrogateescape")


def _parse(text: str) -> object:
    try:
        value: object = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _real(digits: str) -> float | str:
    number = float(digits) if len(digits) <= MAX_TEXT else math.inf
    return number if math.isfinite(number) else digits


_DECODER = json.JSONDecoder(
    strict=False,
    parse_int=_whole,
    parse_float=_real,
    parse_constant=str,  # NaN and infinities are not JSON
)


def _why(error: ValueError, text: str) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    end = len(text.rstrip())
    if error.pos >= end or error.msg.startswith("Unterminated"):
        return f"JSON ends early at character {end}"
    return f"{error.msg} at line {error.lineno} column {error.colno}"


def as_text(value: Json) -> str:
    """Return a string as it is and any other value as JSON, where text is expected."""
    if isinstance(value, str):
        return value
    return printable(json.dumps(value, ensure_ascii=False))


def left_out(items: Sequence[Json]) -> int:
    """Members of an array as received that `safe` left out."""
    if len(items) <= MAX_ITEMS:
        return 0
    return int(as_text(items[-1]).split()[1])  # the note of `safe`: `.. 5 more`


def safe(value: object) -> Json:
    """Copy a JSON value with every string printable and its size bounded."""
    return _Copy().of(value, 0)


class _Copy:
    """One copy and the room that is left for it."""

    def __init__(self) -> None:
        self.room = MAX_ROOM

    def of(self, value: object, depth: int) -> Json:
        self.room -= 1
        if self.room < 0:
            return ".."
        if isinstance(value, str):
            return self._text(value)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if depth >= MAX_DEPTH:
            return f".. nested deeper than {MAX_DEPTH} levels"
        if isinstance(value, Mapping):
            return self._object(value, depth)
        if isinstance(value, (list, tuple)):
            return self._array(value, depth)
        raise TypeError(f"{type(value).__name__} is not a JSON value")

    def _text(self, text: str) -> str:
        kept = printable(text)
        self.room -= len(kept)
        return kept

    def _object(self, value: Mapping[object, object], depth: int) -> Json:
        out: dict[str, Json] = {}
        for key, member in islice(value.items(), MAX_ITEMS):
            name = printable(str(key), _MAX_NAME)
            self.room -= len(name)
            out[name] = self.of(member, depth + 1)
        if len(value) > MAX_ITEMS:
            out[".."] = f"{len(value) - MAX_ITEMS} more"
        return out

    def _array(self, value: list[object] | tuple[object, ...], depth: int) -> Json:
        items = tuple(self.of(item, depth + 1) for item in value[:MAX_ITEMS])
        more = len(value) - MAX_ITEMS
        return (*items, f".. {more} more") if more > 0 else items
