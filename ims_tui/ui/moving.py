"""Jobs leave the list and come back: what the keys do, and what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ims_tui.core.show.moves import (
    STILL_READING,
    archived_line,
    back_line,
    forgotten_line,
    removed_line,
)

if TYPE_CHECKING:
    from ims_tui.ui.dashboard import Dashboard


async def remove(screen: Dashboard) -> None:
    """Take the chosen jobs off the list, or out of the archive."""
    app, keys = screen.app, screen.chosen
    if screen.is_archive:
        moved = await app.runtime.remove_archived(keys)
        if moved.problem:
            app.tell(f"Nothing removed: {moved.problem}", is_bad=True)
        elif moved.entries:
            app.tell(forgotten_line(moved.entries))
        return
    gone = await app.runtime.remove(keys)
    if gone:
        app.tell(removed_line(gone))
        app.tell_unless_saved()


async def archive(screen: Dashboard) -> None:
    """Archive the chosen jobs; bring back those that are."""
    app, keys = screen.app, screen.chosen
    if screen.is_archive:
        moved = await app.runtime.bring_back(keys)
        said = back_line(moved.entries) if moved.entries else ""
    elif screen.snapshot.archive.is_reading:
        app.tell(STILL_READING, seconds=2)
        return
    else:
        active = sum(not entry.has_ended for entry in screen.chosen_entries())
        moved = await app.runtime.archive(keys)
        said = archived_line(moved.entries, active)
    if moved.problem:
        app.tell(f"Nothing moved: {moved.problem}", is_bad=True)
    elif said:
        app.tell(said)
    if moved.entries:
        app.tell_unless_saved()


async def undo(screen: Dashboard) -> None:
    """Take back the last removal or move."""
    app = screen.app
    undone = await app.runtime.undo()
    if undone.problem:
        app.tell(f"Nothing undone: {undone.problem}", is_bad=True)
    elif not undone.entries:
        app.tell("Nothing to undo.")
    else:
        app.tell(back_line(undone.entries, is_archived=undone.is_archived))
        app.tell_unless_saved()
