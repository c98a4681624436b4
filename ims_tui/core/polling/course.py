"""The course of one job: which step and percent it showed, and at what age."""

from __future__ import annotations

from msgspec import Struct

Value = tuple[str, float | None]
"""What a job shows: its step, and its percent as a ratio rounded to 0.01."""
Yardsticks = tuple[float, float, float]
"""Seconds, the age when a value began, and what extrapolation then promised."""

MAX_MARKS = 64
"""Older marks are thinned beyond this number."""
LARGE_GAP_S = 15.0
"""A begin that is known no better says little of the pace."""
MOST_BLUR = 0.6
"""A length is not learned if its begin is known no better than this share of it."""
_SHORTEST_LOOKBACK = 0.05
_SMALLEST_REST = 0.005


class Mark(Struct):
    """One value that a job showed, and when."""

    value: Value
    start_s: float
    """Age of the job when the value began: the middle of the time when it may have."""
    blur_s: float
    """The value began at most so much earlier or later."""
    pace_s: float
    """Time left if progress goes on as over the latest stretch of the same length."""
    end_s: float | None = None
    """Age when the next value began; None for the present one."""

    @property
    def yardsticks(self) -> Yardsticks:
        """The lengths that later ones are compared with."""
        return 1.0, max(1.0, self.start_s), self.pace_s

    def placed(self, usual_s: float) -> Mark:
        """The mark with a later begin, if values like it usually last so long only."""
        if usual_s >= 2.0 * self.blur_s:
            return self
        start_s = self.start_s + self.blur_s - usual_s / 2.0
        pace_s = self.pace_s * max(1.0, start_s) / max(1.0, self.start_s)
        return Mark(self.value, start_s, usual_s / 2.0, pace_s)


def is_waiting(value: Value) -> bool:
    """Whether a job that shows this has no step and no progress yet."""
    return not value[0] and not value[1]


class Course:
    """All marks of one job, oldest first, and its age at the last look."""

    __slots__ = ("looked_s", "marks", "work")

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.looked_s = 0.0
        self.marks: list[Mark] = []
        self.work: Mark | None = None
        """The first value that was more than waiting."""

    def record(self, age_s: float, step: str, progress_ratio: float | None) -> None:
        """The job was seen at this age. A missing percentage is no change."""
        age_s = max(0.0, age_s)
        before_s, self.looked_s = min(age_s, self.looked_s), age_s
        last = self.marks[-1] if self.marks else None
        ratio: float | None
        if progress_ratio is not None:
            ratio = round(min(1.0, max(0.0, progress_ratio)), 2)
        else:
            ratio = None if last is None else last.value[1]
        value = (step, ratio)
        if last is not None and last.value == value:
            return
        start_s = (before_s + age_s) / 2.0
        if last is not None:
            last.end_s = start_s
        pace_s = self._pace_s(start_s, ratio)
        mark = Mark(value, start_s, (age_s - before_s) / 2.0, pace_s)
        self.marks.append(mark)
        if self.work is None and not is_waiting(value):
            self.work = mark
        if len(self.marks) > MAX_MARKS:
            del self.marks[1 : MAX_MARKS // 2 : 2]

    def _pace_s(self, age_s: float, ratio: float | None) -> float:
        if not ratio:
            return max(1.0, age_s)
        left = max(_SMALLEST_REST, 1.0 - ratio)
        base = ratio - max(_SHORTEST_LOOKBACK, left)
        for mark in reversed(self.marks):
            earlier = mark.value[1]
            if earlier is not None and earlier <= base:
                passed_s = age_s - mark.start_s
                return max(1.0, left * passed_s / (ratio - earlier))
        return max(1.0, left * age_s / ratio)


def step_lengths(course: Course, end_s: float) -> dict[str, float]:
    """How long a job that ended was in each step whose begin and end are known.

    A step that a gap between two looks hides in is left out.
    """
    lengths: dict[str, float] = {}
    blurs: dict[str, float] = {}
    marks, before = course.marks, None
    for number, mark in enumerate(marks):
        step = mark.value[0]
        until_s = marks[number + 1].start_s if number + 1 < len(marks) else end_s
        lengths[step] = lengths.get(step, 0.0) + until_s - mark.start_s
        if step != before:
            blurs[step] = max(mark.blur_s, blurs.get(step, 0.0))
            if before is not None:
                blurs[before] = max(mark.blur_s, blurs[before])
        before = step
    return {
        step: length_s
        for step, length_s in lengths.items()
        if blurs[step] <= max(LARGE_GAP_S, MOST_BLUR * length_s)
    }


def longest_pauses(course: Course, end_s: float) -> dict[str, float]:
    """The longest that a job that ended stood still in each step."""
    pauses: dict[str, float] = {}
    for mark in course.marks:
        length_s = (end_s if mark.end_s is None else mark.end_s) - mark.start_s
        pauses[mark.value[0]] = max(pauses.get(mark.value[0], 0.0), length_s)
    return pauses
