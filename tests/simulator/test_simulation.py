"""Ids, times and bodies of jobs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ims_tui.simulator.plan import Failure, JobPlan, Quirk, Recipe
from ims_tui.simulator.reasons import BAD_FILE
from ims_tui.simulator.recipes import (
    ADD_MEMBERS,
    COPY,
    CREATE,
    DEL_MEMBERS,
    EXPORT,
    IMPORT,
    IMPORT_OVA,
    REGISTER,
    VOLUMES,
)
from ims_tui.simulator.reply import legacy_time
from ims_tui.simulator.scenario import SCENARIOS, Scenario, scenario
from ims_tui.simulator.simulation import Simulation
from tests.simulator.stage import STARTED

TOP_LEVEL = {
    *("job_id", "job_type", "begin_time", "end_time"),
    *("status", "error_code", "fail_reason", "entities"),
}
PARTS = {IMPORT_OVA: ("system", "data"), VOLUMES: ("one", "two")}


def simulated(plan: JobPlan) -> tuple[Simulation, str]:
    """A simulation of nothing but this job."""
    simulation = Simulation(Scenario("test", 0, (plan,)), started=STARTED)
    return simulation, simulation.job_ids[0]


def bodies(plan: JobPlan, elapsed_s: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both calls reply about the only job."""
    simulation, job_id = simulated(plan)
    progress = simulation.job_body(job_id, elapsed_s)
    status = simulation.sibling_body(job_id, elapsed_s)
    assert progress is not None
    assert status is not None
    return progress, status


def plan_of(recipe: Recipe, **more: Any) -> JobPlan:
    return JobPlan("name", recipe, 0, 300, parts=PARTS.get(recipe, ()), **more)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("speed", [1.0, 20.0, 7.3])
def test_a_job_id_carries_the_begin_time(name: str, speed: float) -> None:
    simulation = Simulation(scenario(name, 5), started=STARTED, speed=speed)
    assert len(set(simulation.job_ids)) == len(simulation.scenario.jobs)
    plans = simulation.scenario.jobs
    for job_id, plan in zip(simulation.job_ids, plans, strict=True):
        assert re.fullmatch("[0-9a-f]{32}", job_id)
        begin = datetime.fromtimestamp(int(job_id[16:28], 16) / 1000, UTC)
        assert begin == simulation.wall(plan.begin_s)
        body = simulation.job_body(job_id, plan.begin_s + 7)
        shown = body and body["begin_time"]
        if shown and name != "legacy":
            assert datetime.fromisoformat(shown) == begin
        elif shown:
            assert shown == legacy_time(begin)


def test_the_old_format_is_the_published_one() -> None:
    published = datetime(2015, 6, 4, 10, 11, 6, 586_000, tzinfo=UTC)
    assert legacy_time(published) == "04-Jun-2015 18:11:06:586"


def test_at_20x_a_job_of_ten_minutes_takes_thirty_seconds_of_the_clock() -> None:
    plan = JobPlan("x", CREATE, 0, 594)
    simulation = Simulation(Scenario("t", 0, (plan,)), started=STARTED, speed=20)
    body = simulation.job_body(simulation.job_ids[0], 600)
    assert body is not None
    begin, end = (datetime.fromisoformat(body[k]) for k in ("begin_time", "end_time"))
    assert end - begin == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("recipe", "keys"),
    [
        (CREATE, ["image_name", "image_id", "process_percent", "current_task"]),
        (
            COPY,
            ["image_name", "subJobId", "image_id", "process_percent", "current_task"],
        ),
        (ADD_MEMBERS, ["process_percent", "current_task"]),
        (IMPORT_OVA, ["sub_jobs_result"]),
    ],
)
def test_the_documented_reply(recipe: Recipe, keys: list[str]) -> None:
    fresh, _ = bodies(plan_of(recipe), 0.1)
    assert (fresh["status"], fresh["end_time"], fresh["entities"]) == ("INIT", "", {})

    running, _ = bodies(plan_of(recipe), 150)
    assert set(running) == TOP_LEVEL
    assert (running["status"], running["end_time"]) == ("RUNNING", "")
    assert list(running["entities"]) == keys

    ended, _ = bodies(plan_of(recipe), 1000)
    assert (ended["status"], ended["error_code"]) == ("SUCCESS", None)
    assert re.fullmatch(r"2026-11-23T12:..:..\....Z", ended["end_time"])
    assert list(ended["entities"]) == keys
    if recipe is not IMPORT_OVA:
        assert ended["entities"]["process_percent"] == 1
        assert ended["entities"]["current_task"] == ""


@pytest.mark.parametrize(
    ("recipe", "keys"),
    [
        (CREATE, ["image_name", "image_id"]),
        (IMPORT, ["image_name", "image_id"]),
        (REGISTER, ["image_id"]),
        (EXPORT, ["image_id"]),
        (ADD_MEMBERS, ["results"]),
        (DEL_MEMBERS, ["results"]),
        (VOLUMES, ["sub_jobs_result", "sub_jobs_list"]),
    ],
)
def test_the_deprecated_reply_has_no_progress(recipe: Recipe, keys: list[str]) -> None:
    _, running = bodies(plan_of(recipe), 200)
    assert set(running) == TOP_LEVEL
    assert list(running["entities"]) == keys
    _, fresh = bodies(plan_of(recipe), 0.1)
    assert fresh["entities"] == {}


def test_members_are_listed_by_the_deprecated_call_only() -> None:
    _, added = bodies(plan_of(ADD_MEMBERS), 1000)
    assert [member["status"] for member in added["entities"]["results"]] == ["success"]
    _, removed = bodies(plan_of(DEL_MEMBERS), 1000)
    assert removed["entities"]["results"] == []


def test_sub_jobs_appear_later_and_can_be_asked_for_themselves() -> None:
    simulation, job_id = simulated(plan_of(IMPORT_OVA))
    early = simulation.job_body(job_id, 60)
    late = simulation.job_body(job_id, 200)
    assert early and late
    assert early["entities"]["sub_jobs_result"] == []
    first, second = late["entities"]["sub_jobs_result"]
    assert first["job_type"] == "imsImportImageJob"
    assert second["job_type"] == "imsImportDataImageJob"
    assert list(first["entities"]) == ["image_name", "image_id"]
    child = simulation.job_body(first["job_id"], 200)
    assert child and "process_percent" in child["entities"]


def test_a_failure_has_code_and_reason_and_keeps_its_percent() -> None:
    body, _ = bodies(plan_of(IMPORT, fails=Failure(0.5, *BAD_FILE)), 400)
    assert (body["status"], body["error_code"]) == ("FAIL", "IMG.0057")
    assert body["fail_reason"].startswith("The image file does not exist")
    assert 0 < body["entities"]["process_percent"] < 1
    assert body["entities"]["current_task"].startswith("ImportImageTask:")


def test_a_parent_hides_the_reason_in_its_sub_job() -> None:
    body, _ = bodies(plan_of(IMPORT_OVA, fails=Failure(0.5, *BAD_FILE)), 1000)
    assert (body["status"], body["error_code"]) == ("FAIL", None)
    codes = [sub["error_code"] for sub in body["entities"]["sub_jobs_result"]]
    assert codes == [None, "IMG.0057"]


def test_an_early_success() -> None:
    body, _ = bodies(plan_of(CREATE, quirk=Quirk.EARLY_SUCCESS), 200)
    assert (body["status"], body["end_time"]) == ("SUCCESS", "")
    assert body["entities"]["process_percent"] == 0.24


def test_a_falling_percent() -> None:
    simulation, job_id = simulated(
        JobPlan("x", COPY, 0, 1000, quirk=Quirk.FALLING_PERCENT)
    )
    seen = [
        body["entities"]["process_percent"]
        for t in (230, 245)
        if (body := simulation.job_body(job_id, t))
    ]
    assert seen[0] < seen[1]
    later = simulation.job_body(job_id, 365)
    assert later and later["entities"]["process_percent"] < 0.35


@pytest.mark.parametrize(
    ("quirk", "elapsed_s", "expected"),
    [
        (Quirk.UNKNOWN_STATUS, 100, {"status": "SUSPENDED"}),
        (Quirk.UNPAID, 100, {"status": "PENDING_PAYMENT"}),
        (Quirk.NULLS, 3, {"begin_time": None, "end_time": None, "entities": None}),
        (Quirk.MISSING_KEYS, 100, {"entities": {"image_name": "name"}}),
        (Quirk.NO_END_TIME, 500, {"status": "SUCCESS", "end_time": ""}),
    ],
)
def test_odd_replies(quirk: Quirk, elapsed_s: float, expected: dict[str, Any]) -> None:
    body, _ = bodies(plan_of(CREATE, quirk=quirk), elapsed_s)
    assert {key: body[key] for key in expected} == expected


def test_odd_values_and_keys() -> None:
    text, _ = bodies(plan_of(CREATE, quirk=Quirk.PERCENT_AS_TEXT), 100)
    assert isinstance(text["entities"]["process_percent"], str)
    nan, _ = bodies(plan_of(CREATE, quirk=Quirk.PERCENT_NAN), 100)
    assert nan["entities"]["process_percent"] != nan["entities"]["process_percent"]
    extra, _ = bodies(plan_of(CREATE, quirk=Quirk.EXTRA_KEYS), 100)
    assert "vendor_extension" in extra["entities"]
    foreign, own = bodies(plan_of(CREATE, quirk=Quirk.FOREIGN_ID), 100)
    assert foreign["job_id"] != own["job_id"]


@pytest.mark.parametrize(
    ("quirk", "entity"),
    [(Quirk.NO_REASON, None), (Quirk.REASON_IN_ENTITIES, "IMG.0057")],
)
def test_a_missing_or_moved_reason(quirk: Quirk, entity: str | None) -> None:
    plan = plan_of(CREATE, quirk=quirk, fails=Failure(0.5, *BAD_FILE))
    body, _ = bodies(plan, 400)
    assert (body["error_code"], body["fail_reason"]) == (None, None)
    assert body["entities"].get("error_code") == entity
    running, _ = bodies(plan, 50)
    assert "error_code" not in running["entities"]


@pytest.mark.parametrize("quirk", [*Quirk, None])
@pytest.mark.parametrize("elapsed_s", [3, 100, 200, 900])
def test_every_quirk_at_every_stage_gives_bytes(
    quirk: Quirk | None, elapsed_s: float
) -> None:
    simulation, job_id = simulated(plan_of(CREATE, quirk=quirk))
    body = simulation.job_body(job_id, elapsed_s)
    assert (body is None) == (quirk is Quirk.NOT_KNOWN)
    if body is not None:
        content = simulation.encode(job_id, body, elapsed_s)
        assert content.decode("utf-8").startswith("{")


def test_broken_bytes() -> None:
    simulation, job_id = simulated(plan_of(CREATE, quirk=Quirk.TRAILING_COMMA))
    comma = simulation.encode(job_id, simulation.job_body(job_id, 100) or {}, 100)
    assert comma.endswith(b",}}")
    simulation, job_id = simulated(plan_of(CREATE, quirk=Quirk.CUT_OFF))
    whole = simulation.encode(job_id, simulation.job_body(job_id, 100) or {}, 100)
    broken = simulation.encode(job_id, simulation.job_body(job_id, 130) or {}, 130)
    assert json.loads(whole)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(broken)


def test_hostile_names_survive_the_bytes() -> None:
    name = "\ud83d \x1b[31m \u202e \U0001f468\u200d\U0001f469"
    simulation, job_id = simulated(JobPlan(name, CREATE, 0, 300))
    content = simulation.encode(job_id, simulation.job_body(job_id, 100) or {}, 100)
    assert json.loads(content)["entities"]["image_name"] == name


def test_runs_repeat_exactly() -> None:
    first, second = (
        Simulation(scenario("storm", 4), started=STARTED, speed=20) for _ in range(2)
    )
    assert first.watches == second.watches
    for elapsed_s in (0.0, 333.0, 4000.0):
        for job_id in first.job_ids:
            before, after = (
                str(simulation.job_body(job_id, elapsed_s))
                for simulation in (first, second)
            )
            assert before == after


def test_the_watchlist_of_the_demo() -> None:
    simulation = Simulation(scenario("calm"), started=STARTED)
    watches = {watch.job_id: watch for watch in simulation.watches}
    assert set(watches) == set(simulation.job_ids)
    assert any(watch.label for watch in watches.values())
    assert any(watch.note for watch in watches.values())
    assert sum(1 for watch in watches.values() if watch.tags) > 5
