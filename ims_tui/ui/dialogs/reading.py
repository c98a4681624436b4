"""Pages to read over the dashboard: help, events, log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ims_tui.core.show.pages import Line, events_page, help_page, log_page
from ims_tui.ui.dialogs.pager import Page

if TYPE_CHECKING:
    from ims_tui.ui.dashboard import Dashboard

TAIL_BYTES = 64 * 1024
"""How much of the end of the log is shown."""


def show_help(screen: Dashboard) -> None:
    """Every key of this screen."""
    lines = help_page(screen.app.keymap)
    screen.app.read(Page("Help", lambda: lines, is_searched=True))


def show_events(screen: Dashboard) -> None:
    """All events, newest first."""

    def lines() -> Sequence[Line]:
        return events_page(screen.app.runtime.snapshot(), screen.view())

    screen.app.read(Page("Events, newest first", lines))


def show_log(screen: Dashboard) -> None:
    """The end of the log, and how fast ends are noticed."""
    path = log_file()

    def lines() -> Sequence[Line]:
        entries = screen.app.runtime.snapshot().entries.values()
        if path is None:
            return log_page(entries, "No log file is written.", ())
        text, problem = tail(path)
        return log_page(entries, f"Log: {path}", text, problem)

    screen.app.read(Page("Log", lines, is_read_from_end=True))


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
        return [], f"It cannot be read ({error.strerror})."
    lines = text.splitlines()
    return lines[1:] if size > TAIL_BYTES else lines, ""
