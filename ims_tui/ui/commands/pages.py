"""Commands that open pages and lists over the dashboard: help, events, log, palette."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from msgspec.structs import replace

from ims_tui.core.errors import reason_of
from ims_tui.core.show import texts
from ims_tui.core.show.actions import ACTIONS, AREAS, MOVE, keys_text
from ims_tui.core.show.cause_texts import NOT_A_FILE
from ims_tui.core.show.jumps import jumps
from ims_tui.core.show.pages import (
    ListingItem,
    LogLevel,
    events_page,
    help_page,
    log_head,
    log_page,
)
from ims_tui.core.show.subjobs import HEADING, SubOrder, sub_job_rows
from ims_tui.core.show.view import Line
from ims_tui.core.show.wall import wall
from ims_tui.core.state.entry import name_of
from ims_tui.core.state.order import Facet
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Item, Listing, Menu, Page, WallPage

MOST_JOBS = 300
"""Jobs that `:` finds by their names: those at the top of the table."""

TAIL_BYTES = 64 * 1024
"""How much of the end of the log is shown."""


def show_help(desk: Desk) -> None:
    """Every key of this screen."""
    lines = help_page(desk.keymap)
    desk.open(Page(texts.HELP, lambda: lines, is_searched=True))


def show_events(desk: Desk) -> None:
    """All events, newest first."""

    def told(width: int) -> Sequence[ListingItem]:
        return events_page(desk.runtime.snapshot(), desk.board.view(), width)

    def go(to: ListingItem) -> None:
        go_to_job(desk, to.key)

    desk.open(Listing(texts.EVENTS_TITLE, told, go, texts.NO_EVENTS))


def go_to_job(desk: Desk, key: JobKey | None) -> None:
    """Show a job and put the cursor on it, in the list or in the archive."""
    board = desk.board
    if key is None:
        desk.tell(texts.NO_SINGLE_JOB, seconds=3)
        return
    if key not in board.table.rows:
        is_archived = key in board.sight.snapshot.archive
        if not is_archived and key not in board.sight.snapshot.entries:
            desk.tell(texts.GONE, seconds=3)
            return
        board.clear_filter()
        facet = Facet.ARCHIVE if is_archived else Facet.ALL
        choice = replace(board.sight.choice, facet=facet, hidden_profiles=frozenset())
        board.show_choice(choice)
    board.go_to(key)


def show_log(desk: Desk) -> None:
    """The requests, how fast ends are noticed, and the end of the log."""
    path = log_file()
    place = texts.LOG_PLACE.format(path=path) if path else texts.NO_LOG
    levels = cycle(LogLevel)
    level = next(levels)

    def turn() -> None:
        nonlocal level
        level = next(levels)

    def lines() -> Sequence[Line]:
        text, problem = tail(path) if path else ([], "")
        entries = desk.runtime.snapshot().entries.values()
        return log_page(entries, text, level, problem)

    def head(is_followed: bool) -> Sequence[Line]:
        snapshot = desk.runtime.snapshot()
        return log_head(snapshot, place, level, is_followed=is_followed)

    desk.open(Page(texts.LOG, lines, is_read_from_end=True, head=head, turn=turn))


def show_wall(desk: Desk) -> None:
    """The state of all, large, for a screen that nobody types at."""

    def lines(columns: int, rows: int) -> Sequence[Line]:
        snapshot, view = desk.runtime.snapshot(), desk.board.view()
        profiles, is_demo = desk.settings.profiles, desk.is_demo
        return wall(snapshot, profiles, view, (columns, rows), is_demo=is_demo)

    desk.open(WallPage(lines))


def show_palette(desk: Desk) -> None:
    """Where one can go, all actions with their keys, and jobs, found by typing."""
    keymap, places = desk.keymap, jumps(desk.settings)
    items = [Item(f":{place.name}", place.words) for place in places]
    items += [
        Item(action.id, action.words, keys_text(action, keymap))
        for action in sorted(ACTIONS, key=AREAS[MOVE].__contains__)
        if action.id != "palette"
    ]
    there = {f":{place.name}": place for place in places}
    board = desk.board
    jobs = {f"job {n}": k for n, k in enumerate(board.table.rows[:MOST_JOBS])}
    shown = board.sight.shown
    for name, key in jobs.items():
        words = texts.THIS_JOB.format(name=name_of(shown[key], 60))
        items.append(Item(name, words))

    def done(name: str) -> None:
        if name in jobs:
            go_to_job(desk, jobs[name])
        elif name in there:
            board.show_choice(there[name].choice(board.sight.choice))
            board.show_filter()
        else:
            desk.action_command(name)

    desk.open(Menu(texts.COMMANDS, items, done, texts.RUN, is_searched=True))


def log_file() -> Path | None:
    """The file that this process logs into."""
    for handler in logging.getLogger("ims_tui").handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def tail(path: Path) -> tuple[list[str], str]:
    """The last lines of a text file, and why there are none."""
    try:
        # Asked first, since opening a named pipe would wait for its writer.
        if path.exists() and not path.is_file():
            raise OSError(NOT_A_FILE)
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return [], texts.LOG_UNREAD.format(why=reason_of(error))
    lines = text.splitlines()
    return lines[1:] if size > TAIL_BYTES else lines, ""


def open_console(desk: Desk) -> None:
    """Open the page of the job under the cursor, or say why there is none."""
    from ims_tui.core.show.console import console_page  # the first frame needs none

    entry = desk.board.current
    if entry is None:
        desk.tell(texts.NO_JOB_TO_OPEN)
        return
    if desk.is_demo:
        desk.tell(texts.DEMO)
        return
    profile = desk.settings.profiles.get(entry.watch.profile)
    page = console_page(entry, profile)
    if page.problem:
        desk.tell(page.problem, seconds=15)
    else:
        desk.browser.open(page.what, page.url)


def show_sub_jobs(desk: Desk) -> None:
    """The sub-jobs as rows; enter copies the id of one."""
    entry = desk.board.current
    if entry is None or entry.reply is None or not entry.reply.sub_jobs:
        desk.tell(texts.NO_SUB_JOBS if entry else texts.NO_JOB_HERE, seconds=2)
        return
    key, last = entry.key, entry.reply
    orders = cycle(SubOrder)
    order = SubOrder.STATE

    def turn() -> str:
        nonlocal order
        order = next(orders)
        name = name_of(entry, 30)
        return texts.SUB_JOBS_TITLE.format(name=name, order=order.value)

    def rows(width: int) -> Sequence[ListingItem]:
        newer = desk.board.sight.entry(key)
        job = newer.reply if newer and newer.reply else last
        return sub_job_rows(job, order, desk.board.view(), width)

    def copy(row: ListingItem) -> None:
        number = row.of
        sub = last.sub_jobs[number - 1] if isinstance(number, int) else last
        if sub.job_id:
            desk.copy(texts.ID_OF_SUB_JOB.format(number=number), sub.job_id)
        else:
            desk.tell(texts.NO_ID.format(number=number), seconds=2)

    empty = texts.NO_SUB_JOBS
    desk.open(Listing(turn(), rows, copy, empty, texts.COPY_ID, HEADING, turn))
