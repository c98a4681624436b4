"""Outages in SQLite, the latest of them: one row for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from ims_tui.adapters.storedrows import readable, sane
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.store import MOST_OUTAGES
from ims_tui.core.state.stored_value import stored_text, stored_time
from ims_tui.core.text import MAX_TEXT

OUTAGES = """
CREATE TABLE outages (
    profile TEXT, since TEXT, until TEXT, is_over INTEGER, cause TEXT,
    PRIMARY KEY (profile, since)
) WITHOUT ROWID
"""
"""Times are ISO 8601 in UTC, so that they sort as text."""

_COLUMNS = ", ".join(
    sane(name, MAX_TEXT) for name in ("profile", "since", "until", "is_over", "cause")
)
_LATEST = f"SELECT {_COLUMNS} FROM outages ORDER BY since DESC LIMIT {MOST_OUTAGES}"
_THIN = f"""DELETE FROM outages WHERE since <
    (SELECT since FROM outages ORDER BY since DESC LIMIT 1 OFFSET {MOST_OUTAGES - 1})"""


def read_outages(db: sqlite3.Connection) -> list[Outage]:
    """The latest ones, the earliest first; damaged rows are left out."""
    return readable(db.execute(_LATEST), _outage, "an outage of {0}")[::-1]


def write_outages(db: sqlite3.Connection, outages: Sequence[Outage]) -> None:
    """Store outages, each in the place of what is stored of it."""
    db.executemany(
        "INSERT OR REPLACE INTO outages VALUES (?,?,?,?,?)",
        [
            (
                outage.profile,
                outage.since.isoformat(),
                outage.until.isoformat(),
                int(outage.is_over),
                outage.cause,
            )
            for outage in outages
        ],
    )
    db.execute(_THIN)


def prune_outages(db: sqlite3.Connection, forget_before: datetime) -> None:
    """Drop those that were over before a time."""
    db.execute("DELETE FROM outages WHERE until < ?", (forget_before.isoformat(),))


def _outage(row: Sequence[object]) -> Outage:
    """One row as a value.

    Raises:
        ValueError: it is damaged.
    """
    profile, since, until, is_over, cause = row
    begin = stored_time(since)
    return Outage(
        stored_text(profile, MAX_TEXT),
        begin,
        max(begin, stored_time(until)),
        bool(is_over),
        stored_text(cause, MAX_TEXT),
    )
