"""The function of each action: what its key, the palette and a click run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from ims_tui.core.show.actions import BY_ID, keys_of, shown_key
from ims_tui.core.show.moves import group_line, unseen_line
from ims_tui.core.state.order import Facet
from ims_tui.ui.commands import (
    away,
    copies,
    display,
    export,
    grouping,
    jobs,
    notes,
    notices,
    pages,
    program,
)
from ims_tui.ui.desk import Board, Desk

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


MOVEMENTS: dict[str, Callable[[Board, int], object]] = {
    "up": lambda board, times: board.table.move(-times),
    "down": lambda board, times: board.table.move(times),
    "page_up": lambda board, times: board.table.move_pages(-1.0, times),
    "page_down": lambda board, times: board.table.move_pages(1.0, times),
    "half_up": lambda board, times: board.table.move_pages(-0.5, times),
    "half_down": lambda board, times: board.table.move_pages(0.5, times),
    "first": lambda board, _: board.table.move_to_edge(-1),
    "last": lambda board, _: board.table.move_to_edge(1),
    "left": grouping.go_left,
    "right": grouping.go_right,
}
"""Movements in the table. A key that repeats runs its movement once, `times` as far."""


def _once(desk: Desk, movement: Callable[[Board, int], object]) -> None:
    movement(desk.board, 1)


COMMANDS: dict[str, Command] = {
    **{name: partial(_once, movement=each) for name, each in MOVEMENTS.items()},
    "mark": lambda desk: desk.board.table.mark(),
    "mark_range": lambda desk: desk.board.table.mark_range(),
    "open": lambda desk: desk.board.table.open(),
    "filter": lambda desk: desk.board.open_filter(),
    "back": display.back,
    "next": lambda desk: display.go_to_attention(desk, 1),
    "previous": lambda desk: display.go_to_attention(desk, -1),
    **{f"facet_{each}": partial(display.show_facet, facet=each) for each in Facet},
    "add": lambda desk: desk.ask_add(),
    "remove": said_first("remove", jobs.remove),
    "undo": jobs.undo,
    "edit": notes.edit,
    "tags": notes.tags,
    "mute": said_first("mute", notes.mute),
    "archive": said_first("archive", jobs.archive),
    "acknowledge": said_first("acknowledge", jobs.acknowledge),
    "marks": said_first("marks", notes.marks),
    "mutes": notices.mutes,
    "snooze": notices.snooze,
    "try_channel": notices.try_channel,
    "next_result": away.acknowledge_and_next,
    "digest": away.show_digest,
    "acknowledge_all": jobs.acknowledge_all,
    "sub_jobs": pages.show_sub_jobs,
    "zoom": lambda desk: desk.board.zoom(),
    "pane_next": lambda desk: desk.board.focus_next(),
    "pane_before": lambda desk: desk.board.focus_previous(),
    "tab_next": lambda desk: desk.board.turn_tab(1),
    "tab_before": lambda desk: desk.board.turn_tab(-1),
    "groups": grouping.choose_groups,
    "fold_all": lambda desk: grouping.fold_all(desk, are_folded=True),
    "unfold_all": lambda desk: grouping.fold_all(desk, are_folded=False),
    "gantt": display.turn_gantt,
    "times": display.turn_times,
    "columns": display.columns,
    "sort": display.sort,
    "reverse": display.turn_order,
    "poll": said_first("poll", jobs.poll),
    "poll_all": jobs.poll_all,
    "pause": jobs.pause,
    "copy": said_first("copy", copies.copy_ids),
    "copy_menu": copies.copy_menu,
    "export": export.export,
    "console": pages.open_console,
    "bundle": export.export_bundle,
    "palette": pages.show_palette,
    "profiles": display.profiles,
    "theme": display.theme,
    "events": pages.show_events,
    "log": pages.show_log,
    "wall": pages.show_wall,
    "reload": lambda desk: desk.reload(),
    "help": pages.show_help,
    "repaint": lambda desk: desk.repaint_all(),
    "suspend": lambda desk: desk.action_suspend_process(),
    "quit": program.leave,
    "quit_now": lambda desk: desk.quit(),
    "interrupt": program.interrupt,
}
