"""The command that shows the jobs in groups: batches, and failures by cause."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from msgspec.structs import replace

from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.grouprows import group_rows
from ims_tui.core.show.groups import GroupBy, group_filter
from ims_tui.core.show.pages import ListingItem
from ims_tui.core.state.order import Facet
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Listing

_ORDER = (GroupBy.CAUSE, GroupBy.TAG, GroupBy.TYPE, GroupBy.PROFILE)


def show_groups(desk: Desk) -> None:
    """One row a group with how it stands; enter shows its jobs in the table."""
    ways = cycle(_ORDER)
    by = next(ways)

    def turn() -> str:
        nonlocal by
        by = next(ways)
        return _title(by)

    def rows(width: int) -> Sequence[ListingItem]:
        entries = desk.runtime.snapshot().entries.values()
        return group_rows(entries, by, desk.board.view(), width)

    def go(row: ListingItem) -> None:
        board = desk.board
        wanted = parse_filter(group_filter(str(row.of), by))
        board.show_choice(replace(board.sight.choice, facet=Facet.ALL, filter=wanted))
        board.show_filter()

    empty = "No job to group here; s groups otherwise."
    desk.read(Listing(_title(by), rows, go, empty, "Show its jobs", turn=turn))


def _title(by: GroupBy) -> str:
    return "Failures by cause" if by is GroupBy.CAUSE else f"Jobs by {by.value}"
