"""What is called usual: of others, and of enough of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.polling.course import Course, longest_pauses, step_lengths
from ims_tui.core.polling.habits import habits
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.lognormal import Lognormal
from ims_tui.core.polling.memory import Memory


def went(length_s: float) -> Course:
    """A job of two steps of one length."""
    course = Course()
    for second in range(0, int(length_s), 10):
        course.look(second, "get" if second < length_s / 2 else "put", None)
    return course


def taught(*lengths_s: float) -> Memory:
    memory = Memory()
    for length_s in lengths_s:
        learn(memory, "copy", went(length_s), length_s, has_failed=False)
    return memory


def test_two_jobs_are_not_what_is_usual() -> None:
    assert habits(taught(100, 110), "copy").total is None
    assert not habits(taught(100, 110), "copy").steps
    assert habits(taught(100, 110), "copy").pauses, "enough to judge a standstill"
    total = habits(taught(100, 110, 120), "copy").total
    assert total is not None
    assert total.jobs == 3


def test_a_job_is_not_compared_with_itself() -> None:
    memory = taught(100, 110, 120, 4000)
    found = habits(memory, "copy", (went(4000), 4000))
    assert found.total is not None
    assert (found.total.jobs, round(found.total.median_s)) == (3, 110)
    assert found.steps["get"].median_s < 100
    assert habits(taught(100, 110, 120), "copy", (went(120), 120)).total is None


def test_a_step_whose_begin_nobody_saw_teaches_no_length() -> None:
    late = Course()
    late.look(800.0, "put", None)
    assert step_lengths(late, 850.0) == {}, "it began between 0 and 800"
    assert longest_pauses(late, 850.0) == {"put": 450.0}


def test_a_step_is_as_long_as_it_was_however_often_it_moved() -> None:
    course = Course()
    for second in range(0, 3000, 10):
        course.look(second, "get" if second < 2000 else "put", second / 3000)
    lengths = step_lengths(course, 3000.0)
    assert lengths["get"] == pytest.approx(2000, abs=30)
    assert lengths["put"] == pytest.approx(1000, abs=30)


@given(st.lists(st.floats(1.0, 1e5), min_size=2, max_size=5))
def test_a_length_is_taken_out_again(lengths_s: list[float]) -> None:
    before, after = Lognormal(), Lognormal()
    for length_s in lengths_s[:-1]:
        before.add(length_s)
    for length_s in lengths_s:
        after.add(length_s)
    if len(lengths_s) < 5:  # the fifth may be an outlier
        again = after.without(lengths_s[-1])
        assert again.count == before.count
        assert again.mean == pytest.approx(before.mean, abs=1e-6)
        assert again.variance == pytest.approx(before.variance, abs=1e-5)


def test_how_often_ranges_held_is_measured() -> None:
    held = habits(taught(*(100.0 + n % 7 for n in range(20))), "copy").held
    assert held is not None
    assert held.jobs >= 15
    assert 0.0 <= held.ratio <= 1.0
    assert habits(Memory(), "copy").held is None


def climbing(length_s: float) -> Course:
    """A job whose percent grows evenly to 90 and stays there for a fifth of it."""
    course = Course()
    for second in range(0, int(length_s), 5):
        course.look(second, "get", min(0.9, second / length_s / 0.9))
    return course


def test_how_long_a_percent_stays_is_not_known_of_the_last_one() -> None:
    memory = Memory()
    for length_s in (900, 1000):
        learn(memory, "copy", climbing(length_s), length_s, has_failed=False)
    assert habits(memory, "copy", value=("get", 0.3)).stay is None, "two jobs"
    for length_s in (1100, 950, 1050):
        learn(memory, "copy", climbing(length_s), length_s, has_failed=False)
    found = habits(memory, "copy", value=("get", 0.3)).stay
    assert found is not None
    assert found.median_s == pytest.approx(10, abs=3)
    assert habits(memory, "copy", value=("get", 0.9)).stay is None, "it ends there"
    assert habits(memory, "copy", value=("put", 0.3)).stay is None
    assert habits(memory, "copy").stay is None
