"""How one profile stands, outcome by outcome."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.service.outcome import FailureKind, Outcome
from ims_tui.core.show.sentences import link_word
from ims_tui.core.show.view import View
from ims_tui.core.state.health import WITNESS_S, Health, Link
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import id_of, job, moment, no, ok, polled

FAULT = no(FailureKind.SERVER_FAULT)
AWAY = no(FailureKind.UNREACHABLE)
GOOD = ok(job())
LIVE = Health("prod").after(JobKey("prod", id_of(9)), GOOD, moment(0))


def after(health: Health, *polls: tuple[int, float, Outcome]) -> Health:
    """Health after polls of numbered jobs at certain seconds."""
    for number, seconds, outcome in polls:
        key = JobKey("prod", id_of(number))
        health = health.after(key, outcome, moment(seconds))
    return health


@pytest.mark.parametrize(
    ("first", "second", "link"),
    [
        ((1, 10.0, AWAY), (1, 12.0, AWAY), Link.OFFLINE),
        ((1, 10.0, AWAY), (2, 12.0, AWAY), Link.OFFLINE),
        ((1, 10.0, FAULT), (2, 12.0, FAULT), Link.OFFLINE),
        ((1, 10.0, FAULT), (1, 12.0, FAULT), Link.LIVE),
        ((1, 10.0, FAULT), (1, 10.0 + WITNESS_S, FAULT), Link.OFFLINE),
        ((1, 10.0, AWAY), (2, 12.0, GOOD), Link.LIVE),
        ((1, 10.0, AWAY), (2, 12.0, no(FailureKind.NOT_KNOWN)), Link.LIVE),
    ],
)
def test_outage_needs_two_failures_in_a_row(
    first: tuple[int, float, Outcome], second: tuple[int, float, Outcome], link: Link
) -> None:
    assert after(LIVE, first).link is Link.LIVE
    assert after(LIVE, first, second).link is link


def test_outage_began_with_the_first_request_without_an_answer() -> None:
    health = after(LIVE, (1, 10, AWAY), (2, 12, AWAY), (3, 40, FAULT))
    assert (health.since, health.tries, health.failure) == (moment(10), 3, FAULT)
    assert health.last_good == moment(0)
    back = after(health, (1, 50, GOOD))
    assert (back.link, back.since, back.tries) == (Link.LIVE, moment(50), 0)
    assert (back.failure, back.silence) == (None, None)


def test_job_with_faults_of_its_own_is_no_first_sign_but_a_witness() -> None:
    key, other = JobKey("prod", id_of(1)), JobKey("prod", id_of(2))
    bad = polled((10, FAULT))
    health = after(LIVE, (1, 10, FAULT), (2, 20, GOOD))
    assert health.is_own_fault(bad)
    assert health.after(key, FAULT, moment(30), is_own_fault=True) == health
    silent = health.after(other, FAULT, moment(31))
    assert silent.link is Link.LIVE
    offline = silent.after(key, FAULT, moment(32), is_own_fault=True)
    assert offline.link is Link.OFFLINE
    assert not LIVE.is_own_fault(bad), "nobody was answered since"
    assert not health.is_own_fault(polled((10, no(FailureKind.NOT_KNOWN))))


@pytest.mark.parametrize("outcome", [GOOD, AWAY, no(FailureKind.THROTTLED)])
def test_stopped_stays_stopped_until_a_reload(outcome: Outcome) -> None:
    stopped = after(LIVE, (1, 10, no(FailureKind.AUTH_REJECTED)))
    late = after(stopped, (2, 11, outcome), (3, 12, outcome))
    assert (late.link, late.failure) == (Link.STOPPED, stopped.failure)
    assert late.since == moment(10)
    fresh = late.restarted(moment(60))
    assert (fresh.link, fresh.failure) == (Link.IDLE, None)
    assert after(fresh, (1, 61, GOOD)).link is Link.LIVE


def test_throttled_until_the_next_answer() -> None:
    throttled = after(LIVE, (1, 10, no(FailureKind.THROTTLED)))
    assert throttled.link is Link.THROTTLED
    assert after(throttled, (1, 15, AWAY)).link is Link.THROTTLED
    assert after(throttled, (1, 15, no(FailureKind.NOT_UNDERSTOOD))).link is Link.LIVE
    assert after(throttled, (1, 15, GOOD)).failure is None


def test_fault_of_ours_says_nothing_of_the_service() -> None:
    offline = after(LIVE, (1, 10, AWAY), (2, 12, AWAY))
    for health in (LIVE, offline, Health("prod")):
        assert after(health, (1, 20, no(FailureKind.UNEXPECTED))) == health


def test_clock_is_kept_only_where_a_reply_tells_it() -> None:
    assert LIVE.observed(AWAY, moment(5)) is LIVE
    assert LIVE.observed(GOOD, moment(5)) is LIVE
    dated = replace(GOOD, exchange=replace(GOOD.exchange, date=moment(5).wall))
    assert LIVE.observed(dated, moment(5)).clock.base is not None


ELSEWHERE = no(FailureKind.WRONG_ENDPOINT)


@pytest.mark.parametrize(
    ("before", "polls", "link"),
    [
        (LIVE, [(1, 10.0, ELSEWHERE), (1, 20.0, ELSEWHERE)], Link.LIVE),
        (LIVE, [(1, 10.0, ELSEWHERE), (2, 20.0, ELSEWHERE)], Link.STOPPED),
        (
            LIVE,
            [(1, 10.0, ELSEWHERE), (3, 15.0, GOOD), (2, 20.0, ELSEWHERE)],
            Link.LIVE,
        ),
        (Health("prod"), [(1, 10.0, ELSEWHERE)], Link.STOPPED),
        (LIVE.restarted(moment(5)), [(1, 10.0, ELSEWHERE)], Link.STOPPED),
        (LIVE, [(1, 10.0, no(FailureKind.ACCESS_DENIED))], Link.STOPPED),
    ],
)
def test_one_job_that_is_sent_elsewhere_does_not_stop_the_others(
    before: Health, polls: list[tuple[int, float, Outcome]], link: Link
) -> None:
    assert after(before, *polls).link is link


def test_the_only_job_that_is_sent_elsewhere_stops_the_profile() -> None:
    key = JobKey("prod", id_of(1))
    assert LIVE.after(key, ELSEWHERE, moment(10), is_only=True).link is Link.STOPPED


def test_line_1_says_that_refusals_slow_the_polling() -> None:
    view = View(moment(20))
    assert link_word(LIVE, view) == "live"
    assert link_word(replace(LIVE, slowed_per_min=8), view) == "slowed to 8/min"
