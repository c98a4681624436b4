"""Time left of a running job, foreseen at one reply and read at any later moment.

A forecast is made once per reply. Between replies it is only counted down. What was
shown once is a promise: a later forecast may take time off it, but puts time on only
when the promised end has passed, and then by one step in five seconds, so that the
figure never jumps. A range that would grow earlier stands still instead.
"""

from __future__ import annotations

from msgspec import Struct

from ims_tui.core.moment import Moment
from ims_tui.core.polling.forecast import Basis, Remaining
from ims_tui.core.polling.usual import Usual
from ims_tui.core.text import age, duration

Quartiles = tuple[float, float, float]
"""Low, median and high: half of the jobs end between the outer two."""

FEW_JOBS = 5
"""With fewer earlier jobs an estimate is only a hint."""
GROWTH_EVERY_S = 5.0
"""A figure grows by no more than one step in this time."""
RANGE_FROM_S = 120.0
"""Below this one figure is shown instead of a range."""
WIDTH = 8
"""Cells that an estimate may take."""

_UNITS = ((60.0, "m", 120), (3600.0, "h", 48), (86400.0, "d", 99))
"""Units of a range, with the most of them that are shown."""
_STEPS_S = ((120.0, 10.0), (300.0, 30.0), (float("inf"), 60.0))


def step_s(seconds: float) -> float:
    """What a time left is rounded to: 10 s below 2 min, 30 s below 5, else 1 min."""
    return next(step for limit, step in _STEPS_S if seconds < limit)


class Estimate(Struct, frozen=True):
    """What one reply says of the end, and how much of it may be shown."""

    at: Moment
    """When the reply was made."""
    age_s: float
    """Age of the job then, on the service's clock."""
    ahead_s: Quartiles
    """Time left then, as foreseen."""
    shown_s: Quartiles
    """Time left then, as it may be shown at most."""
    promised_s: float
    """Monotonic time of the earliest end that was promised and is not made up for."""
    growth_per_s: float = 0.0
    """How fast what may be shown grows: only when a promise was broken."""
    basis: Basis = Basis.HISTORY
    jobs: int = 0
    """Earlier jobs of the type that succeeded."""
    longest_s: float | None = None
    """Nine of ten earlier jobs took less in all; None where there were too few."""

    def left_s(self, now: Moment) -> Quartiles:
        """Time left at a moment; never negative."""
        passed_s = max(0.0, now.since_s(self.at))
        low, median, high = (
            max(0.0, min(ahead - passed_s, shown + self.growth_per_s * passed_s))
            for ahead, shown in zip(self.ahead_s, self.shown_s, strict=True)
        )
        return low, median, high

    def over_s(self, now: Moment) -> float:
        """Seconds beyond the time in which nine of ten earlier jobs ended; else 0.

        Less than one second is none: `over 0s` would say nothing.
        """
        if self.longest_s is None:
            return 0.0
        age_s = self.age_s + max(0.0, now.since_s(self.at))
        over_s = age_s - self.longest_s
        return over_s if over_s >= 1.0 else 0.0

    def has_passed(self, now: Moment) -> bool:
        """Whether the job should have ended by now."""
        return self.left_s(now)[1] <= 0.0 or self.over_s(now) > 0.0

    @property
    def is_hint(self) -> bool:
        """Whether too few earlier jobs are known for a range."""
        return self.basis is Basis.HISTORY and self.jobs < FEW_JOBS

    @property
    def end(self) -> float:
        """When the job is expected to end: seconds on our wall clock."""
        return self.at.wall.timestamp() + min(self.ahead_s[1], self.shown_s[1])


def estimate(
    before: Estimate | None,
    left: Remaining | None,
    usual: Usual | None,
    age_s: float,
    now: Moment,
) -> Estimate | None:
    """The estimate after a reply; None where nothing can be said.

    Args:
        before: what was shown until now.
        left: what the scheduler foresees.
        usual: how long jobs of this type take.
        age_s: age of the job on the service's clock.
        now: when the reply was made.
    """
    if left is None:
        return None
    ahead_s = (left.low_s, left.median_s, left.high_s)
    longest_s = usual.most_s if usual and usual.jobs >= FEW_JOBS else None
    shown_s, growth_per_s = ahead_s, 0.0
    promised_s = now.mono_s + _promise_s(left.median_s, left.high_s)
    if before is not None:
        was_s = before.left_s(now)
        is_bound = was_s[1] < left.median_s
        is_broken = now.mono_s >= before.promised_s
        low, median, high = map(min, was_s, ahead_s)
        shown_s = low, median, high
        if is_bound and is_broken:
            growth_per_s = step_s(median) / GROWTH_EVERY_S
            promised_s = before.promised_s
        else:
            promised_s = now.mono_s + _promise_s(median, high)
            if not is_broken:
                promised_s = min(before.promised_s, promised_s)
    return Estimate(
        now,
        age_s,
        ahead_s,
        shown_s,
        promised_s,
        growth_per_s,
        left.basis,
        left.jobs,
        longest_s,
    )


def _promise_s(median_s: float, high_s: float) -> float:
    """The latest end that is shown: that of the range, or the one figure."""
    return high_s if median_s >= RANGE_FROM_S else max(median_s, step_s(median_s))


# -- in words --------------------------------------------------------------------------


def short_text(found: Estimate, now: Moment) -> str:
    """`~4-6m`, `~0:40`, `~6m?` with few earlier jobs, or `over 2m`."""
    over_s = found.over_s(now)
    if over_s > 0.0:
        return f"over {age(over_s)}"
    low_s, median_s, high_s = found.left_s(now)
    if found.is_hint:
        return f"~{rounded(median_s)}?"
    return f"~{time_range(low_s, median_s, high_s)}"


def basis_text(found: Estimate) -> str:
    """What an estimate rests on: `14 earlier jobs`, or `from the percent`."""
    if found.basis is Basis.PERCENT:
        return "from the percent"
    return f"{found.jobs} earlier {'job' if found.jobs == 1 else 'jobs'}"


def usual_text(usual: Usual) -> str:
    """How long something usually takes: `9-14m`."""
    return time_range(usual.low_s, usual.median_s, usual.high_s)


def rounded(seconds: float) -> str:
    """One figure, rounded to its step, never less than one step: `0:40`, `6m`."""
    step = step_s(seconds)
    whole_s = max(step, step * round(seconds / step))
    if 300.0 <= whole_s < 3600.0:
        return f"{whole_s / 60:.0f}m"
    return duration(whole_s)


def time_range(low_s: float, median_s: float, high_s: float) -> str:
    """`4-6m`, `2-3h`, `1-2d`; one figure where it is short, or both ends are equal."""
    if median_s < RANGE_FROM_S or high_s - low_s < step_s(median_s):
        return rounded(median_s)
    for unit_s, unit, most in _UNITS:
        low, high = round(low_s / unit_s), round(high_s / unit_s)
        if high <= most:
            return f"{low}-{high}{unit}" if low < high else rounded(median_s)
    return rounded(median_s)
