"""Change the watchlist's text so that it says what is wanted, and nothing else.

What is not changed keeps its bytes. A change is proven before it is used: the new
text, read again, must be the old one with exactly this change. Where it cannot be
made in place (an inline array of entries, say), all is written anew, by value, with
the comment at the top.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ims_tui.core.toml.blocks import Piece, edit
from ims_tui.core.toml.text import Dumps, table_text, value_text
from ims_tui.core.watchlist.document import (
    JOBS,
    DocumentEntry,
    WatchDoc,
    WatchTextError,
)
from ims_tui.core.watchlist.entrytoml import (
    EntryError,
    changes,
    clean,
    read_entry,
    write_entry,
)
from ims_tui.core.watchlist.watch import Watch

WHOLE_CHECK_CHARS = 256 * 1024
"""Up to this size (about 1,000 entries, 0.1 s) the whole new text is read again.

Beyond it only the written entries are, each alone. The rest is text that has been
read before, cut at headers, and what an entry says does not depend on the others.
"""

_LEADING_COMMENT = re.compile(r"(?:#[^\n]*\n|[ \t]*\r?\n)*")


class _Plan(NamedTuple):
    """What is to become of the entries."""

    fates: list[tuple[DocumentEntry, DocumentEntry | None]]
    """Each entry and what it becomes: itself, another, or nothing."""
    added: list[DocumentEntry]

    @property
    def entries(self) -> list[DocumentEntry]:
        return [new for _, new in self.fates if new] + self.added

    @property
    def is_empty(self) -> bool:
        return not self.added and all(old is new for old, new in self.fates)


def edited(doc: WatchDoc, wanted: Sequence[Watch], dumps: Dumps) -> WatchDoc:
    """Return a text that says what is wanted; `doc` itself where it already does.

    Entries that cannot be used stay, unless they repeat a job that is removed.

    Raises:
        WatchTextError: no text would read as what is wanted.
    """
    plan = _plan(doc.entries, wanted)
    if plan.is_empty:
        return doc
    return _in_place(doc, plan, dumps) or _anew(doc, plan, dumps)


def _plan(entries: Sequence[DocumentEntry], wanted: Sequence[Watch]) -> _Plan:
    rest = {watch.key: watch for watch in wanted}
    keep = set(rest)
    fates: list[tuple[DocumentEntry, DocumentEntry | None]] = []
    for entry in entries:
        want = rest.pop(entry.key, None) if entry.key and entry.watch else None
        if want is None or want == entry.watch:
            gone = entry.key is not None and entry.key not in keep
            fates.append((entry, None if gone else entry))
            continue
        new = _writable(want)
        fates.append(
            (entry, entry if new == entry.watch else DocumentEntry(entry.key, new))
        )
    fresh = [_writable(watch) for watch in rest.values()]
    return _Plan(fates, [DocumentEntry(watch.key, watch) for watch in fresh])


def _writable(watch: Watch) -> Watch:
    """Return a watch as it reads once written."""
    new = clean(watch)
    try:
        if read_entry(write_entry(new)) == new:
            return new
    except EntryError as error:
        raise WatchTextError(str(error)) from None
    raise WatchTextError(f"the entry {new.job_id} does not read as it is written")


def _in_place(doc: WatchDoc, plan: _Plan, dumps: Dumps) -> WatchDoc | None:
    """Change only the pieces concerned; None where that cannot be or is not proven."""
    if doc.pieces is None:
        return None
    pieces: list[Piece] = []
    fates = iter(plan.fates)
    for piece in doc.pieces:
        old, new = next(fates) if piece.is_entry else (None, None)
        if old is new:
            pieces.append(piece)
        elif old and new and old.watch and new.watch:
            text = _changed(piece.text, old.watch, new.watch, dumps, doc.newline)
            if text is None:
                return None
            pieces.append(Piece(text, True))
    for entry in plan.added:
        assert entry.watch is not None
        text = table_text((JOBS,), write_entry(entry.watch), dumps, is_entry=True)
        if pieces:
            pieces[-1] = _spaced(pieces[-1], doc.newline)
        pieces.append(Piece(text.replace("\n", doc.newline), True))
    new_doc = WatchDoc.joined(pieces, plan.entries, doc)
    return new_doc if _is_proven(doc, plan, new_doc) else None


def _changed(
    text: str, old: Watch, new: Watch, dumps: Dumps, newline: str
) -> str | None:
    todo = changes(_entry_table(tomllib.loads(text)), old, new)
    result = edit(text, todo, JOBS, dumps, newline)
    before = _comparable(text)
    table = _entry_table(before)
    before[JOBS] = [_applied(table, changes(table, old, new))]
    return result if _says(result, before) else None


def _spaced(piece: Piece, newline: str) -> Piece:
    """End a piece with a blank line, so that an entry can follow."""
    text = piece.text
    if text and not text.endswith("\n"):
        text += newline
    if not text.endswith(("\n\n", "\n\r\n")):
        text += newline
    return piece._replace(text=text)


def _is_proven(doc: WatchDoc, plan: _Plan, new: WatchDoc) -> bool:
    if len(new.text) <= WHOLE_CHECK_CHARS:
        return _says(new.text, _meant(_comparable(doc.text), plan))
    # Changed pieces were proven as they were made; the added ones stand last.
    added = (new.pieces or [])[len(new.pieces or []) - len(plan.added) :]
    return all(
        entry.watch and _says(piece.text, {JOBS: [write_entry(entry.watch)]})
        for piece, entry in zip(added, plan.added, strict=True)
    )


def _anew(doc: WatchDoc, plan: _Plan, dumps: Dumps) -> WatchDoc:
    root = _meant(tomllib.loads(doc.text), plan)
    tables = root.pop(JOBS, [])
    assert isinstance(tables, list)
    if all(isinstance(table, Mapping) for table in tables):
        blocks = [table_text((JOBS,), table, dumps, is_entry=True) for table in tables]
        text = "\n".join([dumps(root), *blocks])
    else:  # what is no table can only stand in an inline array
        text = f"{JOBS} = {value_text(tables, dumps)}\n{dumps(root)}"
    comment = _LEADING_COMMENT.match(doc.text)
    text = (comment[0] if comment else "").replace("\r\n", "\n") + text
    entries = tuple(plan.entries)
    new = WatchDoc(text.replace("\n", doc.newline), entries, doc.schema, doc.has_bom)
    read = WatchDoc.parse(new.data)
    if read.watches != new.watches:
        raise WatchTextError("the list cannot be written so that it reads the same")
    return read


def _meant(root: dict[str, object], plan: _Plan) -> dict[str, object]:
    """Everything the new text has to say, unknown keys included."""
    old_tables = root.pop(JOBS, [])
    assert isinstance(old_tables, list)
    tables = []
    for table, (old, new) in zip(old_tables, plan.fates, strict=True):
        if old is new:
            tables.append(table)
        elif new and old.watch and new.watch:
            tables.append(_applied(table, changes(table, old.watch, new.watch)))
    tables += [write_entry(entry.watch) for entry in plan.added if entry.watch]
    return root | ({JOBS: tables} if tables else {})


def _applied(
    table: Mapping[str, object], todo: Mapping[str, object]
) -> dict[str, object]:
    changed = {**table, **todo}
    return {key: value for key, value in changed.items() if value is not None}


def _entry_table(root: Mapping[str, object]) -> Mapping[str, object]:
    tables = root[JOBS]
    assert isinstance(tables, list)
    table: Mapping[str, object] = tables[0]
    return table


def _comparable(text: str) -> dict[str, object]:
    """Read with floats as text, since NaN equals nothing."""
    return tomllib.loads(text, parse_float=lambda number: repr(float(number)))


def _says(text: str, meant: Mapping[str, object]) -> bool:
    try:
        return _comparable(text) == meant
    except ValueError:
        return False
