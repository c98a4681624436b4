"""Which rows the table shows, and in which order."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from itertools import starmap
from operator import itemgetter
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.show.columns import COLUMNS, Column
from ims_tui.core.show.filters import Filter
from ims_tui.core.show.grouping import GroupBy, Grouping, GroupKey
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import FACETS, Facet, attention
from ims_tui.core.state.searchtext import search_text
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey

T = TypeVar("T")

ATTENTION = "attention"
"""Name of the default order."""

AT_ONCE = 200
"""Entries whose search texts are worked out in one step, some 2 ms."""


class Choice(Struct, frozen=True):
    """What the operator chose to see."""

    facet: Facet = Facet.ALL
    filter: Filter = field(default_factory=Filter)
    sort: str = ATTENTION
    """`attention` or a column key."""
    descending: bool = False
    hidden_profiles: frozenset[str] = frozenset()
    grouping: Grouping = Grouping()

    def turned(self, group: GroupKey) -> Choice:
        """The choice with one group folded, or unfolded where it was folded."""
        return replace(self, grouping=self.grouping.turn(group))

    @property
    def is_archive(self) -> bool:
        """Whether the archive is shown, not the list."""
        return self.facet is Facet.ARCHIVE

    def jobs_of(self, snapshot: Snapshot) -> Mapping[JobKey, Entry]:
        """The jobs that the rows are chosen from."""
        return snapshot.archive if self.is_archive else snapshot.entries

    @property
    def grouped_by(self) -> GroupBy | None:
        """By what the rows are grouped; those of the archive never are."""
        return None if self.is_archive else self.grouping.by

    def over(self, kept: Choice) -> Choice:
        """What was kept, except for what is chosen here."""
        usual = Choice()
        chosen = {
            name: value
            for name in Choice.__struct_fields__
            if (value := getattr(self, name)) != getattr(usual, name)
        }
        return replace(kept, **chosen)

    def sorted_by(self, column: str) -> Choice:
        """The choice sorted by a column; the same column again turns the order."""
        is_turned = column == self.sort and not self.descending
        return replace(self, sort=column, descending=is_turned)


class Rows:
    """Chooses rows; what it worked out of an entry counts until that changes."""

    def __init__(self) -> None:
        self._texts = Memo(search_text)
        self._places = Memo(attention)
        self._ids: dict[JobKey, None] = {}
        self._sorted_by: Column | None = None
        self._sort_values: Memo[object] = Memo(lambda entry: None)

    def choose(
        self, entries: Mapping[JobKey, Entry], choice: Choice, view: View
    ) -> list[JobKey]:
        """Keys of the rows to show, in order."""
        for memo in (self._texts, self._places, self._sort_values):
            memo.keep(entries.keys())
        shown: Iterable[tuple[JobKey, Entry]] = entries.items()
        if choice.facet is not Facet.ALL:
            belongs = FACETS[choice.facet]
            shown = [row for row in shown if belongs(row[1])]
        if hidden := choice.hidden_profiles:
            shown = [row for row in shown if row[0].profile not in hidden]
        if choice.filter.terms:
            found = choice.filter.among((e for _, e in shown), self._text, view)
            shown = [(entry.key, entry) for entry in found]
        if choice.sort == ATTENTION:
            places = sorted(starmap(self._places.of, shown), reverse=choice.descending)
            return [place[-1] for place in places]
        value_of = self._values(COLUMNS[choice.sort], view)
        there = dict(shown)
        ids = (key for key in self._by_id(entries) if key in there)
        rows = [(key, value_of(key, there[key])) for key in ids]
        return _in_order(rows, descending=choice.descending)

    def _text(self, entry: Entry) -> str:
        return self._texts.of(entry.key, entry)

    def unmet(self, entries: Mapping[JobKey, Entry], wanted: Filter) -> str:
        """Which term of a filter names a value that no job has, and what there is."""
        if not wanted.named:  # else no job needs to be looked at
            return ""
        return wanted.unmet(list(map(self._text, entries.values())))

    def _by_id(self, entries: Mapping[JobKey, Entry]) -> Iterable[JobKey]:
        """The keys in order; only the sets of two lists are compared."""
        if self._ids.keys() != entries.keys():
            self._ids = dict.fromkeys(sorted(entries))
        return self._ids

    def _values(self, column: Column, view: View) -> Callable[[JobKey, Entry], object]:
        """What gives the value of an entry to sort by."""
        if not column.is_fixed:
            return lambda key, entry: column.sort_key(entry, view)
        if self._sorted_by is not column:
            self._sorted_by = column
            self._sort_values = Memo(lambda entry: column.sort_key(entry, view))
        return self._sort_values.of

    def indexing(self, entries: Mapping[JobKey, Entry]) -> Iterator[None]:
        """Work out what a filter searches, of a few entries with each step."""
        for number, row in enumerate(entries.items(), start=1):
            self._texts.of(*row)
            if number % AT_ONCE == 0:
                yield


class Memo(Generic[T]):
    """A value of each entry, worked out when the entry is another one."""

    def __init__(self, work_out: Callable[[Entry], T]) -> None:
        self._work_out = work_out
        self._known: dict[JobKey, tuple[Entry, T]] = {}

    def of(self, key: JobKey, entry: Entry) -> T:
        """The value of an entry."""
        known = self._known.get(key)
        if known is None or known[0] is not entry:
            known = self._known[key] = entry, self._work_out(entry)
        return known[1]

    def keep(self, keys: Collection[JobKey]) -> None:
        """Forget the others, when they have become many."""
        if len(self._known) > 2 * len(keys):
            self._known = {k: v for k, v in self._known.items() if k in keys}


def choose(entries: Iterable[Entry], choice: Choice, view: View) -> list[JobKey]:
    """Keys of the rows to show, in order."""
    return Rows().choose({entry.key: entry for entry in entries}, choice, view)


def _in_order(
    rows: Sequence[tuple[JobKey, object]], *, descending: bool
) -> list[JobKey]:
    """Sort rows by their value; those without one, None, come last.

    Rows of the same value stay in their order.
    """
    there = [row for row in rows if row[1] is not None]
    there.sort(key=itemgetter(1), reverse=descending)
    return [row[0] for row in there] + [row[0] for row in rows if row[1] is None]


def parse_sort(text: str) -> tuple[str, bool]:
    """Read `attention`, `started` or `-started`; the flag means descending.

    Raises:
        ValueError: names what is allowed.
    """
    name = text.removeprefix("-")
    if name != ATTENTION and name not in COLUMNS:
        allowed = ", ".join((ATTENTION, *COLUMNS))
        raise ValueError(f"{text!r} is not a sort order; allowed: {allowed}")
    return name, text.startswith("-")
