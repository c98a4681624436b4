"""Faults of ours: every loop survives its own and those of the others, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest

from ims_tui.core.config.settings import (
    PollSettings,
    Profile,
    Settings,
    TokenSpec,
    UiSettings,
)
from ims_tui.core.polling.answer import Reply
from ims_tui.core.polling.budget import Budget, Limit
from ims_tui.core.polling.schedule import Scheduler
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import Exchange, FailureKind
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.archive_row import Archived
from ims_tui.core.state.store import EventKind
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch, kept_result
from ims_tui.engine.runtime import Ports, Runtime
from ims_tui.engine.supervisor import FIRST_PAUSE_S, GOOD_STRETCH_S, LONGEST_PAUSE_S
from tests.engine.test_reloader import AtOnce, Config, Files
from tests.fakes import ScriptedJob, job_id
from tests.memory_state import MemoryStateFile
from tests.virtual_time import START, VirtualClock, virtual
from tests.world import BUDGET, WINDOW_S, World, loop_time, service

LOOPS = {
    "save the list": "saving",
    "store replies": "saving",
    "look at the list": "saving",
    "look at the configuration": "reading settings",
    "look for old jobs": "archiving",
    "look at the other copy": "following",
}
"""What a loop does, and the name under which its death is told."""

OLD = Watch(
    job_id(9),
    "prod",
    result=kept_result(JobStatus.SUCCESS, stated_end=START - timedelta(days=30)),
)
ADDED = JobKey("prod", job_id(2))


class Faulty:
    """Raises what no port may raise, at one place, while a test wants it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.is_broken: Callable[[], bool] = lambda: False
        self.raised = 0

    def at(self, where: str) -> None:
        if where == self._where and self.is_broken():
            self.raised += 1
            raise KeyError(where)


class ListFile(Files):
    def __init__(self, faulty: Faulty, *watches: Watch) -> None:
        self.watches: tuple[Watch, ...] = watches
        self._faulty = faulty

    def load(self) -> LoadReport:
        return LoadReport(self.watches)

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        self._faulty.at("save the list")
        self.watches = tuple(watches)
        return LoadReport(self.watches)

    def has_changed(self) -> bool:
        self._faulty.at("look at the list")
        return False


class Replies(MemoryStateFile):
    def __init__(self, faulty: Faulty) -> None:
        super().__init__()
        self._faulty = faulty
        self.stored: set[JobKey] = set()

    def save(self, polls: Sequence[StoredPoll], removed: Sequence[JobKey]) -> None:
        self._faulty.at("store replies")
        self.stored |= {poll.key for poll in polls}

    def archive(self, jobs: Sequence[Archived]) -> None:
        self._faulty.at("look for old jobs")
        super().archive(jobs)


class OtherCopy:
    """Neighbour port: a copy that knows nothing that we do not know."""

    def __init__(self, faulty: Faulty) -> None:
        self._faulty = faulty

    def is_polling(self) -> bool:
        self._faulty.at("look at the other copy")
        return True

    def replies(self, keys: Collection[JobKey]) -> Sequence[StoredPoll]:
        return ()


class WatchedConfig(Config):
    def __init__(self, settings: Settings, faulty: Faulty) -> None:
        super().__init__(settings)
        self._faulty = faulty

    def has_changed(self) -> bool:
        self._faulty.at("look at the configuration")
        return super().has_changed()


class Stage:
    """A runtime of two running jobs and an old one, one place of which is faulty."""

    def __init__(self, where: str) -> None:
        self.faulty = Faulty(where)
        self.source = service(3, ScriptedJob(end_s=200.0))
        self.clock = VirtualClock()
        profile = Profile("prod", "cn-north-4", "https://a", TokenSpec(Secret("one")))
        poll = PollSettings(max_interval_s=10.0)
        ui = UiSettings(archive_after_s=86400.0)
        settings = Settings({"prod": profile}, "prod", poll=poll, ui=ui)
        self.list = ListFile(
            self.faulty, OLD, *(Watch(job_id(n), "prod") for n in range(2))
        )
        self.replies = Replies(self.faulty)
        self.runtime = Runtime(
            settings,
            Ports(
                clock=self.clock,
                watch_file=self.list,
                state_file=self.replies,
                open_source=lambda profile, settings: self.source,
                config=WatchedConfig(settings, self.faulty),
                chance=lambda: 0.5,
                file_thread=AtOnce(),  # in the loop, for virtual time
                neighbour=OtherCopy(self.faulty),
            ),
        )
        self.runtime.archives = True

    @asynccontextmanager
    async def running(self, *first: Watch) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        task = asyncio.create_task(self.runtime.run(first))
        try:
            yield
            assert not task.done(), "the program ended by itself"
        finally:
            task.cancel()
            await asyncio.wait([task])
        assert task.cancelled(), task.exception()

    def told(self, *kinds: EventKind) -> list[str]:
        events = self.runtime.snapshot().events
        return [event.detail for event in events if event.kind in kinds]

    def asked_between(self, begin_s: float, end_s: float) -> set[str]:
        return {wanted for at_s, wanted in self.source.sent if begin_s <= at_s < end_s}

    async def add_a_job(self) -> None:
        """Add one, as the operator does, whoever is dead."""
        await self.runtime.add([Watch(ADDED.job_id, "prod")])


def assert_nothing_is_lost(stage: Stage) -> None:
    """All jobs are in the list or the archive, polled to their end, and stored."""
    listed = {watch.job_id: watch for watch in stage.list.watches}
    assert listed.keys() == set(stage.source.jobs)
    assert all(watch.result for watch in listed.values()), "each end is in the list"
    assert stage.replies.stored >= {JobKey("prod", wanted) for wanted in listed}
    assert [row.key for row in stage.replies.archive_page(None, 9)[0]] == [OLD.key]
    assert stage.source.asked_after_end() == []
    assert stage.runtime.saver.unsaved == stage.runtime.saver.unkept == ""


@virtual
async def test_a_list_is_read_until_the_jobs_of_the_command_line_are_in_it() -> None:
    stage = Stage("nowhere")
    stage.list.watches = ()
    runtime = stage.runtime
    snapshots = [runtime.snapshot()]
    runtime.on_change = lambda: snapshots.append(runtime.snapshot())
    async with stage.running(Watch(ADDED.job_id, "prod")):
        await asyncio.sleep(1)
    assert all(snapshot.is_loading or snapshot.entries for snapshot in snapshots)
    assert snapshots[0].is_loading
    assert not snapshots[-1].is_loading


@pytest.mark.parametrize("where", LOOPS)
@virtual
async def test_a_loop_that_dies_once_stands_up_again(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage(where)
    stage.faulty.is_broken = lambda: not stage.faulty.raised
    async with stage.running():
        await stage.add_a_job()
        await asyncio.sleep(20)
        assert stage.faulty.raised == 1
        (fault,) = stage.runtime.snapshot().faults
        assert (fault.what, fault.why, fault.count) == (LOOPS[where], "KeyError", 1)
        await asyncio.sleep(GOOD_STRETCH_S)
        assert not stage.runtime.snapshot().faults
        await asyncio.sleep(300)
    assert_nothing_is_lost(stage)
    assert stage.told(EventKind.FAULT) == [f"{LOOPS[where]}: KeyError"]
    assert stage.told(EventKind.WELL) == [f"{LOOPS[where]} goes on after 1 fault"]
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("where", LOOPS)
@virtual
async def test_a_loop_that_dies_for_a_minute_costs_no_poll_and_no_entry(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage(where)
    stage.faulty.is_broken = lambda: loop_time() < 60
    async with stage.running():
        adding = asyncio.create_task(stage.add_a_job())
        await asyncio.sleep(60)
        died = stage.faulty.raised
        (fault,) = stage.runtime.snapshot().faults
        assert fault.count == died > 3
        for begin_s in range(10, 60, 15):
            asked = stage.asked_between(begin_s, begin_s + 15)
            assert asked == set(stage.source.jobs), "the others go on"
        await asyncio.sleep(LONGEST_PAUSE_S + GOOD_STRETCH_S + 200)
        assert not stage.runtime.snapshot().faults
        await adding
    assert_nothing_is_lost(stage)
    assert stage.told(EventKind.FAULT) == [f"{LOOPS[where]}: KeyError"]
    assert stage.told(EventKind.WELL) == [f"{LOOPS[where]} goes on after {died} faults"]
    assert caplog.text.count("Traceback") == 1, "one for all deaths"


@virtual
async def test_what_a_dead_saver_left_is_saved_at_the_end() -> None:
    stage = Stage("look at the list")
    stage.faulty.is_broken = lambda: True
    async with stage.running():
        await asyncio.sleep(40)
        await stage.add_a_job()
    assert ADDED in {watch.key for watch in stage.list.watches}
    assert ADDED not in stage.replies.stored
    assert JobKey("prod", job_id(1)) in stage.replies.stored


@virtual
async def test_a_list_that_a_fault_keeps_from_its_file_is_said_at_the_end() -> None:
    stage = Stage("save the list")
    stage.faulty.is_broken = lambda: True
    async with stage.running():
        await asyncio.sleep(5)
        added = await stage.runtime.add([Watch(ADDED.job_id, "prod")])
        assert not added.is_saved, "whoever adds does not wait for ever"
    assert "fault of ims-tui" in stage.runtime.saver.unsaved


# -- the polling loop ------------------------------------------------------------------


class FaultyScheduler(Scheduler[JobKey]):
    """Meets faults of ours: in the loop, or for one job."""

    def __init__(self) -> None:
        limit = Limit.per_window(BUDGET, WINDOW_S)
        super().__init__(budget=Budget(limit), max_gap_s=20.0)
        self.is_broken: Callable[[], bool] = lambda: False
        self.poisoned: Callable[[JobKey], bool] = lambda key: False

    def next_time(self, now: float) -> float:
        if self.is_broken():
            raise LookupError("queue out of order")
        return super().next_time(now)

    def result(self, key: JobKey, now: float, reply: Reply) -> None:
        if self.poisoned(key):
            raise ZeroDivisionError
        super().result(key, now, reply)


@virtual
async def test_a_polling_loop_that_dies_for_a_minute_loses_no_answer() -> None:
    world, source, scheduler = World(), service(5), FaultyScheduler()
    source.latency_s = lambda: 2.5
    scheduler.is_broken = lambda: 30 <= loop_time() < 90
    world.profile(source, scheduler=scheduler)
    async with world.running():
        await asyncio.sleep(89)
        (fault,) = world.store.snapshot().faults
        assert (fault.what, fault.count > 3) == ("polling of prod", True)
        assert len(source.answered) == len(source.sent), "answers still count"
        await asyncio.sleep(LONGEST_PAUSE_S + GOOD_STRETCH_S + 60)
        assert not world.store.snapshot().faults
    asked = {wanted for at_s, wanted in source.sent if at_s > 90}
    assert asked == set(source.jobs)
    assert source.most_for_one_job == 1
    assert world.told(EventKind.FAULT) == [EventKind.FAULT]


@virtual
async def test_the_pause_grows_and_is_short_again_after_a_good_stretch() -> None:
    world, source, scheduler = World(), service(2), FaultyScheduler()
    died_s: list[float] = []

    def is_broken() -> bool:
        is_now = loop_time() < 20 or 300 <= loop_time() < 312
        if is_now:
            died_s.append(loop_time())
        return is_now

    scheduler.is_broken = is_broken
    world.profile(source, scheduler=scheduler)
    async with world.running():
        await asyncio.sleep(400)
    pauses = [b - a for a, b in pairwise(died_s)]
    first, later = pauses[:4], pauses[5:]
    assert first == pytest.approx([FIRST_PAUSE_S * 2**n for n in range(4)], abs=0.1)
    assert later[0] == pytest.approx(FIRST_PAUSE_S, abs=0.1)


@virtual
async def test_a_poisoned_job_is_told_once_and_asked_again_while_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, source, scheduler = World(), service(4), FaultyScheduler()
    bad = JobKey("prod", job_id(0))
    scheduler.poisoned = lambda key: key == bad and loop_time() < 3000
    world.profile(source, scheduler=scheduler)
    healthy, other = World(), service(4)
    healthy.profile(other, scheduler=FaultyScheduler())
    async with world.running(), healthy.running():
        await asyncio.sleep(3000)
        assert world.told() == [EventKind.JOB_FAULT]
        assert world.events()[0].key == bad
        failure = world.entry(bad.job_id).failure
        assert failure is not None
        assert failure.kind is FailureKind.UNEXPECTED
        assert 3 <= len(source.asked(bad.job_id)) <= 40, "later, not in a rush"
        for wanted in list(source.jobs)[1:]:
            assert len(source.asked(wanted)) >= 0.9 * len(other.asked(wanted))
        await asyncio.sleep(900)
        assert world.entry(bad.job_id).failure is None
    assert caplog.text.count("Traceback") == 1


@virtual
async def test_a_job_that_ended_in_a_poisoned_reply_is_not_asked_again() -> None:
    world, source = World(), service(2, ScriptedJob(end_s=50.0))
    scheduler = FaultyScheduler()
    scheduler.poisoned = lambda key: loop_time() >= 50
    world.profile(source, scheduler=scheduler)
    async with world.running():
        await asyncio.sleep(600)
    assert source.asked_after_end() == []


@virtual
async def test_a_stored_reply_that_meets_a_fault_costs_no_row() -> None:
    stage = Stage("")
    broken = StoredPoll(JobKey("prod", job_id(0)), Exchange(200, b"{}"), START)
    msgspec.structs.force_setattr(broken, "exchange", None)
    stage.replies.load = lambda: [broken]  # type: ignore[method-assign]
    async with stage.running():
        await asyncio.sleep(30)
        assert len(stage.runtime.snapshot().entries) >= 2
        assert stage.asked_between(0, 30) == {job_id(0), job_id(1)}
    assert len(stage.told(EventKind.JOB_FAULT)) == 1
