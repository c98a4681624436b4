"""What `doctor` says of the time left that was told."""

from __future__ import annotations

from math import log

import pytest

from ims_tui.core.headless.diagnosis import Severity, of_estimates
from ims_tui.core.polling.course import Course
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory


def even(length_s: float) -> Course:
    """A job whose percent grows evenly."""
    course = Course()
    for second in range(1, int(length_s), 10):
        course.look(second, "run", second / length_s)
    return course


def lines(jobs: int, held_ratio: float, width: float = 1.0) -> list[str]:
    """What is told after so many jobs, of which this share of looks held."""
    memory = Memory()
    for _ in range(jobs):
        learn(memory, "copy", even(300.0), 300.0, has_failed=False)
    memory.of("copy").cover.held_ratio = held_ratio
    memory.of("copy").cover.width_log = log(width)
    found = list(of_estimates("prod", memory))
    assert {finding.level for finding in found} <= {Severity.OK}
    return [f"{finding.subject}: {finding.text}" for finding in found]


def test_after_few_jobs_nothing_is_told() -> None:
    assert lines(5, 0.5) == []


def test_how_often_ranges_held() -> None:
    assert lines(30, 0.48) == [
        "prod time left: copy: ranges held 48% of the time, 50% is promised"
    ]


@pytest.mark.parametrize(
    ("held_ratio", "width"), [(0.5, ""), (0.25, "2.1"), (0.9, "0.4")]
)
def test_a_width_that_was_corrected_is_told(held_ratio: float, width: str) -> None:
    (line,) = lines(60, held_ratio, float(width or 1.0))
    assert line.endswith(f"made {width} times as wide since" if width else "promised")


def test_what_a_job_says_of_the_ranges_was_said_before_it_taught() -> None:
    """The first job is judged by nothing: there was nothing to say but the percent."""
    memory = Memory()
    for _ in range(60):
        learn(memory, "copy", even(300.0), 300.0, has_failed=False)
    assert memory.of("copy").cover.jobs == 50.0
    assert memory.of("copy").cover.held_ratio > 0.5, "always the same"
