"""TOML text of one value, one key, one table: short arrays on one line, UTC as `Z`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

Dumps: TypeAlias = Callable[[Mapping[str, object]], str]
"""Turns a table into TOML text: the signature of `tomli_w.dumps`."""

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
"""A key that needs no quotes."""


def key_text(key: str, dumps: Dumps) -> str:
    """Write a key, quoted where it must be."""
    return key if BARE_KEY.fullmatch(key) else value_text(key, dumps)


def value_text(value: object, dumps: Dumps) -> str:
    """Write a value on one line, tables in it as inline tables."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(value_text(each, dumps) for each in value)}]"
    if isinstance(value, Mapping):
        pairs = (
            f"{key_text(k, dumps)} = {value_text(v, dumps)}" for k, v in value.items()
        )
        return f"{{ {', '.join(pairs)} }}"
    return dumps({"v": value}).removeprefix("v = ").removesuffix("\n")


def table_text(
    path: tuple[str, ...],
    table: Mapping[str, object],
    dumps: Dumps,
    *,
    is_entry: bool = False,
) -> str:
    """Write a table under its header, `[[path]]` for an entry of an array."""
    name = ".".join(key_text(part, dumps) for part in path)
    lines = [f"[[{name}]]\n" if is_entry else f"[{name}]\n"]
    below = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            below.append("\n" + table_text((*path, key), value, dumps))
        else:
            lines.append(f"{key_text(key, dumps)} = {value_text(value, dumps)}\n")
    return "".join(lines + below)
