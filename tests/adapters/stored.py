"""A state file with values that anything wrote, and everything that reads them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.config.settings import UiSettings
from ims_tui.core.moment import Moment
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.view import View
from ims_tui.core.show.viewstate import from_state
from ims_tui.core.state.archive import Archive, Pages
from ims_tui.core.state.archive_row import Archived, ArchivedRow, archived, row_of
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.state.history import PastJob, Sample, learned
from ims_tui.core.state.outage import Outage, joined, offline_s
from ims_tui.core.state.stored_reply import StoredPoll, restored
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import JobKey, Watch, kept_result

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = JobKey("prod", "9a175ac792fa12d20193002100dd2762")

ENDED = Entry(
    Watch(
        f"{1:032x}",
        "prod",
        label="first",
        added=NOW,
        result=kept_result(
            JobStatus.FAIL, stated_begin=NOW, stated_end=NOW, fail_reason="gone"
        ),
    )
)
ODD: tuple[object, ...] = (
    None,
    "2026-11-23T11:00:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+05:00",
    "[" * 100_000,
    "[[]]",
    '[["2026-11-23T10:59:00", "RUNNING", 0.4, "Convert"]]',
    '[["2026-11-23T10:59:00Z", "RUNNING", 1e999, "\\u001b[2J", -1]]',
    '[[1, 2, "s", 0.5], [NaN, Infinity, "s", 1]]',
    '{"id": {"id": []}, "job": {"odd": 1}}',
    "\x1b[2J",
    "1e999",
    "9" * 5000,
    "x" * 2_000_000,
    b"x" * 2_000_000,
)
"""Values that mean something else than they should, or too much of it."""

COLUMNS = {
    "replies": "profile,job_id,seen_at,http_status,body,date,request_id,latency_s,"
    "is_news,detected_s,still_s,is_stalled,sightings,low_s,median_s,high_s,contradicted",
    "history": "profile,job_id,job_type,outcome,ended_at,length_s,samples",
    "archive": "profile,job_id,ended_at,line",
    "archived_replies": "body,seen_at,sightings,date,latency_s",
    "view": "name,value",
    "outages": "profile,since,until,is_over,cause",
}
"""Tables and columns of the state file, as far as they hold what was kept."""


def past(number: int, days_ago: float = 0.0, job_type: str = "import") -> PastJob:
    samples = [Sample(float(n), 1.0, "ab"[n // 5], n / 10) for n in range(10)]
    return PastJob(
        JobKey("prod", f"{number:032x}"),
        job_type,
        JobStatus.SUCCESS,
        NOW - timedelta(days=days_ago, seconds=number),
        300.0 + number,
        samples,
    )


def stored(still_s: float = 0.0) -> StoredPoll:
    return StoredPoll(
        KEY, Exchange(200, b"{}"), NOW, still_s=still_s, is_stalled=still_s > 0
    )


def ended(number: int, ended_s: float = 0.0, line: str = "{}") -> Archived:
    key = JobKey("prod", f"{number:032x}")
    row = ArchivedRow(key, NOW + timedelta(seconds=ended_s), line)
    poll = replace(stored(), key=key, sightings=[]) if number % 2 else None
    return Archived(row, poll)


def outage(begin_s: float = 0.0, **changed: Any) -> Outage:
    since = NOW + timedelta(seconds=begin_s)
    down = Outage("prod", since, since + timedelta(minutes=4), cause="timeout")
    return replace(down, **changed)


def write_odd(path: Path, changes: Sequence[tuple[tuple[str, str], object]]) -> None:
    """Keep something of everything in a new file, and change some columns of it."""
    line = archived(ENDED, NOW).row.line
    with closing(StateDb(path)) as db:
        db.save([stored()], [])
        db.remember([past(1), past(2, 40.0)])
        db.archive([ended(1, line=line)])
        db.save_outages([outage()])
        db.save_view({"sort": "left", "hidden": "[]"})
    with closing(sqlite3.connect(path)) as raw, raw:
        for (table, column), value in changes:
            raw.execute(
                f"UPDATE OR IGNORE {table} SET {column}=? WHERE rowid NOTNULL"
                if table.startswith("archive")
                else f"UPDATE OR IGNORE {table} SET {column}=?",
                (value,),
            )


def read_all(path: Path) -> int:
    """Read and show everything; returns how many rows of four were of use."""
    now = Moment(NOW, 1000.0)
    with closing(StateDb(path)) as db:
        polls, pasts = db.load(), db.past()
        offline_s(joined(db.outages()), NOW - timedelta(days=1), NOW)
        for poll in polls:
            entry = restored(Watch(poll.key.job_id, poll.key.profile), poll, now)
            shown(entry, now)
        learned(pasts)
        db.tidy(NOW - timedelta(days=180))
        rows, _ = db.archive_page(None, 9)
        archive = Archive(Pages.of(rows))
        for entry in archive.values():
            shown(entry, now)
        for job in db.archived([row.key for row in rows]):
            shown(row_of(job.key, job.row.line), now)
        from_state(db.view(), UiSettings())
        assert db.notices() == []
    return len(polls) + len(pasts) + len(rows)


def shown(entry: Entry, now: Moment) -> None:
    """What a screen and a file show of an entry is printable and can be computed."""
    texts = [entry_json(entry, View(now, {})).values()]
    lines = [name_of(entry), *(s.step for s in entry.sightings), *map(str, texts)]
    assert all(printable(line, 9999) == line for line in lines)
    for each in entry.sightings:
        assert timedelta() <= abs(now.wall - each.at)
