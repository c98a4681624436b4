"""Outcomes in the scheduler's words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.moment import ServiceClock
from ims_tui.core.polling.answer import NoAnswer, Odd, Reply, Seen, Throttled
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.state.booking import reply_of
from ims_tui.core.state.health import Health
from tests.core.entries import FAIL, at, job, moment, no, ok

AHEAD = Health("prod", clock=ServiceClock(at(1000)))
"""The service's clock is 1000 s ahead of ours."""


@pytest.mark.parametrize(
    ("kind", "is_own_fault", "reply"),
    [
        (FailureKind.UNREACHABLE, False, NoAnswer()),
        (FailureKind.SERVER_FAULT, False, NoAnswer()),
        (FailureKind.SERVER_FAULT, True, Odd()),
        (FailureKind.NOT_KNOWN, False, Odd()),
        (FailureKind.UNEXPECTED, False, Odd()),
    ],
)
def test_failures(kind: FailureKind, is_own_fault: bool, reply: Reply) -> None:
    got = reply_of(no(kind), AHEAD, moment(5), is_own_fault=is_own_fault)
    assert got == reply


def test_throttling_carries_what_the_service_named() -> None:
    failure = replace(no(FailureKind.THROTTLED), retry_after_s=30.0, limit=(200, 300.0))
    assert reply_of(failure, AHEAD, moment(5)) == Throttled(30.0, (200, 300.0))


def test_ages_are_those_of_the_service() -> None:
    running = job(ratio=0.4, step="ConvertTask", begin_s=900)
    assert reply_of(ok(running), AHEAD, moment(50)) == Seen(
        "imsImportImageJob", False, False, 0.4, "ConvertTask", 150.0
    )
    ended = job(status=FAIL, begin_s=900, end_s=1020)
    got = reply_of(ok(ended), AHEAD, moment(50))
    assert got == Seen("imsImportImageJob", True, True, None, "", 120.0)


def test_times_that_are_missing_or_ahead_are_no_negative_ages() -> None:
    for begin_s, age_s in ((None, None), (5000.0, 0.0)):
        got = reply_of(ok(job(begin_s=begin_s)), AHEAD, moment(50))
        assert isinstance(got, Seen)
        assert got.age_s == age_s
