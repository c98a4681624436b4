"""State and history on disk: migration, damage, pruning."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.adapters.quarantine import MOST_KEPT
from ims_tui.adapters.statedb import SCHEMA, StateDb
from ims_tui.core.errors import StateError
from ims_tui.core.notices.letter import Letter
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.history import learned
from ims_tui.core.state.store import MOST_OUTAGES
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey
from tests.adapters.stored import (
    COLUMNS,
    KEY,
    NOW,
    ODD,
    ended,
    outage,
    past,
    read_all,
    stored,
    write_odd,
)
from tests.core.entries import at, id_of
from tests.core.notices.some_news import some_news

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


def test_a_file_of_schema_1_keeps_everything_and_learns_on(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_1)
    with closing(StateDb(path)) as db:
        (poll,) = db.load()
        assert (poll.key, poll.detection_s, poll.is_news) == (KEY, 4.5, True)
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


@pytest.mark.parametrize(
    ("has", "lacks"), [("outbox", "counters"), ("counters", "outbox messages")]
)
def test_a_file_of_either_schema_4_keeps_what_it_has(
    path: Path, has: str, lacks: str
) -> None:
    with closing(StateDb(path)) as db:
        db.remember([past(1)])
        db.post([Letter(some_news("fail"), ["team"])], NOW)
        db.save_counters("watch", "7")
    drops = [f"DROP TABLE {table}" for table in ("silences", "outages", *lacks.split())]
    shown = ("low_s", "median_s", "high_s", "contradicted")
    for table in ("replies", "archived_replies"):
        drops += [f"ALTER TABLE {table} DROP COLUMN {name}" for name in shown]
    spoil(path, *drops, "PRAGMA user_version=4")
    with closing(StateDb(path)) as db:
        assert db.past() == [past(1)]
        assert db.counters("watch") == ("7" if has == "counters" else "")
        waiting = db.backlog("team", NOW).waiting
        assert [news.kind for news in waiting] == ["fail"] * (has == "outbox")
        db.save_counters("watch", "8")
        db.post([Letter(some_news("success"), ["team"])], NOW)
        assert db.backlog("team", NOW).waiting
    assert not path.with_suffix(".broken").exists()


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
        db.remember([past(number) for number in range(300)])
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


def spoil(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA writable_schema=1")
        for statement in statements:
            raw.execute(statement)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"SQLite format 2\0" + b"x" * 9000),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "a name that is no UTF-8": lambda path: path.write_bytes(
        path.read_bytes().replace(b"UNIQUE (profile", b"UNIQUE (profi\xff\xff")
    ),
    "a table missing": lambda path: spoil(path, "DROP TABLE history"),
    "a column missing": lambda path: spoil(
        path, "ALTER TABLE replies DROP COLUMN body"
    ),
    "an older version": lambda path: spoil(path, "PRAGMA user_version=1"),
    "no version": lambda path: spoil(path, "PRAGMA user_version=0"),
    "an impossible version": lambda path: spoil(path, "PRAGMA user_version=-7"),
    "a schema that is none": lambda path: spoil(
        path, "UPDATE sqlite_schema SET sql='CREATE TABLE x(' WHERE name='archive'"
    ),
    "a view for a table": lambda path: spoil(
        path, "DROP TABLE view", "CREATE VIEW view AS SELECT 1 AS name, 2 AS value"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_is_damaged_everything_can_be_read_and_written(
    path: Path, damage: str
) -> None:
    with closing(StateDb(path)) as db:
        db.remember([past(number) for number in range(30)])
    DAMAGE[damage](path)
    with closing(StateDb(path)) as db:
        for _ in range(2):  # what is found damaged while it is written takes the rest
            db.save([stored()], [])
            db.remember([past(1)])
            db.archive([ended(1)])
            db.save_view({"sort": "left"})
            db.tidy(NOW - timedelta(days=180))
        assert [poll.key for poll in db.load()] == [KEY]
        assert past(1) in db.past()
        assert db.archived([ended(1).key]) == [ended(1)]
        assert db.view() == {"sort": "left"}
        notices = db.notices()
        assert notices == [
            "state.db is damaged; kept as state.broken, starting without history"
        ]
        assert db.notices() == []
    assert path.with_suffix(".broken").exists()


def test_damaged_files_do_not_overwrite_each_other_and_are_a_few(path: Path) -> None:
    for number in range(MOST_KEPT + 2):
        path.write_bytes(b"damage %d" % number)
        with closing(StateDb(path)) as db:
            assert db.past() == []
    kept = sorted(path.parent.glob("state.broken*"))
    assert len(kept) == MOST_KEPT
    assert [each.read_bytes() for each in kept] == [
        *(b"damage %d" % number for number in range(MOST_KEPT - 1)),
        b"damage %d" % (MOST_KEPT + 1),
    ]


def test_a_copy_that_meets_the_damage_later_takes_the_new_file(path: Path) -> None:
    with closing(StateDb(path)) as one, closing(StateDb(path)) as other:
        one.remember([past(number) for number in range(300)])
        assert other.past()
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        spoil(path, "DROP TABLE history")
        one.remember([past(1)])
        other.remember([past(2)])
        assert len(other.past()) == 2
    assert [each.name for each in path.parent.glob("*.broken*")] == ["state.broken"]


@pytest.mark.parametrize("what", ["folder", "pipe", "device"])
def test_what_is_no_file_is_left_alone(path: Path, what: str) -> None:
    if what == "folder":
        path.mkdir(mode=0o755)
    elif what == "pipe":
        os.mkfifo(path, 0o644)
    else:
        path.symlink_to("/dev/null")
    before = path.stat().st_mode
    with closing(StateDb(path)) as db, pytest.raises(StateError, match="is not a file"):
        db.load()
    assert path.stat().st_mode == before


@pytest.mark.parametrize("content", [b"", b"a line of a log\n" * 99, None])
def test_nothing_is_written_through_a_link_but_to_a_database(
    path: Path, content: bytes | None
) -> None:
    log = path.with_name("a.log")
    if content is not None:
        log.write_bytes(content)
    path.symlink_to(log)
    with closing(StateDb(path)) as db, pytest.raises(StateError, match="is a link to"):
        db.remember([past(1)])
    assert (log.read_bytes() if log.exists() else None) == content
    assert path.is_symlink()


def test_a_link_to_a_database_is_used_and_its_mode_left_alone(path: Path) -> None:
    elsewhere = path.with_name("elsewhere.db")
    with closing(StateDb(elsewhere)) as db:
        db.remember([past(1)])
    elsewhere.chmod(0o640)
    path.symlink_to(elsewhere)
    with closing(StateDb(path)) as db:
        assert db.past() == [past(1)]
    assert elsewhere.stat().st_mode & 0o777 == 0o640


def test_a_locked_file_is_no_damage(path: Path) -> None:
    with closing(StateDb(path, patience_s=0.01)) as db, closing(StateDb(path)) as other:
        other.remember([past(1)])
        assert db.past() == [past(1)]
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            with pytest.raises(StateError, match="locked"):
                db.remember([past(2)])
        db.remember([past(2)])
        assert len(db.past()) == 2
    assert not path.with_suffix(".broken").exists()


ODD_VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.binary(max_size=20),
    st.sampled_from(ODD),
)
PLACES = st.sampled_from(
    [(t, c) for t, columns in COLUMNS.items() for c in columns.split(",")]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PLACES, ODD_VALUES), min_size=1, max_size=4))
def test_any_stored_value_is_read_safely_or_left_out(
    changes: list[tuple[tuple[str, str], object]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "odd.db")
        write_odd(path, changes)
        read_all(path)


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
        db.remember([past(number) for number in range(70)])
        db.remember([past(1000, 50.0, "export")])
        found = db.past()
    assert [job.job_type for job in found].count("import") == 50
    assert found[0].job_type == "export"
    assert found[-1] == past(0)
    assert learned(found)["prod"].of("import").total.count == 50


def test_what_still_teaches_stays_whole_and_is_then_forgotten(path: Path) -> None:
    rare, oldest = past(2, 40.0, "export"), past(3, 200.0, "export")
    many = [past(number) for number in range(60)]
    with closing(StateDb(path)) as db:
        db.remember([rare, oldest, *many])
        before = db.past()
        for _ in range(2):
            db.tidy(NOW - timedelta(days=180))
        assert db.past() == [job for job in before if job != oldest]
        assert db.past()[0] == rare
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT COUNT(*) FROM history").fetchone() == (51,)


def test_a_removed_job_leaves_its_history(path: Path) -> None:
    gone = replace(past(1), key=KEY)
    with closing(StateDb(path)) as db:
        db.save([stored()], [])
        db.remember([gone])
        db.save([], [KEY])
        assert db.load() == []
        assert db.past() == [gone]


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
        db.tidy(NOW + timedelta(seconds=50))
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


def test_who_saw_an_end_later_takes_back_no_acknowledgement(path: Path) -> None:
    key = JobKey("default", id_of(1))

    def saw(db: StateDb, body: bytes, *, is_news: bool, at_s: float = 0) -> None:
        db.save([StoredPoll(key, Exchange(200, body), at(at_s), is_news)], ())

    with closing(StateDb(path)) as one, closing(StateDb(path)) as other:
        saw(one, b"running", is_news=False)
        saw(one, b"ended", is_news=True)
        assert one.acknowledged([key]) == {}
        assert other.acknowledge([key]) == 1
        saw(one, b"ended", is_news=True)
        assert other.acknowledged([key]) == {key: at(0)}
        saw(other, b"ended", is_news=True, at_s=2)
        latest = one.load()
        saw(one, b"ended", is_news=True, at_s=1)  # a copy that saves late
        assert one.load() == latest
        assert other.acknowledged([key]) == {key: at(2)}
        saw(one, b"running", is_news=False, at_s=1)
        assert one.load() == latest, "nor with what was so before"
        saw(one, b"other", is_news=True, at_s=3)
        assert one.load()[0].exchange.body == b"other"
        assert other.acknowledged([]) == {}


def test_a_clock_that_is_set_back_holds_up_no_reply(path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=300)
    key = JobKey("default", id_of(1))
    with closing(StateDb(path)) as db:
        for body, seen_at in ((b"running", ahead), (b"ended", at(0))):
            db.save([StoredPoll(key, Exchange(200, body), seen_at, True)], ())
        assert [poll.exchange.body for poll in db.load()] == [b"ended"]


def test_an_outage_is_stored_as_it_was_seen_last(path: Path) -> None:
    other = outage(60.0, profile="other")
    with closing(StateDb(path)) as db:
        assert db.outages() == []
        db.save_outages([other, outage()])
        over = outage(is_over=True, until=NOW + timedelta(hours=1))
        db.save_outages([over])
    with closing(StateDb(path)) as db:
        assert db.outages() == [over, other]
        db.tidy(NOW + timedelta(minutes=30))
        assert db.outages() == [over]


def test_of_many_outages_the_latest_are_kept(path: Path) -> None:
    many = [outage(float(n)) for n in range(MOST_OUTAGES + 30)]
    with closing(StateDb(path)) as db:
        db.save_outages(many[::-1])
        assert db.outages() == many[30:]
    with closing(sqlite3.connect(path)) as raw:
        (count,) = raw.execute("SELECT count(*) FROM outages").fetchone()
    assert count == MOST_OUTAGES
