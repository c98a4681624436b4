"""How often a range of time left held the end, measured on the jobs that ended.

Every range promises one half. Each ended job is looked at again as it was seen, with
what was known before it; where many jobs show that the promise is not kept, the width
is corrected.
"""

from __future__ import annotations

from math import erf, sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.polling.course import Course

if TYPE_CHECKING:
    from collections.abc import Callable

    from ims_tui.core.polling.timeleft import Remaining

MOST_LOOKS = 10
"""Looks of one job that are judged, spread over its life."""
JUDGED_FROM = 50.0
"""Jobs after which a width is corrected; from there on old ones fade."""
KEPT = (0.4, 0.6)
"""Within these shares the promise of one half counts as kept."""
WIDEST = 3.0
"""A width is made no more than so many times larger or smaller."""

_ROOT_2 = sqrt(2.0)


class Coverage(Struct):
    """Share of looks whose range held; every job has the same weight."""

    jobs: float = 0.0
    held_ratio: float = 0.0

    def add(self, held_ratio: float) -> None:
        """One more job ended."""
        self.jobs = min(JUDGED_FROM, self.jobs + 1.0)
        self.held_ratio += (held_ratio - self.held_ratio) / self.jobs

    @property
    def width(self) -> float:
        """What a width is multiplied by, so that half of the ranges hold."""
        if self.jobs < JUDGED_FROM or KEPT[0] <= self.held_ratio <= KEPT[1]:
            return 1.0
        return max(1.0 / WIDEST, min(WIDEST, 0.6745 / _half_width(self.held_ratio)))


def held_ratio(
    course: Course,
    end_s: float,
    time_left: Callable[[Course, float], Remaining | None],
) -> float | None:
    """Share of the looks at an ended job whose range held; None where none was said."""
    said = held = 0
    marks = course.marks
    every = -(-len(marks) // MOST_LOOKS) or 1
    for place in range(0, len(marks), every):
        before = Course()
        before.marks, before.work = marks[: place + 1], course.work
        age_s = marks[place].start_s + marks[place].blur_s
        if course.work not in before.marks:
            before.work = None
        left = time_left(before, age_s)
        if left is not None:
            said += 1
            held += age_s + left.low_s <= end_s <= age_s + left.high_s
    return held / said if said else None


def _half_width(cover: float) -> float:
    """Deviations on both sides of the median that hold this share of a normal."""
    low, high = 0.0, 4.0
    for _ in range(20):
        middle = (low + high) / 2.0
        if erf(middle / _ROOT_2) < cover:
            low = middle
        else:
            high = middle
    return max(0.05, high)
