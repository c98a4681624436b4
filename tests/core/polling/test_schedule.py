"""The schedule: whom to ask next, under any sequence of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.polling.answer import NoAnswer, Odd, Reply, Seen, Throttled
from ims_tui.core.polling.budget import INF, Budget, Limit
from ims_tui.core.polling.course import Course
from ims_tui.core.polling.schedule import MOST_ROUNDS, Scheduler

WIDE = Limit(50.0, 3.0)


def running(age_s: float | None, ratio: float | None = None, step: str = "") -> Seen:
    return Seen("import", False, False, ratio, step, age_s)


def ended(age_s: float | None, *, failed: bool = False) -> Seen:
    return Seen("import", True, failed, None, "", age_s)


@dataclass
class Desk:
    """A scheduler, a clock, and everything that was sent."""

    limit: Limit = WIDE
    now: float = 0.0
    sent: list[tuple[float, int]] = field(default_factory=list)
    reply: Reply | None = None
    """What every request gets; None: the job runs and shows nothing."""

    def __post_init__(self) -> None:
        self.scheduler: Scheduler[int] = Scheduler(budget=Budget(self.limit))

    def add(self, *keys: int) -> None:
        for key in keys:
            self.scheduler.add(key, None, self.now)

    def run(self, until: float) -> list[tuple[float, int]]:
        """Answer at once whatever is asked until then; returns what was asked."""
        before = len(self.sent)
        while (due := self.scheduler.next_time(self.now)) <= until:
            self.now = max(self.now, due)
            key = self.scheduler.pop(self.now)
            if key is not None:
                self.sent.append((self.now, key))
                self.scheduler.result(key, self.now, self.reply or running(self.now))
        self.now = until
        return self.sent[before:]

    def asked(self, until: float) -> dict[int, int]:
        """How often each job is asked until then."""
        counts: dict[int, int] = {}
        for _, key in self.run(until):
            counts[key] = counts.get(key, 0) + 1
        return counts


def test_nothing_to_do() -> None:
    scheduler: Scheduler[int] = Scheduler()
    assert scheduler.next_time(0.0) == INF
    assert scheduler.pop(0.0) is None


def test_new_job_is_asked_at_once_and_before_late_ones() -> None:
    desk = Desk()
    desk.add(1, 2, 3)
    desk.run(600.0)
    desk.now = 5000.0
    desk.add(4)
    assert desk.scheduler.pop(desk.now) == 4


def test_asked_for_comes_before_new() -> None:
    desk = Desk()
    desk.add(1)
    desk.run(60.0)
    desk.add(2)
    desk.scheduler.poll_now(1, desk.now)
    assert [desk.scheduler.pop(desk.now) for _ in range(3)] == [1, 2, None]


def test_in_flight_is_never_popped_again() -> None:
    scheduler: Scheduler[int] = Scheduler()
    scheduler.add(1, None, 0.0)
    assert scheduler.pop(0.0) == 1
    scheduler.poll_now(1, 1.0)
    scheduler.attend({1: 9.0}, 1.0)
    scheduler.wake(2.0)
    scheduler.remove(1)
    scheduler.add(1, None, 3.0)
    assert scheduler.next_time(1e6) == INF
    scheduler.cancel(1, 4.0)
    assert scheduler.pop(4.0) == 1


def test_ended_job_is_never_asked_again() -> None:
    desk = Desk(reply=ended(10.0))
    desk.add(1)
    assert desk.asked(1e5) == {1: 1}
    assert len(desk.scheduler) == 0
    desk.scheduler.poll_now(1, desk.now)
    assert desk.scheduler.next_time(desk.now) == INF


def test_end_of_a_removed_job_counts_for_the_budget_only() -> None:
    scheduler: Scheduler[int] = Scheduler()
    scheduler.add(1, None, 0.0)
    scheduler.pop(0.0)
    scheduler.remove(1)
    scheduler.result(1, 1.0, Throttled(30.0, None))
    scheduler.add(2, None, 1.0)
    assert scheduler.next_time(1.0) >= 31.0


def test_gaps_stay_within_their_bounds() -> None:
    desk = Desk()
    desk.add(1)
    times = [at for at, _ in desk.run(4000.0)]
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) >= 1.0
    assert max(gaps) <= 40.0


def test_asks_where_the_end_is_expected() -> None:
    desk = Desk()
    for _ in range(20):
        desk.add(1)
        start = desk.now
        desk.scheduler.pop(start)
        desk.scheduler.result(1, start, running(0.0))
        desk.now = start + 600.0
        desk.scheduler.poll_now(1, desk.now)
        desk.scheduler.pop(desk.now)
        desk.scheduler.result(1, desk.now, ended(600.0))
    start = desk.now
    desk.add(2)
    desk.reply = None
    times = []
    while desk.now < start + 700.0:
        desk.now = desk.scheduler.next_time(desk.now)
        key = desk.scheduler.pop(desk.now)
        if key is not None:
            times.append(desk.now - start)
            desk.scheduler.result(key, desk.now, running(desk.now - start))
    early = sum(1 for at in times if 200.0 <= at < 300.0)
    around = sum(1 for at in times if 550.0 <= at < 650.0)
    assert around > 4 * early


def test_attended_job_is_asked_more_often_in_the_same_budget() -> None:
    desk = Desk(Limit.per_window(60, 300.0))
    desk.add(*range(50))
    desk.run(600.0)
    desk.scheduler.attend({7: 9.0}, desk.now)
    counts = desk.asked(7200.0)
    usual = sum(n for key, n in counts.items() if key != 7) / 49
    assert counts[7] > 2 * usual
    desk.scheduler.attend({}, desk.now)
    desk.run(9000.0)
    assert desk.asked(20_000.0)[7] < 1.5 * usual * 12_800 / 6600


def test_unfocused_terminal_asks_less_and_returns() -> None:
    desk = Desk()
    desk.add(1, 2, 3)
    desk.run(600.0)
    usual = len(desk.run(1200.0))
    desk.scheduler.slow_down(3.0, desk.now)
    slow = len(desk.run(1800.0))
    desk.scheduler.slow_down(1.0, desk.now)
    again = len(desk.run(2400.0))
    assert slow < 0.5 * usual
    assert again > 1.5 * slow


def test_unfocused_terminal_leaves_half_of_a_binding_budget_for_who_looks() -> None:
    desk = Desk(Limit.per_window(60, 300.0))
    desk.add(*range(100))
    desk.run(3600.0)
    usual = len(desk.run(7200.0))
    desk.scheduler.slow_down(2.0, desk.now)
    quarters = [desk.asked(desk.now + 900.0) for _ in range(8)]
    desk.scheduler.slow_down(1.0, desk.now)
    at_once = desk.run(desk.now + 1.0)
    for quarter in quarters:  # neither a pause nor a rush
        assert 0.4 * usual / 4 < sum(quarter.values()) < 0.6 * usual / 4
    assert set().union(*quarters) == set(range(100))
    assert len(at_once) > 5


def test_price_rises_when_the_budget_binds() -> None:
    desk = Desk(Limit.per_window(120, 60.0))
    desk.add(1)
    desk.run(120.0)
    assert desk.scheduler.price_s() == desk.scheduler.cost_s
    desk.add(*range(2, 500))
    desk.run(1200.0)
    assert desk.scheduler.price_s() > 10.0 * desk.scheduler.cost_s


def test_binding_budget_is_used_up_and_shared() -> None:
    desk = Desk(Limit.per_window(60, 300.0))
    desk.add(*range(100))
    desk.run(3600.0)
    counts = desk.asked(7200.0)
    assert sum(counts.values()) >= 0.95 * 3600 * 0.75 * 60 / 300
    assert set(counts) == set(range(100))


def test_throttled_job_keeps_its_place() -> None:
    desk = Desk()
    desk.add(1, 2)
    desk.scheduler.poll_now(1, 0.0)
    assert desk.scheduler.pop(0.0) == 1
    desk.scheduler.result(1, 0.1, Throttled(5.0, None))
    assert desk.scheduler.next_time(0.1) >= 5.1
    assert desk.scheduler.pop(6.0) == 1


def test_odd_job_backs_off_alone() -> None:
    desk = Desk()
    desk.add(1)
    desk.reply = Odd()
    odd = len(desk.run(3600.0))
    assert 5 <= odd <= 20
    assert not desk.scheduler.budget.has_outage
    desk.add(2)
    assert desk.scheduler.pop(desk.now) == 2


@pytest.mark.parametrize("reply", [Odd(), NoAnswer()])
def test_ten_thousand_errors_do_not_overflow(reply: Reply) -> None:
    desk = Desk(reply=reply)
    desk.add(1)
    while len(desk.sent) < 10_000:
        desk.run(desk.now + 10_000.0)
    due_in_s = desk.scheduler.due_in_s(1, desk.now)
    assert due_in_s is not None
    assert due_in_s <= 600.0


def test_outage_is_probed_with_other_jobs_too() -> None:
    desk = Desk()
    desk.add(1, 2, 3, 4)
    desk.reply = NoAnswer()
    desk.run(300.0)
    probes = [key for _, key in desk.sent[8:]]
    assert set(probes) == {1, 2, 3, 4}
    assert len(probes) <= 30


def test_after_an_outage_nothing_waits_for_its_back_off() -> None:
    desk = Desk()
    desk.add(*range(20))
    desk.run(60.0)
    desk.reply = NoAnswer()
    desk.run(400.0)
    desk.reply = None
    assert set(desk.asked(420.0)) == set(range(20))


def test_after_suspension_the_likeliest_ended_come_first() -> None:
    desk = Desk(Limit(0.1, 1.0))
    desk.add(1, 2)
    for key, ratio, now in ((1, 0.1, 0.0), (2, 0.9, 10.0)):
        assert desk.scheduler.pop(now) == key
        desk.scheduler.result(key, now, running(400.0, ratio))
    desk.scheduler.wake(600.0)
    assert desk.scheduler.pop(600.0) == 2
    assert desk.scheduler.pop(600.0) is None


def test_failure_of_a_request_that_slept_means_nothing() -> None:
    desk = Desk()
    desk.add(1, 2, 3)
    for _ in range(3):
        desk.scheduler.pop(0.0)
    desk.scheduler.wake(1000.0)
    for key in (1, 2, 3):
        desk.scheduler.result(key, 1000.0, NoAnswer())
    assert not desk.scheduler.budget.has_outage
    assert desk.scheduler.next_time(1000.0) == 1000.0


def test_learns_without_begin_and_end_times() -> None:
    scheduler: Scheduler[int] = Scheduler()
    scheduler.add(1, None, 0.0)
    scheduler.pop(0.0)
    scheduler.result(1, 0.0, running(None))
    scheduler.poll_now(1, 100.0)
    scheduler.pop(100.0)
    scheduler.result(1, 100.0, ended(None))
    assert scheduler.memory.of("import").total.quantile_s(0.0) == pytest.approx(50.0)


REPLIES = st.one_of(
    st.builds(
        Seen,
        st.sampled_from(["import", "copy", ""]),
        st.booleans(),
        st.booleans(),
        st.none() | st.floats(0.0, 1.0),
        st.sampled_from(["", "a", "b"]),
        st.none() | st.floats(0.0, 1e6),
    ),
    st.builds(
        Throttled,
        st.none() | st.floats(0.0, 100.0),
        st.none() | st.tuples(st.integers(0, 500), st.sampled_from([1.0, 60.0])),
    ),
    st.just(NoAnswer()),
    st.just(Odd()),
)
KEYS = st.integers(0, 5)
EVENTS = st.one_of(
    st.tuples(st.just("add"), KEYS),
    st.tuples(st.just("remove"), KEYS),
    st.tuples(st.just("poll_now"), KEYS),
    st.tuples(st.just("cancel"), KEYS),
    st.tuples(st.just("result"), KEYS, REPLIES),
    st.tuples(st.just("attend"), KEYS, st.floats(0.1, 20.0)),
    st.tuples(st.just("slow_down"), st.floats(0.5, 10.0)),
    st.tuples(st.just("wake"), st.floats(0.0, 5000.0)),
    st.tuples(st.just("wait"), st.floats(0.0, 100.0)),
    st.tuples(st.just("pop")),
    st.tuples(st.just("pop")),
)


class Witness:
    """Plays events and keeps its own account of what must hold."""

    def __init__(self, requests: int) -> None:
        self.limit = Limit.per_window(requests, 60.0)
        self.scheduler: Scheduler[int] = Scheduler(budget=Budget(self.limit))
        self.now = 0.0
        self.live: set[int] = set()
        self.in_flight: set[int] = set()
        self.sent: list[float] = []

    def wait(self, by_s: float) -> None:
        self.now += by_s

    def wake(self, by_s: float) -> None:
        self.now += by_s
        self.scheduler.wake(self.now)

    def add(self, key: int) -> None:
        self.scheduler.add(key, None, self.now)
        self.live.add(key)

    def remove(self, key: int) -> None:
        self.scheduler.remove(key)
        self.live.discard(key)

    def poll_now(self, key: int) -> None:
        self.scheduler.poll_now(key, self.now)

    def cancel(self, key: int) -> None:
        self.scheduler.cancel(key, self.now)
        self.in_flight.discard(key)

    def attend(self, key: int, weight: float) -> None:
        self.scheduler.attend({key: weight}, self.now)

    def slow_down(self, factor: float) -> None:
        self.scheduler.slow_down(factor, self.now)

    def pop(self) -> int | None:
        due = self.scheduler.next_time(self.now)
        assert due >= self.now
        key = self.scheduler.pop(self.now)
        if key is not None:
            assert due <= self.now + 1e-5
            assert key in self.live, "asks for a job that ended or was removed"
            assert key not in self.in_flight, "asks twice at a time"
            self.in_flight.add(key)
            self.sent.append(self.now)
        return key

    def result(self, key: int, reply: Reply) -> None:
        self.scheduler.result(key, self.now, reply)
        if key in self.in_flight and isinstance(reply, Seen) and reply.ended:
            self.live.discard(key)
        self.in_flight.discard(key)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 12), st.lists(EVENTS, max_size=80))
def test_whatever_happens(requests: int, events: list[tuple[object, ...]]) -> None:
    witness = Witness(requests)
    for name, *args in events:
        getattr(witness, str(name))(*args)
    for at in witness.sent:
        assert sum(1 for x in witness.sent if at <= x < at + 60.0) <= requests

    # From here on all is well: every live job is asked within bounded time.
    waiting = set(witness.live)
    for key in list(witness.in_flight):
        witness.cancel(key)
    for _ in range(3000):
        if not waiting:
            break
        witness.now = witness.scheduler.next_time(witness.now)
        assert witness.now < INF
        key_or_none = witness.pop()
        if key_or_none is not None:
            waiting.discard(key_or_none)
            witness.result(key_or_none, running(1.0))
    assert not waiting


# -- nobody waits for ever -------------------------------------------------------------

TIGHT = Limit(0.13, 1.0)


def drive(desk: Desk, until: float, ratio: Callable[[int, float], float]) -> None:
    """Jobs that began 120 s before the first look and show this progress."""
    while (due := desk.scheduler.next_time(desk.now)) <= until:
        desk.now = max(desk.now, due)
        key = desk.scheduler.pop(desk.now)
        if key is not None:
            desk.sent.append((desk.now, key))
            shown = running(120.0 + desk.now, ratio(key, desk.now))
            desk.scheduler.result(key, desk.now, desk.reply or shown)
    desk.now = until


def longest_wait_s(desk: Desk, keys: range) -> float:
    """The longest time in which a job was not asked."""
    times = {key: [0.0, *(a for a, k in desk.sent if k == key)] for key in keys}
    return max(
        after - before
        for looks in times.values()
        for before, after in pairwise([*looks, desk.now])
    )


@given(st.lists(st.floats(0.0, 0.99), min_size=6, max_size=6), st.floats(0.0, 600.0))
@settings(max_examples=40, deadline=None)
def test_nobody_waits_for_ever_for_those_about_to_end(
    ratios: list[float], turn_s: float
) -> None:
    desk = Desk(TIGHT)
    desk.add(*range(6))
    drive(desk, 2000.0, lambda key, now: ratios[key] if now > turn_s else 0.4)
    round_s = 6 / TIGHT.rate_per_s
    assert longest_wait_s(desk, range(6)) <= (MOST_ROUNDS + 1.0) * round_s


def test_after_refusals_and_an_outage_each_job_gets_its_turn_in_the_first_round() -> (
    None
):
    desk = Desk(Limit.per_window(200, 300.0))
    desk.scheduler.attend({key: 2.0 if key else 4.0 for key in range(6)}, 0.0)
    desk.add(*range(6))
    for until, reply in (
        (5.0, None),
        (47.0, Throttled(None, (20, 60.0))),
        (86.0, Throttled(20.0, None)),
        (137.0, NoAnswer()),
    ):
        desk.reply = reply
        drive(desk, until, lambda key, now: 0.4)
    assert desk.scheduler.budget.has_outage
    desk.reply, before = None, len(desk.sent)
    drive(desk, 400.0, lambda key, now: 0.9)
    back = [key for _, key in desk.sent[before:]]
    assert set(back[:6]) == set(range(6))
    assert min(map(back.count, range(6))) >= 4


def test_one_that_someone_looks_at_comes_first_among_new_ones() -> None:
    desk = Desk(Limit(50.0, 6.0))
    desk.scheduler.attend({3: 2.0}, 0.0)
    desk.add(*range(6))
    desk.scheduler.attend({3: 2.0, 5: 4.0}, 0.0)
    assert [desk.scheduler.pop(0.0) for _ in range(6)] == [5, 3, 0, 1, 2, 4]


def test_job_of_an_earlier_run_waits_for_new_ones() -> None:
    desk, course = Desk(), Course()
    course.record(60.0, "copy", 0.5)
    desk.scheduler.add(1, "import", 0.0, course)
    desk.scheduler.add(2, None, 0.0, Course())
    assert [desk.scheduler.pop(0.0) for _ in range(2)] == [2, 1]


def test_says_when_the_budget_will_allow_a_job() -> None:
    desk = Desk(Limit(0.1, 1.0))
    desk.add(1, 2, 3)
    waits = [desk.scheduler.due_in_s(key, 0.0) for key in (1, 2, 3)]
    assert waits == pytest.approx([0.0, 10.0, 20.0])
    desk.scheduler.pop(0.0)
    desk.scheduler.result(1, 0.0, Throttled(30.0, None))
    wait_s = desk.scheduler.due_in_s(2, 0.0)
    assert wait_s is not None
    assert wait_s >= 30.0


def test_asking_by_hand_probes_an_outage_at_most_once_a_second() -> None:
    desk = Desk(reply=NoAnswer())
    desk.add(1, 2)
    desk.run(100.0)
    last, _ = desk.sent[-1]
    desk.now = last + 0.2
    desk.scheduler.poll_now(2, desk.now)
    assert desk.scheduler.next_time(desk.now) == pytest.approx(last + 1.0)
    desk.now = last + 1.0
    assert desk.scheduler.pop(desk.now) == 2
    desk.scheduler.poll_now(1, desk.now)
    assert desk.scheduler.next_time(desk.now) == INF, "one probe at a time"


def test_who_was_removed_is_not_asked_and_nobody_waits_behind_it() -> None:
    scheduler: Scheduler[str] = Scheduler()
    scheduler.add("a", None, 0.0)
    scheduler.add("b", None, 0.0)
    scheduler.remove("a")
    assert scheduler.due_in_s("a", 0.0) is None
    assert scheduler.pop(0.0) == "b"
    scheduler.remove("b")
    assert scheduler.next_time(0.0) == INF
