"""Events in the words in which they leave the program."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.headless.candidates import candidates
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.rules import Candidate
from ims_tui.core.service.job import JobError
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.text import cell_len, printable
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import FAIL, RUNNING, SUCCESS, at, id_of, job, moment

KEY = JobKey("default", id_of(1))
KINDS = {
    "auth": EventKind.STOPPED,
    "unreachable": EventKind.OFFLINE,
    "expiring": EventKind.EXPIRING,
}
VIEW = View(moment(100))
ENDED = Entry(
    Watch(id_of(1), label="golden"),
    job(1, FAIL, end_s=90, error=JobError("IMG.0057", "no file")),
)
FAILED = Event(at(90), EventKind.FAILED, KEY, "default")


def told(entry: Entry, *events: Event) -> list[Candidate]:
    return list(candidates(events, {KEY: entry}, VIEW))


def test_a_failure_with_all_that_is_known() -> None:
    (found,) = told(ENDED, FAILED)
    assert found.news.facts["TITLE"] == "ims-tui: golden FAIL"
    assert found.news.facts["CODE"] == "IMG.0057"
    assert found.news.facts["ELAPSED"] == "90.0"
    assert (found.news.name, found.news.code) == ("golden", "IMG.0057")
    document = json.loads(found.news.document)
    assert (document["schema"], document["event"]) == (2, "fail")
    assert document["job"]["fail_reason"] == "no file"
    assert found.took_s == 90.0
    assert not found.is_muted


def test_a_job_that_goes_on_took_no_time_yet() -> None:
    entry = Entry(Watch(id_of(1), muted=True), job(1, RUNNING))
    (found,) = told(entry, Event(at(90), EventKind.STALLED, KEY, "default"))
    assert (found.news.kind, found.took_s, found.is_muted) == ("stalled", None, True)


@pytest.mark.parametrize(
    ("kind", "title", "sentence"),
    [
        ("auth", "prod sign-in needed", "prod: polling stopped (401)"),
        ("unreachable", "prod no answer", "prod: no usable answer (401)"),
        ("expiring", "prod credential ends soon", "prod: the credential ends 401"),
    ],
)
def test_what_befalls_a_profile(kind: str, title: str, sentence: str) -> None:
    (found,) = told(ENDED, Event(at(0), KINDS[kind], profile="prod", detail="401"))
    assert (found.news.kind, found.news.name) == (kind, "prod")
    assert (found.news.title, found.news.sentence) == (f"ims-tui: {title}", sentence)


@pytest.mark.parametrize("kind", [EventKind.NOT_SAVED, EventKind.LIST_UNREAD])
def test_what_befalls_the_list(kind: EventKind) -> None:
    (found,) = told(ENDED, Event(at(0), kind, detail="list.toml line 2"))
    assert (found.news.kind, found.news.level) == ("not_saved", Level.URGENT)
    assert found.news.title == "ims-tui: not saved"
    assert found.news.sentence.endswith("list.toml line 2")


@pytest.mark.parametrize(
    ("bad", "end"),
    [
        (EventKind.OFFLINE, EventKind.BACK),
        (EventKind.STOPPED, EventKind.RESUMED),
        (EventKind.NOT_SAVED, EventKind.SAVED),
        (EventKind.LIST_UNREAD, EventKind.SAVED),
    ],
)
def test_each_end_names_the_bad_news_it_ends(bad: EventKind, end: EventKind) -> None:
    for profile in ("prod", ""):
        (begun,) = told(ENDED, Event(at(0), bad, profile=profile))
        (over,) = told(ENDED, Event(at(9), end, profile=profile))
        assert (over.news.kind, over.news.recovers) == ("back", begun.news.key)


def test_a_job_that_had_ended_at_the_first_look() -> None:
    already = Event(at(0), EventKind.ALREADY_ENDED, KEY, "default")
    assert told(ENDED, already)[0].news.kind == "fail", "nobody else has told it"
    well = replace(ENDED, reply=job(1, SUCCESS, end_s=90))
    assert told(well, already)[0].news.kind == "success"


def test_that_all_are_done_is_told_once_for_the_same_end() -> None:
    other = JobKey("default", id_of(2))
    well = Entry(Watch(id_of(2)), job(2, SUCCESS, end_s=80))
    entries = {KEY: ENDED, other: well}
    (_, last) = candidates([FAILED], entries, VIEW)
    assert (last.news.kind, last.news.job_id) == ("all_done", "")
    assert last.news.sentence == "No job of the list runs any longer: 1 ok, 1 failed."
    assert json.loads(last.news.document)["job"] is None
    done = Event(at(80), EventKind.SUCCEEDED, other, "default")
    assert list(candidates([done], entries, VIEW))[1].news.key == last.news.key


def test_nothing_is_all_done_while_a_job_runs_or_where_there_is_only_one() -> None:
    running = Entry(Watch(id_of(2)), job(2, RUNNING))
    both = {KEY: ENDED, JobKey("default", id_of(2)): running}
    assert len(list(candidates([FAILED], both, VIEW))) == 1
    assert len(told(ENDED, FAILED)) == 1


def test_each_mark_is_news_of_its_own() -> None:
    entry = Entry(Watch(id_of(1), label="golden"), job(1, RUNNING))
    events = [Event(at(9), EventKind.NEAR_END, KEY, "x", m) for m in ("90%", "10m")]
    ratio, time = (found.news for found in told(entry, *events))
    assert ratio.key != time.key
    assert ratio.sentence == "golden is at 90% or more"
    assert time.sentence == "golden ends in 10m or less"


def test_what_only_the_log_is_told() -> None:
    assert told(ENDED, Event(at(0), EventKind.MOVING, KEY, "default")) == []


@given(st.text())
def test_no_word_of_the_service_is_long_or_steers_anything(reason: str) -> None:
    # The decoder lets only printable text into an entry.
    error = JobError("IMG.0057", printable(reason))
    entry = replace(ENDED, reply=job(1, FAIL, end_s=90, error=error))
    (found,) = told(entry, FAILED)
    for text in (found.news.title, found.news.sentence):
        assert cell_len(text) <= 120
        assert printable(text) == text
