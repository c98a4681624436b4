"""One poll: the entry, the health and the events after it."""

from __future__ import annotations

from math import inf

import pytest
from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.polling.answer import NoAnswer, Odd, Seen
from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import Remaining
from ims_tui.core.service.outcome import FailureKind, Outcome
from ims_tui.core.state.booking import Booked, Plan, Poll, Rules, book
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import EventKind
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import RUNNING, SUCCESS, id_of, job, moment, no, ok, watch

KEY = JobKey("prod", id_of(0))
RULES = Rules(StallSettings(minimum_s=60.0), give_up_unknown_after_s=600.0)
NOT_KNOWN = no(FailureKind.NOT_KNOWN)


def booked(*polls: tuple[float, Outcome], call: str = "") -> list[Booked]:
    """All polls of one job, each from where the one before ended."""
    entry: Entry | None = Entry(watch())
    health, found = Health("prod"), []
    for seconds, outcome in polls:
        poll = Poll(KEY, outcome, moment(seconds), call, is_only=True)
        after = book(entry, health, poll).judged(None, RULES)
        entry, health = after.entry, after.health
        found.append(after)
    return found


def told(found: list[Booked]) -> list[EventKind]:
    return [event.kind for each in found for event in each.events]


def test_a_good_reply_turns_entry_health_and_plan_at_once() -> None:
    (after,) = booked((10, ok(job(ratio=0.4))))
    assert after.entry is not None
    assert (after.entry.status, after.health.link) == (RUNNING, Link.LIVE)
    assert isinstance(after.reply, Seen)
    assert after.reply.progress_ratio == 0.4
    assert after.events == ()


def test_a_reply_about_a_removed_job_counts_for_its_profile_alone() -> None:
    after = book(None, Health("prod"), Poll(KEY, ok(job()), moment(10)))
    after = after.judged(Plan(Memory()), RULES)
    assert (after.entry, after.events) == (None, ())
    assert after.health.link is Link.LIVE


def test_an_end_is_told_before_the_way_back() -> None:
    running, away, end = ok(job()), no(), ok(job(status=SUCCESS, end_s=15))
    found = booked((10, running), (20, away), (30, away), (40, end))
    assert told(found) == [EventKind.OFFLINE, EventKind.SUCCEEDED, EventKind.BACK]
    assert [event.key for event in found[-1].events] == [KEY, None]


@pytest.mark.parametrize(
    ("bad", "begin", "end"),
    [
        (no(), EventKind.OFFLINE, EventKind.BACK),
        (no(FailureKind.AUTH_REJECTED), EventKind.STOPPED, EventKind.RESUMED),
    ],
)
def test_the_end_of_bad_times_is_told_once_also_after_a_restart(
    bad: Outcome, begin: EventKind, end: EventKind
) -> None:
    polls = [(0.0, ok(job())), (10.0, bad), (20.0, bad)]
    health = booked(*polls)[-1].health.restarted(moment(50))
    assert told(booked(*polls)) == [begin]
    events = []
    for seconds in (60, 70):
        poll = Poll(KEY, ok(job()), moment(seconds))
        after = book(Entry(watch()), health, poll).judged(None, RULES)
        health = after.health
        events += [(event.kind, event.detail) for event in after.events]
    assert events == [(end, "50")]


def test_a_refusal_ends_an_outage_but_throttling_no_refusal() -> None:
    refused, throttled = no(FailureKind.AUTH_REJECTED), no(FailureKind.THROTTLED)
    away = [(10.0, no()), (20.0, no())]
    assert told(booked(*away, (30, refused))) == [
        EventKind.OFFLINE,
        EventKind.BACK,
        EventKind.STOPPED,
    ]
    health = booked((10, refused))[-1].health.restarted(moment(20))
    after = book(Entry(watch()), health, Poll(KEY, throttled, moment(30)))
    kinds = [event.kind for event in after.judged(None, RULES).events]
    assert kinds == [EventKind.THROTTLED]


def test_a_standstill_is_told_once_and_so_is_its_end() -> None:
    still = [(float(s), ok(job(ratio=0.4))) for s in range(10, 1500, 50)]
    found = booked(*still, (1500.0, ok(job(ratio=0.5))))
    assert told(found) == [EventKind.STALLED, EventKind.MOVING]


def test_an_unknown_job_is_gone_after_a_while_and_the_link_is_well() -> None:
    found = booked((0, NOT_KNOWN), (599, NOT_KNOWN), (600, NOT_KNOWN))
    assert [e.entry and e.entry.is_gone for e in found] == [False, False, True]
    assert told(found) == [EventKind.GONE]
    assert found[-1].health.link is Link.LIVE


def test_another_call_is_told_when_it_is_first_used() -> None:
    found = booked((10, ok(job())), (20, ok(job())), call="older")
    assert [(e.kind, e.detail) for each in found for e in each.events] == [
        (EventKind.OTHER_CALL, "older")
    ]


def test_silence_about_one_job_while_others_are_answered_is_odd() -> None:
    away = no()
    entry = replace(Entry(watch()), failure=away, failed=moment(10))
    for answered, reply in ((moment(20), Odd), (moment(5), NoAnswer)):
        health = Health("prod", Link.LIVE, answered=answered)
        assert isinstance(book(entry, health, Poll(KEY, away, moment(30))).reply, reply)


@pytest.mark.parametrize("gap_s", [7.0, 20.0])
def test_the_plan_is_in_the_entry(gap_s: float) -> None:
    left = Remaining(10.0, 20.0, 40.0, Basis.PERCENT, 0)
    after = book(Entry(watch()), Health("prod"), Poll(KEY, ok(job()), moment(10)))
    planned = after.judged(Plan(Memory(), 10.0, left, gap_s), RULES).entry
    assert planned is not None
    assert planned.planned_s == gap_s
    assert planned.estimate is not None
    assert planned.estimate.left_s(10.0)[1] < inf
