"""Ledger port on SQLite: one small row per account, booked in one transaction."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from ims_tui.core.polling.budget import Limit
from ims_tui.core.polling.ledger import APART_S, Booking, Spent, book

_LOG = logging.getLogger(__name__)

PATIENCE_S = 0.5
"""Longest wait for another copy's booking, which takes less than a millisecond."""

KEPT_S = 86400.0
"""A row is forgotten after this, and when the machine was started anew."""

_TABLE = """CREATE TABLE IF NOT EXISTS spent (
    account TEXT PRIMARY KEY, tokens REAL, at_s REAL, requests INTEGER
) WITHOUT ROWID"""


class LedgerDb:
    """One file for all copies; a call blocks for less than a millisecond."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def book(self, account: str, limit: Limit, now_s: float) -> Booking | None:
        """Book one request; None, with a line in the log, where that cannot be."""
        try:
            with closing(self._connect()) as db, db:
                db.execute("BEGIN IMMEDIATE")
                row = db.execute(
                    "SELECT tokens, at_s, requests FROM spent WHERE account=?",
                    (account,),
                ).fetchone()
                spent, booking = book(Spent(*row) if row else None, limit, now_s)
                db.execute(
                    "DELETE FROM spent WHERE at_s NOT BETWEEN ? AND ?",
                    (now_s - KEPT_S, now_s + APART_S),
                )
                db.execute(
                    "INSERT OR REPLACE INTO spent VALUES (?,?,?,?)",
                    (account, spent.tokens, spent.at_s, spent.requests),
                )
                return booking
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("the shared budget cannot be kept: %s", error)
            return None

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
        db = sqlite3.connect(self._path, timeout=PATIENCE_S, isolation_level=None)
        # What is lost in a crash of the machine is void after it anyway.
        db.execute("PRAGMA synchronous=OFF")
        db.execute(_TABLE)
        return db
