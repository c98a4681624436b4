"""Windows of trouble."""

from __future__ import annotations

import pytest

from ims_tui.simulator.fault import Fault, FaultKind, fault_at


def test_a_window_begins_ends_and_comes_back() -> None:
    fault = Fault(FaultKind.THROTTLE, begin_s=100, length_s=10, every_s=60)
    inside = [t for t in range(0, 240, 5) if fault.hits(0, t, 1)]
    assert inside == [100, 105, 160, 165, 220, 225]


def test_a_window_without_a_period_comes_once() -> None:
    fault = Fault(FaultKind.OUTAGE, begin_s=100, length_s=10)
    assert [t for t in range(0, 1000, 5) if fault.hits(0, t, 1)] == [100, 105]


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_a_share_of_the_requests_is_hit(seed: int) -> None:
    fault = Fault(FaultKind.BAD_GATEWAY, 0, 10, share=0.3)
    hits = [fault.hits(seed, 5, number) for number in range(2000)]
    assert 0.25 < sum(hits) / len(hits) < 0.35
    assert hits == [fault.hits(seed, 5, number) for number in range(2000)]


def test_the_first_fault_of_the_table_wins() -> None:
    faults = (
        Fault(FaultKind.OUTAGE, 5, 5),
        Fault(FaultKind.THROTTLE, 0, 10),
    )
    kinds = [f and f.kind for f in (fault_at(faults, 0, t, 1) for t in (1, 6, 20))]
    assert kinds == [FaultKind.THROTTLE, FaultKind.OUTAGE, None]
