"""The polling worker over days of virtual time: budget, refusals, outages, life."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
from collections import deque
from types import FunctionType, ModuleType

import pytest

from ims_tui.core.polling.schedule import Scheduler
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind, Outcome
from ims_tui.core.state.entry import MAX_SIGHTINGS
from ims_tui.core.state.health import Link
from ims_tui.core.state.store import MAX_EVENTS, EventKind
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.lane import LaneLimits
from ims_tui.engine.supervisor import FIRST_PAUSE_S
from ims_tui.engine.tracker import AT_ONCE
from tests.core.entries import job, seen
from tests.fakes import (
    AWAY,
    REFUSED,
    SERVER_FAULT,
    ScriptedJob,
    ScriptedSource,
    between,
    failed,
    job_id,
)
from tests.virtual_time import virtual
from tests.world import BUDGET, Gaps, World, loop_time, most_in_window, service

DAY_S = 86400.0
ENDS = (JobStatus.SUCCESS, JobStatus.SUCCESS, JobStatus.FAIL)


# -- budget and concurrency ------------------------------------------------------------


@virtual
async def test_ten_thousand_polls_keep_budget_and_concurrency_and_miss_no_end() -> None:
    chance = random.Random(7)
    world, source = World(), ScriptedSource()
    source.latency_s = lambda: chance.uniform(0.05, 3.0)
    source.fault = lambda wanted, at_s: (
        chance.choice((AWAY, SERVER_FAULT)) if chance.random() < 0.02 else None
    )
    world.profile(source)
    async with world.running():
        ends_s: list[float] = []
        while len(source.sent) < 10_000:
            now = loop_time()
            ends_s = [end_s for end_s in ends_s if end_s > now]
            while len(ends_s) < 45:
                ends_s.append(now + chance.lognormvariate(6.0, 0.8))
                job = ScriptedJob(ends_s[-1], now, chance.choice(ENDS))
                world.watch(source.add(len(source.jobs), job))
            await asyncio.sleep(10)
        over = {i: j for i, j in source.jobs.items() if j.end_s < loop_time() - 300}
        ended = {i: world.entry(i) for i in over}
    assert most_in_window(source.sent) <= BUDGET
    assert source.most_in_flight <= 4
    assert source.most_for_one_job == 1
    assert source.asked_after_end() == []
    assert len(over) > 100
    assert {i: e.status for i, e in ended.items()} == {
        i: job.status for i, job in over.items()
    }
    assert all(e.watch.result and e.detection_s is not None for e in ended.values())


@virtual
async def test_a_profile_that_opens_while_nobody_looks_is_slow_from_the_start() -> None:
    world, slow, usual = World(), service(3), service(3)
    world.tracker.slow_down(5.0)
    world.profile(slow)
    async with world.running():
        await asyncio.sleep(3600)
    other = World()
    other.profile(usual)
    async with other.running():
        await asyncio.sleep(3600)
    assert len(slow.sent) < len(usual.sent) / 2


@virtual
async def test_ended_jobs_leave_nothing_to_ask() -> None:
    world, source = World(), service(3, ScriptedJob(end_s=50.0))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(DAY_S)
        assert world.tracker.poll_now([JobKey("prod", job_id(0))]).count == 0
        await asyncio.sleep(100)
        assert world.health().link is Link.IDLE
        assert world.health().rate_per_s == 0
    assert source.asked_after_end() == []
    assert source.sent[-1][0] < 200
    assert world.told() == [EventKind.SUCCEEDED] * 3


@virtual
async def test_poll_now_comes_next_but_within_the_budget() -> None:
    world, source = World(), service(60)
    world.profile(source)
    key = JobKey("prod", job_id(59))
    async with world.running():
        await asyncio.sleep(400)
        began_s = loop_time()
        assert world.tracker.poll_now([key]).count == 1
        await asyncio.sleep(3)
        assert began_s <= source.asked(key.job_id)[-1] <= began_s + 2.5
        for _ in range(1000):
            world.tracker.poll_now([key])
            await asyncio.sleep(0.5)
    assert most_in_window(source.sent) <= BUDGET
    assert source.most_for_one_job == 1


# -- refusals --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal",
    [
        REFUSED,
        failed(FailureKind.ACCESS_DENIED, 403),
        failed(FailureKind.WRONG_ENDPOINT, 404),
    ],
    ids=["credential", "permission", "endpoint"],
)
@virtual
async def test_refused_profile_stops_after_one_request_until_reload(
    refusal: Outcome,
) -> None:
    world, bad, good = World(), service(12), service(3)
    bad.fault = between(0, 3600, refusal)
    world.profile(bad, "prod")
    world.profile(good, "dr")
    key = JobKey("prod", job_id(1))
    async with world.running():
        await asyncio.sleep(3600)
        assert len(bad.sent) == 1
        assert world.health("prod").link is Link.STOPPED
        assert world.health("prod").failure == refusal
        assert world.told(EventKind.STOPPED) == [EventKind.STOPPED]
        assert len(good.sent) > 100
        assert world.health("dr").link is Link.LIVE
        assert len(world.store) == 15
        assert world.tracker.poll_now([key]).count == 0
        assert world.tracker.next_poll_in_s(key) is None

        await world.tracker.reload()
        assert world.health("prod").link is Link.IDLE
        await asyncio.sleep(10)
        assert world.health("prod").link is Link.LIVE
        assert all(world.entry(i).failure is None for i in bad.jobs)
        assert all(world.entry(i).job is not None for i in bad.jobs)
    assert bad.reloads == 1


@virtual
async def test_credential_that_dies_is_refused_at_most_once_per_slot() -> None:
    world, source = World(limits=LaneLimits(max_in_flight=2)), service(20)
    source.latency_s = lambda: 2.0
    source.fault = between(100, 1e9, REFUSED)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(3600)
    assert 1 <= sum(outcome is REFUSED for _, _, outcome in source.answered) <= 2
    assert all(world.entry(i).job is not None for i in source.jobs)


@virtual
async def test_late_refusal_of_the_old_credential_does_not_stop_the_new_one() -> None:
    world, source = World(), service(8)
    source.fault = between(30, 40, REFUSED)
    slow_s = iter((12.0, 20.0, 28.0))
    source.latency_s = lambda: 0.1 if loop_time() < 25 else next(slow_s, 0.1)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(25)
        world.tracker.poll_now([JobKey("prod", i) for i in source.jobs])
        await world.until_link(Link.STOPPED, 30)
        assert source.in_flight > 0
        await world.tracker.reload()
        await asyncio.sleep(60)
        assert world.health().link is Link.LIVE
    assert world.told(EventKind.STOPPED) == [EventKind.STOPPED]


@virtual
async def test_stopped_profile_goes_on_when_its_credential_is_replaced() -> None:
    world, source = World(), service(3)
    source.fault = between(0, 100, REFUSED)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(100)
        await world.tracker.reload_changed()
        assert world.health().link is Link.STOPPED
        source.is_changed = True
        await world.tracker.reload_changed()
        await asyncio.sleep(10)
        assert world.health().link is Link.LIVE
        world.tracker.pause(True)
        await world.tracker.reload_changed()
    assert source.reloads == 1, "a pause is no reason to read the credential"


@virtual
async def test_new_source_takes_over_with_the_budget_of_the_old_one() -> None:
    world, old, new = World(), service(30), service(30)
    old.latency_s = lambda: 20.0
    world.profile(old)
    world.sources.append(new)
    async with world.running():
        for _ in range(20):
            await asyncio.sleep(5)
            world.tracker.poll_now([JobKey("prod", i) for i in old.jobs])
        await world.tracker.switch("prod", new)
        count = len(old.sent)
        assert old.is_closed
        assert world.health().link is Link.IDLE
        await asyncio.sleep(200)
        assert len(old.sent) == count
        assert {wanted for _, wanted in new.sent} == set(old.jobs)
        assert all(world.entry(i).job is not None for i in old.jobs)
    assert most_in_window(old.sent + new.sent) <= BUDGET


# -- throttling ------------------------------------------------------------------------


@virtual
async def test_retry_after_holds_the_whole_profile() -> None:
    world, source = World(), service(8)
    source.fault = between(
        100, 130, failed(FailureKind.THROTTLED, 429, retry_after_s=90.0)
    )
    world.profile(source)
    async with world.running():
        await asyncio.sleep(100)
        await world.until_link(Link.THROTTLED, 30)
        since_s = loop_time()
        next_try_s = world.health().next_try_s
        assert next_try_s is not None
        assert 88 <= next_try_s - since_s <= 93
        world.tracker.poll_now([JobKey("prod", i) for i in source.jobs])
        await asyncio.sleep(88)
        assert source.sent[-1][0] <= since_s
        await world.until_link(Link.LIVE, 6)
        assert world.health().next_try_s is None
        assert world.health().failure is None


@virtual
async def test_limit_named_by_the_service_replaces_the_budget() -> None:
    world, source = World(), service(40)
    refusal = failed(FailureKind.THROTTLED, 429, limit=(50, 300.0))
    let: deque[float] = deque(maxlen=50)

    def gate(wanted: str, at_s: float) -> Outcome | None:
        if len(let) == 50 and let[0] > at_s - 300:
            return refusal
        let.append(at_s)
        return None

    source.fault = gate
    world.profile(source)
    async with world.running():
        await asyncio.sleep(3600)
    refused_s = [at_s for at_s, _, outcome in source.answered if outcome is refusal]
    assert 1 <= len(refused_s) <= 25
    assert refused_s[-1] < 600
    late = [sent for sent in source.sent if sent[0] > 600]
    assert 30 <= most_in_window(late) <= 50


# -- no answer -------------------------------------------------------------------------


@virtual
async def test_a_day_without_the_service() -> None:
    world, source = World(), service(30)
    source.fault = between(100, 100 + DAY_S, AWAY)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(100)
        await world.until_link(Link.OFFLINE, 60)
        health = world.health()
        assert health.failure == AWAY
        assert health.since is not None
        assert 100 <= health.since.mono_s <= loop_time()
        assert health.tries >= 2
        await asyncio.sleep(10)
        assert world.health().tries > health.tries
        next_try_s = world.health().next_try_s
        assert next_try_s is not None
        assert loop_time() <= next_try_s <= loop_time() + 60
        assert world.entry(job_id(0)).job is not None, "the last good value stays"

        tasks = []
        while loop_time() < DAY_S - 3600:
            await asyncio.sleep(3600)
            tasks.append(len(asyncio.all_tasks()))
            assert world.health().link is Link.OFFLINE
        assert max(tasks) <= 5 + source.in_flight
        await asyncio.sleep(100 + DAY_S - loop_time())
        assert await world.until_link(Link.LIVE, 61) <= 60
        await asyncio.sleep(120)
        assert all(world.entry(i).failure is None for i in source.jobs)
    assert world.told() == [EventKind.OFFLINE, EventKind.BACK]
    assert float(world.events()[-1].detail) == pytest.approx(DAY_S, abs=120)
    assert most_in_window(source.sent) <= BUDGET


@virtual
async def test_single_failures_are_not_an_outage() -> None:
    world, source = World(), service(3)
    met: list[int] = []

    def every_fifth(wanted: str, at_s: float) -> Outcome | None:
        met.append(1)
        return AWAY if len(met) % 5 == 0 else None

    source.fault = every_fifth
    world.profile(source)
    async with world.running():
        await asyncio.sleep(3600)
    assert len(met) > 100
    assert world.told(EventKind.OFFLINE) == []
    assert sum(world.entry(i).errors for i in source.jobs) > 20


@pytest.mark.parametrize("others", [1, 2, 20])
@virtual
async def test_one_job_with_faults_is_not_an_outage(others: int) -> None:
    world, source = World(), service(1 + others)
    source.fault = lambda wanted, at_s: (
        SERVER_FAULT if wanted == job_id(0) and at_s > 50 else None
    )
    world.profile(source)
    async with world.running():
        await asyncio.sleep(5400)
        assert world.health().link is Link.LIVE
    assert world.told() == []
    assert world.entry(job_id(0)).errors > 10
    others_asked = len(source.sent) - len(source.asked(job_id(0)))
    assert others_asked > 80 * others**0.5, "the others are asked as ever"


@virtual
async def test_an_outage_is_seen_beside_a_job_with_faults() -> None:
    world, source = World(), service(2)
    source.fault = lambda wanted, at_s: (
        SERVER_FAULT if wanted == job_id(0) or at_s > 3600 else None
    )
    world.profile(source)
    async with world.running():
        await asyncio.sleep(3600)
        assert world.told() == []
        await world.until_link(Link.OFFLINE, 300)


@virtual
async def test_only_job_without_answer_is_an_outage() -> None:
    world, source = World(), service(1)
    source.fault = between(50, 1e9, SERVER_FAULT)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(50)
        await world.until_link(Link.OFFLINE, 120)


# -- pausing and sleeping --------------------------------------------------------------


@virtual
async def test_pause_sends_nothing_and_resume_goes_on() -> None:
    world, source = World(), service(10)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(100)
        world.tracker.pause(True)
        assert world.store.snapshot().is_paused
        count = len(source.sent)
        await asyncio.sleep(3600)
        assert len(source.sent) == count
        assert world.tracker.poll_now([JobKey("prod", job_id(0))]).count == 0
        assert world.tracker.next_poll_in_s(JobKey("prod", job_id(0))) is None
        world.tracker.pause(False)
        await asyncio.sleep(1)
        assert len(source.sent) > count


@pytest.mark.parametrize("kind", ["suspended", "blocked"])
@virtual
async def test_waking_late_spreads_the_overdue_jobs(kind: str) -> None:
    world, source = World(), service(40)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(400)
        if kind == "suspended":
            world.clock.suspend(8 * 3600)
        else:
            source_loop = asyncio.get_running_loop()
            source_loop.block(8 * 3600)  # type: ignore[attr-defined]
        woke_s = loop_time()
        await asyncio.sleep(150)
        after = [at_s - woke_s for at_s, _ in source.sent if at_s > woke_s]
        assert after[0] <= 8, "the lane notices by itself"
        assert sum(at_s <= 10 for at_s in after) <= 8
        assert most_in_window([(at_s, "") for at_s in after]) <= BUDGET
        now = world.view().now
        ages = [world.entry(i).age_s(now) for i in source.jobs]
        assert all(age_s is not None and age_s <= 150 for age_s in ages)


# -- life ------------------------------------------------------------------------------


class FaultyScheduler(Scheduler[JobKey]):
    """Breaks once, right after it named a job."""

    pops_left: int | None = None

    def pop(self, now: float) -> JobKey | None:
        """The next job, or a fault of ours."""
        if self.pops_left is not None:
            self.pops_left -= 1
            if self.pops_left < 0:
                self.pops_left = None
                raise LookupError("queue out of order")
        return super().pop(now)


@virtual
async def test_lane_that_dies_is_started_again_and_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, source, other = World(), service(10), service(2)
    source.latency_s = lambda: 3.0
    scheduler = FaultyScheduler()
    world.profile(source, scheduler=scheduler)
    world.profile(other, "dr")
    async with world.running():
        await asyncio.sleep(60)
        world.tracker.poll_now([JobKey("prod", i) for i in source.jobs])
        scheduler.pops_left = 1
        while not world.told(EventKind.FAULT):
            await asyncio.sleep(0.1)
            assert loop_time() < 80
        died_s = loop_time()
        await asyncio.sleep(180)
        after = [sent for sent in source.sent if sent[0] > died_s]
        assert after[0][0] - died_s == pytest.approx(FIRST_PAUSE_S, abs=0.2)
        assert {wanted for _, wanted in after} == set(source.jobs), "none is forgotten"
        assert source.most_for_one_job == 1
    assert world.told(EventKind.FAULT) == [EventKind.FAULT]
    assert [e.detail for e in world.events()] == [
        "polling of prod: LookupError",
        "polling of prod goes on after 1 fault",
    ]
    assert "queue out of order" in caplog.text
    assert len([at_s for at_s, _ in other.sent if at_s > died_s]) > 10


@virtual
async def test_profiles_come_and_go_while_running() -> None:
    world, first, second = World(), service(3), service(3)
    world.profile(first)
    async with world.running():
        await asyncio.sleep(60)
        world.profile(second, "dr")
        await asyncio.sleep(60)
        assert second.sent
        first.latency_s = lambda: 30.0
        await asyncio.sleep(60)
        assert first.in_flight > 0
        await world.tracker.close_lane("prod")
        assert first.is_closed
        assert first.in_flight == 0
        assert "prod" not in world.store.snapshot().health
        count = len(first.sent)
        await asyncio.sleep(600)
        assert len(first.sent) == count
        assert world.tracker.poll_now([JobKey("prod", job_id(0))]).count == 0
        assert len(world.store) == 6


@virtual
async def test_closing_gives_up_what_is_under_way() -> None:
    world, source = World(), service(10)
    source.latency_s = lambda: 50.0
    world.profile(source)
    async with world.running():
        await asyncio.sleep(100)
        assert source.in_flight > 0
    assert source.in_flight == 0


@virtual
async def test_a_month_keeps_memory_bounded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    chance = random.Random(5)
    world = World(
        gaps=Gaps(600, 1200), limits=LaneLimits(heartbeat_s=600, deadline_s=120)
    )
    source = service(4, ScriptedJob(ratio=lambda at_s: at_s / (50 * DAY_S)))
    source.fault = lambda wanted, at_s: (
        AWAY if at_s % 7200 < 120 else chance.choice((None, None, None, SERVER_FAULT))
    )
    lane = world.profile(source)
    sizes, polls = [], 0
    async with world.running():
        for _ in range(3):
            await asyncio.sleep(10 * DAY_S)
            world.store.take_polled()
            polls += len(source.sent)
            source.sent.clear()
            source.answered.clear()
            world.store.snapshot()
            sizes.append(reachable(world.store) + reachable(lane))
        assert len(asyncio.all_tasks()) <= 4 + source.in_flight
    assert polls > 9_000
    assert sizes[2] <= sizes[1] * 1.1
    assert len(world.events()) == MAX_EVENTS
    assert len(world.entry(job_id(0)).sightings) == MAX_SIGHTINGS


def reachable(root: object) -> int:
    """Objects that are kept alive by one, leaving out code and the event loop."""
    seen: dict[int, object] = {}
    ahead = [root]
    while ahead:
        for found in gc.get_referents(ahead.pop()):
            if id(found) in seen or isinstance(
                found,
                (type, ModuleType, FunctionType, ScriptedSource, asyncio.Future),
            ):
                continue
            seen[id(found)] = found
            ahead.append(found)
    return len(seen)


# -- what an earlier run left ----------------------------------------------------------


@virtual
async def test_a_job_removed_while_others_are_foreseen_does_not_come_back() -> None:
    world = World()
    stored = [seen(job(n, JobStatus.SUCCESS), n) for n in range(2 * AT_ONCE + 1)]
    for entry in stored:
        world.store.put(entry)
    steps = world.tracker.foreseeing(world.new_lane(ScriptedSource()))
    next(steps)
    last = stored[-1].key
    world.store.drop(last)
    assert len(list(steps)) == 1, "the first step did not do everything"
    assert world.store.get(last) is None
