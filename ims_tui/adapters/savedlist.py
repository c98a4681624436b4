"""The list, and the stored values beside it, for commands that send no request."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ims_tui.adapters.clock import SystemClock
from ims_tui.adapters.pollers import is_polled
from ims_tui.adapters.statedb import StateDb, empty_state
from ims_tui.adapters.watchfile import WatchFile

T = TypeVar("T")


class SavedList(StateDb):
    """The state file as a guest sees it, and the list that it is about.

    A file that is not there is empty and is never made. Each call opens the file anew,
    for another copy may set it aside meanwhile.

    Args:
        watchlist: the list.
        state: the state file.
        pollers: the lock file of those who poll.
    """

    def __init__(self, watchlist: Path, state: Path, pollers: Path) -> None:
        super().__init__(state)
        self.watch_file = WatchFile(watchlist)
        self._pollers = pollers
        self.now = SystemClock().moment

    def is_polling(self) -> bool:
        """Whether a dashboard or `watch` runs on this machine with this state file."""
        return is_polled(self._pollers)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return super()._do(work)
        finally:
            self.close()

    def _connect(self) -> sqlite3.Connection:
        return super()._connect() if _may_be_there(self._path) else empty_state()


def _may_be_there(path: Path) -> bool:
    """Whether a file is there, or cannot be looked for: to open it says why."""
    try:
        return path.exists()
    except OSError:
        return True
