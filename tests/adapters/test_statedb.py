"""State and history on disk: migration, damage, pruning."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ims_tui.adapters.statedb import SCHEMA, StateDb
from ims_tui.core.errors import StateError
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.archive_row import Archived, ArchivedRow
from ims_tui.core.state.history import PastJob, Sample, learned, thinned
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = JobKey("prod", "9a175ac792fa12d20193002100dd2762")

SCHEMA_2 = """
CREATE TABLE history (
    profile TEXT, job_id TEXT, job_type TEXT, outcome TEXT, ended_at TEXT,
    length_s REAL, samples TEXT, is_thin INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (profile, job_id)
) WITHOUT ROWID;
CREATE INDEX history_by_end ON history (ended_at);
ALTER TABLE replies ADD COLUMN still_s REAL NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN is_stalled INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 2;
"""
"""What brings a file of schema 1 to schema 2."""

SCHEMA_1 = """
CREATE TABLE replies (
    profile TEXT, job_id TEXT, seen_at TEXT, http_status INTEGER, body BLOB,
    date TEXT, request_id TEXT, latency_s REAL, is_news INTEGER, detected_s REAL,
    sightings TEXT,
    PRIMARY KEY (profile, job_id)
) WITHOUT ROWID;
CREATE TABLE view (name TEXT PRIMARY KEY, value TEXT);
INSERT INTO replies VALUES ('prod', '9a175ac792fa12d20193002100dd2762',
    '2026-11-23T11:00:00+00:00', 200, X'7B7D', NULL, 'r1', 0.084, 1, 4.5,
    '[["2026-11-23T10:59:00+00:00", "RUNNING", 0.4, "Convert"]]');
INSERT INTO view VALUES ('sort', 'left');
PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


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


def test_a_file_of_schema_1_keeps_everything_and_learns_on(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_1)
    with closing(StateDb(path)) as db:
        (poll,) = db.load()
        assert (poll.key, poll.latency_s, poll.is_news) == (KEY, 4.5, True)
        assert (poll.still_s, poll.is_stalled) == (0.0, False)
        assert poll.sightings[0][3] == "Convert"
        assert db.view() == {"sort": "left"}
        assert db.past() == []
        db.remember([past(1)])
        db.save([stored(77.5)], [])
        assert db.load() == [replace(stored(77.5), sightings=[])]
    with closing(StateDb(path)) as db:
        assert db.past() == [past(1)]
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA,)


def test_a_newer_file_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as new:
        new.execute(f"PRAGMA user_version={SCHEMA + 1}")
    before = path.read_bytes()
    with closing(StateDb(path)) as db, pytest.raises(StateError, match="newer ims-tui"):
        db.past()
    assert path.read_bytes() == before


@pytest.mark.parametrize("wreck", ["not a database", "torn pages"])
def test_a_damaged_file_means_no_history_and_a_line_in_the_log(
    path: Path, wreck: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(StateDb(path)) as db:
        db.remember(past(number) for number in range(300))
    whole = path.read_bytes()
    if wreck == "not a database":
        path.write_bytes(b"\0" * len(whole))
    else:
        path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with caplog.at_level(logging.WARNING), closing(StateDb(path)) as db:
        assert db.past() == []
        db.remember([past(1)])
        assert db.past() == [past(1)]
    assert "starting without history" in caplog.text
    assert path.with_suffix(".broken").exists()


def test_one_damaged_row_is_left_out(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(StateDb(path)) as db:
        db.remember([past(1), past(2), past(3)])
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE history SET samples='[[1]]' WHERE length_s=301")
        raw.execute("UPDATE history SET length_s='long' WHERE length_s=302")
    with closing(StateDb(path)) as db:
        assert db.past() == [past(3)]
    assert caplog.text.count("left out") == 2


def test_a_job_that_two_copies_saw_end_counts_once(path: Path) -> None:
    with closing(StateDb(path)) as one, closing(StateDb(path)) as other:
        one.remember([past(1)])
        other.remember([replace(past(1), length_s=999.0)])
        assert other.past() == [past(1)]


def test_only_the_latest_of_every_type_are_read_the_latest_last(path: Path) -> None:
    with closing(StateDb(path)) as db:
        db.remember(past(number) for number in range(70))
        db.remember([past(1000, 50.0, "export")])
        found = db.past()
    assert [job.job_type for job in found].count("import") == 50
    assert found[0].job_type == "export"
    assert found[-1] == past(0)
    assert learned(found)["prod"].of("import").total.count == 50


def test_history_is_thinned_and_then_forgotten(path: Path) -> None:
    old, older, oldest = past(1, 1.0), past(2, 40.0), past(3, 200.0)
    with closing(StateDb(path)) as db:
        db.remember([old, older, oldest])
        for _ in range(2):
            db.tidy(NOW - timedelta(days=180), NOW - timedelta(days=30))
        kept = db.past()
    assert kept == [replace(older, samples=thinned(older.samples)), old]
    assert len(kept[0].samples) == 2


def test_a_removed_job_leaves_its_history(path: Path) -> None:
    gone = replace(past(1), key=KEY)
    with closing(StateDb(path)) as db:
        db.save([stored()], [])
        db.remember([gone])
        db.save([], [KEY])
        assert db.load() == []
        assert db.past() == [gone]


def ended(number: int, ended_s: float = 0.0, line: str = "{}") -> Archived:
    key = JobKey("prod", f"{number:032x}")
    row = ArchivedRow(key, NOW + timedelta(seconds=ended_s), line)
    poll = replace(stored(), key=key, sightings=[]) if number % 2 else None
    return Archived(row, poll)


def test_a_file_of_schema_2_takes_an_archive(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_1 + SCHEMA_2)
    with closing(StateDb(path)) as db:
        assert [poll.key for poll in db.load()] == [KEY]
        db.archive([ended(1)])
        assert db.archived([ended(1).key]) == [ended(1)]


def test_archived_jobs_come_back_as_they_were(path: Path) -> None:
    jobs = [ended(number, number) for number in range(4)]
    with closing(StateDb(path)) as db:
        db.archive(jobs)
    with closing(StateDb(path)) as db:
        assert db.archived([job.key for job in jobs]) == jobs
        assert db.archived([KEY]) == []
        assert db.load() == [], "replies of the archive are not those of the list"


def test_the_archive_is_read_page_by_page_latest_end_first(path: Path) -> None:
    jobs = [ended(number, number // 2) for number in range(7)]
    with closing(StateDb(path)) as db:
        db.archive(jobs)
        pages, place = [], None
        while True:
            rows, place = db.archive_page(place, 3)
            if place is None:
                break
            pages.append([row.key for row in rows])
    assert pages == [
        [job.key for job in jobs[first:last]][::-1]
        for first, last in ((4, 7), (1, 4), (0, 1))
    ]


def test_what_another_copy_archived_is_read_alone(path: Path) -> None:
    with closing(StateDb(path)) as one, closing(StateDb(path)) as other:
        one.archive([ended(1), ended(2)])
        _, number = other.archive_newer(None)
        one.archive([ended(3), ended(1, line="[]")])
        rows, latest = other.archive_newer(number)
        assert rows == [ended(3).row, ended(1, line="[]").row]
        assert other.archive_newer(latest) == ([], latest)


def test_a_job_archived_again_replaces_itself_and_keeps_its_reply(path: Path) -> None:
    with closing(StateDb(path)) as db:
        db.archive([ended(1)])
        db.archive([replace(ended(1, 60.0), poll=None)])
        assert db.archived([ended(1).key]) == [ended(1, 60.0)]
        assert len(db.archive_page(None, 9)[0]) == 1


def test_the_archive_is_pruned_by_the_end_of_its_jobs(path: Path) -> None:
    with closing(StateDb(path)) as db:
        db.archive([ended(1, 0.0), ended(3, 100.0)])
        db.tidy(NOW + timedelta(seconds=50), NOW)
        assert db.archived([ended(1).key, ended(3).key]) == [ended(3, 100.0)]
        db.unarchive([ended(3).key])
        assert db.archive_page(None, 9) == ([], None)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM archived_replies").fetchone() == (0,)


def test_a_damaged_time_costs_its_job_alone(path: Path) -> None:
    with closing(StateDb(path)) as db:
        db.archive([ended(1), ended(2)])
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE archive SET ended_at='soon' WHERE number=1")
    with closing(StateDb(path)) as db:
        assert [row.key for row in db.archive_page(None, 9)[0]] == [ended(2).key]
