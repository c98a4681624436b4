"""What the screen shows of the time left, in the shape that the benchmark drives.

Run with the directory that holds the benchmark on the path::

    PYTHONPATH=.:DIR python -m estimate_bench \
        --estimator tests.bench.estimate_adapter:ProductEstimator
"""

from __future__ import annotations

from collections.abc import Iterable

from ims_tui.core.polling.course import Course
from ims_tui.core.polling.estimate import Estimate, estimate
from ims_tui.core.polling.habits import habits
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import time_left

Look = tuple[float, str, str, float | None]
"""Age, status, step and percent as a ratio."""


class ProductEstimator:
    """Learns and looks like the program; decides nothing."""

    def __init__(self) -> None:
        self._memory = Memory()

    def learn(
        self, kind: str, looks: Iterable[Look], end_s: float, failed: bool
    ) -> None:
        """Take in a job that ended."""
        course = Course()
        for age_s, _, step, ratio in looks:
            course.look(age_s, step, ratio)
        learn(self._memory, kind, course, end_s, has_failed=failed)

    def open(self, kind: str) -> ProductJob:
        """Begin to follow a job."""
        return ProductJob(self._memory, kind)


class ProductJob:
    """One job that is followed."""

    def __init__(self, memory: Memory, kind: str) -> None:
        self._memory, self._kind = memory, kind
        self._course = Course()
        self._found: Estimate | None = None

    def look(self, age_s: float, status: str, step: str, ratio: float | None) -> None:
        """Take in a reply."""
        self._course.look(age_s, step, ratio)
        left = time_left(self._memory, self._kind, self._course, age_s)
        usual = habits(self._memory, self._kind).total
        self._found = estimate(self._found, left, usual, age_s, age_s)

    def shown(self, age_s: float) -> tuple[float, float, float, bool] | None:
        """The range on the screen, and whether it says `over` instead."""
        if self._found is None:
            return None
        return (*self._found.left_s(age_s), self._found.over_s(age_s) > 0.0)
