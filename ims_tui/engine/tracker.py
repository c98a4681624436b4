"""The tracker: one lane per profile and service, supervised; verbs for its driver.

Plain asyncio; the screen and all commands that poll use it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.moment import Clock, Moment
from ims_tui.core.polling.habits import NO_HABITS
from ims_tui.core.polling.poll_request import PollRequest
from ims_tui.core.ports import JobSource
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import JobStore
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.lane import Lane
from ims_tui.engine.supervisor import Supervisor, log_fault

CLOSE_S = 0.5
"""Longest wait at the end for connections that do not close."""

AT_ONCE = 200
"""Stored jobs that are foreseen in one step, some 5 ms."""


class Tracker:
    """Polls every watched job that can still change."""

    def __init__(
        self,
        store: JobStore,
        clock: Clock,
        *,
        stall: StallSettings,
        on_change: Callable[[], None],
    ) -> None:
        self.store = store
        self._clock = clock
        self._stall = stall
        self._on_change = on_change
        self._supervisor = Supervisor(store, clock, on_change)
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._weights: Mapping[JobKey, float] = {}
        self._slowness = 1.0

    def open_lane(self, lane: Lane) -> None:
        """Poll one more profile; its jobs in the store are taken up."""
        self._lanes[lane.profile] = lane
        lane.stall = self._stall
        lane.pause(self.store.snapshot().is_paused)
        for _ in self.foreseeing(lane):
            pass
        lane.attend(self._weights)
        lane.slow_down(self._slowness)
        now = self._clock.moment()
        for entry in sorted(self._of(lane.profile), key=lambda e: _turn(e, now)):
            if entry.is_live:
                lane.add(entry)
        if self._group is not None:
            self._start(lane, self._group)

    def foreseeing(self, lane: Lane) -> Iterator[None]:
        """Tell of the stored jobs of a lane when they will end, a few with each step.

        From what earlier jobs taught; the rest of them is done when it opens.
        """
        for number, key in enumerate([e.key for e in self._of(lane.profile)], start=1):
            entry = self.store.get(key)  # somebody may change it between two steps
            if entry is not None and _is_to_foresee(entry):
                self.store.put(lane.foresee(entry))
            if number % AT_ONCE == 0:
                yield

    def _of(self, profile: str) -> list[Entry]:
        return [e for e in self.store.entries() if e.watch.lane == profile]

    def has_lane(self, profile: str) -> bool:
        """Whether a profile is polled."""
        return profile in self._lanes

    async def close_lane(self, profile: str) -> None:
        """Stop polling a profile."""
        await self._stop(profile)
        lane = self._lanes.pop(profile, None)
        if lane is not None:
            await lane.close()
        self.store.drop_health(profile)

    async def switch(self, profile: str, source: JobSource) -> None:
        """Ask another source from now on; plan, budget and memory stay."""
        await self._stop(profile)
        lane = self._lanes[profile]
        await lane.switch(source)
        if self._group is not None:
            self._start(lane, self._group)

    async def _stop(self, profile: str) -> None:
        task = self._tasks.pop(profile, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def judge_by(self, stall: StallSettings) -> None:
        """Use other rules for what counts as stalled from the next reply on."""
        self._stall = stall
        for lane in self._lanes.values():
            lane.stall = stall

    # -- verbs -------------------------------------------------------------------------

    def track(self, entry: Entry) -> None:
        """Poll a job that is in the store; does nothing where none can be asked."""
        lane = self._lanes.get(entry.watch.lane)
        for other in self._lanes.values():
            if other is not lane:  # the list may name another service now
                other.remove(entry.key)
        if lane is not None and entry.is_live:
            lane.add(entry)

    def foresee(self, entry: Entry) -> Entry:
        """An entry whose reply no lane got, with what earlier jobs say of it."""
        lane = self._lanes.get(entry.watch.lane)
        return entry if lane is None else lane.foresee(entry)

    def untrack(self, key: JobKey) -> None:
        """Stop polling a job."""
        for lane in self._lanes.values():  # whichever has it: it left the store
            lane.remove(key)

    def poll_now(self, keys: Iterable[JobKey]) -> PollRequest:
        """Ask for these jobs next; returns how many, and what holds them back.

        While paused or stopped none can; they come first when polling goes on.
        """
        by_lane: dict[str, list[JobKey]] = {}
        for key in keys:
            entry = self.store.get(key)
            if entry is None or entry.has_ended:
                continue
            name = entry.watch.lane
            if name not in self._lanes:
                continue
            if entry.is_gone:
                entry = replace(entry, is_gone=False, unknown_since=None)
                self.store.put(entry)
                self.track(entry)
            by_lane.setdefault(name, []).append(key)
        answers = (self._lanes[name].poll_now(ours) for name, ours in by_lane.items())
        return sum(answers, start=PollRequest())

    def pause(self, is_paused: bool) -> None:
        """Stop sending, or go on."""
        self.store.flag(is_paused=is_paused)
        for lane in self._lanes.values():
            lane.pause(is_paused)
        self._on_change()

    def attend(self, weights: Mapping[JobKey, float]) -> None:
        """Tell which rows the eye is on: they are asked a little sooner."""
        self._weights = dict(weights)
        for lane in self._lanes.values():
            lane.attend(weights)

    def slow_down(self, factor: float) -> None:
        """Stretch the intervals while nobody looks; 1 is normal."""
        self._slowness = factor
        for lane in self._lanes.values():
            lane.slow_down(factor)

    async def reload(self) -> None:
        """Read all credentials again and go on where one was refused."""
        for lane in list(self._lanes.values()):
            await lane.reload()

    async def reload_changed(self) -> None:
        """Go on where a refused credential was replaced in its file."""
        for lane in list(self._lanes.values()):
            if lane.is_stopped and await lane.source.has_changed():
                await lane.reload()

    def credentials(self) -> Mapping[str, CredentialState]:
        """What is known of the credentials in use, by profile."""
        found = {name: lane.source.credential for name, lane in self._lanes.items()}
        return {name: state for name, state in found.items() if state is not None}

    def next_poll_in_s(self, key: JobKey) -> float | None:
        """Seconds until a job is asked next; None where it is not waiting.

        Infinite while that depends on an answer under way.
        """
        entry = self.store.get(key)
        lane = self._lanes.get(entry.watch.lane) if entry else None
        if lane is None or not lane.is_sending:
            return None
        return lane.scheduler.due_in_s(key, self._clock.monotonic())

    # -- life --------------------------------------------------------------------------

    async def run(self) -> None:
        """Poll until cancelled; a lane that dies is started again and that is said."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for lane in self._lanes.values():
                    self._start(lane, group)
                await asyncio.get_running_loop().create_future()  # until cancelled
        finally:
            self._group = None
            await self._close_lanes()

    async def _close_lanes(self) -> None:
        """Close what can be closed soon: the end does not wait for a connection."""
        closing = [
            asyncio.create_task(self.close_lane(name), name=f"close {name}")
            for name in self._lanes
        ]
        if closing:
            closed, open_ = await asyncio.wait(closing, timeout=CLOSE_S)
            for task in closed:
                log_fault(task)
            for task in open_:
                task.cancel()

    def _start(self, lane: Lane, group: asyncio.TaskGroup) -> None:
        name = f"lane {lane.profile}"
        self._tasks[lane.profile] = group.create_task(self._supervise(lane), name=name)

    async def _supervise(self, lane: Lane) -> None:
        what = f"polling of {lane.profile}"
        try:
            await self._supervisor.run(what, lane.run, lane.profile)
        finally:
            self.store.drop_fault(what)
            await lane.halt()


def _is_to_foresee(entry: Entry) -> bool:
    return (entry.is_stored or entry.has_ended) and entry.habits is NO_HABITS


def _turn(entry: Entry, now: Moment) -> float:
    """Jobs that show nothing yet come first, then those that may end soonest."""
    if entry.job is None:
        return -1.0
    return entry.estimate.left_s(now.mono_s)[1] if entry.estimate else float("inf")
