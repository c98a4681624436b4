"""Changes as events: each told once, none missed."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.headless.changes import (
    Change,
    ChangeKind,
    change_json,
    change_line,
    changes,
    is_worth_a_line,
    news_since,
)
from ims_tui.core.service.job import Job, JobError
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import FAIL, RUNNING, SUCCESS, at, id_of, job, moment

VIEW = View(moment(250))
KEY = JobKey("default", id_of(1))


def entry(found: Job | None = None) -> Entry:
    return Entry(Watch(id_of(1)), found)


def kinds(*steps: Entry) -> list[str]:
    """What is told over a course of a job."""
    told: list[str] = []
    before: dict[JobKey, Entry] = {}
    for step in steps:
        now = {KEY: step}
        told += [change.kind.value for change in changes(before, now)]
        before = now
    return told


def test_a_course_of_a_job() -> None:
    quarter = entry(job(1, RUNNING, ratio=0.25))
    assert kinds(
        entry(),
        quarter,
        replace(quarter, polls=2),
        entry(job(1, RUNNING, ratio=0.5)),
        replace(quarter, is_stalled=True),
        quarter,
        entry(job(1, SUCCESS)),
    ) == ["state", "progress", "stalled", "moving", "state"]


def test_a_job_that_nobody_knows() -> None:
    unknown = replace(entry(), unknown_since=moment(0))
    gone = replace(unknown, is_gone=True)
    assert kinds(entry(), unknown, replace(unknown, polls=2), gone) == [
        "unknown",
        "gone",
    ]


def test_a_job_that_had_ended_at_the_first_look_is_told() -> None:
    assert kinds(entry(job(1, FAIL))) == ["state"]


def test_lines() -> None:
    error = JobError("IMG.0057", "image file format is not supported")
    going = entry(job(1, RUNNING, ratio=0.24, step="ImportImageTask:Obtain"))
    ended = entry(job(1, FAIL, ratio=0.38, error=error))
    time = "2026-11-23T12:04:10Z"
    state = ChangeKind.STATE
    assert change_line(Change(state, None, going), VIEW) == (
        f"{time} {id_of(1)} RUNNING 24% ImportImageTask:Obtain"
    )
    assert change_line(Change(state, going, ended), VIEW) == (
        f'{time} {id_of(1)} FAIL 38% IMG.0057 "image file format is not supported"'
    )


def test_a_small_step_of_the_percent_is_an_event_but_no_line() -> None:
    before, after = (entry(job(1, RUNNING, ratio=ratio)) for ratio in (0.21, 0.28))
    (change,) = changes({KEY: before}, {KEY: after})
    assert not is_worth_a_line(change)
    far = entry(job(1, RUNNING, ratio=0.31))
    (change,) = changes({KEY: before}, {KEY: far})
    assert is_worth_a_line(change)


def test_json_has_what_was_and_what_is() -> None:
    going, ended = entry(job(1, RUNNING)), entry(job(1, SUCCESS, ratio=1.0, end_s=200))
    event = change_json(Change(ChangeKind.STATE, going, ended), VIEW)
    assert (event["from"], event["to"], event["percent"]) == ("RUNNING", "SUCCESS", 1.0)
    assert event["elapsed_s"] == 200.0
    assert event["ts"] == "2026-11-23T12:04:10.000Z"


def test_news_are_those_behind_the_last_known_event() -> None:
    log = [Event(at(n), EventKind.OFFLINE, profile="p") for n in (0, 0, 1)]
    assert news_since([], log) == log
    assert news_since(log[:1], log) == log[1:]
    assert news_since(log, log) == []
    assert news_since([Event(at(9), EventKind.BACK)], log) == log, "the log moved on"
