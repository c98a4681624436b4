"""The request budget: every window holds, refusals slow it, outages are probed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.polling.budget import INF, PROBES_S, Budget, Limit

LIMITS = st.builds(
    Limit.per_window,
    st.integers(1, 300).map(float),
    st.sampled_from([1.0, 10.0, 60.0, 300.0]),
)


def busiest(sent: list[float], window_s: float) -> int:
    """The most requests in any window of this length."""
    return max(
        (sum(1 for other in sent if at <= other < at + window_s) for at in sent),
        default=0,
    )


def spend(budget: Budget, now: float, until: float) -> list[float]:
    """Send as early and as often as the budget allows; everything is answered."""
    sent = []
    while (now := budget.ready_at(now)) <= until:
        budget.take(now)
        budget.answered()
        sent.append(now)
    return sent


def test_default_is_a_bucket_of_fifty_refilled_at_thirty_a_minute() -> None:
    sent = spend(Budget(), 0.0, 300.0)
    assert sum(1 for at in sent if at == 0.0) == 50
    assert busiest(sent, 300.0) <= 200
    assert len(sent) >= 199


@settings(max_examples=60, deadline=None)
@given(
    requests=st.integers(1, 60),
    window_s=st.sampled_from([1.0, 7.0, 60.0]),
    pauses=st.lists(st.floats(0.0, 30.0), max_size=8),
)
def test_every_window_holds(
    requests: int, window_s: float, pauses: list[float]
) -> None:
    budget, now, sent = Budget(Limit.per_window(requests, window_s)), 0.0, []
    for pause_s in pauses:
        sent += spend(budget, now, now + window_s)
        now += window_s + pause_s
    assert busiest(sent, window_s) <= requests


def test_requests_of_another_process_count() -> None:
    alone, shared = Budget(), Budget()
    for second in range(40):
        shared.charge(float(second))
    assert len(spend(shared, 40.0, 300.0)) <= len(spend(alone, 40.0, 300.0)) - 20


def test_named_limit_replaces_a_looser_one_with_a_margin() -> None:
    budget = Budget(Limit(50.0, 3.0))
    budget.take(0.0)
    budget.throttled(0.0, 10.0, (100, 60.0))
    sent = spend(budget, 0.0, 600.0)
    assert sent[0] >= 10.0
    assert 90 <= busiest(sent, 60.0) <= 100


def test_named_limit_never_loosens_ours() -> None:
    budget = Budget(Limit.per_window(10, 60.0))
    budget.take(0.0)
    budget.throttled(0.0, None, (1000, 60.0))
    assert busiest(spend(budget, 0.0, 1000.0), 60.0) <= 10


@given(st.sampled_from([(0, 60.0), (5, 0.0), (5, -1.0)]))
def test_senseless_named_limit_is_a_plain_refusal(named: tuple[int, float]) -> None:
    budget = Budget()
    budget.take(0.0)
    budget.throttled(0.0, None, named)
    assert 0.0 < budget.rate_per_s < budget.limit.rate_per_s


def test_refusal_pauses_slows_and_recovers() -> None:
    budget = Budget(Limit(10.0, 3.0))
    spend(budget, 0.0, 10.0)
    budget.take(10.0)
    budget.throttled(10.0, 5.0, None)
    assert budget.ready_at(10.0) >= 15.0
    assert budget.throttled_until(11.0) == 15.0
    assert budget.throttled_until(16.0) is None
    slowed = budget.rate_per_s
    assert slowed < 10.0
    spend(budget, 15.0, 600.0)
    assert budget.rate_per_s == 10.0


def test_many_refusals_never_stop_it_for_good() -> None:
    budget, now = Budget(), 0.0
    for _ in range(10_000):
        now = budget.ready_at(now)
        assert now < INF
        budget.take(now)
        budget.throttled(now, None, None)
    assert budget.ready_at(now) - now <= 60.0


def test_absurd_retry_after_is_not_believed() -> None:
    budget = Budget()
    budget.take(0.0)
    budget.throttled(0.0, 1e12, None)
    assert budget.ready_at(0.0) <= 3600.0


def test_outage_is_probed_alone_and_ends_with_an_answer() -> None:
    budget, now = Budget(Limit(50.0, 3.0)), 0.0
    for _ in range(3):
        now = budget.ready_at(now)
        budget.take(now)
        budget.failed(now)
    assert budget.has_outage
    gaps = []
    for _ in range(6):
        ready = budget.ready_at(now)
        gaps.append(ready - now)
        now = ready
        budget.take(now)
        assert budget.ready_at(now) == INF
        budget.failed(now)
    assert gaps == pytest.approx([*PROBES_S, 10.0, 10.0])
    now = budget.ready_at(now)
    budget.take(now)
    budget.answered()
    assert not budget.has_outage


def test_ten_thousand_failures_do_not_overflow() -> None:
    budget, now = Budget(), 0.0
    for _ in range(10_000):
        now = budget.ready_at(now)
        budget.take(now)
        budget.failed(now)
    assert budget.ready_at(now) - now <= 10.0 + 1e-6


def test_suspension_earns_no_burst() -> None:
    budget = Budget()
    spend(budget, 0.0, 10.0)
    budget.wake(10_000.0)
    assert sum(1 for at in spend(budget, 10_000.0, 10_001.0)) <= 2


@given(LIMITS, LIMITS)
def test_two_limits_together_are_as_tight_as_each(one: Limit, other: Limit) -> None:
    both = one.within(other)
    assert both.rate_per_s == min(one.rate_per_s, other.rate_per_s)
    assert both.burst == min(one.burst, other.burst)
