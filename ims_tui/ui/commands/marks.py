"""What is said before a command changes jobs that cannot be seen, or many at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ims_tui.core.show.actions import BY_ID, keys_of, shown_key
from ims_tui.core.show.moves import group_line, unseen_line
from ims_tui.ui.desk import Desk

Command = Callable[[Desk], Awaitable[None] | object]
"""What it returns is awaited where it can be; else it is done."""

SURE_S = 5.0
"""A second press within this means all marked jobs, also those that are not shown."""


TAKES_AWAY = ("remove", "archive")
"""Actions that are told first where they are about a whole group."""


def said_first(name: str, command: Command) -> Command:
    """The command of an action, told first where it is about jobs out of sight."""

    def said(desk: Desk) -> Awaitable[None] | object:
        marks, count = desk.board.table.marked, len(desk.chosen)
        is_group = bool(marks.group) and count > 1 and name in TAKES_AWAY
        if not (marks.hidden or is_group) or desk.is_again(name, SURE_S):
            return command(desk)
        key = shown_key(keys_of(BY_ID[name], desk.keymap)[0])
        told = group_line(count, marks.group, key)
        desk.tell(told if is_group else unseen_line(marks, key), seconds=SURE_S)
        return None

    return said
