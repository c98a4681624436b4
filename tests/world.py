"""A tracker in virtual time with one scripted service per profile."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import NamedTuple

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.moment import Moment
from ims_tui.core.polling.budget import Budget, Limit
from ims_tui.core.polling.schedule import Scheduler
from ims_tui.core.ports import JobSource
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Event, EventKind, JobStore
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.lane import Lane, LaneLimits
from ims_tui.engine.tracker import Tracker
from tests.fakes import ScriptedJob, ScriptedSource
from tests.virtual_time import VirtualClock

BUDGET, WINDOW_S = 200, 300.0


class Gaps(NamedTuple):
    """Shortest and longest time between two looks at a job."""

    least_s: float = 1.0
    most_s: float = 60.0


class World:
    """What a test of the tracker looks at."""

    def __init__(
        self,
        *,
        limits: LaneLimits | None = None,
        gaps: Gaps | None = None,
        stall: StallSettings | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.store = JobStore()
        self.changes = 0
        self.tracker = Tracker(
            self.store,
            self.clock,
            stall=stall or StallSettings(),
            on_change=self._changed,
        )
        self.limits = limits or LaneLimits()
        self.gaps = gaps or Gaps()
        self.sources: list[ScriptedSource] = []
        self._chance = random.Random(1)

    def _changed(self) -> None:
        self.changes += 1

    def scheduler(self) -> Scheduler[JobKey]:
        """A scheduler with the default budget."""
        return Scheduler(
            budget=Budget(Limit.per_window(BUDGET, WINDOW_S)),
            min_gap_s=self.gaps.least_s,
            max_gap_s=self.gaps.most_s,
            chance=self._chance.random,
        )

    def profile(
        self,
        source: ScriptedSource,
        name: str = "prod",
        scheduler: Scheduler[JobKey] | None = None,
    ) -> Lane:
        """Open a lane; the jobs that the service has are in the list."""
        for wanted in source.jobs:
            self.store.put_watch(Watch(wanted, name))
        self.sources.append(source)
        return self.open_lane(source, scheduler, name)

    def open_lane(
        self,
        source: JobSource,
        scheduler: Scheduler[JobKey] | None = None,
        name: str = "prod",
    ) -> Lane:
        """Open a lane on any source; the jobs are those of the list."""
        lane = self.new_lane(source, scheduler, name)
        self.tracker.open_lane(lane)
        return lane

    def new_lane(
        self,
        source: JobSource,
        scheduler: Scheduler[JobKey] | None = None,
        name: str = "prod",
    ) -> Lane:
        """A lane on any source, not opened yet."""
        return Lane(
            name,
            source,
            self.scheduler() if scheduler is None else scheduler,
            self.store,
            self.clock,
            self.limits,
            self._changed,
        )

    def watch(self, wanted: str, name: str = "prod") -> JobKey:
        """Add a job, as while the tracker runs."""
        entry = self.store.put_watch(Watch(wanted, name))
        self.tracker.track(entry)
        return entry.key

    def entry(self, wanted: str, name: str = "prod") -> Entry:
        """What is known of a job that is in the list."""
        entry = self.store.get(JobKey(name, wanted))
        assert entry is not None
        return entry

    def health(self, name: str = "prod") -> Health:
        """How a profile stands."""
        return self.store.health(name)

    def told(self, *kinds: EventKind) -> list[EventKind]:
        """Kinds of what was told, in order; only of some kinds where they are given."""
        return [e.kind for e in self.events() if not kinds or e.kind in kinds]

    def events(self) -> list[Event]:
        """What was told."""
        return list(self.store.snapshot().events)

    def view(self) -> View:
        """The point of view of a repaint right now."""
        now = Moment(self.clock.now(), self.clock.monotonic())
        return View(now, self.store.snapshot().health)

    async def until_link(self, link: Link, limit_s: float, name: str = "prod") -> float:
        """Wait until a profile has a link; returns the seconds that took."""
        began_s = loop_time()
        while self.health(name).link is not link:
            assert loop_time() - began_s <= limit_s, self.health(name).link
            await asyncio.sleep(0.1)
        return loop_time() - began_s

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the tracker; afterwards everything is closed."""
        task = asyncio.create_task(self.tracker.run())
        try:
            yield
            assert not task.done(), "the tracker ended by itself"
        finally:
            task.cancel()
            await asyncio.wait([task])
        assert all(source.is_closed for source in self.sources)


def service(count: int, job: ScriptedJob | None = None) -> ScriptedSource:
    """A service with so many jobs, all alike."""
    source = ScriptedSource()
    for number in range(count):
        source.add(number, job)
    return source


def loop_time() -> float:
    """Virtual seconds since the test began."""
    return asyncio.get_running_loop().time()


def most_in_window(sent: list[tuple[float, str]], window_s: float = WINDOW_S) -> int:
    """The largest number of requests in any window."""
    most = first = 0
    for last, (at_s, _) in enumerate(sent):
        while sent[first][0] <= at_s - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
