"""Sets one key in a TOML text; every other byte stays."""

from __future__ import annotations

from collections.abc import Mapping

from ims_tui.core.config.provenance import KeyPath
from ims_tui.core.text import BOM
from ims_tui.core.toml.reader import read_toml
from ims_tui.core.toml.scan import Statement, statements


def with_setting(text: str, path: KeyPath, value: str, header: str, key: str) -> str:
    """The text with another value of a key.

    Args:
        text: valid TOML; a byte order mark in front of it stays.
        path: the key.
        value: TOML of the new value, on one line.
        header: how the table of the key is written, without brackets; empty: none.
        key: how the last part of the path is written.

    Raises:
        ValueError: it stands in a form that cannot be changed in one place.
    """
    mark = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    start, end, new = _edit(text, path, f"{key} = {value}\n", value, header)
    newline = "\r\n" if "\r\n" in text else "\n"
    changed = text[:start] + new.replace("\n", newline) + text[end:]
    if not _says(changed, text, path, value):
        raise ValueError("it stands in a table that is written in another form")
    return mark + changed


def _edit(
    text: str, path: KeyPath, line: str, value: str, header: str
) -> tuple[int, int, str]:
    """Where to replace what by what."""
    table: KeyPath = ()
    below: dict[KeyPath, int] = {(): 0}
    for each in statements(text):
        if each.kind:
            table = each.path
        elif (*table, *each.path) == path:
            return each.value, each.end, value
        if each.kind < 2:
            below[table] = each.line_end
    at = below.get(path[:-1])
    if at is None:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return len(text), len(text), f"{gap}[{header}]\n{line}"
    if at == 0:  # before what is said of the first table
        at = _before_first(text, next(statements(text), None))
        line = f"{line}\n" if at < len(text) else line
    gap = "" if not at or text[at - 1] == "\n" else "\n"
    return at, at, gap + line


def _before_first(text: str, first: Statement | None) -> int:
    """In front of the comment lines right above the first statement."""
    if first is None:
        return len(text)
    at = text.rfind("\n", 0, first.start) + 1
    while at > 0:
        above = text.rfind("\n", 0, at - 1) + 1
        if not text[above:at].lstrip().startswith("#"):
            break
        at = above
    return at


def _says(changed: str, before: str, path: KeyPath, value: str) -> bool:
    """Whether the key has the value now, and all others theirs."""
    try:
        now, wanted = read_toml(changed), read_toml(before)
        new = read_toml(f"v = {value}\n")["v"]
    except ValueError:
        return False
    table: object = wanted
    for part in path[:-1]:
        if not isinstance(table, dict):
            return False
        table = table.setdefault(part, {})
    if not isinstance(table, dict):
        return False
    table[path[-1]] = new
    return _same(now, wanted)


def _same(one: object, other: object) -> bool:
    """Whether two values are equal and of one type: `1`, `1.0` and `true` differ."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(
            _same(one[key], other[key]) for key in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other or one != one  # NaN is NaN
