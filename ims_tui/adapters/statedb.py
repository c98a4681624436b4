"""StateFile port on SQLite: last replies, history, the archive, view state.

Replies are stored as received and decoded anew at each start, so that a newer decoder
needs no migration. A damaged database costs knowledge, never the start.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ims_tui.adapters.archivedb import (
    ARCHIVE,
    drop_rows,
    latest_number,
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
    acknowledge_profiles,
    backlog,
    lift_silence,
    put,
    put_silence,
    settle,
    silences,
    take,
    told,
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
from ims_tui.core.notices.letter import Backlog, Letter, Told
from ims_tui.core.notices.news import News
from ims_tui.core.notices.silence import Silence
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.service.reply import MAX_KEPT
from ims_tui.core.state.archive_row import Archived, ArchivedRow, ArchivePlace
from ims_tui.core.state.entry import MAX_SIGHTINGS
from ims_tui.core.state.history import PastJob
from ims_tui.core.state.outage import Outage
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
_INSERT = f"""INSERT INTO replies ({_COLUMNS}) VALUES ({_MARKS})
    ON CONFLICT (profile, job_id) DO UPDATE SET is_news=iif(body=excluded.body,
    min(is_news, excluded.is_news), excluded.is_news), {
    ", ".join(f"{name}=excluded.{name}" for name in _OTHERS if name != "is_news")
}"""
"""Who saw an end later than the others does not take back its acknowledgement."""
_INSERT_ARCHIVED = _INSERT.replace("replies", "archived_replies")


class StateDb:
    """One connection; every call blocks, so calls run in one thread."""

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
        """Read every stored reply.

        Raises:
            StateError: the database cannot be opened.
        """
        rows = self._do(lambda db: db.execute(_SELECT).fetchall())
        return readable(rows, _stored, _WHAT)

    def replies(self, keys: Iterable[JobKey]) -> list[StoredPoll]:
        """Read the stored replies about some jobs.

        Raises:
            StateError: the database cannot be opened.
        """
        wanted = list(keys)
        rows = self._do(
            lambda db: [row for key in wanted for row in db.execute(_SELECT_ONE, key)]
        )
        return readable(rows, _stored, _WHAT)

    def save(self, polls: Iterable[StoredPoll], removed: Iterable[JobKey]) -> None:
        """Store replies and drop those of removed jobs, in one transaction.

        Raises:
            StateError: the database cannot be written.
        """
        rows, gone = [_row(poll) for poll in polls], list(removed)

        def write(db: sqlite3.Connection) -> None:
            db.executemany(_INSERT, rows)
            db.executemany("DELETE FROM replies WHERE profile=? AND job_id=?", gone)

        self._do(write)

    def past(self) -> list[PastJob]:
        """Read how the latest jobs of every type went, the latest last.

        Raises:
            StateError: the history cannot be read.
        """
        return self._do(read_past)

    def remember(self, jobs: Iterable[PastJob]) -> None:
        """Keep how jobs went; a job that is known already is not counted twice.

        Raises:
            StateError: the database cannot be written.
        """
        known = list(jobs)
        self._do(lambda db: write_past(db, known))

    def tidy(self, forget_before: datetime) -> None:
        """Drop what is from before a time, and jobs that teach nothing any more.

        Raises:
            StateError: the database cannot be written.
        """

        def work(db: sqlite3.Connection) -> None:
            tidy(db, forget_before)
            prune(db, forget_before)
            prune_outages(db, forget_before)

        self._do(work)

    def outages(self) -> list[Outage]:
        """Read the latest outages, the earliest first.

        Raises:
            StateError: the database cannot be read.
        """
        return self._do(read_outages)

    def save_outages(self, outages: Iterable[Outage]) -> None:
        """Store outages, each in the place of what is stored of it.

        Raises:
            StateError: the database cannot be written.
        """
        new = list(outages)
        self._do(lambda db: write_outages(db, new))

    # -- the archive -------------------------------------------------------------------

    def archive(self, jobs: Iterable[Archived]) -> None:
        """Keep jobs with their replies; they are on the disk when this returns.

        Raises:
            StateError: the database cannot be written.
        """
        kept = list(jobs)
        replies = [_row(job.poll) for job in kept if job.poll is not None]

        def write(db: sqlite3.Connection) -> None:
            write_rows(db, kept)
            db.executemany(_INSERT_ARCHIVED, replies)

        # What is in it leaves the list: it must outlast a loss of power.
        self._do(lambda db: db.execute("PRAGMA synchronous=FULL"))
        try:
            self._do(write)
        finally:
            self._do(lambda db: db.execute("PRAGMA synchronous=NORMAL"))

    def archive_page(
        self, after: ArchivePlace | None, most: int
    ) -> tuple[list[ArchivedRow], ArchivePlace | None]:
        """Read rows of the archive behind a place, latest end first.

        Returns them with the place of the last one, None where there are no more.

        Raises:
            StateError: the database cannot be read.
        """
        return self._do(lambda db: read_page(db, after, most))

    def archive_newer(self, number: int | None) -> tuple[list[ArchivedRow], int]:
        """Read the rows that were written after one, and the number of the latest.

        None reads no row.

        Raises:
            StateError: the database cannot be read.
        """
        if number is None:
            return [], self._do(latest_number)
        return self._do(lambda db: read_newer(db, number))

    def archived(self, keys: Iterable[JobKey]) -> list[Archived]:
        """Read some jobs of the archive with their replies.

        Raises:
            StateError: the database cannot be read.
        """
        wanted = list(keys)

        def read(db: sqlite3.Connection) -> list[Archived]:
            return [
                Archived(row, next(iter(readable(found, _stored, _WHAT)), None))
                for row in read_rows(db, wanted)
                for found in [db.execute(_SELECT_ARCHIVED, row.key)]
            ]

        return self._do(read)

    def archived_since(self, since: datetime) -> list[Archived]:
        """Read the jobs of the archive that ended since a time, with their replies.

        Raises:
            StateError: the database cannot be read.
        """
        return self.archived(self._do(lambda db: read_ended(db, since)))

    def unarchive(self, keys: Iterable[JobKey]) -> None:
        """Remove jobs from the archive, with their replies.

        Raises:
            StateError: the database cannot be written.
        """
        gone = list(keys)
        self._do(lambda db: drop_rows(db, gone))

    # -- the outbox --------------------------------------------------------------------

    def post(self, letters: Iterable[Letter], now: datetime) -> None:
        """Let news wait for their channels, unless they were told already.

        Raises:
            StateError: the database cannot be written.
        """
        new = list(letters)
        self._do(lambda db: put(db, new, now))

    def backlog(self, channel: str, now: datetime) -> Backlog:
        """What waits for one channel, and how often it was used lately.

        Raises:
            StateError: the database cannot be read.
        """
        return self._do(lambda db: backlog(db, channel, now))

    def take(self, channel: str, news: Iterable[News], now: datetime) -> list[str]:
        """Take news in order to tell them in one message; returns the keys.

        Raises:
            StateError: the database cannot be written.
        """
        wanted = list(news)
        return self._do(lambda db: take(db, channel, wanted, now))

    def settle(
        self, channel: str, keys: Iterable[str], now: datetime, *, is_told: bool
    ) -> bool:
        """Note how the telling went; returns whether some are given up.

        Raises:
            StateError: the database cannot be written.
        """
        taken = list(keys)
        return self._do(lambda db: settle(db, channel, taken, now, is_told=is_told))

    def told(self, since: datetime) -> list[Told]:
        """What channels were told of what came since a time.

        Raises:
            StateError: the database cannot be read.
        """
        return self._do(lambda db: told(db, since))

    def acknowledge_profiles(self, now: datetime) -> None:
        """What befell profiles and the list goes no further.

        Raises:
            StateError: the database cannot be written.
        """
        self._do(lambda db: acknowledge_profiles(db, now))

    def silences(self, now: datetime) -> list[Silence]:
        """The silences that hold.

        Raises:
            StateError: the database cannot be read.
        """
        return self._do(lambda db: silences(db, now))

    def silence(self, silence: Silence) -> None:
        """Hold silence, in the place of an earlier one of its scope.

        Raises:
            StateError: the database cannot be written.
        """
        self._do(lambda db: put_silence(db, silence))

    def lift(self, scope: str) -> None:
        """Tell again what a silence kept back.

        Raises:
            StateError: the database cannot be written.
        """
        self._do(lambda db: lift_silence(db, scope))

    # -- the view ----------------------------------------------------------------------

    def view(self) -> dict[str, str]:
        """Sort, columns and the like of the last run, and when it ended.

        Raises:
            StateError: the database cannot be opened.
        """
        rows = self._do(
            lambda db: db.execute("SELECT name, value FROM view LIMIT 100").fetchall()
        )
        return dict(readable(rows, _choice, "view state {0}"))

    def save_view(self, view: dict[str, str]) -> None:
        """Store view state.

        Raises:
            StateError: the database cannot be written.
        """
        insert, rows = "INSERT OR REPLACE INTO view VALUES (?,?)", list(view.items())
        self._do(lambda db: db.executemany(insert, rows))

    # -- counters ----------------------------------------------------------------------

    def counters(self, name: str) -> str:
        """What was counted under a name; empty where nothing was.

        Raises:
            StateError: the database cannot be opened.
        """
        rows = self._do(
            lambda db: db.execute(
                f"SELECT {sane('value', MOST_CHARS)} FROM counters WHERE name=?",
                (name,),
            ).fetchall()
        )
        return next((text for (text,) in rows if isinstance(text, str)), "")

    def save_counters(self, name: str, text: str) -> None:
        """Store what was counted under a name.

        Raises:
            StateError: the database cannot be written.
        """
        insert = "INSERT OR REPLACE INTO counters VALUES (?,?)"
        self._do(lambda db: db.execute(insert, (name, text)))

    def acknowledged(self, keys: Iterable[JobKey]) -> dict[JobKey, datetime]:
        """Which of these jobs somebody acknowledged, with the time of their reply.

        Raises:
            StateError: the database cannot be read.
        """
        select = f"""SELECT profile, job_id, {sane("seen_at", MAX_TEXT)} FROM replies
            WHERE profile=? AND job_id=? AND NOT is_news"""
        wanted = list(keys)
        rows = self._do(
            lambda db: [row for key in wanted for row in db.execute(select, key)]
        )
        return dict(readable(rows, _acknowledged, "acknowledgement of {1}"))

    def acknowledge(self, keys: Iterable[JobKey]) -> int:
        """Mark results as looked at; returns how many were new.

        Raises:
            StateError: the database cannot be written.
        """
        update = "UPDATE replies SET is_news=0 WHERE profile=? AND job_id=? AND is_news"
        wanted = list(keys)
        return self._do(
            lambda db: sum(db.execute(update, key).rowcount for key in wanted)
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
