"""A month in little: polls in virtual time, repaints off screen, and what grows.

The issue's month is 2.6 million polls and 500,000 repaints. `measure` does a share of
it and says which; jobs end and new ones come all the while.
"""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from datetime import timedelta

import psutil
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.service.outcome import Exchange, Outcome, PollOk
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.app import ImsTui
from tests.bench.report import Figure, say
from tests.bench.stage import moved
from tests.fakes import ScriptedJob, ScriptedSource, job_id
from tests.golden_stage import on_stage, repaint, tick
from tests.scenes import MORNING, WIDE, Scene
from tests.virtual_time import VirtualLoop
from tests.world import World

MONTH_POLLS, MONTH_REPAINTS = 2_600_000, 500_000
JOBS = 45
MIB = 2**20
SLACK = 8
"""What may be under way at one moment and not at another; a leak is hundreds."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a process holds."""

    rss: int
    tasks: int
    timers: int
    files: int

    @classmethod
    def now(cls) -> Level:
        """What is held right now, without what is garbage."""
        gc.collect()
        process = psutil.Process()
        return cls(
            process.memory_info().rss,
            len(asyncio.all_tasks()),
            _timers(),
            process.num_fds(),
        )


def _timers() -> int:
    """What the running loop will call at a later time."""
    scheduled: list[asyncio.TimerHandle] = vars(asyncio.get_running_loop())[
        "_scheduled"
    ]
    return sum(not handle.cancelled() for handle in scheduled)


class Forgetful(ScriptedSource):
    """A service that keeps no record of what it was asked."""

    polls = 0

    async def show(self, job_id: str) -> Outcome:
        """Answer with an ever new percentage."""
        await asyncio.sleep(0.1)
        self.polls += 1
        at_s = asyncio.get_running_loop().time()
        return PollOk(ScriptedJob().at(job_id, at_s), Exchange(200, b"{}"))


async def polled(polls: int) -> list[Level]:
    """Levels after a first tenth, half and all; a job ends every 500 polls."""
    world, source = World(), Forgetful()
    for number in range(JOBS):
        source.add(number)
    world.profile(source)
    levels, last = [], JOBS
    async with world.running():
        for share in (0.1, 0.5, 1.0):
            while source.polls < polls * share:
                await asyncio.sleep(750)
                gone = JobKey("prod", job_id(last - JOBS))
                world.store.drop(gone)
                world.tracker.untrack(gone)
                world.watch(job_id(last))
                last += 1
                world.store.take_polled()
                world.store.snapshot()
            levels.append(Level.now())
    return levels


async def repainted(repaints: int) -> list[Level]:
    """Levels over repaints of a whole screen, each a second and a change later."""
    levels = []
    async with on_stage(Scene("month", WIDE, MORNING * 4)) as pilot:
        app = pilot.app
        assert isinstance(app, ImsTui)
        dashboard = app.dashboard
        keys = [e.key for e in app.runtime.store.entries() if e.is_live and e.job]
        done, began = 0, app.now()

        def now() -> Moment:
            passed = timedelta(seconds=done)
            return Moment(began.wall + passed, began.mono_s + done)

        app.now = now
        for share in (0.1, 0.5, 1.0):
            while done < repaints * share:
                entry = app.runtime.store.get(keys[done % len(keys)])
                assert entry is not None
                app.runtime.store.put(replace(moved(entry), polls=entry.polls + 1))
                repaint(app)
                dashboard.table.move(1 if done % 60 < 30 else -1)
                if done % 4 == 0:
                    await tick(app)  # which lets all else go on, too
                await asyncio.sleep(0)
                done += 1
            await asyncio.sleep(0.2)  # so that what the last repaint began is over
            levels.append(Level.now())
    return levels


def measure(share: float = 1 / 60) -> list[Figure]:
    """A share of a month."""
    polls, repaints = round(MONTH_POLLS * share), round(MONTH_REPAINTS * share)
    say(f"  {polls} polls and {repaints} repaints: 1/{1 / share:.0f} of a month")
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        figures = _growth("polls", runner.run(polled(polls)))
    return figures + _growth("repaints", asyncio.run(repainted(repaints)))


def _growth(name: str, levels: list[Level]) -> list[Figure]:
    for level in levels:
        say(f"  {name}: {level}")
    _, half, end = levels
    return [
        Figure(
            f"{name}: memory of the second half", (end.rss - half.rss) / MIB, 2, "MiB"
        ),
        Figure(f"{name}: more tasks", end.tasks - half.tasks, 0, slack=SLACK),
        Figure(f"{name}: more timers", end.timers - half.timers, 0, slack=SLACK),
        Figure(f"{name}: more open files", end.files - half.files, 0, slack=SLACK),
    ]
