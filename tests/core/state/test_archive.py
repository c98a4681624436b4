"""The packed archive says the same as the entries it was made of."""

from __future__ import annotations

import json
from datetime import timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobError
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.archive import Archive, Pages
from ims_tui.core.state.archive_row import (
    Archived,
    ArchivedRow,
    archived,
    as_row,
    end_of,
    whole,
)
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.searchtext import search_text
from ims_tui.core.watchlist.watch import JobKey, Watch, kept_result, result_of
from tests.core.entries import (
    FAIL,
    NOON,
    SUCCESS,
    at,
    id_of,
    job,
    moment,
    seen,
    watch,
)

TEXT = st.text("abÄßıſKz武 .-", max_size=8)


@st.composite
def ended_entries(draw: st.DrawFn) -> Entry:
    """Entries of jobs that have ended, with and without a reply."""
    number = draw(st.integers(0, 99))
    status = draw(st.sampled_from((SUCCESS, FAIL)))
    error = JobError(draw(TEXT), draw(TEXT)) if status is FAIL else None
    said = replace(
        job(number, status, ratio=1.0, step=draw(TEXT), error=error, end_s=None),
        begin_time=at(draw(st.integers(-9999, 0))),
        end_time=draw(st.none() | st.integers(-5000, 5000).map(at)),
        image_name=draw(TEXT),
        id_time=None,
    )
    told = replace(
        watch(number, draw(TEXT)),
        tags=tuple(dict.fromkeys(draw(st.lists(TEXT, max_size=3)))),
        note=draw(TEXT),
        muted=draw(st.booleans()),
        added=draw(st.none() | st.just(NOON)),
        result=result_of(said, at(7000)),
    )
    late_s = draw(st.none() | st.floats(0, 1000))
    if draw(st.booleans()):
        return Entry(told, detection_s=late_s)
    exchange = Exchange(200, b"{}")
    return Entry(told, said, exchange, moment(7000), detection_s=late_s)


def packed(*entries: Entry) -> Archive:
    return Archive(Pages.of(archived(entry, NOON).row for entry in entries))


@given(ended_entries())
def test_nothing_the_operator_said_and_no_result_is_lost(entry: Entry) -> None:
    back = as_row(archived(entry, NOON).row.line)
    assert back.watch == entry.watch
    assert back.detection_s == entry.detection_s
    assert back.has_ended


@given(ended_entries())
def test_the_row_is_found_by_the_same_words(entry: Entry) -> None:
    archive = packed(entry)
    assert archive.pages.texts == [search_text(archive[entry.key])]
    assert archive.pages.texts == [search_text(entry)]


@given(st.lists(ended_entries(), max_size=12, unique_by=lambda e: e.key))
def test_the_latest_end_comes_first(entries: list[Entry]) -> None:
    ends = [end_of(archive) for archive in packed(*entries).values()]
    assert ends == sorted(ends, reverse=True)  # type: ignore[type-var]
    assert len(ends) == len(entries)


def ended(number: int, end_s: float, label: str = "") -> Entry:
    return seen(job(number, SUCCESS, end_s=end_s), number, label)


def key(number: int) -> JobKey:
    return ended(number, 0).key


def test_jobs_come_and_go() -> None:
    archive = packed(ended(1, 10), ended(2, 20))
    assert list(archive) == [key(2), key(1)]
    more = archive.plus(Pages.of([archived(ended(3, 15), NOON).row]))
    assert list(more) == [key(2), key(3), key(1)]
    less = more.without([key(3), key(9)])
    assert list(less) == [key(2), key(1)]
    assert key(3) not in less
    with pytest.raises(KeyError):
        less[key(3)]
    assert less.without([key(9)]) is less
    again = less.plus(Pages.of([archived(ended(1, 30, "newer"), NOON).row]))
    assert list(again) == [key(1), key(2)], "replaced, not shown twice"
    assert again[key(1)].watch.label == "newer"
    assert len(again) == 2


def test_what_ended_long_ago_is_told() -> None:
    archive = packed(ended(1, 10), ended(2, 20))
    assert archive.ended_before(at(15)) == [key(1)]


def test_many_rows_are_unpacked_from_their_blocks() -> None:
    jobs = [ended(number, number, f"job {number}") for number in range(100)]
    archive = packed(*jobs)
    assert all(archive[job.key].watch == job.watch for job in jobs)


@pytest.mark.parametrize("line", ["", "[]", "{", '{"result":{"status":"RUNNING?"}}'])
def test_a_damaged_line_costs_its_job_alone(line: str) -> None:
    good = archived(ended(1, 10), NOON).row
    pages = Pages.of([ArchivedRow(key(2), NOON, line), good])
    assert pages.damaged == [key(2)]
    assert list(Archive(pages)) == [key(1)]


def test_an_archive_equals_only_itself() -> None:
    one, other = packed(ended(1, 10)), packed(ended(1, 10))
    assert one != other
    assert hash(one) != hash(other)


def test_the_reply_comes_back_with_its_row() -> None:
    body = {
        "job_id": id_of(1),
        "status": "SUCCESS",
        "job_type": "imsImportImageJob",
        "begin_time": "2026-11-23T12:00:00.000Z",
        "end_time": "2026-11-23T12:01:00.000Z",
        "entities": {"image_id": "4c8e5d1a", "image_name": "rocky9"},
    }
    exchange = Exchange(200, json.dumps(body).encode())
    entry = replace(ended(1, 60), exchange=exchange, detection_s=4.0, is_news=True)
    kept = archived(entry, NOON)
    assert kept.poll is not None
    assert not kept.poll.is_news
    back = whole(kept, moment(9))
    assert back.job is not None
    assert back.job.image_name == "rocky9"
    assert back.exchange == exchange
    assert isclose(back.detection_s or 0, 4.0)
    bare = whole(Archived(kept.row), moment(9))
    assert bare.exchange is None
    assert bare.watch == back.watch


def test_the_end_is_known_from_what_there_is() -> None:
    bare = Watch(id_of(1), added=at(1))
    kept = kept_result(SUCCESS, seen=at(2))
    assert end_of(Entry(bare)) == at(1)
    assert end_of(Entry(replace(bare, result=kept))) == at(2)
    result = kept_result(
        SUCCESS, stated_end=at(3) + timedelta(hours=8), ended_offset_s=8 * 3600
    )
    assert end_of(Entry(replace(bare, result=result))) == at(3)
