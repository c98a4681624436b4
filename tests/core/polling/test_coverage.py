"""How often ranges held, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from math import exp, log
from random import Random
from statistics import fmean

import pytest

from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.course import Course
from ims_tui.core.polling.coverage import Coverage
from ims_tui.core.polling.lesson import held_ratios, learn
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import Remaining, time_left
from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.history import PastJob, Sample, course_of, learned
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import NOON


def course() -> Course:
    """Four looks, each with another percent."""
    found = Course()
    for number in range(4):
        found.record(10.0 * number, "run", number / 10)
    return found


def test_the_share_of_looks_whose_range_held() -> None:
    def said(before: Course, age_s: float) -> Remaining | None:
        if age_s == 0.0:
            return None
        return Remaining(0.0, 5.0, 15.0, Basis.HISTORY, 9)

    assert held_ratios(course(), 45.0, said) == (1 / 3, 1 / 3), "the last that spoke"
    assert held_ratios(course(), 45.0, said, (1.0, 2.0)) == (1 / 3, 1.0)
    assert held_ratios(course(), 25.0, said) == pytest.approx((2 / 3, 2 / 3))
    assert held_ratios(Course(), 45.0, said) is None


def test_each_look_knows_only_what_was_seen_before_it() -> None:
    seen: list[tuple[float, int]] = []

    def said(before: Course, age_s: float) -> None:
        seen.append((age_s, len(before.marks)))

    assert held_ratios(course(), 45.0, said) is None
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
        cover.add(float(number % 2), ratio)
    cover.held_ratio = ratio
    assert (cover.width > 1.0) - (cover.width < 1.0) == widens
    assert 0.33 < cover.width < 3.01


Law = Callable[[Random], tuple[float, Callable[[float], float | None]]]
"""Length of a job, and the percent that it shows at a share of its life."""


def lying(chance: Random) -> tuple[float, Callable[[float], float | None]]:
    """The percent runs ahead in one job and behind in the next: ranges too narrow."""
    bend = exp(chance.gauss(0.0, 1.1))
    return 600.0 * exp(chance.gauss(0.0, 0.2)), lambda part: part**bend


def steadier_than_thought(
    chance: Random,
) -> tuple[float, Callable[[float], float | None]]:
    """Every job takes as long, with a percent that is true: ranges too wide."""
    return 600.0 + chance.random(), lambda part: part


def records(law: Law, jobs: int) -> list[PastJob]:
    """Jobs of one type that went by, as the history keeps them."""
    chance, found = Random(7), list[PastJob]()
    for number in range(jobs):
        length_s, percent = law(chance)
        seen = [Sample(1.0, 0.0, "run", 0.0)]
        for look in range(1, 30):
            at_s = look * length_s / 30.0
            ratio = percent(look / 30.0)
            seen.append(Sample(at_s, length_s / 30.0, "run", ratio))
        key = JobKey("prod", f"{number:032x}")
        found.append(PastJob(key, "copy", JobStatus.SUCCESS, NOON, length_s, seen))
    return found


@pytest.mark.parametrize("law", [lying, steadier_than_thought])
def test_a_correction_settles_near_the_promise_and_survives_a_restart(law: Law) -> None:
    memory, past = Memory(), records(law, 240)
    widths: list[float] = []
    shown: list[float] = []
    for job in past:
        ended = course_of(job.samples)
        said = partial(time_left, memory, "copy")
        if held := held_ratios(ended, job.length_s, said):
            shown.append(held[0])
        learn(memory, "copy", ended, job.length_s, has_failed=False)
        widths.append(memory.of("copy").cover.width)
    raw_ratio = memory.of("copy").cover.held_ratio
    assert not 0.4 <= raw_ratio <= 0.6, "without a correction the promise is broken"
    ratio = fmean(shown[-100:])
    assert abs(ratio - 0.5) < abs(raw_ratio - 0.5), "and with it less"
    assert 0.38 <= ratio <= 0.65
    leaps = [abs(log(b / a)) for a, b in pairwise(widths[60:])]
    assert max(leaps) < 0.2, "it does not swing"
    again = learned(past)["prod"].of("copy").cover
    assert (again.width, again.held_ratio) == (widths[-1], raw_ratio)
