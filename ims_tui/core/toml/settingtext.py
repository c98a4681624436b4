"""`KEY VALUE` of a command line as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from ims_tui.core.config.layers import dotted
from ims_tui.core.config.provenance import KeyPath
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.spec import key_at, names_below
from ims_tui.core.config.values import UnacceptableError, nearest
from ims_tui.core.errors import UsageError
from ims_tui.core.text import printable
from ims_tui.core.toml.reader import read_toml
from ims_tui.core.toml.text import BARE_KEY


class SettingText(Struct, frozen=True):
    """One setting as it is written in config.toml."""

    path: KeyPath
    header: str
    """Its table, without brackets; empty: none."""
    name: str
    """Its name in that table."""
    value: str


def setting_text(key: str, value: str) -> SettingText:
    """Read a dotted key and the text of a value.

    The value is one of TOML (`true`, `["state", "label"]`), else a text; where a list
    is wanted, words with commas between them are one.

    Raises:
        UsageError: there is no such setting, or it does not take the value.
    """
    path = _path(key)
    found = key_at(path)
    if found is None:
        raise UsageError(_why_not(path))
    *table, name = (_written(part) for part in path)
    return SettingText(path, ".".join(table), name, _value(found, path, value))


def _path(key: str) -> KeyPath:
    """The parts of a dotted key, which may be quoted as in TOML."""
    try:
        (path,) = _paths(read_toml(f"{key} = 0\n"), ())
    except ValueError:
        raise UsageError(f"'{printable(key, 80)}' is not a key") from None
    return path


def _paths(table: dict[str, object], path: KeyPath) -> Iterator[KeyPath]:
    for name, inner in table.items():
        if isinstance(inner, dict):
            yield from _paths(inner, (*path, name))
        else:
            yield (*path, name)


def _why_not(path: KeyPath) -> str:
    if below := names_below(path):
        names = ", ".join(sorted(below - {"*"})) or "NAME"
        return f"{dotted(path)} is a table; below it there are: {names}"
    close = nearest(path[-1], names_below(path[:-1]) - {"*"})
    hint = f" (nearest: {dotted((*path[:-1], close))})" if close else ""
    return f"{dotted(path)} is not a setting{hint}; see ims-tui config show"


def _value(key: SettingKey, path: KeyPath, text: str) -> str:
    refusal = UnacceptableError("takes no such value")
    for raw in _readings(text):
        try:
            return key.kind.write(key.kind.read(raw))
        except UnacceptableError as error:
            refusal = error
    shown = "" if key.is_private else f" = {printable(text, 80)}"
    raise UsageError(f"{dotted(path)}{shown} {refusal}")


def _readings(text: str) -> Iterator[object]:
    """What a text may mean, the last of them the likeliest where none is taken."""
    with suppress(ValueError):
        table = read_toml(f"v = {text}\n")
        if len(table) == 1:
            yield table["v"]
    yield [word.strip() for word in text.split(",")]
    yield text


def _written(part: str) -> str:
    """A part of a key, quoted where it must be; JSON escapes as TOML does."""
    return part if BARE_KEY.fullmatch(part) else json.dumps(part, ensure_ascii=False)
