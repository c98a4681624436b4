"""When a wait is over, and with which code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.headless.wait_rule import (
    Until,
    WaitFacts,
    Wish,
    carried,
    is_over,
    troubles,
    verdict,
)
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.watchlist.watch import Watch
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
)


def entry(number: int, status: JobStatus | None) -> Entry:
    found = job(number, status) if status else None
    return Entry(Watch(id_of(number)), found)


def known(*statuses: JobStatus | None, health: Health | None = None) -> WaitFacts:
    entries = [entry(number, status) for number, status in enumerate(statuses)]
    return WaitFacts(entries, {"default": health} if health else {}, moment(1000))


STOPPED = Health("default", Link.STOPPED, PollFailed(FailureKind.AUTH_REJECTED, "401"))


def offline(since_s: float, *, has_answered: bool) -> Health:
    return Health(
        "default",
        Link.OFFLINE,
        PollFailed(FailureKind.UNREACHABLE, "no answer"),
        since=moment(since_s),
        answered=moment(0) if has_answered else None,
    )


@pytest.mark.parametrize(
    ("wish", "statuses", "over", "code"),
    [
        (Wish(), (SUCCESS, SUCCESS), True, 0),
        (Wish(), (SUCCESS, RUNNING), False, 0),
        (Wish(), (SUCCESS, None), False, 0),
        (Wish(), (SUCCESS, OTHER), False, 0),
        (Wish(), (FAIL, RUNNING), False, 3),
        (Wish(), (FAIL, SUCCESS), True, 3),
        (Wish(is_fail_fast=True), (FAIL, RUNNING), True, 3),
        (Wish(is_fail_fast=True), (SUCCESS, RUNNING), False, 0),
        (Wish(is_any=True), (SUCCESS, RUNNING), True, 0),
        (Wish(is_any=True), (FAIL, RUNNING), False, 3),
        (Wish(is_any=True), (FAIL, SUCCESS), True, 0),
        (Wish(is_any=True), (FAIL, FAIL), True, 3),
        (Wish(Until.DONE), (FAIL, SUCCESS), True, 0),
        (Wish(Until.DONE), (FAIL, INIT), False, 0),
        (Wish(Until.DONE, is_any=True), (FAIL, INIT), True, 0),
        (Wish(Until.DONE, is_fail_fast=True), (FAIL, INIT), False, 0),
    ],
)
def test_what_ends_a_wait(
    wish: Wish, statuses: tuple[JobStatus, ...], over: bool, code: int
) -> None:
    now = known(*statuses)
    assert is_over(wish, now) is over
    assert verdict(wish, now, is_timed_out=False) == code


def test_a_refused_credential_ends_it_and_outranks_a_failed_job() -> None:
    now = known(FAIL, RUNNING, health=STOPPED)
    assert is_over(Wish(), now)
    assert verdict(Wish(), now, is_timed_out=False) == 4


def test_a_job_that_is_gone_is_unknown() -> None:
    gone = replace(entry(1, None), is_gone=True, unknown_since=moment(0))
    now = WaitFacts([gone], {}, moment(700))
    assert is_over(Wish(), now)
    assert verdict(Wish(Until.DONE), now, is_timed_out=False) == 5


def test_the_time_is_over_unless_there_is_more_to_say() -> None:
    assert verdict(Wish(), known(RUNNING), is_timed_out=True) == 124
    assert verdict(Wish(), known(RUNNING, FAIL), is_timed_out=True) == 3
    away = known(RUNNING, health=offline(900, has_answered=True))
    assert verdict(Wish(), away, is_timed_out=True) == 6


@pytest.mark.parametrize(
    ("give_up_s", "silent_s", "has_answered", "over"),
    [
        (None, 299, False, False),
        (None, 300, False, True),
        (None, 999, True, False),
        (60, 59, True, False),
        (60, 60, True, True),
        (60, 60, False, True),
    ],
)
def test_silence_ends_it_only_where_nobody_ever_answered_or_on_demand(
    give_up_s: float | None, silent_s: float, has_answered: bool, over: bool
) -> None:
    health = offline(1000 - silent_s, has_answered=has_answered)
    assert is_over(Wish(give_up_s=give_up_s), known(RUNNING, health=health)) is over


def failing(kind: FailureKind, since_s: float, *, seen: bool = False) -> Entry:
    return replace(
        entry(1, RUNNING if seen else None),
        failure=PollFailed(kind, "why"),
        failing_since=moment(since_s),
        seen=moment(0) if seen else None,
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FailureKind.NOT_UNDERSTOOD, 6),
        (FailureKind.REQUEST_REFUSED, 6),
        (FailureKind.SERVER_FAULT, 6),
        (FailureKind.UNREACHABLE, 6),
        (FailureKind.UNEXPECTED, 1),
    ],
)
@pytest.mark.parametrize("seen", [True, False])
def test_any_kind_of_no_usable_answer_is_silence(
    kind: FailureKind, code: int, seen: bool
) -> None:
    health = {"default": Health("default", Link.LIVE, answered=moment(999))}
    for since_s, over in ((941, False), (940, True)):
        now = WaitFacts([failing(kind, since_s, seen=seen)], health, moment(1000))
        assert is_over(Wish(give_up_s=60), now) is over
    assert verdict(Wish(give_up_s=60), now, is_timed_out=False) == code
    never = WaitFacts([failing(kind, 700, seen=seen)], health, moment(1000))
    assert is_over(Wish(), never) is not seen


def test_refusals_for_too_many_requests_are_silence_on_demand_only() -> None:
    throttled = Health("default", Link.THROTTLED, since=moment(0))
    now = known(RUNNING, health=throttled)
    assert is_over(Wish(give_up_s=60), now)
    assert verdict(Wish(give_up_s=60), now, is_timed_out=False) == 6
    assert verdict(Wish(), now, is_timed_out=True) == 124
    assert not is_over(Wish(), now)


def test_an_unknown_status_with_an_end_time_is_no_usable_answer() -> None:
    odd = replace(job(1, OTHER), end_time=at(100))
    ended = replace(entry(1, None), reply=odd, seen=moment(999), moved=moment(940))
    now = WaitFacts([ended], {}, moment(1000))
    assert is_over(Wish(give_up_s=60), now)
    assert verdict(Wish(give_up_s=60), now, is_timed_out=False) == 6
    assert not is_over(Wish(give_up_s=61), now)
    assert not is_over(Wish(), now)
    going_on = replace(ended, reply=replace(odd, end_time=None))
    assert not is_over(Wish(give_up_s=60), WaitFacts([going_on], {}, moment(1000)))


STATUSES = st.lists(st.sampled_from([None, INIT, RUNNING, SUCCESS, FAIL]), min_size=1)
WISHES = st.builds(Wish, st.sampled_from(Until), st.booleans(), st.booleans())


@given(WISHES, STATUSES)
def test_when_all_have_ended_it_is_over(
    wish: Wish, statuses: list[JobStatus | None]
) -> None:
    ended = [s if s is FAIL else SUCCESS for s in statuses]
    assert is_over(wish, known(*ended))
    assert verdict(wish, known(*ended), is_timed_out=False) in (0, 3)


@given(WISHES, STATUSES)
def test_0_after_the_end_means_that_the_wish_came_true(
    wish: Wish, statuses: list[JobStatus | None]
) -> None:
    now = known(*statuses)
    if not is_over(wish, now) or verdict(wish, now, is_timed_out=False) != 0:
        return
    good = [
        e.has_ended if wish.until is Until.DONE else e.status is SUCCESS
        for e in now.entries
    ]
    assert any(good) if wish.is_any else all(good)


def test_a_request_that_hangs_from_the_start_is_silence() -> None:
    wish = Wish(give_up_s=5, since=moment(995))
    assert not is_over(replace(wish, since=moment(996)), known(None))
    assert is_over(wish, known(None))
    assert verdict(wish, known(None), is_timed_out=False) == 6
    said = list(troubles(wish, known(None), is_timed_out=False))
    assert said == [
        f"{id_of(0)}: no answer for 5s",
        "given up: no usable answer within 5s",
    ]
    answered = replace(entry(0, RUNNING), seen=moment(996))
    assert not is_over(wish, WaitFacts([answered], {}, moment(1000)))
    stored = replace(answered, is_stored=True)
    assert is_over(wish, WaitFacts([stored], {}, moment(1000)))


def test_an_unknown_job_that_gets_no_usable_answer_any_more_is_silence() -> None:
    odd = replace(
        failing(FailureKind.NOT_UNDERSTOOD, 900), unknown_since=moment(890), polls=2
    )
    assert is_over(Wish(give_up_s=100), WaitFacts([odd], {}, moment(1000)))
    assert not is_over(Wish(give_up_s=101), WaitFacts([odd], {}, moment(1000)))


@pytest.mark.parametrize(
    ("wish", "refused_s", "over"),
    [
        (Wish(renewing=frozenset({"default"})), 59, False),
        (Wish(renewing=frozenset({"default"})), 60, True),
        (Wish(renewing=frozenset({"default"}), give_up_s=5), 4, False),
        (Wish(renewing=frozenset({"default"}), give_up_s=5), 5, True),
        (Wish(renewing=frozenset({"other"})), 0, True),
    ],
)
def test_another_token_is_waited_for_where_a_file_may_bring_one(
    wish: Wish, refused_s: float, over: bool
) -> None:
    health = replace(STOPPED, since=moment(1000 - refused_s))
    assert is_over(wish, known(RUNNING, health=health)) is over
    assert verdict(wish, known(RUNNING, health=health), is_timed_out=False) == 4


@pytest.mark.parametrize(
    "kind", [FailureKind.ACCESS_DENIED, FailureKind.WRONG_ENDPOINT]
)
def test_no_token_mends_another_refusal(kind: FailureKind) -> None:
    health = Health("default", Link.STOPPED, PollFailed(kind, "no"), moment(1000))
    wish = Wish(renewing=frozenset({"default"}))
    assert is_over(wish, known(RUNNING, health=health))


def test_what_was_known_stays_known_until_there_is_more() -> None:
    before = replace(entry(1, RUNNING), seen=moment(0))
    nothing = entry(1, None)
    assert carried(before, nothing).job == before.job
    failed = replace(nothing, failure=PollFailed(FailureKind.UNREACHABLE, "no"))
    assert carried(before, failed).failure is failed.failure
    assert carried(before, entry(1, SUCCESS)) == entry(1, SUCCESS)
    assert carried(nothing, before) is before
