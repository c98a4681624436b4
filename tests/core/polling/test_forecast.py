"""Forecasts and what is remembered for them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.polling.course import MAX_MARKS, Course
from ims_tui.core.polling.forecast import forecast
from ims_tui.core.polling.habits import habits
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import MAX_TYPES, MAX_VALUES, Memory

LOOK = tuple[float, str, float | None]

ages = st.floats(0.0, 1e6)
ratios = st.none() | st.floats(0.0, 1.0)
courses = st.lists(st.tuples(ages, st.sampled_from(["", "a", "b"]), ratios))
histories = st.lists(
    st.tuples(st.sampled_from(["x", "y"]), courses, ages, st.booleans()), max_size=6
)


def course_of(*looks: LOOK) -> Course:
    course = Course()
    for age_s, step, ratio in looks:
        course.record(age_s, step, ratio)
    return course


def convert(stretch: float = 1.0) -> Course:
    """A job of two steps, looked at every ten seconds: 100 s and 200 s of 300 s."""
    times = [t * stretch for t in range(0, 300, 10)]
    steps = [("get", 0.1) if t < 100 * stretch else ("write", 0.5) for t in times]
    return course_of(*[(t, *s) for t, s in zip(times, steps, strict=True)])


def taught(jobs: int = 20) -> Memory:
    """Has seen jobs that took 270 to 330 s."""
    memory = Memory()
    for index in range(jobs):
        stretch = 0.9 + 0.2 * (index % 5) / 4
        learn(memory, "import", convert(stretch), 300 * stretch, has_failed=False)
    return memory


def remembered(history: list[tuple[str, list[LOOK], float, bool]]) -> Memory:
    memory = Memory()
    for job_type, looks, end_s, has_failed in history:
        learn(memory, job_type, course_of(*looks), end_s, has_failed=has_failed)
    return memory


# -- forecasts -------------------------------------------------------------------------


def test_knows_nothing_at_first() -> None:
    ahead = forecast(Memory(), None, Course(), 0.0)
    assert 0.0 < ahead.hazard_per_s(0.0) < 0.1


def test_last_step_brings_the_end_nearer() -> None:
    memory = taught()
    before = forecast(memory, "import", course_of((0.0, "get", 0.1)), 95.0)
    looks = [(0.0, "get", 0.1), (90.0, "get", 0.1), (110.0, "write", 0.5)]
    after = forecast(memory, "import", course_of(*looks), 290.0)
    assert after.hazard_per_s(5.0) > 5.0 * before.hazard_per_s(5.0)
    assert after.running_ratio(60.0) < before.running_ratio(60.0)


def test_unseen_percentage_of_a_known_type_leans_on_neighbours() -> None:
    memory = taught()
    course = course_of((0.0, "get", 0.1), (90.0, "get", 0.1), (110.0, "write", 0.52))
    known = course_of((0.0, "get", 0.1), (90.0, "get", 0.1), (110.0, "write", 0.5))
    ahead = forecast(memory, "import", course, 110.0).running_ratio(150.0)
    alike = forecast(memory, "import", known, 110.0).running_ratio(150.0)
    alone = forecast(Memory(), "import", course, 110.0).running_ratio(150.0)
    assert ahead == pytest.approx(alike, abs=0.02)
    assert alone < ahead - 0.2


def test_asks_more_often_when_told_to() -> None:
    ahead = forecast(taught(), "import", convert(1.0), 290.0)
    assert ahead.gap_s(0.05, 1e-5, 4.0) < ahead.gap_s(0.05, 1e-5, 1.0)
    assert ahead.gap_s(0.20, 1e-5, 1.0) > ahead.gap_s(0.05, 1e-5, 1.0)


def test_types_that_fail_are_expected_to_fail() -> None:
    memory = Memory()
    for index in range(40):
        learn(memory, "bad", Course(), 20.0, has_failed=index % 2 == 0)
        learn(memory, "good", Course(), 20.0, has_failed=False)
    bad, good = memory.failure_of("bad")[0], memory.failure_of("good")[0]
    assert good < memory.failure_of("new")[0] < bad
    assert 0.35 < bad < 0.6


@settings(max_examples=100, deadline=None)
@given(histories, courses, ages)
def test_any_forecast_is_a_distribution(
    history: list[tuple[str, list[LOOK], float, bool]], looks: list[LOOK], age_s: float
) -> None:
    memory = remembered(history)
    ahead = forecast(memory, "x", course_of(*looks), age_s)
    running = [ahead.running_ratio(after) for after in (0.0, 1.0, 10.0, 100.0, 1e4)]
    assert running[0] == 1.0
    assert all(a >= b >= 0.0 for a, b in pairwise(running))
    assert all(ahead.hazard_per_s(after) >= 0.0 for after in (0.0, 1.0, 1e5))
    assert 0.0 < ahead.gap_s(0.05, 6e-5, 1.0) <= 41.0


# -- what is usual ---------------------------------------------------------------------


def test_usual_lengths() -> None:
    memory = taught()
    usual = habits(memory, "import")
    total = usual.total
    assert total is not None
    assert total.low_s < 300.0 < total.high_s < total.most_s < 400.0
    assert total.jobs == 20
    step = usual.steps["write"]
    assert 180.0 < step.low_s < 200.0 < step.high_s < 230.0
    assert habits(memory, "other").total is None
    assert "other" not in usual.steps


def test_longest_usual_pause_of_a_step_or_of_the_type() -> None:
    memory = taught()
    usual = habits(memory, "import")
    get, write = usual.pauses["get"], usual.pauses["write"]
    assert 100.0 < get.most_s < 150.0 < 200.0 < write.most_s < 300.0
    assert usual.pause("get") is get
    assert usual.pause("new step") is write
    assert habits(memory, "other").pause("get") is None


def test_one_stall_does_not_spoil_what_is_usual() -> None:
    memory = taught()
    learn(memory, "import", convert(1.0), 30_000.0, has_failed=False)
    total = habits(memory, "import").total
    assert total is not None
    assert total.median_s < 330.0


def test_lasting_change_is_followed() -> None:
    memory = taught()
    for _ in range(60):
        learn(memory, "import", convert(3.0), 900.0, has_failed=False)
    total = habits(memory, "import").total
    assert total is not None
    assert total.median_s > 600.0


# -- the course of a job ---------------------------------------------------------------


def test_missing_percentage_is_no_change() -> None:
    course = course_of((0.0, "a", 0.5), (10.0, "a", None), (20.0, "a", 0.5))
    assert len(course.marks) == 1


def test_a_value_began_between_two_looks() -> None:
    mark = course_of((0.0, "a", 0.1), (40.0, "a", 0.1), (60.0, "b", 0.1)).marks[-1]
    assert (mark.start_s, mark.blur_s) == (50.0, 10.0)


def test_the_begin_of_a_job_first_seen_late_teaches_nothing() -> None:
    memory = Memory()
    learn(memory, "import", course_of((1000.0, "a", 0.9)), 1010.0, has_failed=False)
    assert memory.of("import").find(("a", 0.9)) is None
    assert memory.of("import").total.count == 1


@given(courses)
def test_marks_are_bounded_and_in_order(looks: list[LOOK]) -> None:
    course = course_of(*looks, *((float(i), str(i), None) for i in range(200)))
    assert len(course.marks) <= MAX_MARKS
    assert course.marks[-1].end_s is None
    assert all(mark.end_s is not None for mark in course.marks[:-1])


def test_memory_is_bounded() -> None:
    memory = Memory()
    for index in range(MAX_TYPES + 20):
        learn(memory, f"type{index}", Course(), 10.0, has_failed=False)
    for index in range(MAX_VALUES + 20):
        course = course_of((0.0, f"step{index}", None))
        learn(memory, "last", course, 10.0, has_failed=False)
    known = [f"type{i}" for i in range(MAX_TYPES + 20)]
    assert sum(memory.of(name).total.count > 0 for name in known) == MAX_TYPES - 1
    assert memory.of("type0").total.count == 0
    assert len(memory.of("last").values) == MAX_VALUES
    assert len(memory.of("last").pauses) == MAX_VALUES
