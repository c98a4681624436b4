"""Which rows the table shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Generic, TypeVar

from ims_tui.core.dataclass import dataclass, field
from ims_tui.core.show.columns import COLUMNS, sort_entries
from ims_tui.core.show.filters import Filter
from ims_tui.core.show.order import FACETS, Facet, attention
from ims_tui.core.show.searchtext import search_text
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey

T = TypeVar("T")

ATTENTION = "attention"
"""Name of the default order."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the operator chose to see."""

    facet: Facet = Facet.ALL
    filter: Filter = field(default_factory=Filter)
    sort: str = ATTENTION
    """`attention` or a column key."""
    descending: bool = False
    hidden_profiles: frozenset[str] = frozenset()


class Rows:
    """Chooses rows; what it worked out of an entry counts until that changes."""

    def __init__(self) -> None:
        self._texts = _Memo(search_text)
        self._places = _Memo(attention)

    def choose(
        self, entries: Mapping[JobKey, Entry], choice: Choice, view: View
    ) -> list[JobKey]:
        """Keys of the rows to show, in order."""
        self._texts.keep(entries.keys())
        self._places.keep(entries.keys())
        shown: Iterable[Entry] = entries.values()
        if choice.facet is not Facet.ALL:
            shown = filter(FACETS[choice.facet], shown)
        if hidden := choice.hidden_profiles:
            shown = (e for e in shown if e.watch.profile not in hidden)
        if choice.filter.terms:
            passes, text_of = choice.filter.passes, self._texts.of
            shown = (entry for entry in shown if passes(text_of(entry)))
        if choice.sort == ATTENTION:
            places = sorted(map(self._places.of, shown), reverse=choice.descending)
            return [place[-1] for place in places]
        column = COLUMNS[choice.sort]
        ordered = sort_entries(shown, column, view, descending=choice.descending)
        return [entry.key for entry in ordered]


class _Memo(Generic[T]):
    """A value of each entry, worked out when the entry is another one."""

    def __init__(self, work_out: Callable[[Entry], T]) -> None:
        self._work_out = work_out
        self._known: dict[JobKey, tuple[Entry, T]] = {}

    def of(self, entry: Entry) -> T:
        """The value of an entry."""
        key = entry.key
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
