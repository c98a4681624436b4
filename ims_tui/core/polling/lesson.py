"""What one ended job teaches: how well its end was foretold, then how it went."""

from __future__ import annotations

from collections.abc import Callable

from ims_tui.core.polling.course import Course
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import Remaining, time_left, widened

MOST_LOOKS = 10
"""Looks of one job that are judged, spread over its life."""


def learn(
    memory: Memory, job_type: str, course: Course, end_s: float, *, has_failed: bool
) -> None:
    """Learn from a job that ended at the age ``end_s``.

    What was said of it is measured before it teaches anything.
    """

    def said(before: Course, age_s: float) -> Remaining | None:
        return time_left(memory, job_type, before, age_s, width=1.0)

    width = memory.of(job_type).cover.tried_width
    held = held_ratios(course, end_s, said, (1.0, width))
    memory.add(job_type, course, end_s, has_failed=has_failed, held=held)


def held_ratios(
    course: Course,
    end_s: float,
    time_left: Callable[[Course, float], Remaining | None],
    widths: tuple[float, float] = (1.0, 1.0),
) -> tuple[float, float] | None:
    """Share of the looks at an ended job whose range held, if so many times as wide.

    None where no range was said.
    """
    said, held = 0, [0, 0]
    marks = course.marks
    every = -(-len(marks) // MOST_LOOKS) or 1
    for place in range(0, len(marks), every):
        before = Course()
        before.marks, before.work = marks[: place + 1], course.work
        age_s = marks[place].start_s + marks[place].blur_s
        if course.work not in before.marks:
            before.work = None
        left = time_left(before, age_s)
        if left is None:
            continue
        said += 1
        found = left.low_s, left.median_s, left.high_s
        for number, width in enumerate(widths):
            low_s, _, high_s = widened(found, width)
            held[number] += age_s + low_s <= end_s <= age_s + high_s
    return (held[0] / said, held[1] / said) if said else None
