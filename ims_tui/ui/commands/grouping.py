"""Commands that group the rows, and fold and unfold groups."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.show import texts
from ims_tui.core.show.grouping import GroupBy, Grouping, GroupKey
from ims_tui.ui.desk import Board, Desk
from ims_tui.ui.dialogs.contents import Item, Menu

_NONE = "none"
_WAYS = {
    _NONE: (texts.BY_NONE, "n"),
    GroupBy.CAUSE: (texts.BY_CAUSE, "c"),
    GroupBy.TAG: (texts.BY_TAG, "t"),
    GroupBy.TYPE: (texts.BY_TYPE, "y"),
    GroupBy.PROFILE: (texts.BY_PROFILE, "p"),
}


def choose_groups(desk: Desk) -> None:
    """Choose what the rows are grouped by."""

    def done(name: str) -> None:
        board, by = desk.board, None if name == _NONE else GroupBy(name)
        if board.sight.choice.is_archive:
            desk.tell(texts.ARCHIVE_UNGROUPED, seconds=3)
        if by is not board.sight.choice.grouping.by:
            board.show_choice(replace(board.sight.choice, grouping=Grouping(by)))

    items = [Item(name, words, key) for name, (words, key) in _WAYS.items()]
    at = desk.board.sight.choice.grouping.by or _NONE
    desk.open(Menu(texts.GROUP_BY, items, done, texts.GROUP, at=at))


def fold_all(desk: Desk, *, are_folded: bool) -> None:
    """Fold all groups, or unfold them; also those that are still to come."""
    choice = desk.board.sight.choice
    if choice.grouped_by is None:
        desk.tell(texts.NOTHING_GROUPED, seconds=2)
        return
    folded = Grouping(choice.grouping.by, are_folded)
    desk.board.show_choice(replace(choice, grouping=folded))


def go_left(board: Board, times: int) -> None:
    """Fold the group; on a job scroll back, and from there go to its group."""
    table = board.table
    if isinstance(table.cursor, GroupKey):
        if not table.arranged.is_folded(table.cursor):
            board.show_choice(board.sight.choice.turned(table.cursor))
    elif not table.skip_columns(-times):
        group = table.arranged.group_at(table.cursor_place)
        if group is not None:
            table.go_to(group)


def go_right(board: Board, times: int) -> None:
    """Unfold the group, go to its first job; on a job scroll the columns."""
    table = board.table
    if not isinstance(table.cursor, GroupKey):
        table.skip_columns(times)
    elif table.arranged.is_folded(table.cursor):
        board.show_choice(board.sight.choice.turned(table.cursor))
    else:
        table.move(1)
