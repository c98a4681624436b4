"""Commands for who comes back: go through the results, see all that happened."""

from __future__ import annotations

from datetime import timedelta

from ims_tui.core.errors import StateError
from ims_tui.core.headless.digest import digest_lines, digest_of
from ims_tui.core.show import texts
from ims_tui.core.show.statusline import away_line
from ims_tui.core.show.view import Cell, Line, Tone
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Page

SHIFT = timedelta(hours=8)
"""How far back the page looks where nobody was away."""


def end_away(desk: Desk) -> bool:
    """Take away the line about the time away; whether there was one."""
    store = desk.runtime.store
    away = store.snapshot().away
    if away is None or not away_line(store.snapshot(), desk.board.view()):
        return False
    store.flag(away=(away[0], away[0]))  # the page goes on to begin there
    desk.runtime.on_change()
    return True


def acknowledge_and_next(desk: Desk) -> None:
    """Acknowledge the result under the cursor, and go to the next new one."""
    board, table = desk.board, desk.board.table
    if board.current is not None:
        desk.runtime.acknowledge([board.current.key])
    entries, here = desk.runtime.snapshot().entries, table.cursor_place
    jobs = table.arranged.jobs_from(here)
    new = next((k for k in jobs if k in entries and entries[k].is_news), None)
    if new is not None:
        board.go_to(new)
    else:
        end_away(desk)
        desk.tell(texts.NO_NEW_RESULT_LEFT, seconds=2)


async def show_digest(desk: Desk) -> None:
    """One page: what failed, runs and ended well, outages, who was told."""
    snapshot, view = desk.runtime.snapshot(), desk.board.view()
    since = snapshot.away[0] if snapshot.away else view.now.wall - SHIFT
    told, problem = [], ""
    if desk.runtime.notifier is not None:
        try:
            told = list(await desk.runtime.notifier.told(since))
        except StateError as error:
            problem = texts.TOLD_UNREAD.format(why=error.brief)
    digest = digest_of(snapshot.entries.values(), since, snapshot.outages, told)
    every = [*digest_lines(digest, view), *([problem] if problem else [])]
    lines: list[Line] = [_line(text) for text in every]
    desk.open(Page(texts.WHILE_AWAY, lambda: lines))


def _line(text: str) -> Line:
    """A line of the digest, whose headings are marked for Markdown."""
    if (heading := text.lstrip("#")) != text:
        return (Cell(heading.strip(), Tone.NORMAL),)
    return (Cell(text, Tone.NORMAL if text.startswith("-") else Tone.DIM),)
