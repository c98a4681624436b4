"""Our clocks, and the service's clock read through its `Date`."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.moment import Moment, ServiceClock
from tests.core.entries import NOON, at, moment


def test_age_does_not_depend_on_the_wall_clock() -> None:
    later = Moment(NOON - timedelta(days=9), 70.0)
    assert later.since_s(moment(10)) == 60


def test_stored_time_as_a_moment() -> None:
    assert moment(100).at(at(40)) == moment(40)
    assert moment(100).at(at(400)).mono_s == 100, "the future counts as now"


def test_without_a_date_our_own_clock_stands_in() -> None:
    assert ServiceClock().time(moment(7)) == at(7)
    assert ServiceClock().offset_s(moment(7)) == 0


def test_offset_is_that_of_the_service() -> None:
    clock = ServiceClock().observe(at(-120), moment(0), 0.0)
    assert abs(clock.offset_s(moment(50)) + 119.5) < 0.01


@given(st.floats(0, 1e6), st.floats(0, 20), st.floats(0, 1))
def test_a_right_clock_of_ours_is_not_corrected(
    now_s: float, latency_s: float, share: float
) -> None:
    """Runs of the program on one machine agree: what each notes stays in order."""
    stamped = at(now_s - share * latency_s).replace(microsecond=0)
    clock = ServiceClock().observe(stamped, moment(now_s), latency_s)
    assert abs(clock.offset_s(moment(now_s))) < 1e-3


exchanges = st.lists(
    st.tuples(st.floats(0.5, 60), st.floats(0, 20), st.floats(0, 1)),
    min_size=1,
    max_size=60,
)


@given(exchanges, st.floats(-1e5, 1e5))
@settings(max_examples=100)
def test_clock_is_smooth_and_within_what_the_replies_prove(
    replies: list[tuple[float, float, float]], skew_s: float
) -> None:
    """Whatever the latency, and wherever in it the `Date` was written."""
    clock, now_s = ServiceClock(), 0.0
    for gap_s, latency_s, share in replies:
        sent_s = now_s + gap_s
        now_s = sent_s + latency_s
        stamped = at(sent_s + share * latency_s + skew_s).replace(microsecond=0)
        before, clock = clock, clock.observe(stamped, moment(now_s), latency_s)
        if before.base is not None:
            assert clock.base is not None
            assert abs((clock.base - before.base).total_seconds()) <= 0.5
    error_s = abs(clock.offset_s(moment(now_s)) - skew_s)
    # Where our own clock is within what the first reply proves, it is taken as right;
    # else the first guess is off by half of what that leaves. It never gets worse.
    most_s = 1 + replies[0][1]
    assert error_s <= (most_s if abs(skew_s) <= most_s else most_s / 2) + 1e-3


def test_short_latency_mends_a_bad_first_guess() -> None:
    clock = ServiceClock().observe(at(0), moment(20), 20.0)
    for second in range(21, 60):
        clock = clock.observe(at(second), moment(second + 0.05), 0.1)
    assert abs(clock.offset_s(moment(60))) <= 1.0


def test_clock_that_was_set_is_taken_over_at_once() -> None:
    clock = ServiceClock().observe(at(0), moment(0), 0.0)
    clock = clock.observe(at(3600), moment(1), 0.0)
    assert 3598.9 <= clock.offset_s(moment(1)) <= 3600.1


def test_agreeing_reply_changes_nothing() -> None:
    clock = ServiceClock().observe(at(0), moment(0.4), 0.1)
    assert clock.observe(at(5), moment(5.4), 0.1) is clock
