"""How long after the service's end time we knew of an end: the statistic."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ims_tui.core.state.entry import Entry


class Latency(Struct, frozen=True):
    """Detection latency over some ends that were noticed while watching."""

    ends: int
    median_s: float
    worst_s: float


def latency_summary(entries: Iterable[Entry]) -> Latency | None:
    """Median and worst detection latency; None where no end was noticed."""
    late_s = [e.detection_s for e in entries if e.detection_s is not None]
    if not late_s:
        return None
    from statistics import median  # 3 ms

    return Latency(len(late_s), median(late_s), max(late_s))
