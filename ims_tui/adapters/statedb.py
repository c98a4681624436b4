"""StateFile port on SQLite: last replies, what was acknowledged, view state.

Replies are stored as received and decoded anew at each start, so that a newer decoder
needs no migration. A damaged database costs knowledge, never the start.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from ims_tui.core.errors import StateError
from ims_tui.core.outcome import Exchange
from ims_tui.core.stored import StoredPoll
from ims_tui.core.watch import JobKey

_LOG = logging.getLogger(__name__)
SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS replies (
    profile TEXT, job_id TEXT, seen_at TEXT, http_status INTEGER, body BLOB,
    date TEXT, request_id TEXT, latency_s REAL, is_news INTEGER, detected_s REAL,
    sightings TEXT,
    PRIMARY KEY (profile, job_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS view (name TEXT PRIMARY KEY, value TEXT);
"""
_SELECT = """SELECT profile, job_id, seen_at, http_status, body, date, request_id,
    latency_s, is_news, detected_s, sightings FROM replies"""
_SELECT_ONE = f"{_SELECT} WHERE profile=? AND job_id=?"


class StateDb:
    """One connection; every call blocks, so calls run in one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                self._db = self._connect()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise  # locked, or no room: not damaged
                broken = self._path.with_suffix(".broken")
                _LOG.warning(
                    "%s is damaged (%s); kept as %s, starting without history",
                    self._path,
                    error,
                    broken.name,
                )
                self._path.replace(broken)
                self._db = self._connect()
        return self._db

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        db = sqlite3.connect(self._path, timeout=5, check_same_thread=False)
        try:
            self._path.chmod(0o600)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA:
                raise StateError(
                    f"{self._path}: written by a newer ims-tui (schema {version}, "
                    f"this one reads {SCHEMA}); update ims-tui or move the file away"
                )
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version={SCHEMA}")
        except BaseException:
            db.close()
            raise
        return db

    def load(self) -> list[StoredPoll]:
        """Read every stored reply.

        Raises:
            StateError: the database cannot be opened.
        """
        try:
            rows = self._open().execute(_SELECT)
            return [poll for row in rows if (poll := _stored(row)) is not None]
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"{self._path}: {error}") from error

    def replies(self, keys: Iterable[JobKey]) -> list[StoredPoll]:
        """Read the stored replies about some jobs.

        Raises:
            StateError: the database cannot be opened.
        """
        try:
            db = self._open()
            rows = [row for key in keys for row in db.execute(_SELECT_ONE, key)]
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"{self._path}: {error}") from error
        return [poll for row in rows if (poll := _stored(row)) is not None]

    def save(self, polls: Iterable[StoredPoll], removed: Iterable[JobKey]) -> None:
        """Store replies and drop those of removed jobs, in one transaction.

        Raises:
            StateError: the database cannot be written.
        """
        try:
            with self._open() as db:
                db.executemany(
                    "INSERT OR REPLACE INTO replies VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                    [_row(poll) for poll in polls],
                )
                db.executemany(
                    "DELETE FROM replies WHERE profile=? AND job_id=?", list(removed)
                )
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"{self._path}: {error}") from error

    def view(self) -> dict[str, str]:
        """Sort, columns and the like of the last run, and when it ended."""
        try:
            return dict(self._open().execute("SELECT name, value FROM view"))
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"{self._path}: {error}") from error

    def save_view(self, view: dict[str, str]) -> None:
        """Store view state."""
        try:
            with self._open() as db:
                db.executemany(
                    "INSERT OR REPLACE INTO view VALUES (?,?)", list(view.items())
                )
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Close the connection; the next call would open it again."""
        if self._db is not None:
            self._db.close()
            self._db = None


def _row(poll: StoredPoll) -> tuple[object, ...]:
    exchange = poll.exchange
    return (
        *poll.key,
        poll.seen_at.isoformat(),
        exchange.http_status,
        exchange.body,
        exchange.date.isoformat() if exchange.date else None,
        exchange.request_id,
        exchange.latency_s,
        int(poll.is_news),
        poll.latency_s,
        json.dumps(poll.sightings),
    )


def _stored(row: Sequence[object]) -> StoredPoll | None:
    """One row as a value; None where it is damaged."""
    profile, job_id, seen_at, status, body, date, request, took, news, late, seen = row
    try:
        exchange = Exchange(
            int(str(status)),
            body if isinstance(body, bytes) else b"",
            datetime.fromisoformat(str(date)) if date else None,
            str(request),
            float(str(took)),
        )
        return StoredPoll(
            JobKey(str(profile), str(job_id)),
            exchange,
            datetime.fromisoformat(str(seen_at)),
            bool(news),
            None if late is None else float(str(late)),
            json.loads(str(seen)),
        )
    except ValueError as error:
        _LOG.warning("stored reply of %s left out: %s", job_id, error)
        return None
