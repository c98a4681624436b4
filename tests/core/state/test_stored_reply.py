"""What comes back from the state file after a restart."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import Exchange, PollOk
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.history import course_so_far
from ims_tui.core.state.stored_reply import restored, stored
from tests.core.entries import at, ending, id_of, job, moment, polled, watch

BODY = json.dumps(
    {
        "job_id": id_of(0),
        "job_type": "imsImportImageJob",
        "begin_time": "2026-11-23T12:00:00.000Z",
        "end_time": "",
        "status": "RUNNING",
        "entities": {"process_percent": 0.4, "current_task": "Convert"},
    }
).encode()


def standing() -> Entry:
    """A job that moved at second 30 and was told to be stalled since."""
    reply = Exchange(200, BODY)
    entry = polled(
        (10, PollOk(job(ratio=0.1, step="Get"), reply)),
        (30, PollOk(job(ratio=0.4, step="Convert"), reply)),
        (60, PollOk(job(ratio=0.4, step="Convert"), reply)),
    )
    return replace(entry, is_stalled=True)


def test_a_live_job_goes_on_where_it_was() -> None:
    before = standing()
    kept = stored(before)
    assert kept is not None
    again = restored(watch(), kept, moment(500))
    assert again.is_stored
    assert again.sightings == before.sightings
    assert again.sightings[1] == Sighting(
        at(30), JobStatus.RUNNING, 0.4, "Convert", 20.0
    )
    assert course_so_far(again).marks == course_so_far(before).marks
    assert (again.still_s, again.is_stalled) == (30.0, True)


def test_a_restart_neither_counts_as_standstill_nor_tells_it_again() -> None:
    kept = stored(standing())
    assert kept is not None
    again = restored(watch(), kept, moment(90_000))
    later = polled(
        (90_010, PollOk(job(ratio=0.4, step="Convert"), Exchange(200, BODY))),
        entry=again,
    )
    assert (later.still_s, later.is_stalled) == (30.0, True)


@pytest.mark.parametrize(
    "rows",
    [[["yesterday", "RUNNING", 0.1, ""]], [[1]], [5], [["2026-11-23", "?", 0, ""]]],
)
def test_a_damaged_timeline_is_none(rows: list[list[object]]) -> None:
    kept = stored(standing())
    assert kept is not None
    again = restored(watch(), replace(kept, sightings=rows), moment(500))
    assert again.sightings == ()
    assert again.job is not None


def test_a_timeline_of_schema_1_has_no_gaps() -> None:
    kept = stored(standing())
    assert kept is not None
    short = [list(row)[:4] for row in kept.sightings]
    again = restored(watch(), replace(kept, sightings=short), moment(500))
    assert [seen.gap_s for seen in again.sightings] == [0.0, 0.0]


def foreseeing() -> Entry:
    """A job whose last reply, at second 10, said 300 seconds; three said otherwise."""
    entry = ending(polled((10, PollOk(job(ratio=0.4), Exchange(200, BODY)))), 300.0)
    assert entry.estimate is not None
    return replace(entry, estimate=replace(entry.estimate, contradicted=-3))


def test_the_time_left_is_kept_as_it_was_shown() -> None:
    before = foreseeing()
    kept = stored(before)
    assert kept is not None
    again = restored(watch(), kept, moment(500)).estimate
    assert again is not None
    assert before.estimate is not None
    assert again.ahead_s == before.estimate.ahead_s
    assert (again.at_s, again.age_s, again.contradicted) == (10.0, 10.0, -3)


@pytest.mark.parametrize(
    "ahead",
    [
        (None,) * 4,
        (),
        (1.0, 2.0, 3.0),
        (1.0, "2", 3.0, 0),
        (1.0, float("nan"), 3.0, 0),
        (-1.0, 2.0, 3.0, 0),
        (1.0, 2.0, float("inf"), 0),
        (1.0, 2.0, 3.0, b"0"),
    ],
)
def test_a_damaged_time_left_is_none(ahead: tuple[object, ...]) -> None:
    kept = stored(foreseeing())
    assert kept is not None
    again = restored(watch(), replace(kept, ahead=ahead), moment(500))
    assert again.estimate is None
    assert again.reply is not None


def test_an_ended_job_has_no_time_left() -> None:
    body = BODY.replace(b"RUNNING", b"SUCCESS")
    kept = stored(foreseeing())
    assert kept is not None
    ended = replace(kept, exchange=Exchange(200, body))
    assert restored(watch(), ended, moment(500)).estimate is None
