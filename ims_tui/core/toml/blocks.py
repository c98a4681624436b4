"""TOML text as pieces: one per `[[name]]` entry, and what stands between them.

A piece of an entry reaches from its header to its last statement, with the comment
lines and then the blank lines right below. Comment lines that touch the next header
belong to that header; comments set off by a blank line stand between the entries.
So an entry that goes takes only its own comments along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ims_tui.core.toml.scan import Statement, statements
from ims_tui.core.toml.text import Dumps, key_text, table_text, value_text

_COMMENTS = re.compile(r"(?:[ \t]*#[^\n]*(?:\n|\Z))*")
_BLANKS = re.compile(r"(?:[ \t]*\r?\n)*")


class Piece(NamedTuple):
    """A run of text, of one entry or between entries."""

    text: str
    is_entry: bool


def split(text: str, name: str) -> list[Piece] | None:
    """Cut valid TOML into pieces that join to the same text again.

    None where the entries of `name` cannot be cut out: an inline array, or the table
    of an entry standing apart from it.
    """
    pieces: list[Piece] = []
    done = 0
    opened: int | None = None
    last_end = 0
    for each in statements(text):
        if opened is not None and each.kind and not _continues(each, name):
            end = _entry_end(text, last_end, each.start)
            pieces.append(Piece(text[opened:end], True))
            done, opened = end, None
        if each.kind == 2 and each.path == (name,):
            opened = text.rfind("\n", 0, each.start) + 1
            pieces.append(Piece(text[done:opened], False))
        elif opened is None and _is_foreign(each, name):
            return None
        last_end = each.line_end
    if opened is not None:
        done = _entry_end(text, last_end, None)
        pieces.append(Piece(text[opened:done], True))
    pieces.append(Piece(text[done:], False))
    return [piece for piece in pieces if piece.text]


def _continues(header: Statement, name: str) -> bool:
    return len(header.path) > 1 and header.path[0] == name


def _is_foreign(each: Statement, name: str) -> bool:
    # Inside another table, keys of this name mean nothing; refusing them costs
    # only the bytes of a rare file.
    return each.path[0] == name


def _entry_end(text: str, at: int, next_start: int | None) -> int:
    below = _match_end(_COMMENTS, text, at)
    if below > at and next_start is not None:
        header_line = text.rfind("\n", 0, next_start) + 1
        if below == header_line:
            return at
    return _match_end(_BLANKS, text, below)


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def edit(
    block: str, changes: Mapping[str, object], name: str, dumps: Dumps, newline: str
) -> str:
    """Change keys of one entry in its text; None as value removes the key.

    Comments and all other statements keep their bytes.
    """
    owners = list(_owners(statements(block)))
    edits: list[tuple[int, int, str]] = []
    own_lines, tables = [], []
    for key, value in changes.items():
        mine = [each for owner, each in owners if owner == key]
        if len(mine) == 1 and value is not None and not isinstance(value, Mapping):
            edits.append((mine[0].value, mine[0].end, value_text(value, dumps)))
            continue
        edits += [(_line_start(block, e.start), e.line_end, "") for e in mine]
        if isinstance(value, Mapping):
            tables.append(table_text((name, key), value, dumps))
        elif value is not None:
            own_lines.append(f"{key_text(key, dumps)} = {value_text(value, dumps)}\n")
    own = [each for owner, each in owners if not (each.kind and owner)]
    own_end = max(each.line_end for each in own)
    if own_lines:
        gap = "" if block[:own_end].endswith("\n") else "\n"
        edits.append((own_end, own_end, gap + "".join(own_lines)))
    edited = _apply(block, edits, newline)
    if not tables:
        return edited
    body = edited.rstrip()
    tail = edited[len(body) :] or newline
    return body + _lines("\n\n" + "\n".join(tables).rstrip(), newline) + tail


def _owners(found: Iterable[Statement]) -> Iterable[tuple[str, Statement]]:
    """Pair each statement with the key of the entry it is part of; "" for the header.

    A statement below a sub-table header is given that header's kind, since it is no
    line of the entry's own section.
    """
    section = ""
    for each in found:
        if each.kind:
            section = each.path[1] if len(each.path) > 1 else ""
            yield section, each
        elif section:
            yield section, each._replace(kind=1)
        else:
            yield each.path[0], each


def _apply(text: str, edits: list[tuple[int, int, str]], newline: str) -> str:
    parts, at = [], 0
    for start, end, new in sorted(edits, key=lambda each: each[:2]):
        parts += [text[at:start], _lines(new, newline)]
        at = end
    return "".join([*parts, text[at:]])


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _lines(text: str, newline: str) -> str:
    return text.replace("\n", newline)
