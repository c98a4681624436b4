"""How often a range of time left held the end, measured on the jobs that ended.

Every range promises one half. Each ended job is looked at again as it was seen, with
what was known before it; where many jobs show that the promise is not kept, the width
is corrected: by what would have held half of them, found by trying, one job after
another, since errors need not be those of a normal distribution.
"""

from __future__ import annotations

from math import exp, log

from msgspec import Struct

JUDGED_FROM = 50.0
"""Jobs after which a width is corrected; from there on old ones fade."""
KEPT = (0.4, 0.6)
"""Within these shares the promise of one half counts as kept."""
FADE_IN_RATIO = 0.1
"""So far beyond them a width is corrected in full, and less before: no width leaps to
and fro where the share lies about a limit."""
STEP = 0.08
"""How far one job moves the width that would hold half, as a logarithm, at most: five
jobs of which no look held make it half as large again."""
WIDEST = 3.0
"""A width is made no more than so many times larger or smaller."""


class Coverage(Struct):
    """Share of looks whose range held; every job has the same weight."""

    jobs: float = 0.0
    held_ratio: float = 0.0
    width_log: float = 0.0
    """Logarithm of the width at which half of the ranges would have held."""

    def add(self, held_ratio: float, at_width_ratio: float) -> None:
        """One more job ended.

        Args:
            held_ratio: share of its looks whose range held.
            at_width_ratio: the share if all had been `tried_width` times as wide.
        """
        self.jobs = min(JUDGED_FROM, self.jobs + 1.0)
        self.held_ratio += (held_ratio - self.held_ratio) / self.jobs
        moved = self.width_log + 2.0 * STEP * (0.5 - at_width_ratio)
        self.width_log = max(-log(WIDEST), min(log(WIDEST), moved))

    @property
    def tried_width(self) -> float:
        """The width that is tried on each job that ended."""
        return exp(self.width_log)

    @property
    def width(self) -> float:
        """What a width is multiplied by, so that half of the ranges hold."""
        off_ratio = max(KEPT[0] - self.held_ratio, self.held_ratio - KEPT[1])
        if self.jobs < JUDGED_FROM or off_ratio <= 0.0:
            return 1.0
        return exp(self.width_log * min(1.0, off_ratio / FADE_IN_RATIO))
