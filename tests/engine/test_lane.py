"""One lane: what a reply, a fault, a removal and a standstill lead to."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.polling.poll_request import Obstacle, PollRequest
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed
from ims_tui.core.state.health import Link
from ims_tui.core.state.store import EventKind
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.lane import LaneLimits
from tests.fakes import (
    AWAY,
    NOT_KNOWN,
    REFUSED,
    ScriptedJob,
    ScriptedSource,
    between,
    failed,
    job_id,
)
from tests.virtual_time import virtual
from tests.world import World, loop_time, service

FIRST = JobKey("prod", job_id(0))
STALLS = (EventKind.STALLED, EventKind.MOVING)


# -- a job the service does not know ---------------------------------------------------


@virtual
async def test_unknown_job_is_given_up_after_ten_minutes_and_can_be_revived() -> None:
    world, source = World(), service(2)
    missing = source.jobs.pop(job_id(0))
    world.profile(source)
    world.watch(job_id(0))
    async with world.running():
        await asyncio.sleep(590)
        assert not world.entry(job_id(0)).is_gone
        assert world.entry(job_id(0)).unknown_since is not None
        await asyncio.sleep(15)  # the back-off does not step over the time
        assert world.entry(job_id(0)).is_gone
        assert world.told(EventKind.GONE) == [EventKind.GONE]
        tries = len(source.asked(job_id(0)))
        assert tries >= 4
        await asyncio.sleep(3600)
        assert len(source.asked(job_id(0))) == tries
        assert world.health().link is Link.LIVE

        source.jobs[job_id(0)] = missing
        assert world.tracker.poll_now([FIRST]).count == 1
        await asyncio.sleep(10)
        entry = world.entry(job_id(0))
        assert (entry.is_gone, entry.unknown_since) == (False, None)
        assert entry.status is JobStatus.RUNNING
    assert world.told(EventKind.GONE) == [EventKind.GONE]


@virtual
async def test_outage_does_not_make_an_unknown_job_gone() -> None:
    world, source = World(), service(1)
    source.fault = lambda wanted, at_s: NOT_KNOWN if at_s < 30 else AWAY
    world.profile(source)
    async with world.running():
        await asyncio.sleep(7200)
        assert not world.entry(job_id(0)).is_gone


# -- faults ----------------------------------------------------------------------------


@virtual
async def test_exception_in_the_source_costs_one_poll_of_one_job(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, source = World(), service(3)
    source.fault = lambda wanted, at_s: (
        ZeroDivisionError("ours") if wanted == job_id(0) and at_s < 100 else None
    )
    world.profile(source)
    async with world.running():
        await asyncio.sleep(90)
        failure = world.entry(job_id(0)).failure
        assert failure is not None
        assert failure.kind is FailureKind.UNEXPECTED
        assert failure.cause == "ZeroDivisionError"
        assert 2 <= len(source.asked(job_id(0))) <= 15
        assert world.entry(job_id(1)).job is not None
        assert world.health().link is Link.LIVE
        await asyncio.sleep(900)
        assert world.entry(job_id(0)).failure is None
    assert "Traceback" in caplog.text
    assert EventKind.FAULT not in world.told()


@virtual
async def test_request_that_never_ends_is_given_up_and_frees_its_place() -> None:
    world, source = World(limits=LaneLimits(1, deadline_s=30.0)), service(2)
    source.latency_s = lambda: 1e6 if len(source.sent) == 5 else 0.1
    world.profile(source)
    async with world.running():
        await asyncio.sleep(120)
        stuck = source.sent[4][1]
        assert source.sent[5][0] - source.sent[4][0] == pytest.approx(30, abs=1)
        assert world.entry(stuck).errors == 1
        assert world.entry(stuck).failure is None


@virtual
async def test_throttling_is_over_with_the_next_answer_even_a_useless_one() -> None:
    world, source = World(), service(1)
    useless = failed(FailureKind.NOT_UNDERSTOOD, 200)
    throttled = failed(FailureKind.THROTTLED, 429)
    source.fault = lambda wanted, at_s: throttled if 30 <= at_s < 60 else useless
    world.profile(source)
    async with world.running():
        await asyncio.sleep(60)
        assert world.health().link is Link.THROTTLED
        await world.until_link(Link.LIVE, 60)


@virtual
async def test_page_of_a_captive_portal_does_not_end_an_outage() -> None:
    world, source = World(), service(3)
    portal = failed(FailureKind.NOT_UNDERSTOOD, 200)
    source.fault = lambda wanted, at_s: AWAY if at_s < 60 else portal
    world.profile(source)
    async with world.running():
        await asyncio.sleep(900)
        assert world.health().link is Link.OFFLINE


# -- coming and going ------------------------------------------------------------------


@virtual
async def test_job_removed_while_its_request_is_under_way() -> None:
    world, source = World(), service(2)
    source.latency_s = lambda: 10.0
    world.profile(source)
    async with world.running():
        await asyncio.sleep(60)
        world.tracker.poll_now([FIRST])
        for _ in range(100):
            await asyncio.sleep(0.5)
            if source.sent[-1][1] == job_id(0):
                break
        asked = len(source.asked(job_id(0)))
        world.store.drop(FIRST)
        world.tracker.untrack(FIRST)
        await asyncio.sleep(600)
        assert world.store.get(FIRST) is None
        assert len(source.asked(job_id(0))) == asked
        assert source.in_flight <= 1

        world.watch(job_id(0))
        await asyncio.sleep(60)
        assert world.entry(job_id(0)).job is not None
    assert source.most_for_one_job == 1


@virtual
async def test_job_added_while_polling_is_looked_at_first() -> None:
    world, source = World(), service(40)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(1000)
        added = source.add(99)
        world.watch(added)
        began_s = loop_time()
        await asyncio.sleep(5)
        assert source.asked(added)[0] - began_s <= 2.5
        await asyncio.sleep(20)
        assert world.entry(added).job is not None


@virtual
async def test_health_carries_call_and_rate() -> None:
    world, source = World(), service(1)
    source.call = "/v1/{project_id}/jobs/{job_id}"
    world.profile(source)
    async with world.running():
        await asyncio.sleep(120)
        assert world.health().call == source.call
        recent = sum(at_s > 60 for at_s, _ in source.sent)
        assert world.health().rate_per_s == pytest.approx(recent / 60, rel=0.3)


# -- clocks ----------------------------------------------------------------------------


@virtual
async def test_setting_the_wall_clock_changes_no_age() -> None:
    world, source = World(), service(1)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(100)
        for jump_s in (86400.0, -7 * 86400.0, 3600.0):
            entry, before = world.entry(job_id(0)), world.view()
            polls = len(source.sent)
            world.clock.set_wall(jump_s)
            after = world.view()
            assert entry.age_s(after.now) == entry.age_s(before.now)
            assert after.elapsed_s(entry) == before.elapsed_s(entry)
            await asyncio.sleep(120)
            assert len(source.sent) > polls
    assert EventKind.STALLED not in world.told()


@pytest.mark.parametrize("skew_s", [0.0, 127.3, -4000.0])
@virtual
async def test_elapsed_runs_smoothly_on_the_service_clock(skew_s: float) -> None:
    chance = random.Random(11)
    world, source = World(), ScriptedSource(skew_s=skew_s)
    source.latency_s = lambda: chance.choice((0.03, 0.2, 1.0, 6.0, 14.0))
    wanted = source.add(0, ScriptedJob(begin_s=skew_s))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(20)
        shown = [world.view().elapsed_s(world.entry(wanted)) or 0.0]
        for _ in range(6000):
            await asyncio.sleep(0.5)
            shown.append(world.view().elapsed_s(world.entry(wanted)) or 0.0)
    steps = [b - a for a, b in pairwise(shown)]
    assert max(abs(step_s - 0.5) for step_s in steps) <= 1.0
    assert shown[-1] == pytest.approx(20 + 3000, abs=1.0)


# -- stalled, no answer, not asked: three cases ----------------------------------------


def standing(begin_s: float, end_s: float) -> ScriptedJob:
    """A job whose percent stands still in a span of time."""

    def ratio(at_s: float) -> float:
        moved_s = min(at_s, begin_s) + max(0.0, at_s - end_s)
        return moved_s / (moved_s + 3600)

    return ScriptedJob(ratio=ratio)


@virtual
async def test_standstill_is_told_once_and_so_is_its_end() -> None:
    world, source = World(), ScriptedSource()
    source.add(0, standing(600, 4200))
    source.add(1)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(600 + 890)
        assert not world.entry(job_id(0)).is_stalled
        await asyncio.sleep(120)
        assert world.entry(job_id(0)).is_stalled
        await asyncio.sleep(2000)
        assert world.told(*STALLS) == [EventKind.STALLED]
        await asyncio.sleep(1200)
        assert not world.entry(job_id(0)).is_stalled
        assert world.told(*STALLS) == [EventKind.STALLED, EventKind.MOVING]
        await asyncio.sleep(3600)
    assert world.told(*STALLS) == [EventKind.STALLED, EventKind.MOVING]
    assert {event.key for event in world.events()} == {FIRST}


@virtual
async def test_stalled_job_that_ends_is_not_said_to_move() -> None:
    world, source = World(), service(1, ScriptedJob(3000.0, ratio=lambda at_s: 0.4))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(6000)
        assert not world.entry(job_id(0)).is_stalled
    assert world.told() == [EventKind.STALLED, EventKind.SUCCEEDED]


@pytest.mark.parametrize("case", ["no answer", "paused"])
@virtual
async def test_neither_silence_nor_a_pause_is_a_standstill(case: str) -> None:
    world, source = World(), service(2, standing(600, 3000))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(700)
        if case == "paused":
            world.tracker.pause(True)
        else:
            source.fault = between(0, 3000, AWAY)
        await asyncio.sleep(2290)
        assert world.told(*STALLS) == []
        world.tracker.pause(False)
        await asyncio.sleep(600)
    assert world.told(*STALLS) == []


@virtual
async def test_standstill_goes_on_after_an_outage_without_being_told_again() -> None:
    world, source = World(), service(2, standing(600, 1e9))
    source.fault = between(3000, 9000, AWAY)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(20_000)
        assert world.entry(job_id(0)).is_stalled
    assert world.told(*STALLS) == [EventKind.STALLED] * 2


@virtual
async def test_stall_settings_count() -> None:
    by_type = StallSettings(by_type_s={"imsImportImageJob": 300.0})
    for settings, expected in ((by_type, 1), (StallSettings(enabled=False), 0)):
        world, source = World(stall=settings), service(1, standing(0, 1e9))
        world.profile(source)
        async with world.running():
            await asyncio.sleep(800)
        assert len(world.told(*STALLS)) == expected


@virtual
async def test_percent_that_is_missing_now_and_then_is_no_movement() -> None:
    world, source = World(), ScriptedSource()
    chance = random.Random(2)
    source.add(0, ScriptedJob(ratio=lambda at_s: chance.choice((None, 0.4))))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(3600)
    assert world.told(*STALLS) == [EventKind.STALLED]
    assert len(world.entry(job_id(0)).sightings) <= 2


@virtual
async def test_first_answer_decides_who_is_asked_at_once() -> None:
    world, source = World(), service(20)
    source.latency_s = lambda: 5.0
    world.profile(source)
    async with world.running():
        await asyncio.sleep(4.9)
        assert len(source.sent) == 1, "one at a time until the credential is accepted"
        await asyncio.sleep(0.2)
        assert len(source.sent) == 5


# -- asked by hand, slowed, held up ----------------------------------------------------


@virtual
async def test_asking_by_hand_during_an_outage_finds_its_end_at_once() -> None:
    world, source = World(), service(3)
    source.fault = between(30, 3600, AWAY)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(600)
        assert world.health().link is Link.OFFLINE
        await asyncio.sleep(source.sent[-1][0] + 3.0 - loop_time())
        source.fault, before = (lambda wanted, at_s: None), len(source.sent)
        assert world.tracker.poll_now([FIRST]) == PollRequest(1)
        await asyncio.sleep(0.5)
        assert source.sent[before][1] == job_id(0)
        assert world.health().link is Link.LIVE


@virtual
async def test_asking_by_hand_keeps_a_pause_that_the_service_named() -> None:
    world, source = World(), service(3)
    refused = failed(FailureKind.THROTTLED, 429, retry_after_s=60.0)
    source.fault = between(30, 80, refused)
    world.profile(source)
    async with world.running():
        await world.until_link(Link.THROTTLED, 100)
        sent = len(source.sent)
        asked = world.tracker.poll_now([FIRST])
        assert asked.obstacle is Obstacle.THROTTLED
        assert asked.wait_s == pytest.approx(60.0, abs=1.0)
        wait_s = world.tracker.next_poll_in_s(FIRST)
        assert wait_s == pytest.approx(asked.wait_s, abs=0.1)
        await asyncio.sleep(asked.wait_s - 2.0)
        assert len(source.sent) <= sent + 3, "only what was under way"
        await asyncio.sleep(4.0)
        assert source.asked(job_id(0))[-1] > loop_time() - 4.0


@virtual
async def test_what_holds_polling_up_is_the_answer_to_asking() -> None:
    world, source = World(), service(2)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(30)
        world.tracker.pause(True)
        assert world.tracker.poll_now([FIRST]) == PollRequest(0, Obstacle.PAUSED)
        world.tracker.pause(False)
        source.fault = lambda wanted, at_s: REFUSED
        await world.until_link(Link.STOPPED, 60)
        assert world.tracker.poll_now([FIRST]) == PollRequest(0, Obstacle.STOPPED)


@virtual
async def test_rate_that_was_cut_is_said_until_it_has_grown_again() -> None:
    world, source = World(), service(40)
    refused = failed(FailureKind.THROTTLED, 429)
    source.fault = between(300, 320, refused)
    world.profile(source)
    async with world.running():
        await asyncio.sleep(299)
        assert world.health().slowed_per_min is None
        await asyncio.sleep(60)
        assert world.health().link is Link.LIVE
        slowed = world.health().slowed_per_min
        assert slowed is not None
        assert slowed < 30
        await asyncio.sleep(3600)
        assert world.health().slowed_per_min is None


@virtual
async def test_redirect_of_one_job_leaves_the_others_alone() -> None:
    world, source = World(), service(5)
    elsewhere = failed(FailureKind.WRONG_ENDPOINT, 302)
    source.fault = lambda wanted, at_s: (
        elsewhere if wanted == job_id(0) and at_s > 30 else None
    )
    world.profile(source)
    async with world.running():
        await asyncio.sleep(600)
        assert world.health().link is Link.LIVE
        assert world.entry(job_id(0)).failure == elsewhere
        assert 3 <= len(source.asked(job_id(0))) <= 20
        assert loop_time() - source.asked(job_id(1))[-1] < 60
        source.fault = lambda wanted, at_s: elsewhere
        await world.until_link(Link.STOPPED, 60)


@virtual
async def test_lane_that_is_opened_again_looks_at_the_unseen_first() -> None:
    world, source = World(), service(60)
    source.fault = lambda wanted, at_s: REFUSED if len(source.sent) >= 55 else None
    world.profile(source)
    async with world.running():
        await world.until_link(Link.STOPPED, 60)
        unseen = {i for i in source.jobs if world.entry(i).job is None}
        seen = next(iter(source.jobs.keys() - unseen))
        world.tracker.attend({JobKey("prod", seen): 4.0})
        await world.tracker.close_lane("prod")
        again = ScriptedSource(source.jobs)
        world.profile(again)
        await asyncio.sleep(60)
    first = [wanted for _, wanted in again.sent]
    assert set(first[: len(unseen)]) == unseen
    assert first[len(unseen)] == seen


class InstantSource(ScriptedSource):
    """Fails before it waits for anything."""

    async def show(self, job_id: str) -> Outcome:
        self.sent.append((loop_time(), job_id))
        return PollFailed(FailureKind.NOT_UNDERSTOOD, "no time at all")


@virtual
async def test_answers_without_any_wait_leave_everybody_else_their_turn() -> None:
    world, source = World(), InstantSource(service(20).jobs)
    world.profile(source)
    turns = 0
    async with world.running():
        while len(source.sent) < 20:
            await asyncio.sleep(0)
            turns += 1
    assert turns >= 20


# -- at rest ---------------------------------------------------------------------------


@virtual
async def test_a_lane_with_nothing_to_ask_sets_no_timer() -> None:
    world, source = World(), service(1, ScriptedJob(end_s=20.0))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(300)
        assert world.entry(job_id(0)).has_ended
        assert world.health().rate_per_s == 0
        loop = asyncio.get_running_loop()
        timers = [timer for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
        assert not timers
        world.watch(job_id(1))  # and it wakes when there is
        await asyncio.sleep(5)
        assert source.asked(job_id(1))
