"""Commands for the chosen jobs: acknowledge, poll, remove, archive, undo."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence

from ims_tui.core.show import texts
from ims_tui.core.show.moves import (
    ENDED,
    STILL_READING,
    archived_line,
    back_line,
    forgotten_line,
    marked_jobs,
    removed_line,
)
from ims_tui.core.show.sentences import asked_line
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.commands.away import end_away
from ims_tui.ui.desk import Desk


def acknowledge(desk: Desk) -> None:
    """Mark the chosen results as looked at."""
    has_line, keys = end_away(desk), desk.chosen
    jobs = marked_jobs(len(keys), desk.board.table.marked.group)
    count = desk.runtime.acknowledge(keys)
    if not count and not has_line:
        desk.tell(texts.NO_NEW_RESULT_HERE, seconds=2)
    elif len(keys) > 1:
        desk.tell(texts.ACKNOWLEDGED_OF.format(count=count, jobs=jobs), seconds=2)


def acknowledge_all(desk: Desk) -> None:
    """Mark all shown results as looked at."""
    end_away(desk)
    count = desk.runtime.acknowledge(desk.board.table.rows)
    desk.tell(texts.results(count), seconds=2)


def poll(desk: Desk) -> None:
    """Ask for the chosen jobs next."""
    _poll(desk, desk.chosen, of_marked=desk.board.table.marked.count > 0)


def poll_all(desk: Desk) -> None:
    """Ask for all shown jobs next."""
    _poll(desk, desk.board.table.rows)


def _poll(desk: Desk, keys: Iterable[JobKey], *, of_marked: bool = False) -> None:
    if desk.board.sight.choice.is_archive:
        desk.tell(ENDED, seconds=3)
    else:
        asked = desk.runtime.tracker.poll_now(tuple(keys))
        desk.tell(asked_line(asked, of_marked=of_marked), seconds=3)


def pause(desk: Desk) -> None:
    """Send nothing more, or go on."""
    is_paused = not desk.board.sight.snapshot.is_paused
    desk.runtime.tracker.pause(is_paused)
    desk.tell(texts.PAUSED if is_paused else texts.GOES_ON, seconds=3)


def remove(desk: Desk) -> Awaitable[None]:
    """Take the chosen jobs off the list, or out of the archive."""
    if desk.board.sight.choice.is_archive:
        return _remove_archived(desk, desk.chosen)
    group = desk.board.table.marked.group
    listed = desk.runtime.remove(desk.chosen)
    desk.board.catch_up()  # a second key in one read means the row that is next
    return _tell_removed(desk, listed, group)


async def _remove_archived(desk: Desk, keys: Sequence[JobKey]) -> None:
    moved = await desk.runtime.remove_archived(keys)
    if moved.problem:
        desk.tell(texts.NOTHING_REMOVED.format(why=moved.problem), is_bad=True)
    elif moved.entries:
        desk.tell(forgotten_line(moved.entries))


async def _tell_removed(
    desk: Desk, listed: Awaitable[Sequence[Entry]], group: str
) -> None:
    if gone := await listed:
        desk.tell(removed_line(gone, group))
        desk.tell_unless_saved()


async def archive(desk: Desk) -> None:
    """Archive the chosen jobs; bring back those that are."""
    keys, sight = desk.chosen, desk.board.sight
    group = desk.board.table.marked.group
    if sight.choice.is_archive:
        moved = await desk.runtime.bring_back(keys)
        said = back_line(moved.entries) if moved.entries else ""
    elif sight.snapshot.archive.is_reading:
        desk.tell(STILL_READING, seconds=2)
        return
    else:
        active = sum(not entry.has_ended for entry in desk.board.chosen_entries())
        moved = await desk.runtime.archive(keys)
        said = archived_line(moved.entries, active, group)
    if moved.problem:
        desk.tell(texts.NOTHING_MOVED.format(why=moved.problem), is_bad=True)
    elif said:
        desk.tell(said)
    if moved.entries:
        desk.tell_unless_saved()


async def undo(desk: Desk) -> None:
    """Take back the last removal or move."""
    undone = await desk.runtime.undo()
    if undone.problem:
        desk.tell(texts.NOTHING_UNDONE.format(why=undone.problem), is_bad=True)
    elif not undone.entries:
        desk.tell(texts.NOTHING_TO_UNDO)
    else:
        desk.tell(back_line(undone.entries, is_archived=undone.is_archived))
        desk.tell_unless_saved()
