"""The page of groups: a row for each, with how it stands and what helps."""

from __future__ import annotations

from collections.abc import Iterable

from ims_tui.core.show.groups import GroupBy, grouped, rolled_up
from ims_tui.core.show.pages import ListingItem
from ims_tui.core.show.sentences import meaning_lines
from ims_tui.core.show.view import Cell, Tone, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import needs_attention
from ims_tui.core.text import wrapped


def group_rows(
    entries: Iterable[Entry], by: GroupBy, view: View, width: int
) -> list[ListingItem]:
    """A row for each group: how it stands, and what helps."""
    rows = []
    for group in grouped(entries, by):
        first = group.entries[0]
        tone = Tone.FAIL if needs_attention(first) else Tone.NORMAL
        lines = [(Cell(part, tone),) for part in wrapped(rolled_up(group, view), width)]
        if by is GroupBy.CAUSE:
            for text in meaning_lines(view.meaning_of(first)):
                lines += [(Cell(f"  {part}"),) for part in wrapped(text, width - 2)]
        rows.append(ListingItem(group.name, lines))
    return rows
