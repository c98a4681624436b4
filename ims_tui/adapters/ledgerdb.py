"""Ledger port on SQLite: one small row per account, booked in one transaction."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from threading import Lock

from ims_tui.core.polling.budget import Limit
from ims_tui.core.polling.ledger import APART_S, Booking, Spent, book

_LOG = logging.getLogger(__name__)

PATIENCE_S = 0.5
"""Longest wait for another copy's booking, which takes less than a millisecond."""

KEPT_S = 86400.0
"""A row is forgotten after this, and when the machine was started anew, as soon as
there is a new account."""

_TABLE = """CREATE TABLE IF NOT EXISTS spent (
    account TEXT PRIMARY KEY, tokens REAL, at_s REAL, requests INTEGER
) WITHOUT ROWID"""


class LedgerDb:
    """One file for all copies; a call blocks for less than a millisecond.

    The file stays open: to open it anew takes ten times as long as a booking.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = Lock()
        self._db: sqlite3.Connection | None = None
        self._problem = ""
        """Why the last booking failed, which is logged once."""
        self._opened: tuple[int, int] | None = None
        """Device and inode of the open file: it may be another one meanwhile."""

    def book(
        self, account: str, limit: Limit, now_s: float, wished: int = 1
    ) -> Booking | None:
        """Book requests; None, with a line in the log, where that cannot be."""
        with self._turn:
            try:
                booking = _book(self._open(), account, limit, now_s, wished)
            except (sqlite3.Error, OSError) as error:
                if str(error) != self._problem:
                    self._problem = str(error)
                    _LOG.warning("the shared budget cannot be kept: %s", error)
                self._close()
                return None
            self._problem = ""
            return booking

    def close(self) -> None:
        """Let go of the file; the next booking opens it again."""
        with self._turn:
            self._close()

    def _open(self) -> sqlite3.Connection:
        if self._db is None or self._identity() != self._opened:
            self._close()
            if not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._path.touch(mode=0o600)
            self._opened = self._identity()
            self._db = sqlite3.connect(
                self._path,
                timeout=PATIENCE_S,
                isolation_level=None,
                check_same_thread=False,  # `_turn` lets in one at a time
            )
            # What is lost in a crash of the machine is void after it anyway.
            self._db.execute("PRAGMA synchronous=OFF")
            # To make and remove a file took a third of each booking.
            self._db.execute("PRAGMA journal_mode=PERSIST")
            self._db.execute(_TABLE)
        return self._db

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _book(
    db: sqlite3.Connection, account: str, limit: Limit, now_s: float, wished: int
) -> Booking:
    with db:
        db.execute("BEGIN IMMEDIATE")
        row = db.execute(
            "SELECT tokens, at_s, requests FROM spent WHERE account=?", (account,)
        ).fetchone()
        spent, booking = book(Spent(*row) if row else None, limit, now_s, wished)
        if row is None:
            db.execute(
                "DELETE FROM spent WHERE at_s NOT BETWEEN ? AND ?",
                (now_s - KEPT_S, now_s + APART_S),
            )
        db.execute(
            "INSERT OR REPLACE INTO spent VALUES (?,?,?,?)",
            (account, spent.tokens, spent.at_s, spent.requests),
        )
        return booking
