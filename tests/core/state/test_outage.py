"""Spans without an answer: as polls find them, of several copies, added up."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.outcome import Outcome
from ims_tui.core.state.booking import Poll, book
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health
from ims_tui.core.state.outage import Outage, joined, offline_s
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import at, id_of, job, moment, no, ok, watch

KEY = JobKey("prod", id_of(0))


def span(since: float, until: float, profile: str = "prod") -> Outage:
    return Outage(profile, at(since), at(until), is_over=True)


spans = st.builds(
    lambda since, length, profile: span(since, since + length, profile),
    st.integers(0, 50),
    st.integers(0, 20),
    st.sampled_from("ab"),
)


def seen(*polls: tuple[float, Outcome]) -> list[Outage | None]:
    """What each poll tells of an outage."""
    health, found = Health("prod"), []
    for seconds, outcome in polls:
        poll = Poll(KEY, outcome, moment(seconds), is_only=True)
        booked = book(Entry(watch()), health, poll)
        health = booked.health
        found.append(booked.outage)
    return found


def test_it_begins_with_the_first_silence_and_ends_with_an_answer() -> None:
    first, *others, after = seen(
        (0, ok(job())),
        (10, no()),
        (20, no()),
        (90, no()),
        (250, ok(job())),
        (260, no()),
    )
    begun = others[1]
    assert (first, others[0], after) == (None, None, None), "one is no outage"
    assert begun is not None and begun.cause
    assert replace(begun, cause="") == Outage("prod", at(10), at(20))
    assert others[2] == replace(begun, until=at(90))
    assert others[3] == replace(begun, until=at(250), is_over=True)


def test_a_reload_does_not_cut_it_in_two() -> None:
    health = Health("prod")
    for seconds in (10, 20):
        poll = Poll(KEY, no(), moment(seconds), is_only=True)
        health = book(Entry(watch()), health, poll).health
    health = health.restarted(moment(30))
    back = book(Entry(watch()), health, Poll(KEY, ok(job()), moment(40), is_only=True))
    assert back.outage is not None
    assert (back.outage.since, back.outage.is_over) == (at(10), True)


def test_what_two_copies_saw_of_one_is_one() -> None:
    mine = replace(span(10, 20), is_over=False, cause="timeout")
    theirs = replace(span(12, 250), cause="refused")
    other = span(15, 30, "other")
    assert joined([other, theirs, mine]) == [
        replace(theirs, since=at(10)),
        other,
    ]


@given(st.lists(spans))
def test_joined_ones_never_overlap_and_lose_no_time(outages: list[Outage]) -> None:
    whole = joined(outages)
    assert joined(whole) == whole
    for profile in "ab":
        mine = [o for o in whole if o.profile == profile]
        assert all(a.until < b.since for a, b in pairwise(mine))
    reach = at(-1), at(100)
    assert offline_s(whole, *reach) == offline_s(outages, *reach)


@given(st.lists(spans), st.integers(0, 70), st.integers(0, 70))
def test_time_offline_counts_each_second_once(
    outages: list[Outage], begin: int, end: int
) -> None:
    seconds = range(begin, end)
    one = timedelta(seconds=1)
    hit = [
        s
        for s in seconds
        if any(o.since <= at(s) and at(s) + one <= o.until for o in outages)
    ]
    assert offline_s(outages, at(begin), at(end)) == len(hit)
