"""The store: versions, events, snapshots that never change."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.service.outcome import FailureKind, Outcome
from ims_tui.core.state.booking import Poll, book
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import MAX_EVENTS, Event, EventKind, JobStore
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import (
    FAIL,
    INIT,
    OTHER,
    RUNNING,
    SUCCESS,
    at,
    id_of,
    job,
    moment,
    no,
    ok,
    watch,
)

KEY = JobKey("prod", id_of(0))


@pytest.fixture
def store() -> JobStore:
    """A store with three jobs of which nothing is known."""
    store = JobStore()
    for number in range(3):
        store.put_watch(watch(number))
    return store


def record(store: JobStore, seconds: float, outcome: Outcome) -> None:
    """Take in an outcome of the first job."""
    poll = Poll(KEY, outcome, moment(seconds))
    booked = book(store.get(KEY), store.health("prod"), poll)
    store.book(booked.entry, booked.health, booked.events)


def test_snapshot_is_the_same_object_until_something_changes(store: JobStore) -> None:
    first = store.snapshot()
    store.put_watch(watch(0))
    store.put_health(store.health("prod"))
    assert store.drop(JobKey("prod", id_of(9))) is None
    store.flag(is_paused=False)
    second = store.snapshot()
    assert second.entries == first.entries
    record(store, 10, ok(job()))
    third = store.snapshot()
    assert third.version > second.version
    assert third is store.snapshot()
    assert second.entries[KEY].job is None, "a snapshot never changes"
    assert list(third.entries) == [watch(n).key for n in range(3)]


def test_nothing_new_is_no_new_version(store: JobStore) -> None:
    store.put_health(Health("prod", Link.LIVE))
    first = store.snapshot()
    store.put_watch(watch(0))
    store.put_health(Health("prod", Link.LIVE))
    store.flag(is_paused=False)
    store.drop_health("other")
    assert store.snapshot() is first


def test_order_changes_with_states_and_never_with_progress(store: JobStore) -> None:
    def order() -> int:
        return store.snapshot().order_version

    record(store, 10, ok(job(ratio=0.1)))
    before = order()
    record(store, 20, ok(job(ratio=0.2, step="ConvertTask")))
    assert order() == before
    record(store, 25, no())
    assert order() == before
    refused = no(FailureKind.REQUEST_REFUSED)
    record(store, 30, refused)
    assert order() == before + 1
    record(store, 40, refused)
    assert order() == before + 1
    record(store, 50, ok(job(ratio=0.3)))
    record(store, 60, ok(job(status=SUCCESS)))
    assert order() == before + 3
    store.put_watch(replace(store.watches()[1], label="sap"))
    store.drop(KEY)
    assert order() == before + 5


def test_answer_for_a_removed_job_is_dropped(store: JobStore) -> None:
    store.drop(KEY)
    record(store, 1, ok(job()))
    assert len(store) == 2
    assert store.snapshot().events == ()
    assert store.take_polled() == set()


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([ok(job()), ok(job(status=SUCCESS))], [EventKind.SUCCEEDED]),
        ([ok(job(status=INIT)), ok(job(status=FAIL))], [EventKind.FAILED]),
        ([ok(job(status=FAIL)), ok(job(status=FAIL))], [EventKind.ALREADY_ENDED]),
        ([ok(job(status=OTHER)), ok(job(status=OTHER))], [EventKind.UNKNOWN_STATUS]),
        ([no(), ok(job()), no(FailureKind.NOT_KNOWN), ok(job(status=RUNNING))], []),
    ],
)
def test_what_is_told(
    store: JobStore, outcomes: list[Outcome], told: list[EventKind]
) -> None:
    for number, outcome in enumerate(outcomes):
        record(store, number * 10.0, outcome)
    assert [event.kind for event in store.snapshot().events] == told


def test_unknown_status_is_told_with_its_word(store: JobStore) -> None:
    record(store, 10, ok(job(status=OTHER)))
    event = store.snapshot().events[-1]
    assert (event.key, event.profile, event.detail) == (KEY, "prod", "VERIFYING")
    assert event.at == at(10)


def test_events_are_bounded(store: JobStore) -> None:
    for number in range(2 * MAX_EVENTS):
        store.tell(Event(at(number), EventKind.FAILED, KEY))
    events = store.snapshot().events
    assert len(events) == MAX_EVENTS
    assert events[-1].at == at(2 * MAX_EVENTS - 1)


def test_changing_a_watch_keeps_what_is_known(store: JobStore) -> None:
    record(store, 10, ok(job(ratio=0.4)))
    entry = store.put_watch(watch(0, label="sap-data"))
    assert entry.watch.label == "sap-data"
    assert entry.job == job(ratio=0.4)


def test_flags_are_set_one_by_one(store: JobStore) -> None:
    store.flag(is_paused=True, save_problem="disk full")
    store.flag(save_problem="")
    snapshot = store.snapshot()
    assert (snapshot.is_paused, snapshot.save_problem) == (True, "")
    assert len(snapshot.entries) == 3


def test_polled_keys_are_handed_out_once(store: JobStore) -> None:
    record(store, 10, ok(job()))
    assert store.take_polled() == {KEY}
    assert store.take_polled() == set()
