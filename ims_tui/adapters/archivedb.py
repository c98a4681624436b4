"""The archive in SQLite: a narrow table of rows, and the replies in one beside it.

Rows are read all at once, replies one by one, so they do not share their pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ims_tui.adapters.storedrows import readable, sane
from ims_tui.core.state.archive_row import Archived, ArchivedRow, ArchivePlace
from ims_tui.core.state.stored_value import MOST_CHARS, stored_key, stored_time
from ims_tui.core.watchlist.watch import JobKey

ARCHIVE = """
CREATE TABLE archive (
    number INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT, job_id TEXT,
    ended_at TEXT, line TEXT,
    UNIQUE (profile, job_id)
);
CREATE INDEX archive_by_end ON archive (ended_at);
CREATE TABLE archived_replies (
    profile TEXT, job_id TEXT, seen_at TEXT, http_status INTEGER, body BLOB,
    date TEXT, request_id TEXT, latency_s REAL, is_news INTEGER, detected_s REAL,
    still_s REAL, is_stalled INTEGER, sightings TEXT,
    PRIMARY KEY (profile, job_id)
)
"""
"""Times are ISO 8601 in UTC with microseconds, so that they sort as text."""

_COLUMNS = f"ended_at, number, profile, job_id, {sane('line', MOST_CHARS)}"
_PAGE = f"""SELECT {_COLUMNS} FROM archive
    WHERE typeof(ended_at)='text' AND (ended_at, number) < (?, ?)
    ORDER BY ended_at DESC, number DESC LIMIT ?"""
_NEWER = f"""SELECT {_COLUMNS} FROM archive
    WHERE number > ? ORDER BY number"""
_ONE = f"""SELECT {_COLUMNS} FROM archive
    WHERE profile=? AND job_id=?"""
_LAST = ArchivePlace("\U0010ffff", 0)


def read_page(
    db: sqlite3.Connection, after: ArchivePlace | None, most: int
) -> tuple[list[ArchivedRow], ArchivePlace | None]:
    """Rows behind a place, latest end first, and the place of the last of them."""
    found = db.execute(_PAGE, (*(after or _LAST), most)).fetchall()
    place = ArchivePlace(found[-1][0], found[-1][1]) if found else None
    if place and after and place >= after:  # a text that is no UTF-8 sorts elsewhere
        place = None
    return _rows(found), place


def read_newer(
    db: sqlite3.Connection, number: int | None
) -> tuple[list[ArchivedRow], int]:
    """Rows that were written after one with a number, and the latest number.

    None reads no row.
    """
    if number is None:
        latest = db.execute("SELECT max(number) FROM archive").fetchone()[0]
        return [], int(latest or 0)
    found = db.execute(_NEWER, (number,)).fetchall()
    return _rows(found), found[-1][1] if found else number


def read_ended(db: sqlite3.Connection, since: datetime) -> list[JobKey]:
    """The keys of jobs that ended since a time."""
    rows = db.execute(
        "SELECT profile, job_id FROM archive WHERE ended_at > ?", (iso(since),)
    )
    return readable(rows, lambda row: stored_key(*row), "archived job {1}")


def read_rows(db: sqlite3.Connection, keys: Iterable[JobKey]) -> list[ArchivedRow]:
    """The rows of some jobs; those that are not there are left out."""
    return _rows(row for key in keys for row in db.execute(_ONE, key))


def _rows(found: Iterable[Sequence[object]]) -> list[ArchivedRow]:
    return readable(found, _row, "archived job {3}")


def _row(row: Sequence[object]) -> ArchivedRow:
    ended_at, _, profile, job_id, line = row
    if not isinstance(line, str):
        raise ValueError("its line is no text of usual length")
    return ArchivedRow(stored_key(profile, job_id), stored_time(ended_at), line)


def write_rows(db: sqlite3.Connection, jobs: Iterable[Archived]) -> None:
    """Keep jobs; one that is there already is replaced and counts as newer."""
    db.executemany(
        """INSERT OR REPLACE INTO archive (profile, job_id, ended_at, line)
            VALUES (?,?,?,?)""",
        [(*job.key, iso(job.row.ended), job.row.line) for job in jobs],
    )


def drop_rows(db: sqlite3.Connection, keys: Sequence[JobKey]) -> None:
    """Remove jobs with their replies."""
    for table in ("archive", "archived_replies"):
        db.executemany(f"DELETE FROM {table} WHERE profile=? AND job_id=?", keys)


def prune(db: sqlite3.Connection, forget_before: datetime) -> None:
    """Remove what ended before some time."""
    old = "SELECT profile, job_id FROM archive WHERE ended_at < ?"
    drop_rows(db, db.execute(old, (iso(forget_before),)).fetchall())


def iso(at: datetime) -> str:
    """A time as text of one length, so that it sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
