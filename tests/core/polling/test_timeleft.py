"""Time left of a running job: four faults of old, and what holds always."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.course import Course
from ims_tui.core.polling.estimate import Estimate, estimate, short_text
from ims_tui.core.polling.habits import habits
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import blended, left_of, time_left

MIN = 60.0
LOOK = tuple[float, str, float | None]

ages = st.floats(0.0, 1e6)
ratios = st.none() | st.floats(0.0, 1.0)
courses = st.lists(st.tuples(ages, st.sampled_from(["", "a", "b"]), ratios))
histories = st.lists(st.tuples(courses, ages, st.booleans()), max_size=6)


def course_of(*looks: LOOK) -> Course:
    course = Course()
    for age_s, step, ratio in looks:
        course.record(age_s, step, ratio)
    return course


def even(length_s: float, until_s: float, gap_s: float = 7.0) -> Course:
    """A job whose percent grows evenly, looked at from second 1 on."""
    course, at_s = Course(), 1.0
    while at_s <= min(until_s, length_s - 0.1):
        course.record(at_s, "run", int(100.0 * at_s / length_s) / 100.0)
        at_s += gap_s
    return course


def taught(*lengths_s: float) -> Memory:
    memory = Memory()
    for number, length_s in enumerate(lengths_s):
        course = even(length_s, length_s, 6.0 + number % 5)
        learn(memory, "export", course, length_s, has_failed=False)
    return memory


def shown(memory: Memory, length_s: float) -> list[tuple[float, Estimate]]:
    """What the screen shows of an even job, look by look, with the truth."""
    course, found, at_s = Course(), None, 1.0
    looks: list[tuple[float, Estimate]] = []
    while at_s < length_s:
        course.record(at_s, "run", int(100.0 * at_s / length_s) / 100.0)
        left = time_left(memory, "export", course, at_s)
        usual = habits(memory, "export").total
        found = estimate(found, left, usual, at_s, at_s)
        if found is not None:
            looks.append((length_s - at_s, found))
        at_s += 12.0
    return looks


# -- gaps between two looks ------------------------------------------------------------


def with_gap(length_s: float, begin_s: float, end_s: float) -> Course:
    """An even job at which nobody looked for a while."""
    course = Course()
    for look in range(1, int(length_s), 6):
        if not begin_s < look < end_s:
            course.record(float(look), "run", int(100.0 * look / length_s) / 100.0)
    return course


def test_a_percent_reached_in_a_gap_came_late_in_it() -> None:
    memory = Memory()
    learn(memory, "export", with_gap(600.0, 30.0, 330.0), 600.0, has_failed=False)
    learn(memory, "export", with_gap(600.0, 30.0, 530.0), 600.0, has_failed=False)
    off = [abs(learned.length) for learned in memory.extrapolation[5:]]
    assert max(off) < 0.1, "the percent alone was right all the time"


@pytest.mark.parametrize("length_s", [400.0, 600.0, 1200.0])
def test_what_a_gap_hides_is_learned_of_short_and_of_long_jobs(length_s: float) -> None:
    course = with_gap(length_s, 0.3 * length_s, 0.9 * length_s)
    memory = Memory()
    learn(memory, "export", course, length_s, has_failed=False)
    known = memory.of("export").milestones.rests[("run", 0.8)]
    assert exp(known.length) == pytest.approx(0.2 * length_s, rel=0.1)


# -- the four faults -------------------------------------------------------------------


def test_a_percent_seen_once_does_not_beat_what_all_jobs_passed() -> None:
    memory = taught(10 * MIN)
    medians = []
    for percent in (49, 50, 51, 52):
        course = even(40 * MIN, percent * 24.0)
        left = time_left(memory, "export", course, course.looked_s)
        assert left is not None
        medians.append(left.median_s)
    assert max(medians) < 1.2 * min(medians)
    assert 600.0 < min(medians) < max(medians) < 1800.0, "truth about 1190"


def test_a_long_job_keeps_its_range_and_is_not_over() -> None:
    memory = taught(*(600.0 + 6.0 * n for n in range(30)))
    looks = shown(memory, 40 * MIN)
    for truth_s, found in looks:
        if truth_s > 30 * MIN or truth_s < MIN:
            continue
        assert found.over_s(found.at_s) == 0.0
        assert short_text(found, found.at_s).startswith("~")
        assert 0.5 < found.left_s(found.at_s)[1] / truth_s < 2.0
    late = next(found for truth_s, found in looks if truth_s < 20 * MIN)
    assert late.beyond_s(late.at_s) > 0.0, "the detail says it"


def test_waiting_is_no_pace() -> None:
    memory = taught(8 * MIN, 9 * MIN, 10 * MIN)
    for waited_s in (20.0, 1500.0):
        looks: list[LOOK] = [(t, "", None) for t in range(1, int(waited_s), 10)]
        looks += [(waited_s + 5.0 * n, "run", n / 100.0) for n in range(31)]
        course = course_of(*looks)
        left = time_left(memory, "export", course, course.looked_s)
        assert left is not None
        assert 300.0 < left.median_s < 500.0, "truth 350"


def test_first_seen_while_waiting_is_no_reason_for_hours() -> None:
    memory = Memory()
    for length_s in (500.0, 540.0, 580.0):
        looks: list[LOOK] = [(1.0, "", None), (4.0, "", None)]
        looks += [(7.0 + n * length_s / 60, "run", n / 60) for n in range(60)]
        learn(memory, "export", course_of(*looks), 7.0 + length_s, has_failed=False)
    left = time_left(memory, "export", course_of((200.0, "", None)), 200.0)
    assert left is not None
    assert 400.0 < left.median_s < 1200.0


def test_nothing_at_the_begin_locks_the_figure() -> None:
    """An export four times the usual size, as in the demo."""
    memory = taught(*(26.0 + 2.0 * n for n in range(9)))
    for truth_s, found in shown(memory, 120.0):
        if truth_s < 80.0:
            assert 0.5 < found.left_s(found.at_s)[1] / truth_s < 2.0
            assert "over" not in short_text(found, found.at_s)


# -- what each voice says --------------------------------------------------------------


def test_nothing_known_is_nothing_said() -> None:
    assert time_left(Memory(), "export", Course(), 100.0) is None
    assert time_left(Memory(), "export", course_of((9.0, "", None)), 9.0) is None


@pytest.mark.parametrize(("percent", "widest"), [(2, 6.0), (20, 5.0), (80, 3.0)])
def test_the_percent_alone_gives_a_range_with_an_honest_width(
    percent: int, widest: float
) -> None:
    course = even(20 * MIN, percent * 12.0 + 1.0)
    left = time_left(Memory(), "export", course, course.looked_s)
    assert left is not None
    assert (left.basis, left.jobs, left.grounds) == (Basis.PERCENT, 0, None)
    truth_s = 20 * MIN - course.looked_s
    assert left.low_s < truth_s < left.high_s
    assert 1.5 < left.high_s / left.low_s < widest


def test_earlier_jobs_narrow_the_range_and_are_named() -> None:
    memory = taught(*(580.0 + 4.0 * n for n in range(12)))
    course = even(10 * MIN, 150.0)
    left = time_left(memory, "export", course, course.looked_s)
    assert left is not None
    assert (left.basis, left.jobs) == (Basis.HISTORY, 12)
    assert left.low_s < 10 * MIN - course.looked_s < left.high_s
    assert left.high_s / left.low_s < 1.6
    assert left.grounds is not None
    assert (left.grounds.step, left.grounds.jobs) == ("run", 12)
    assert 0.8 < left.grounds.late_ratio < 1.2


def test_a_job_opened_late_is_not_taken_for_half_as_old() -> None:
    memory = taught(*(1000.0 for _ in range(10)))
    for known in (memory, Memory()):
        left = time_left(known, "export", course_of((500.0, "run", 0.5)), 500.0)
        assert left is not None
        assert 400.0 < left.median_s < 600.0


def test_opened_late_in_the_last_step_the_usual_begin_counts() -> None:
    """A parent without a percent: its last step has no stay that was ever over."""
    memory = Memory()
    for length_s in (900.0, 1000.0, 1100.0):
        looks: list[LOOK] = [(2.0, "get", None), (290.0, "get", None)]
        looks += [(300.0, "put", None)]
        learn(memory, "export", course_of(*looks), length_s, has_failed=False)
    left = time_left(memory, "export", course_of((900.0, "put", None)), 900.0)
    assert left is not None
    assert left.median_s < 250.0, "truth about 100"


def test_an_earlier_job_of_another_size_does_not_outvote_the_own_pace() -> None:
    memory = taught(30 * MIN)
    for until_s in (2 * MIN, 3 * MIN, 6 * MIN):
        course = even(10 * MIN, until_s)
        left = time_left(memory, "export", course, course.looked_s)
        assert left is not None
        assert 0.5 < left.median_s / (10 * MIN - course.looked_s) < 1.4


def test_the_total_of_a_stalled_job_does_not_outvote_a_high_percent() -> None:
    memory = Memory()
    learn(memory, "export", course_of((1.0, "run", 0.0)), 8500.0, has_failed=False)
    course = even(1000.0, 950.0)
    left = time_left(memory, "export", course, course.looked_s)
    assert left is not None
    assert left.median_s < 500.0, "truth about 50"


def test_what_was_seen_to_wait_did_not_work_then() -> None:
    course = course_of((1.0, "", 0.0), (200.0, "", 0.0), (260.0, "run", 0.01))
    assert Memory().of("export").milestones.work_began(course)[0] >= 200.0


def queued(waits_s: float, first_s: float, until_s: float) -> Course:
    """A job of ten minutes after a wait, first seen at some age."""
    course, at_s = Course(), first_s
    while at_s <= until_s:
        ratio = max(0.0, at_s - waits_s) / 600.0
        course.record(at_s, "run" if ratio else "", int(100.0 * ratio) / 100.0)
        at_s += 9.0
    return course


@pytest.mark.parametrize("waits_s", [5.0, 60.0, 400.0])
def test_opened_late_after_a_queue_the_pace_since_then_counts(waits_s: float) -> None:
    memory = Memory()
    for waited_s in (5.0, 20.0, 60.0, 200.0, 400.0):
        course = queued(waited_s, 1.0, waited_s + 600.0)
        learn(memory, "export", course, waited_s + 600.0, has_failed=False)
    course = queued(waits_s, waits_s + 200.0, waits_s + 320.0)
    at_s, sd_s = memory.of("export").milestones.work_began(course)
    assert abs(at_s - waits_s) < max(60.0, 2.0 * sd_s)
    left = time_left(memory, "export", course, course.looked_s)
    assert left is not None
    truth_s = waits_s + 600.0 - course.looked_s
    assert 0.75 < left.median_s / truth_s < 1.33


def test_one_percent_of_an_unknown_type_promises_no_days() -> None:
    course = course_of((1.0, "run", 0.0), (1190.0, "run", 0.0), (1200.0, "run", 0.01))
    left = time_left(Memory(), "export", course, 1200.0)
    assert left is not None
    assert left.basis is Basis.PERCENT
    assert left.median_s < 12 * 3600.0, "the percent alone says 33 h"


def test_what_often_fails_is_expected_to_end_sooner() -> None:
    steady, failing = taught(600.0, 600.0, 600.0), taught(600.0, 600.0, 600.0)
    for _ in range(9):
        learn(failing, "export", Course(), 200.0, has_failed=True)
    course = even(600.0, 100.0)
    calm = time_left(steady, "export", course, course.looked_s)
    risky = time_left(failing, "export", course, course.looked_s)
    assert calm is not None and risky is not None
    assert risky.low_s < calm.low_s
    assert risky.median_s < calm.median_s


@settings(max_examples=200, deadline=None)
@given(histories, courses, ages)
def test_any_history_and_any_course_give_a_range_or_nothing(
    history: list[tuple[list[LOOK], float, bool]], looks: list[LOOK], age_s: float
) -> None:
    memory = Memory()
    for earlier, end_s, has_failed in history:
        learn(memory, "export", course_of(*earlier), end_s, has_failed=has_failed)
    left = time_left(memory, "export", course_of(*looks), age_s)
    if left is not None:
        assert 0.0 < left.low_s <= left.median_s <= left.high_s < 1e12


@given(st.floats(-2.0, 12.0), st.floats(0.05, 3.0), st.floats(0.0, 1e6))
def test_what_is_left_of_a_length_is_in_order(mu: float, sd: float, at: float) -> None:
    low, median, high = left_of((mu, sd), at)
    assert 0.0 < low <= median <= high


def test_the_narrower_voice_counts_for_more() -> None:
    low, median, high = blended([(95.0, 100.0, 105.0), (100.0, 400.0, 1600.0)])
    assert 99.0 < median < 110.0
    assert low < median < high


gaps = st.floats(0.5, 4000.0)
shown_values = st.tuples(gaps, st.sampled_from(["", "a", "b"]), ratios)


@settings(max_examples=150, deadline=None)
@given(histories, st.lists(shown_values, min_size=1, max_size=12))
def test_whatever_is_known_and_seen_the_screen_keeps_its_promises(
    history: list[tuple[list[LOOK], float, bool]],
    replies: list[tuple[float, str, float | None]],
) -> None:
    memory = Memory()
    for earlier, end_s, has_failed in history:
        learn(memory, "export", course_of(*earlier), end_s, has_failed=has_failed)
    usual = habits(memory, "export").total
    course, found, at_s = Course(), None, 0.0
    for gap_s, step, ratio in replies:
        at_s += gap_s
        course.record(at_s, step, ratio)
        before, left = found, time_left(memory, "export", course, at_s)
        found = estimate(found, left, usual, at_s, at_s)
        if found is None or left is None:
            continue
        for passed_s in (0.0, 0.5, 3.0, 60.0, 1e7):
            now_s = at_s + passed_s
            low, median, high = found.left_s(now_s)
            assert 0.0 <= low <= median * (1.0 + 1e-9) <= high * (1.0 + 1e-6) < 1e12
            counted_s = max(0.0, found.end_s - now_s)
            assert median == pytest.approx(counted_s, abs=1e-3), "its end stays"
            text = short_text(found, now_s)
            if found.basis is not Basis.TOTAL:
                assert "over" not in text, "what is known stays"
            if text.startswith("~"):
                assert median >= 5.0, "less is any moment, not one step"
        was_s = before.left_s(at_s)[1] if before is not None else 0.0
        if was_s >= 1.0:
            least, most = sorted((was_s, max(1.0, left.median_s)))
            assert least * 0.999 <= found.left_s(at_s)[1] <= most * 1.001
