"""StateFile port on SQLite: last replies, history, the archive, view state.

Replies are stored as received and decoded anew at each start, so that a newer decoder
needs no migration. A damaged database costs knowledge, never the start.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ims_tui.adapters.archivedb import (
    ARCHIVE,
    drop_rows,
    prune,
    read_ended,
    read_newer,
    read_page,
    read_rows,
    write_rows,
)
from ims_tui.adapters.logger import logger
from ims_tui.adapters.outboxdb import (
    OUTBOX,
    SILENCES,
    close_of_profiles,
    lift_silence,
    put,
    put_silence,
    read_backlog,
    read_silences,
    read_told,
    settle_news,
    take_news,
)
from ims_tui.adapters.pastjobs import HISTORY, read_past, tidy, write_past
from ims_tui.adapters.pastoutages import (
    OUTAGES,
    prune_outages,
    read_outages,
    write_outages,
)
from ims_tui.adapters.quarantine import (
    DatabaseFault,
    Identity,
    check_link,
    identity,
    is_damage,
    set_aside,
)
from ims_tui.adapters.storedrows import readable, sane
from ims_tui.core.errors import StateError, reason_of
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.service.reply import MAX_KEPT
from ims_tui.core.state.archive_row import Archived
from ims_tui.core.state.entry import MAX_SIGHTINGS
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.state.stored_value import (
    MOST_CHARS,
    stored_key,
    stored_number,
    stored_rows,
    stored_text,
    stored_time,
)
from ims_tui.core.text import MAX_TEXT
from ims_tui.core.watchlist.watch import JobKey

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_S = 0.5
"""Longest wait for a file that somebody else locked; what is not stored then is stored
later, and the end of the program does not wait longer."""

_FIRST = """
CREATE TABLE IF NOT EXISTS replies (
    profile TEXT, job_id TEXT, seen_at TEXT, http_status INTEGER, body BLOB,
    date TEXT, request_id TEXT, latency_s REAL, is_news INTEGER, detected_s REAL,
    sightings TEXT,
    PRIMARY KEY (profile, job_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS view (name TEXT PRIMARY KEY, value TEXT)
"""
_STANDSTILL = """
ALTER TABLE replies ADD COLUMN still_s REAL NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN is_stalled INTEGER NOT NULL DEFAULT 0
"""
_AHEAD = ("low_s", "median_s", "high_s", "contradicted")
"""The time left as it is shown, for replies of live jobs."""
_SHOWN = ";".join(
    f"ALTER TABLE {table} ADD COLUMN {name} REAL"
    for table in ("replies", "archived_replies")
    for name in _AHEAD
)
_COUNTERS = "CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value TEXT)"
MIGRATIONS = (
    *((_FIRST,), (_STANDSTILL, HISTORY), (ARCHIVE,)),
    *((OUTBOX,), (OUTBOX, _COUNTERS)),  # some files of schema 4 have counters only
    *((SILENCES,), (OUTAGES,), (_SHOWN,)),
)
"""Each leads from the schema before it to the next; the number is in the file."""
SCHEMA = len(MIGRATIONS)
_TABLES = (
    *("replies", "history", "archive", "archived_replies", "view"),
    *("outbox", "messages", "counters", "silences", "outages"),
)
_COLUMNS = f"""profile, job_id, seen_at, http_status, body, date, request_id,
    latency_s, is_news, detected_s, still_s, is_stalled, sightings,
    {", ".join(_AHEAD)}"""
_READ = _COLUMNS.replace("body", sane("body", MAX_KEPT)).replace(
    "sightings", sane("sightings", MOST_CHARS)
)
_SELECT = f"SELECT {_READ} FROM replies"
_WHAT = "stored reply of {1}"
_SELECT_ONE = f"{_SELECT} WHERE profile=? AND job_id=?"
_SELECT_ARCHIVED = _SELECT_ONE.replace("replies", "archived_replies")
_OTHERS = [name.strip() for name in _COLUMNS.split(",")[2:]]
_MARKS = ",".join("?" * len(_COLUMNS.split(",")))
_IS_LATE = "excluded.seen_at<seen_at AND julianday(seen_at)<=julianday('now')"
_IS_NEWS = f"""iif(body=excluded.body, min(is_news, excluded.is_news),
    iif({_IS_LATE}, is_news, excluded.is_news))"""
_INSERT = f"""INSERT INTO replies ({_COLUMNS}) VALUES ({_MARKS})
    ON CONFLICT (profile, job_id) DO UPDATE SET is_news={_IS_NEWS}, {
    ", ".join(
        f"{name}=iif({_IS_LATE}, {name}, excluded.{name})"
        for name in _OTHERS
        if name != "is_news"
    )
}"""
"""Of what several copies saw of a job the latest look stays, whoever saves last, and an
acknowledgement: it would else be taken for one of before the end. A look that lies
ahead of the clock is of before the clock was set back, and stops nobody."""
_INSERT_ARCHIVED = _INSERT.replace("replies", "archived_replies")


def _work(
    work: Callable[Concatenate[sqlite3.Connection, P], T],
) -> Callable[Concatenate[StateDb, P], T]:
    """Work on a table as a method: in one transaction of the state file."""

    @wraps(work)
    def method(self: StateDb, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._do(lambda db: work(db, *args, **kwargs))

    return method


class StateDb:
    """One connection; every call blocks, so calls run in one thread.

    Each raises StateError where the file cannot be opened, read or written.
    """

    past = _work(read_past)
    remember = _work(write_past)
    outages = _work(read_outages)
    save_outages = _work(write_outages)
    archive_page = _work(read_page)
    archive_newer = _work(read_newer)
    unarchive = _work(drop_rows)
    post = _work(put)
    backlog = _work(read_backlog)
    take = _work(take_news)
    settle = _work(settle_news)
    told = _work(read_told)
    acknowledge_profiles = _work(close_of_profiles)
    silences = _work(read_silences)
    silence = _work(put_silence)
    lift = _work(lift_silence)

    def __init__(self, path: Path, *, patience_s: float = PATIENCE_S) -> None:
        """
        Args:
            path: the file; it is made when it is needed.
            patience_s: how long to wait for another copy that writes.
        """
        self._path = path
        self._patience_s = patience_s
        self._db: sqlite3.Connection | None = None
        self._opened: Identity | None = None
        """The open file: another copy may have set it aside meanwhile."""
        self._notices: list[str] = []

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some work in one transaction; on a damaged file, again on a new one."""
        try:
            try:
                with self._open() as db:
                    return work(db)
            except DatabaseFault as error:
                if not is_damage(error):
                    raise
                self._begin_anew(error)
            with self._open() as db:
                return work(db)
        except (*DatabaseFault, OSError) as error:
            why = reason_of(error)
            brief = f"{self._path.name}: {why}"
            raise StateError(f"{self._path}: {why}", brief) from error

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            check_link(self._path)
            identity(self._path)  # a pipe or a device is not opened
            db = sqlite3.connect(
                self._path, timeout=self._patience_s, check_same_thread=False
            )
            db.text_factory = _text
            try:
                self._opened = identity(self._path)
                self._prepare(db)
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    def _prepare(self, db: sqlite3.Connection) -> None:
        if not self._path.is_symlink():  # what is elsewhere is not ours to change
            self._path.chmod(0o600)
        version = _version(db)
        if version > SCHEMA:
            raise StateError(
                f"{self._path}: written by a newer ims-tui (schema {version}, "
                f"this one reads {SCHEMA}); update ims-tui or move the file away"
            )
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        if version < SCHEMA:
            _migrate(db)
        for table in _TABLES:
            db.execute(f"SELECT 1 FROM {table} LIMIT 0")

    def _begin_anew(self, error: Exception) -> None:
        """Keep a damaged file under another name."""
        self.close()
        broken = set_aside(self._path, self._path.with_suffix(".broken"), self._opened)
        if broken is None:
            return
        notice = (
            f"{self._path.name} is damaged; kept as {broken.name}, starting without "
            "history"
        )
        logger(__name__).warning("%s (%s: %s)", notice, self._path, error)
        self._notices.append(notice)

    def notices(self) -> list[str]:
        """What was set aside since the last call, one line each."""
        told, self._notices = self._notices, []
        return told

    def load(self) -> list[StoredPoll]:
        """Read every stored reply."""
        rows = self._do(lambda db: db.execute(_SELECT).fetchall())
        return readable(rows, _stored, _WHAT)

    def replies(self, keys: Sequence[JobKey]) -> list[StoredPoll]:
        """Read the stored replies about some jobs."""
        rows = self._do(
            lambda db: [row for key in keys for row in db.execute(_SELECT_ONE, key)]
        )
        return readable(rows, _stored, _WHAT)

    def save(self, polls: Sequence[StoredPoll], removed: Sequence[JobKey]) -> None:
        """Store replies and drop those of removed jobs, in one transaction."""
        rows = [_row(poll) for poll in polls]

        def write(db: sqlite3.Connection) -> None:
            db.executemany(_INSERT, rows)
            db.executemany("DELETE FROM replies WHERE profile=? AND job_id=?", removed)

        self._do(write)

    def tidy(self, forget_before: datetime) -> None:
        """Drop what is from before a time, and jobs that teach nothing any more."""

        def work(db: sqlite3.Connection) -> None:
            tidy(db, forget_before)
            prune(db, forget_before)
            prune_outages(db, forget_before)

        self._do(work)

    # -- the archive -------------------------------------------------------------------

    def archive(self, jobs: Sequence[Archived]) -> None:
        """Keep jobs with their replies; they are on the disk when this returns."""
        replies = [_row(job.poll) for job in jobs if job.poll is not None]

        def write(db: sqlite3.Connection) -> None:
            write_rows(db, jobs)
            db.executemany(_INSERT_ARCHIVED, replies)

        # What is in it leaves the list: it must outlast a loss of power.
        self._do(lambda db: db.execute("PRAGMA synchronous=FULL"))
        try:
            self._do(write)
        finally:
            self._do(lambda db: db.execute("PRAGMA synchronous=NORMAL"))

    def archived(self, keys: Sequence[JobKey]) -> list[Archived]:
        """Read some jobs of the archive with their replies."""

        def read(db: sqlite3.Connection) -> list[Archived]:
            return [
                Archived(row, next(iter(readable(found, _stored, _WHAT)), None))
                for row in read_rows(db, keys)
                for found in [db.execute(_SELECT_ARCHIVED, row.key)]
            ]

        return self._do(read)

    def archived_since(self, since: datetime) -> list[Archived]:
        """Read the jobs of the archive that ended since a time, with their replies."""
        return self.archived(self._do(lambda db: read_ended(db, since)))

    # -- the view ----------------------------------------------------------------------

    def view(self) -> dict[str, str]:
        """Sort, columns and the like of the last run, and when it ended."""
        rows = self._do(
            lambda db: db.execute("SELECT name, value FROM view LIMIT 100").fetchall()
        )
        return dict(readable(rows, _choice, "view state {0}"))

    def save_view(self, view: dict[str, str]) -> None:
        """Store view state."""
        insert, rows = "INSERT OR REPLACE INTO view VALUES (?,?)", list(view.items())
        self._do(lambda db: db.executemany(insert, rows))

    # -- counters ----------------------------------------------------------------------

    def counters(self, name: str) -> str:
        """What was counted under a name; empty where nothing was."""
        rows = self._do(
            lambda db: db.execute(
                f"SELECT {sane('value', MOST_CHARS)} FROM counters WHERE name=?",
                (name,),
            ).fetchall()
        )
        return next((text for (text,) in rows if isinstance(text, str)), "")

    def save_counters(self, name: str, text: str) -> None:
        """Store what was counted under a name."""
        insert = "INSERT OR REPLACE INTO counters VALUES (?,?)"
        self._do(lambda db: db.execute(insert, (name, text)))

    def acknowledged(self, keys: Sequence[JobKey]) -> dict[JobKey, datetime]:
        """Which of these jobs somebody acknowledged, with the time of their reply."""
        select = f"""SELECT profile, job_id, {sane("seen_at", MAX_TEXT)} FROM replies
            WHERE profile=? AND job_id=? AND NOT is_news"""
        rows = self._do(
            lambda db: [row for key in keys for row in db.execute(select, key)]
        )
        return dict(readable(rows, _acknowledged, "acknowledgement of {1}"))

    def acknowledge(self, keys: Sequence[JobKey]) -> int:
        """Mark results as looked at; returns how many were new."""
        update = "UPDATE replies SET is_news=0 WHERE profile=? AND job_id=? AND is_news"
        return self._do(
            lambda db: sum(db.execute(update, key).rowcount for key in keys)
        )

    def close(self) -> None:
        """Close the connection; the next call would open it again."""
        if self._db is not None:
            self._db.close()
            self._db = None


def _migrate(db: sqlite3.Connection) -> None:
    """Bring an older file up to date, whole or not at all."""
    db.execute("BEGIN IMMEDIATE")  # another copy may be about to do the same
    version = _version(db)
    for script in (script for step in MIGRATIONS[version:] for script in step):
        for statement in script.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version={SCHEMA}")
    db.commit()


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


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
        poll.detection_s,
        poll.still_s,
        int(poll.is_stalled),
        json.dumps(poll.sightings),
        *poll.ahead,
    )


def _text(data: bytes) -> str:
    """A stored text; the decoders refuse what is no UTF-8 of ours."""
    return data.decode("utf-8", "replace")


def _acknowledged(row: Sequence[object]) -> tuple[JobKey, datetime]:
    """One row as a value.

    Raises:
        ValueError: it is damaged.
    """
    profile, job_id, seen_at = row
    return stored_key(profile, job_id), stored_time(seen_at)


def _choice(row: Sequence[object]) -> tuple[str, str]:
    name, value = row
    return stored_text(name, MAX_TEXT), stored_text(value, MAX_TEXT)


def _stored(row: Sequence[object]) -> StoredPoll:
    """One row as a value.

    Raises:
        ValueError: it is damaged.
    """
    profile, job_id, seen_at, status, body, date, request, took, *ours = row
    news, late, still_s, stalled, seen, *ahead = ours
    if not isinstance(body, bytes):
        raise ValueError("the reply is missing or too long")
    return StoredPoll(
        stored_key(profile, job_id),
        Exchange(
            int(stored_number(status, 999)),
            body,
            None if date is None else stored_time(date),
            stored_text(request, MAX_TEXT),
            stored_number(took),
        ),
        stored_time(seen_at),
        bool(news),
        None if late is None else stored_number(late),
        stored_number(still_s),
        bool(stalled),
        stored_rows(seen, MAX_SIGHTINGS),
        tuple(ahead),
    )
