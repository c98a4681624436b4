"""Commands that open pages and lists over the dashboard: help, events, log, palette."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from ims_tui.core.errors import reason_of
from ims_tui.core.show.actions import ACTIONS, Area, keys_text
from ims_tui.core.show.pages import Line, events_page, help_page, log_page
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Item, Menu, Page

TAIL_BYTES = 64 * 1024
"""How much of the end of the log is shown."""


def show_help(desk: Desk) -> None:
    """Every key of this screen."""
    lines = help_page(desk.keymap)
    desk.read(Page("Help", lambda: lines, is_searched=True))


def show_events(desk: Desk) -> None:
    """All events, newest first."""

    def lines() -> Sequence[Line]:
        return events_page(desk.runtime.snapshot(), desk.board.view())

    desk.read(Page("Events, newest first", lines))


def show_log(desk: Desk) -> None:
    """The end of the log, and how fast ends are noticed."""
    path = log_file()

    def lines() -> Sequence[Line]:
        entries = desk.runtime.snapshot().entries.values()
        if path is None:
            return log_page(entries, "No log file is written.", ())
        text, problem = tail(path)
        return log_page(entries, f"Log: {path}", text, problem)

    desk.read(Page("Log", lines, is_read_from_end=True))


def show_palette(desk: Desk) -> None:
    """All actions with their keys, found by typing."""
    keymap = desk.keymap
    items = [
        Item(action.id, action.words, keys_text(action, keymap))
        for action in sorted(ACTIONS, key=lambda action: action.area is Area.MOVE)
        if action.id != "palette"
    ]
    desk.choose(Menu("Commands", items, desk.run_command, "Run", is_searched=True))


def log_file() -> Path | None:
    """The file that this process logs into."""
    for handler in logging.getLogger("ims_tui").handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def tail(path: Path) -> tuple[list[str], str]:
    """The last lines of a text file, and why there are none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return [], f"It cannot be read ({reason_of(error)})."
    lines = text.splitlines()
    return lines[1:] if size > TAIL_BYTES else lines, ""
