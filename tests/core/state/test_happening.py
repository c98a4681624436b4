"""What is told of jobs: every change once, every end once, whoever saw it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.happening import (
    EARLIER,
    happenings,
    kind_of_end,
    with_earlier,
)
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.store import Event, EventKind, Snapshot
from ims_tui.core.watchlist.watch import Watch, kept_result
from tests.core.entries import FAIL, INIT, NOON, RUNNING, SUCCESS, at, id_of, job, seen

DAY_S = EARLIER.total_seconds()


def of(entries: list[Entry], events: Sequence[Event] = ()) -> Snapshot:
    """What is known of some jobs."""
    return Snapshot(entries={entry.key: entry for entry in entries}, events=events)


def seen_to_end(number: int, status: JobStatus, ended_s: float) -> Entry:
    """A job that was seen to run and to end."""
    entry = seen(job(number, status, end_s=ended_s), number)
    ways = ((INIT, 0.0, -20), (RUNNING, 0.4, -10), (status, 1.0, 0))
    sightings = tuple(
        Sighting(at(ended_s + after), which, ratio, "") for which, ratio, after in ways
    )
    return replace(entry, sightings=sightings)


@given(
    ends=st.lists(
        st.tuples(
            st.sampled_from((SUCCESS, FAIL)),
            st.floats(-2 * DAY_S, 0),
            st.booleans(),  # whether this run saw it
        ),
        max_size=8,
    )
)
def test_each_end_of_the_last_day_is_told_once(
    ends: list[tuple[JobStatus, float, bool]],
) -> None:
    entries = [seen_to_end(n, status, s) for n, (status, s, _) in enumerate(ends)]
    own = [
        Event(entry.sightings[-1].at, EventKind.FAILED, entry.key)
        for entry, (_, _, is_own) in zip(entries, ends, strict=True)
        if is_own
    ]
    own.sort(key=lambda event: event.at)
    told = with_earlier(of(entries, own), NOON)
    wanted = [
        entry.key
        for entry, (_, ended_s, is_own) in zip(entries, ends, strict=True)
        if is_own or at(ended_s) > NOON - EARLIER
    ]
    assert sorted(event.key for event in told if event.key) == sorted(wanted)
    assert [event.at for event in told] == sorted(event.at for event in told)
    assert [event for event in told if event in own] == own


def test_what_is_told_of_an_end_is_a_change_that_the_command_tells_too() -> None:
    entry = seen_to_end(1, FAIL, -60)
    (event,) = with_earlier(of([entry]), NOON)
    last = happenings([entry], NOON - EARLIER)[-1]
    assert (event.at, event.key) == (last.now.at, last.entry.key)
    assert event.kind is EventKind.FAILED
    assert last.has_failed


def test_progress_and_a_job_that_goes_on_are_no_event() -> None:
    entry = seen(job(1, RUNNING, ratio=0.3), 1)
    assert happenings([entry], NOON - EARLIER)
    assert with_earlier(of([entry]), NOON) == []


def test_an_end_of_which_only_the_result_is_kept_is_told() -> None:
    kept = kept_result(SUCCESS, seen=at(-90))
    watch = Watch(id_of(1), "prod", result=kept)
    (event,) = with_earlier(of([Entry(watch)]), NOON)
    assert event.kind is EventKind.SUCCEEDED
    assert NOON - timedelta(hours=1) < event.at <= NOON


def test_what_else_this_run_saw_of_a_job_hides_no_end() -> None:
    entry = seen_to_end(1, SUCCESS, -60)
    stalled = Event(at(-70), EventKind.STALLED, entry.key)
    told = with_earlier(of([entry], [stalled]), NOON)
    assert [event.kind for event in told] == [EventKind.STALLED, EventKind.SUCCEEDED]


@pytest.mark.parametrize(
    ("status", "is_first_look", "kind"),
    [
        (SUCCESS, False, EventKind.SUCCEEDED),
        (FAIL, False, EventKind.FAILED),
        (SUCCESS, True, EventKind.ALREADY_ENDED),
        (FAIL, True, EventKind.ALREADY_ENDED),
    ],
)
def test_an_end_is_an_event_of_one_kind(
    status: JobStatus, is_first_look: bool, kind: EventKind
) -> None:
    assert kind_of_end(status, is_first_look=is_first_look) is kind


def test_an_outage_of_an_earlier_run_is_told_and_one_of_this_run_once() -> None:
    cause = "no answer in time"
    earlier = Outage("prod", at(-900), at(-600), is_over=True, cause=cause)
    own = Outage("prod", at(-300), at(-200), cause=cause)
    begin = Event(at(-298), EventKind.OFFLINE, None, "prod", cause)
    told = with_earlier(Snapshot(events=[begin], outages=[earlier, own]), NOON)
    assert [(event.at, event.kind) for event in told] == [
        (at(-900), EventKind.OFFLINE),
        (at(-600), EventKind.BACK),
        (at(-298), EventKind.OFFLINE),
    ]
