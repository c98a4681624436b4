"""Time left of a running job, made at one reply and read at any later moment.

Between two replies the figure counts down. A reply moves it towards the new one, in
logarithms: by a quarter where old and new lie in each other's ranges. Where they
contradict each other it moves by a fifth at most, up as well as down, and from the
third such reply in a row on nearly all the way. So one odd reply does not make it jump,
and no early figure binds a later one.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.polling.basis import Basis
from ims_tui.core.text import age, duration

if TYPE_CHECKING:
    from ims_tui.core.polling.habits import Usual
    from ims_tui.core.polling.timeleft import Grounds, Remaining

Quartiles = tuple[float, float, float]
"""Low, median and high: half of the jobs end between the outer two."""

FEW_JOBS = 5
"""With fewer earlier jobs an estimate is only a hint."""
MOVE_RATIO, CONTRADICTED_RATIO = 0.25, 0.9
"""How far a reply moves what is shown, where both agree and where they do not."""
MOST_MOVED = 0.22
"""But it moves it by no more, as a logarithm, until it is believed."""
BELIEVED_FROM = 3
"""So many replies in a row that contradict in one direction are believed."""
OLD_RATIO, CONTRADICTED_OLD_RATIO = 0.05, 0.3
"""A reply before which so much of the time left passed counts as two, and so on."""
SHORTEST_S = 1.0
"""A shorter time left is taken for this one."""
ANY_MOMENT, ANY_MOMENT_SHORT = "any moment", "any mom."
"""Where no figure is left; the second one for narrow columns."""
RANGE_FROM_S = 120.0
"""Below this one figure is shown instead of a range."""
FIGURE_UNTIL_S = 240.0
"""Yet not where the range goes on from here: one figure would hide that."""
WIDTH = 10
"""Cells that an estimate may take."""

_UNITS = ((60.0, "m", 120), (3600.0, "h", 48), (86400.0, "d", 99))
"""Units of a range, with the most of them that are shown."""
_STEPS_S = ((120.0, 10.0), (300.0, 30.0), (float("inf"), 60.0))


def step_s(seconds: float) -> float:
    """What a time left is rounded to: 10 s below 2 min, 30 s below 5, else 1 min."""
    return next(step for limit, step in _STEPS_S if seconds < limit)


def has_run_out(seconds: float) -> bool:
    """Whether a time left is too short for a figure: less than half a step."""
    return seconds < step_s(seconds) / 2.0


class Estimate(Struct, frozen=True):
    """What the replies so far say of the end of a job."""

    at_s: float
    """Monotonic time of the last reply."""
    age_s: float
    """Age of the job then, on the service's clock."""
    ahead_s: Quartiles
    """Time left then, as it is shown."""
    basis: Basis = Basis.HISTORY
    jobs: int = 0
    """Earlier jobs of the type that succeeded."""
    longest_s: float | None = None
    """Nine of ten earlier jobs took less in all; None where there were too few."""
    grounds: Grounds | None = None
    """What earlier jobs did at the point that this one has reached."""
    contradicted: int = 0
    """Replies in a row that said later than what was shown; below zero: sooner."""

    def left_s(self, now_s: float) -> Quartiles:
        """Time left at a monotonic time; never negative."""
        passed_s = max(0.0, now_s - self.at_s)
        low, median, high = (max(0.0, ahead - passed_s) for ahead in self.ahead_s)
        return low, median, high

    def beyond_s(self, now_s: float) -> float:
        """Seconds beyond the time in which nine of ten earlier jobs ended; else 0.

        Less than one second is none: it would say nothing.
        """
        if self.longest_s is None:
            return 0.0
        beyond_s = self.age_s + max(0.0, now_s - self.at_s) - self.longest_s
        return beyond_s if beyond_s >= 1.0 else 0.0

    def over_s(self, now_s: float) -> float:
        """Seconds beyond the longest, where only the usual total is known; else 0."""
        return self.beyond_s(now_s) if self.basis is Basis.TOTAL else 0.0

    def has_passed(self, now_s: float) -> bool:
        """Whether the job should have ended by now."""
        return self.left_s(now_s)[1] <= 0.0 or self.over_s(now_s) > 0.0

    @property
    def is_hint(self) -> bool:
        """Whether too few earlier jobs are known for a range."""
        return self.basis is not Basis.PERCENT and self.jobs < FEW_JOBS

    @property
    def end_s(self) -> float:
        """When the job is expected to end: monotonic seconds."""
        return self.at_s + self.ahead_s[1]


def estimate(
    before: Estimate | None,
    left: Remaining | None,
    usual: Usual | None,
    age_s: float,
    now_s: float,
) -> Estimate | None:
    """The estimate after a reply; None where nothing can be said.

    A reply that `before` was made at already moves no figure: every copy of the
    program, and the next start, says what the first one said at it.

    Args:
        before: what was shown until now.
        left: what the reply says.
        usual: how long jobs of this type take.
        age_s: age of the job on the service's clock.
        now_s: monotonic time of the reply.
    """
    if left is None:
        return None
    ahead_s, contradicted = (left.low_s, left.median_s, left.high_s), 0
    if before is not None and before.at_s >= now_s:
        ahead_s, contradicted = before.ahead_s, before.contradicted
    elif before is not None:
        was_s = before.left_s(now_s)
        contradicted = contradictions(before.contradicted, was_s, ahead_s)
        ahead_s = moved(was_s, ahead_s, now_s - before.at_s, abs(contradicted))
    longest_s = usual.most_s if usual and usual.jobs >= FEW_JOBS else None
    return Estimate(
        now_s,
        age_s,
        ahead_s,
        left.basis,
        left.jobs,
        longest_s,
        left.grounds,
        contradicted,
    )


def contradictions(before: int, was_s: Quartiles, says_s: Quartiles) -> int:
    """How many replies in a row, with this one, contradict what was shown.

    Below zero where they say sooner; 0 where old and new lie in each other's ranges.
    """
    if was_s[0] <= says_s[1] <= was_s[2] and says_s[0] <= was_s[1] <= says_s[2]:
        return 0
    if says_s[1] > was_s[1]:
        return max(0, before) + 1
    return min(0, before) - 1


def moved(
    was_s: Quartiles, says_s: Quartiles, gap_s: float, contradicted: int
) -> Quartiles:
    """What is shown after a reply, in place of what had been counted down to.

    The longer ago the reply before was, against what is left, the less it counts.
    What had been counted down to no figure at all counts for nothing: in logarithms it
    would hold back a reply that knows of ten seconds more.
    """
    if has_run_out(was_s[1]):
        return says_s
    passed_ratio = gap_s / max(was_s[1], says_s[1])
    believed_looks = max(1.0, passed_ratio / CONTRADICTED_OLD_RATIO)
    if contradicted:
        share = 1.0 - (1.0 - CONTRADICTED_RATIO) ** believed_looks
    else:
        share = 1.0 - (1.0 - MOVE_RATIO) ** max(1.0, passed_ratio / OLD_RATIO)
    if contradicted < BELIEVED_FROM:
        off = abs(log(max(SHORTEST_S, says_s[1]) / was_s[1]))
        share = min(share, MOST_MOVED * believed_looks / off) if off else share
    low, median, high = (
        exp(
            (1.0 - share) * log(max(SHORTEST_S, was))
            + share * log(max(SHORTEST_S, says))
        )
        for was, says in zip(was_s, says_s, strict=True)
    )
    return low, median, high


# -- in words --------------------------------------------------------------------------


def short_text(found: Estimate, now_s: float, width: int = WIDTH) -> str:
    """`~4-6m`, `~0:40`, `~6m?` with few earlier jobs, `any moment`, or `over 2m`."""
    over_s = found.over_s(now_s)
    if over_s > 0.0:
        return f"over {age(over_s)}"
    low_s, median_s, high_s = found.left_s(now_s)
    if has_run_out(median_s):
        return ANY_MOMENT if width >= len(ANY_MOMENT) else ANY_MOMENT_SHORT
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
    is_short = median_s < RANGE_FROM_S and high_s < FIGURE_UNTIL_S
    if is_short or high_s - low_s < step_s(median_s):
        return rounded(median_s)
    for unit_s, unit, most in _UNITS:
        low, high = round(low_s / unit_s), round(high_s / unit_s)
        if high <= most:
            return f"{low}-{high}{unit}" if low < high else rounded(median_s)
    return rounded(median_s)
