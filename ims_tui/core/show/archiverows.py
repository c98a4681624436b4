"""Which archived jobs the table shows, and in which order: a column at a time.

What `Rows` does of a list entry by entry is done here of the packed columns, since a
hundred thousand entries are not made for the forty that are seen.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import isnan

from msgspec import Struct

from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.rows import Choice
from ims_tui.core.show.sort_values import Values
from ims_tui.core.show.view import View
from ims_tui.core.state.archive import Archive
from ims_tui.core.watchlist.watch import JobKey


class _Order(Struct, frozen=True):
    """The archive sorted by a column; turned around it is the same work."""

    archive: Archive
    sort: str
    there: list[int]
    rest: list[int]
    """Rows without a value, which come last, the latest end first."""


class _Narrowed(Struct, frozen=True):
    """What all terms of a filter but the last left over."""

    archive: Archive
    what: tuple[str, str, bool, frozenset[str]]
    rows: list[int]


class ArchiveRows:
    """Chooses rows of the archive; what was chosen counts until something changes."""

    def __init__(self) -> None:
        self._ordered: _Order | None = None
        self._narrowed: _Narrowed | None = None
        self._chosen: tuple[Archive, Choice, list[JobKey]] | None = None

    def choose(self, archive: Archive, choice: Choice, view: View) -> list[JobKey]:
        """Keys of the rows to show, in order: the latest end first unless sorted."""
        known = self._chosen
        if known is None or known[0] is not archive or known[1] is not choice:
            self._chosen = known = archive, choice, self._choose(archive, choice, view)
        return known[2]

    def _choose(self, archive: Archive, choice: Choice, view: View) -> list[JobKey]:
        pages = archive.pages
        rows: Iterable[int] = self._before_last(archive, choice, view)
        rows = choice.filter.last.passing(rows, pages.texts, pages.numbers, view)
        return [pages.keys[row] for row in rows]

    def _before_last(
        self, archive: Archive, choice: Choice, view: View
    ) -> Sequence[int]:
        """The rows that the last term of the filter, which is being typed, gets."""
        pages = archive.pages
        before, hidden = choice.filter.before_last, choice.hidden_profiles
        what = (before.text, choice.sort, choice.descending, hidden)
        known = self._narrowed
        if known is None or known.archive is not archive or known.what != what:
            rows: Iterable[int] = self._in_order(archive, choice)
            if hidden:
                keys = pages.keys
                rows = [row for row in rows if keys[row].profile not in hidden]
            rows = list(before.passing(rows, pages.texts, pages.numbers, view))
            self._narrowed = known = _Narrowed(archive, what, rows)
        return known.rows

    def _in_order(self, archive: Archive, choice: Choice) -> Sequence[int]:
        column = COLUMNS.get(choice.sort)
        if column is None or column.archived is None:
            return archive.rows[::-1] if choice.descending else archive.rows
        known = self._ordered
        if known is None or known.archive is not archive or known.sort != choice.sort:
            self._ordered = known = _sorted(
                archive, choice.sort, column.archived(archive)
            )
        there = known.there[::-1] if choice.descending else known.there
        return [*there, *known.rest]


def _sorted(archive: Archive, sort: str, values: Values) -> _Order:
    if isinstance(values, array):
        there = [row for row in archive.rows if not isnan(values[row])]
    else:
        there = [row for row in archive.rows if values[row]]
    rest: list[int] = []
    if len(there) < len(archive.rows):
        known = set(there)
        rest = [row for row in archive.rows if row not in known]
    there.sort(key=values.__getitem__)
    return _Order(archive, sort, there, rest)
