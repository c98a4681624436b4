"""Ledger port on SQLite: one small row per account, booked in one transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from ims_tui.adapters.quarantine import (
    DatabaseFault,
    Identity,
    check_link,
    identity,
    is_damage,
    set_aside,
)
from ims_tui.core.errors import reason_of
from ims_tui.core.polling.budget import Limit
from ims_tui.core.polling.ledger import APART_S, Booking, Spent, book

_LOG = logging.getLogger(__name__)

PATIENCE_S = 0.5
"""Longest wait for another copy's booking, which takes less than a millisecond."""

KEPT_S = 86400.0
"""A row is forgotten after this, and when the machine was started anew, as soon as
there is a new account."""

MOST_REQUESTS = 10**12
"""Neither a count nor a time of ours is larger."""

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
        self._opened: Identity | None = None
        """The open file: it may be another one meanwhile."""

    def book(
        self, account: str, limit: Limit, now_s: float, wished: int = 1
    ) -> Booking | None:
        """Book requests; None, with a line in the log, where that cannot be."""
        with self._turn:
            try:
                booking = _book(self._open(), account, limit, now_s, wished)
            except (*DatabaseFault, OSError) as error:
                if (why := reason_of(error)) != self._problem:
                    self._problem = why
                    _LOG.warning("the shared budget cannot be kept: %s", why)
                self._close()
                if is_damage(error):
                    self._set_aside()
                return None
            self._problem = ""
            return booking

    def close(self) -> None:
        """Let go of the file; the next booking opens it again."""
        with self._turn:
            self._close()

    def _set_aside(self) -> None:
        """Keep a damaged file under another name; the next booking makes a new one."""
        try:
            first = self._path.with_name(f"{self._path.name}.broken")
            broken = set_aside(self._path, first, self._opened)
        except OSError as error:
            why = reason_of(error)
            _LOG.warning("the damaged %s stays in its place: %s", self._path, why)
        else:
            _LOG.warning("%s is damaged; kept as %s", self._path, broken)

    def _open(self) -> sqlite3.Connection:
        if self._db is None or identity(self._path) != self._opened:
            self._close()
            check_link(self._path)
            if not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._path.touch(mode=0o600)
            self._opened = identity(self._path)
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
        spent, booking = book(_spent(row) if row else None, limit, now_s, wished)
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


def _spent(row: Sequence[object]) -> Spent | None:
    """One row as a value; None where it is damaged: the account begins anew."""
    tokens, at_s, requests = row
    if (
        isinstance(tokens, (int, float))
        and isinstance(at_s, (int, float))
        and isinstance(requests, int)
        and -1.0 <= tokens <= MOST_REQUESTS
        and 0.0 <= at_s <= MOST_REQUESTS
        and 0 <= requests <= MOST_REQUESTS
    ):
        return Spent(tokens, at_s, requests)
    _LOG.warning("the booked requests of an account cannot be read; it begins anew")
    return None
