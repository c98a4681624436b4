"""Which rows the table shows, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ims_tui.core.columns import COLUMNS, sort_entries
from ims_tui.core.entry import Entry
from ims_tui.core.filters import Filter
from ims_tui.core.order import FACETS, Facet, attention
from ims_tui.core.view import View
from ims_tui.core.watch import JobKey

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


def choose(entries: Iterable[Entry], choice: Choice, view: View) -> list[JobKey]:
    """Keys of the rows to show, in order."""
    is_in = FACETS[choice.facet]
    shown = [
        entry
        for entry in entries
        if is_in(entry)
        and entry.watch.profile not in choice.hidden_profiles
        and choice.filter.matches(entry)
    ]
    if choice.sort == ATTENTION:
        shown.sort(key=attention, reverse=choice.descending)
    else:
        shown = sort_entries(
            shown, COLUMNS[choice.sort], view, descending=choice.descending
        )
    return [entry.key for entry in shown]


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
