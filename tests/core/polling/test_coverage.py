"""How often ranges held, and what follows from it."""

from __future__ import annotations

import pytest

from ims_tui.core.polling.course import Course
from ims_tui.core.polling.coverage import Coverage, held_ratio
from ims_tui.core.polling.forecast import Basis
from ims_tui.core.polling.timeleft import Remaining


def course() -> Course:
    """Four looks, each with another percent."""
    found = Course()
    for number in range(4):
        found.look(10.0 * number, "run", number / 10)
    return found


def test_the_share_of_looks_whose_range_held() -> None:
    def said(before: Course, age_s: float) -> Remaining | None:
        if age_s == 0.0:
            return None
        return Remaining(0.0, 5.0, 15.0, Basis.HISTORY, 9)

    assert held_ratio(course(), 45.0, said) == 1 / 3, "the last of three that spoke"
    assert held_ratio(course(), 25.0, said) == pytest.approx(2 / 3)
    assert held_ratio(Course(), 45.0, said) is None


def test_each_look_knows_only_what_was_seen_before_it() -> None:
    seen: list[tuple[float, int]] = []

    def said(before: Course, age_s: float) -> None:
        seen.append((age_s, len(before.marks)))

    assert held_ratio(course(), 45.0, said) is None
    assert seen == [(0.0, 1), (10.0, 2), (20.0, 3), (30.0, 4)]


@pytest.mark.parametrize(
    ("ratio", "jobs", "widens"),
    [(0.5, 60, 0), (0.42, 60, 0), (0.2, 49, 0), (0.2, 60, 1), (0.9, 60, -1)],
)
def test_a_promise_that_is_not_kept_corrects_the_width(
    ratio: float, jobs: int, widens: int
) -> None:
    cover = Coverage()
    for number in range(jobs):
        cover.add(float(number % 2))
    cover.held_ratio = ratio
    assert (cover.width > 1.0) - (cover.width < 1.0) == widens
    assert 1 / 3 <= cover.width <= 3.0
