"""What the scenarios promise to those who watch them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.polling.course import Course
from ims_tui.core.polling.habits import habits
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory
from ims_tui.simulator.plan import JobPlan, Stall
from ims_tui.simulator.prehistory import earlier_jobs
from ims_tui.simulator.recipes import COPY, CREATE, IMPORT, IMPORT_OVA
from ims_tui.simulator.scenario import CALM, SCENARIOS, scenario
from tests.core.entries import at

STAGES = {None: 0, "INIT": 1, "RUNNING": 2, "SUCCESS": 3, "FAIL": 3}
MINUTE_AT_20X_S = 20 * 60.0


def test_an_unknown_scenario_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'clam'.*calm, storm"):
        scenario("clam")


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_seed_gives_the_same_scenario(name: str) -> None:
    assert scenario(name, 7) == scenario(name, 7)
    assert scenario(name, 7).name == name


def test_another_seed_gives_another_storm() -> None:
    assert scenario("storm", 1).jobs != scenario("storm", 2).jobs


@given(
    plan=st.sampled_from([*CALM, *scenario("storm", 3).jobs]),
    times_s=st.lists(st.floats(-5000, 200_000), min_size=2, max_size=20),
)
def test_a_job_only_ever_moves_on(plan: JobPlan, times_s: list[float]) -> None:
    states = [plan.state(t) for t in sorted(times_s)]
    for earlier, later in pairwise(states):
        before, after = (s.status if s else None for s in (earlier, later))
        assert STAGES[before] <= STAGES[after]
        if before == after == "RUNNING" and earlier and later and later.percent:
            assert earlier.percent is not None
            assert earlier.percent <= later.percent < 1


def test_the_first_screen_of_calm_is_lively() -> None:
    states = [state for plan in CALM if (state := plan.state(0)) is not None]
    assert len(states) == len(CALM)
    assert {state.status for state in states} == {"INIT", "RUNNING", "SUCCESS"}
    assert any(0.5 < (state.percent or 0) < 0.7 for state in states)


def test_calm_moves_within_ten_seconds_at_20x() -> None:
    moved = [plan for plan in CALM if plan.state(0) != plan.state(200)]
    assert len(moved) >= 7


@pytest.mark.parametrize("seed", range(1, 6))
def test_one_job_of_calm_is_odd_and_the_others_are_usual(seed: int) -> None:
    """Working times of real jobs of one type vary by a factor of two to each side."""
    known = Memory()
    for past in earlier_jobs(CALM, seed, "p", at(0), 1.0):
        learn(known, past.job_type, Course(), past.length_s, has_failed=False)
    odd = set()
    for plan in CALM:
        usual = habits(known, plan.recipe.job_type).total
        assert usual is not None
        if not 0.45 < plan.length_s / usual.median_s < 2.2:
            odd.add(plan.image)
    assert odd == {"audit-2026-q3"}


def test_a_minute_of_calm_at_20x_has_a_success_a_failure_and_a_stall() -> None:
    ended = {
        state.status
        for plan in CALM
        if plan.end_s > 0 and (state := plan.state(MINUTE_AT_20X_S)) is not None
    }
    assert {"SUCCESS", "FAIL", "RUNNING"} <= ended
    failed = [plan for plan in CALM if plan.fails]
    assert [plan.fails.code for plan in failed if plan.fails] == ["IMG.0057"]
    # Fifteen minutes without any change are a stall when there is no history.
    still = [plan for plan in CALM if plan.stall]
    assert [plan.state(100) == plan.state(100 + 900) for plan in still] == [True]


def test_storm_has_about_sixty_jobs_in_all_phases() -> None:
    jobs = scenario("storm").jobs
    states = [plan.state(0) for plan in jobs]
    assert 55 <= len(jobs) <= 65
    assert {state.status if state else None for state in states} == set(STAGES)


@pytest.mark.parametrize("at_share", [0.0, 0.5, 0.99])
def test_a_stall_stands_still_for_its_length_and_moves_again(at_share: float) -> None:
    plan = JobPlan("x", COPY, 0, 100, stall=Stall(at_share, 1000))
    begin_s = 6 + at_share * 100
    held = plan.state(begin_s)
    assert held == plan.state(begin_s + 999)
    assert plan.end_s == pytest.approx(1106)
    after = plan.state(1105.9)
    assert held and after and held.percent is not None and after.percent is not None
    assert after.percent >= held.percent


def test_a_parent_ends_after_its_last_sub_job() -> None:
    plan = JobPlan("x", IMPORT_OVA, 0, 600, parts=("system", "data"))
    children = plan.children()
    assert children[0].recipe is IMPORT
    assert plan.end_s > max(child.end_s for child in children)
    running = plan.state(plan.end_s - 1)
    assert running and (running.status, running.percent) == ("RUNNING", None)


def test_a_plan_of_a_parent_type_needs_parts() -> None:
    with pytest.raises(ValueError, match="imsImportOvaImageJob has no steps"):
        JobPlan("x", IMPORT_OVA, 0, 600).state(100)


def test_nothing_is_known_of_a_job_before_it_begins() -> None:
    plan = JobPlan("x", CREATE, 50, 600)
    assert plan.state(49.9) is None
    assert plan.state(50) is not None
