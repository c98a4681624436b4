"""From jobs that ended to what the next ones are told: estimates, pauses, restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.config.settings import Profile, Settings, TokenSpec
from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.estimate import short_text
from ims_tui.core.ports import FixedConfig, StateFile
from ims_tui.core.show.sentences import event_line
from ims_tui.core.show.view import View
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.stall import USUAL_S
from ims_tui.core.state.store import EventKind
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.runtime import Ports, Runtime
from tests.engine.test_reloader import AtOnce, Files
from tests.fakes import AWAY, ScriptedJob, ScriptedSource, between, job_id
from tests.memory_state import MemoryStateFile
from tests.virtual_time import VirtualClock, virtual
from tests.world import World

PROD = Profile("prod", "cn-north-4", "https://a", TokenSpec(Secret("one")))
SETTINGS = Settings({"prod": PROD}, "prod")
LENGTH_S = 600.0
EARLIER = 6


def steady(begin_s: float, length_s: float = LENGTH_S) -> ScriptedJob:
    """A job whose percent grows evenly, in steps of one."""
    return ScriptedJob(
        begin_s + length_s,
        begin_s,
        ratio=lambda at_s: round(max(0.0, (at_s - begin_s) / length_s), 2),
    )


class Run:
    """One run of the program; the files outlive it."""

    def __init__(self, source: ScriptedSource, state: StateFile) -> None:
        self.source = source
        self.runtime = Runtime(
            SETTINGS,
            Ports(
                clock=VirtualClock(),
                watch_file=Files(),
                state_file=state,
                open_source=lambda profile, settings: source,
                config=FixedConfig(SETTINGS),
                chance=lambda: 0.5,
                file_thread=AtOnce(),  # in the loop, for virtual time
            ),
        )

    def entry(self, number: int) -> Entry:
        entry = self.runtime.store.get(JobKey("prod", job_id(number)))
        assert entry is not None
        return entry

    def left(self, number: int) -> str:
        """What LEFT shows."""
        found = self.entry(number).estimate
        return short_text(found, self.runtime.moment().mono_s) if found else "?"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        first = [Watch(wanted, "prod") for wanted in self.source.jobs]
        task = asyncio.create_task(self.runtime.run(first))
        try:
            yield
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.wait([task])


async def teach(state: StateFile) -> None:
    """Let some jobs go by; afterwards nothing of them is in memory."""
    source = ScriptedSource()
    for number in range(EARLIER):
        source.add(number, steady(20.0 * number, LENGTH_S + 10 * number))
    run = Run(source, state)
    async with run.running():
        await asyncio.sleep(2 * LENGTH_S)
        assert all(run.entry(number).has_ended for number in range(EARLIER))


@virtual
async def test_what_was_learned_survives_a_restart(tmp_path: Path) -> None:
    await teach(StateDb(tmp_path / "state.db"))
    source = ScriptedSource()
    source.add(50, steady(VirtualClock().monotonic()))
    again = Run(source, StateDb(tmp_path / "state.db"))
    async with again.running():
        await asyncio.sleep(5)
        found = again.entry(50).estimate
        assert found is not None
        assert (found.basis, found.jobs) == (Basis.HISTORY, EARLIER)
        low_s, _, high_s = found.left_s(again.runtime.moment().mono_s)
        assert 450 < low_s < 600 < high_s < 800
        assert again.left(50).startswith("~")
        await asyncio.sleep(300)
        found = again.entry(50).estimate
        assert found is not None
        low_s, _, high_s = found.left_s(again.runtime.moment().mono_s)
        assert low_s - 30 <= 295 <= high_s + 30


@virtual
async def test_deleting_the_history_costs_only_knowledge(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    await teach(StateDb(path))
    path.write_bytes(b"not a database any more, whoever did that")
    source = ScriptedSource()
    source.add(50, steady(VirtualClock().monotonic()))
    again = Run(source, StateDb(path))
    async with again.running():
        await asyncio.sleep(5)
        assert again.left(50).endswith("?"), "from published lengths"
        await asyncio.sleep(120)
        found = again.entry(50).estimate
        assert found is not None
        assert found.basis is Basis.PERCENT


@virtual
async def test_nothing_is_kept_where_nothing_may_be(tmp_path: Path) -> None:
    state = StateDb(tmp_path / "state.db")
    source = ScriptedSource()
    source.add(0, steady(0.0))
    run = Run(source, state)
    run.runtime.settings = Settings({"prod": PROD}, "prod", keep_history_s=0.0)
    async with run.running():
        await asyncio.sleep(LENGTH_S + 60)
    assert StateDb(tmp_path / "state.db").past() == []


@virtual
async def test_the_plan_of_the_scheduler_says_when_values_are_old() -> None:
    source = ScriptedSource()
    source.add(0, steady(0.0, 1e6))
    run = Run(source, MemoryStateFile())
    async with run.running():
        await asyncio.sleep(2000)
        planned_s = run.entry(0).planned_s
        assert planned_s is not None
        assert 1.0 <= planned_s <= 35.0
        source.fault = between(0, 1e9, AWAY)
        await asyncio.sleep(60 + 3 * planned_s)
        snapshot = run.runtime.snapshot()
        assert View(run.runtime.moment(), snapshot.health).is_stale(run.entry(0))


@virtual
async def test_earlier_pauses_say_when_a_job_is_stalled() -> None:
    world, source = World(), ScriptedSource()
    for number in range(EARLIER):
        source.add(number, steady(0.0, 3000.0 + 30 * number))
    source.add(9, ScriptedJob(begin_s=0.0, ratio=lambda at_s: min(0.62, at_s / 9000)))
    world.profile(source)
    async with world.running():
        await asyncio.sleep(0.62 * 9000 + 250)
        assert not world.entry(job_id(9)).is_stalled
        # Usual pauses are about a minute, so the least time counts: five minutes.
        await asyncio.sleep(150)
        assert world.entry(job_id(9)).is_stalled
        assert USUAL_S > 400.0, "sooner than without history"
        await asyncio.sleep(3000)
    (event,) = [e for e in world.events() if e.kind is EventKind.STALLED]
    entries = {e.key: e for e in world.store.entries()}
    sentence = event_line(event, entries, world.view())
    assert "has not moved from 62% for 5:" in sentence
    assert "; usual longest pause 1:" in sentence
