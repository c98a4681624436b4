"""TOML as `tomllib` reads it, with a bound where that has none."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_DEPTH = 64
"""Tables and lists in each other; code that walks deeper ones would run out of
stack."""

MAX_BITS = 4096
"""Of a whole number. Python reads longer ones in hex, but does not write them."""

_TOO_LONG = f"has a whole number of more than {MAX_BITS} bits"
_TOO_DEEP = f"is nested too deeply; {MAX_DEPTH} levels of tables and lists are read"


def read_toml(text: str) -> dict[str, object]:
    """Read a text that somebody else may have written.

    Raises:
        ValueError: not TOML, or deeper or with longer numbers than we handle. The text
            is of one line; what `tomllib` says of the place stands at its end.
    """
    import tomllib  # 2 ms, and not every machine has a file before the first frame

    try:
        root = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python reads no decimal number of more digits
        raise ValueError(_too_long(text)) from None
    level: list[object] = [root]
    for _ in range(MAX_DEPTH + 1):
        if any(isinstance(v, int) and v.bit_length() > MAX_BITS for v in level):
            raise ValueError(_too_long(text))
        level = [inner for value in level for inner in _members(value)]
        if not level:
            return root
    raise ValueError(_TOO_DEEP)


def _too_long(text: str) -> str:
    found = re.search(_LONG_NUMBER, text)
    if found is None:
        return _TOO_LONG
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    return f"{_TOO_LONG} (at line {line}, column {column})"


_LONG_NUMBER = rf"[0-9A-Fa-f_]{{{MAX_BITS // 4},}}"


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
