"""Changes as events: each told once, none missed."""

from __future__ import annotations

import pytest
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
from ims_tui.core.service.codes import Meaning
from ims_tui.core.service.job import Job, JobError
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import (
    FAIL,
    INIT,
    OTHER,
    RUNNING,
    SUCCESS,
    at,
    ending,
    id_of,
    job,
    moment,
    seen,
)

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
        told += [change.kind.value for change in changes(before, now, {})]
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


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("the image quota is exceeded", '"the image quota is exceeded" Try: Delete.'),
        ("error 17", '"error 17" The quota is used up, exceeded. Try: Delete.'),
        ("", "The quota is used up, exceeded. Try: Delete."),
    ],
)
def test_a_failure_says_once_what_it_means(reason: str, said: str) -> None:
    text = "The quota is used up, exceeded."
    meaning = Meaning("IMG.0020", "", text, "Delete.", "", "", "")
    view = replace(VIEW, explain=lambda error: meaning)
    ended = entry(job(1, FAIL, error=JobError("IMG.0020", reason)))
    line = change_line(Change(ChangeKind.STATE, entry(job(1)), ended), view)
    assert line.endswith(f"FAIL IMG.0020 {said}")


def test_a_line_says_when_the_job_ends() -> None:
    going = ending(seen(job(1, RUNNING, ratio=0.24), 1), 720)
    line = change_line(Change(ChangeKind.PROGRESS, going, going), View(moment(10)))
    assert " 24% " in line
    assert line.endswith(" left~6-24m ends~12:12Z")


def test_a_small_step_of_the_percent_is_an_event_but_no_line() -> None:
    before, after = (entry(job(1, RUNNING, ratio=ratio)) for ratio in (0.21, 0.28))
    (change,) = changes({KEY: before}, {KEY: after}, {})
    assert not is_worth_a_line(change)
    far = entry(job(1, RUNNING, ratio=0.31))
    (change,) = changes({KEY: before}, {KEY: far}, {})
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


def failing(kind: FailureKind, cause: str) -> Entry:
    return replace(entry(), failure=PollFailed(kind, cause), failing_since=moment(0))


def test_each_reason_for_no_answer_is_told_once() -> None:
    html = failing(FailureKind.NOT_UNDERSTOOD, "not JSON")
    refused = failing(FailureKind.REQUEST_REFUSED, "HTTP 407")
    steps = [entry(), html, replace(html, polls=2), refused, entry(), html]
    assert kinds(*steps) == ["no_answer"] * 3
    assert kinds(failing(FailureKind.NOT_KNOWN, "unknown")) == []
    (change,) = changes({}, {KEY: html}, {})
    assert is_worth_a_line(change)
    line = change_line(change, VIEW)
    assert line.endswith("NO ANSWER The reply is not understood: not JSON.")
    assert change_json(change, VIEW)["cause"] == "not JSON"


@pytest.mark.parametrize("link", [Link.OFFLINE, Link.STOPPED, Link.THROTTLED])
def test_what_is_wrong_with_the_service_is_not_told_of_each_job(link: Link) -> None:
    down = failing(FailureKind.SERVER_FAULT, "HTTP 503")
    health = {"default": Health("default", link)}
    assert list(changes({}, {KEY: down}, health)) == []


def test_a_status_that_seems_to_be_an_end_is_told_as_such() -> None:
    odd = entry(replace(job(1, OTHER), raw_status="CANCELLED", end_time=at(200)))
    (change,) = changes({KEY: entry()}, {KEY: odd}, {})
    assert is_worth_a_line(change)
    assert "CANCELLED" in change_line(change, VIEW)
    assert "it may have ended" in change_line(change, VIEW)


def test_nothing_known_is_no_state() -> None:
    going = entry(job(1, RUNNING))
    assert kinds(entry(), going, entry()) == ["state"]


@pytest.mark.parametrize(
    ("before", "after", "initial"),
    [
        (None, entry(job(1, SUCCESS)), True),
        (entry(), entry(job(1, FAIL)), True),
        (None, replace(entry(job(1, RUNNING)), polls=1), True),
        (entry(), replace(entry(job(1, FAIL)), polls=1), False),
        (entry(job(1, RUNNING)), replace(entry(job(1, FAIL)), polls=9), False),
        (entry(job(1, INIT)), entry(job(1, RUNNING)), False),
    ],
)
def test_what_was_so_before_we_looked_is_initial(
    before: Entry | None, after: Entry, initial: bool
) -> None:
    (change,) = changes({KEY: before} if before else {}, {KEY: after}, {})
    assert change_json(change, VIEW)["initial"] is initial


def test_a_label_stands_behind_what_programs_read() -> None:
    watch = Watch(id_of(1), label="win 2019")
    going = replace(entry(job(1, RUNNING, ratio=0.24, step="Obtain")), watch=watch)
    line = change_line(Change(ChangeKind.STATE, None, going), VIEW)
    assert line.endswith(f"{id_of(1)} RUNNING 24% (win 2019) Obtain")
