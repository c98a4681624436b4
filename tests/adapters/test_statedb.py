"""State and history on disk: migration, damage, pruning."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ims_tui.adapters.statedb import SCHEMA, StateDb
from ims_tui.core.errors import StateError
from ims_tui.core.polling.history import PastJob, Sample, learned, thinned
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.stored import StoredPoll
from ims_tui.core.watchlist.watch import JobKey

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = JobKey("prod", "9a175ac792fa12d20193002100dd2762")

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
