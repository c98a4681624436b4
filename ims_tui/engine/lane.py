"""The polling loop of one profile: due jobs, bounded concurrency, health.

A lane asks whom its scheduler names, when its budget allows, and writes what comes back
into the store. It stops at a refused credential and goes on after `reload`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.moment import Clock
from ims_tui.core.polling.poll_request import SOON_S, Obstacle, PollRequest
from ims_tui.core.polling.schedule import Scheduler
from ims_tui.core.ports import JobSource
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.state.booking import Booked, Plan, Poll, Rules, book
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.history import course_so_far, foreseen
from ims_tui.core.state.store import JobStore
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.supervisor import Supervisor

_LOG = logging.getLogger(__name__)

SUSPENDED_S = 15.0
"""Waking later than planned by this much means the machine or the terminal slept."""

HALT_S = 0.5
"""Longest wait for requests that are given up."""

_RATE_WINDOW_S = 60.0
_TELL_S = 1.0
"""The health tells the rate at least so often, also while one reply chases another."""
_FOREVER = float("inf")


class LaneLimits(Struct, frozen=True):
    """How much a lane may do at once, and how long it believes and waits."""

    max_in_flight: int = 4
    give_up_unknown_after_s: float = 600.0
    deadline_s: float = 60.0
    """Longest time for one request: a reply may also trickle in for ever."""
    heartbeat_s: float = 5.0
    """The lane looks at the clock at least this often: the machine may have slept."""


class Lane:
    """Polls the jobs of one profile."""

    def __init__(
        self,
        profile: str,
        source: JobSource,
        scheduler: Scheduler[JobKey],
        store: JobStore,
        clock: Clock,
        limits: LaneLimits,
        on_change: Callable[[], None],
    ) -> None:
        self.profile = profile
        """Of a sibling of IMS with its service, as in `lane_name`."""
        self.source = source
        self.scheduler = scheduler
        self.stall = StallSettings()
        """When a job counts as stalled; the tracker sets it."""
        self._store = store
        self._clock = clock
        self._limits = limits
        self._on_change = on_change
        self._faults = Supervisor(store, clock, on_change)
        self._polls: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        """An error of a poll that concerns all jobs: it ends the loop."""
        self._in_flight: set[JobKey] = set()
        self._wake = asyncio.Event()
        self._sent: deque[float] = deque()
        self._told_s = -_FOREVER
        self._is_accepted = False
        self._is_paused = False
        self._reloads = 0

    # -- what the tracker says ---------------------------------------------------------

    def add(self, entry: Entry) -> None:
        """Poll a job."""
        course, now_s = course_so_far(entry), self._clock.monotonic()
        self.scheduler.add(entry.key, entry.job_type or None, now_s, course)
        self._wake.set()

    def foresee(self, entry: Entry) -> Entry:
        """An entry whose reply we did not get, with what earlier jobs say of it."""
        if entry.seen is None:
            return entry
        service_seen = self._health.clock.time(entry.seen)
        return foreseen(entry, self.scheduler.memory, service_seen)

    def remove(self, key: JobKey) -> None:
        """Stop polling a job."""
        self.scheduler.remove(key)
        self._wake.set()

    def poll_now(self, keys: Sequence[JobKey]) -> PollRequest:
        """Ask as soon as the budget allows; while paused or stopped, after that."""
        now = self._clock.monotonic()
        for key in keys:
            self.scheduler.poll_now(key, now)
        self._wake.set()
        if self.is_stopped:
            return PollRequest(0, Obstacle.STOPPED)
        if self._is_paused:
            return PollRequest(0, Obstacle.PAUSED)
        budget = self.scheduler.budget
        until = budget.throttled_until(now)
        if until is not None:
            return PollRequest(len(keys), Obstacle.THROTTLED, until - now)
        wait_s = budget.ready_at(now, len(keys) - 1) - now
        obstacle = Obstacle.BUDGET if wait_s >= SOON_S else None
        return PollRequest(len(keys), obstacle, wait_s)

    def attend(self, weights: Mapping[JobKey, float]) -> None:
        """Tell which jobs the eye is on."""
        self.scheduler.attend(weights, self._clock.monotonic())
        self._wake.set()

    def slow_down(self, factor: float) -> None:
        """Stretch the intervals while nobody looks."""
        self.scheduler.slow_down(factor, self._clock.monotonic())
        self._wake.set()

    def pause(self, is_paused: bool) -> None:
        """Send nothing more, or go on."""
        if self._is_paused and not is_paused:
            self.scheduler.catch_up(self._clock.monotonic())
        self._is_paused = is_paused
        self._wake.set()

    async def reload(self) -> None:
        """Read the credential again and go on after a refusal."""
        await self.source.reload()
        self._reloads += 1
        self._is_accepted = False
        if self.is_stopped:
            self.scheduler.catch_up(self._clock.monotonic())
            self._put_health(self._health.restarted(self._clock.moment()))
        self._wake.set()

    async def switch(self, source: JobSource) -> None:
        """Ask another source; the lane was halted."""
        old, self.source = self.source, source
        await old.close()
        self._is_accepted = False
        health = self._health.restarted(self._clock.moment())
        self._put_health(replace(health, credential=None, call=""))

    @property
    def is_sending(self) -> bool:
        """Whether requests go out: neither paused nor stopped."""
        return not (self._is_paused or self.is_stopped)

    @property
    def is_stopped(self) -> bool:
        """Whether a refusal stopped the profile, until `reload`."""
        return self._health.link is Link.STOPPED

    # -- the loop ----------------------------------------------------------------------

    async def run(self) -> None:
        """Poll until cancelled. Where it dies what is under way goes on."""
        while True:
            if self._fault is not None:
                fault, self._fault = self._fault, None
                raise fault
            now = self._clock.monotonic()
            key = self._pop(now)
            if key is not None:
                poll = asyncio.create_task(
                    self._poll_on(key), name=f"poll {key.job_id}"
                )
                self._polls.add(poll)
                poll.add_done_callback(self._poll_ended)
                continue
            due = self._next_time(now)
            if due <= now:  # the scheduler changed its mind about the moment
                due = now + 0.05
            await self._sleep(now, due)

    def _poll_ended(self, poll: asyncio.Task[None]) -> None:
        self._polls.discard(poll)
        if not poll.cancelled() and (fault := poll.exception()) is not None:
            self._fault = fault
            self._wake.set()

    async def halt(self) -> None:
        """Give up what is under way, which is due again; `run` has ended."""
        polls = set(self._polls)
        for poll in polls:
            poll.cancel()
        if polls:
            await asyncio.wait(polls, timeout=HALT_S)
        for key in self._in_flight:  # those whose task never began
            self.scheduler.cancel(key, self._clock.monotonic())
        self._in_flight.clear()

    def _next_time(self, now: float) -> float:
        # One at a time until a credential was accepted: a wrong one is refused once.
        most = self._limits.max_in_flight if self._is_accepted else 1
        if not self.is_sending or len(self._in_flight) >= most:
            return _FOREVER
        return self.scheduler.next_time(now)

    def _pop(self, now: float) -> JobKey | None:
        """The job to ask right now, if any; it is in flight from now on."""
        key = self.scheduler.pop(now) if self._next_time(now) <= now else None
        if key is not None:
            self._in_flight.add(key)
            self._sent.append(now)
        return key

    async def _sleep(self, now: float, until: float) -> None:
        self._tell_plan(now, until)
        self._told_s = now
        self._wake.clear()
        if not (len(self.scheduler) or self._sent):
            await self._wake.wait()  # nothing to ask, nothing that grows old
            return
        wait_s = min(until - now, self._limits.heartbeat_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        woke = self._clock.monotonic()
        if woke - now - wait_s > SUSPENDED_S:
            _LOG.info("%s: slept %.0f s too long", self.profile, woke - now - wait_s)
            self.scheduler.wake(woke)

    async def _poll_on(self, key: JobKey) -> None:
        """Ask about a job and, while others are due, about them in its place."""
        asked: JobKey | None = key
        while asked is not None:
            await self._poll(asked)
            now = self._clock.monotonic()
            asked = self._pop(now)
            has_room = len(self._in_flight) < self._limits.max_in_flight
            if has_room or now - self._told_s >= _TELL_S:
                self._wake.set()
            await asyncio.sleep(0)  # others go on, too, where no answer waits

    async def _poll(self, key: JobKey) -> None:
        reloads = self._reloads
        try:
            outcome = await self._ask(key)
            is_refused = self._health.is_stopped_by(key, outcome, self._is_only)
            # A refusal says nothing of a credential that was read after the request.
            if not (is_refused and reloads != self._reloads):
                self._take(key, outcome, is_refused=is_refused)
        except Exception as error:  # noqa: BLE001 - it costs this job one poll
            self._put_off(key, error)
        finally:
            self.scheduler.cancel(key, self._clock.monotonic())  # unless answered
            self._in_flight.discard(key)

    async def _ask(self, key: JobKey) -> Outcome:
        limit_s = self._limits.deadline_s
        try:
            async with asyncio.timeout(limit_s):
                return await self.source.show(key.job_id)
        except TimeoutError:
            cause = f"no complete answer in {limit_s:.0f} s"
            return PollFailed(FailureKind.UNREACHABLE, cause)
        except Exception as error:  # noqa: BLE001 - a fault of ours costs one poll
            self._faults.of_job(key, error)
            return PollFailed(FailureKind.UNEXPECTED, type(error).__name__)

    # -- what came back ----------------------------------------------------------------

    def _take(self, key: JobKey, outcome: Outcome, *, is_refused: bool) -> None:
        """Book one outcome everywhere it counts."""
        booked = self._booked(key, outcome)
        try:
            if not is_refused:  # no fault of the job: it is due again after a reload
                now_s = booked.poll.now.mono_s
                self.scheduler.result(key, now_s, booked.reply)
            plan = self._plan(key) if isinstance(outcome, PollOk) else None
            rules = Rules(self.stall, self._limits.give_up_unknown_after_s)
            booked = booked.judged(plan, rules)
            if booked.entry is not None:
                self._plan_unknown(booked.entry)
            if isinstance(outcome, PollOk) or outcome.kind is FailureKind.NOT_KNOWN:
                self._is_accepted = True
        finally:  # what came back is known also where planning met a fault
            self._keep(booked)

    def _plan_unknown(self, entry: Entry) -> None:
        """Ask about an unknown id at its last moment, and then no more."""
        if entry.is_gone:
            self.scheduler.remove(entry.key)
        elif entry.failure is not None and entry.unknown_since is not None:
            limit_s = self._limits.give_up_unknown_after_s
            if entry.failure.kind is FailureKind.NOT_KNOWN:
                self.scheduler.due_by(entry.key, entry.unknown_since.mono_s + limit_s)

    def _put_off(self, key: JobKey, fault: Exception) -> None:
        """A fault of ours met what came back about one job: the others go on."""
        self._faults.of_job(key, fault)
        self.scheduler.put_off(key, self._clock.monotonic())
        entry = self._store.get(key)
        if entry is None or entry.has_ended:
            self.scheduler.remove(key)
        else:
            outcome = PollFailed(FailureKind.UNEXPECTED, type(fault).__name__)
            self._keep(self._booked(key, outcome))

    def _booked(self, key: JobKey, outcome: Outcome) -> Booked:
        source = self.source
        poll = Poll(
            key,
            outcome,
            self._clock.moment(),
            source.call,
            source.credential,
            is_only=self._is_only,
        )
        return book(self._store.get(key), self._health, poll)

    def _plan(self, key: JobKey) -> Plan:
        scheduler = self.scheduler
        course = scheduler.course(key)
        if course is None:
            return Plan(scheduler.memory)
        return Plan(
            scheduler.memory,
            course.looked_s,
            scheduler.remaining(key),
            scheduler.gap_s(key),
        )

    def _keep(self, booked: Booked) -> None:
        self._store.book(booked.entry, booked.health, booked.events, booked.outage)
        self._on_change()

    def _tell_plan(self, now: float, due: float) -> None:
        """Keep in the health what depends on the plan, not on a reply."""
        while self._sent and self._sent[0] <= now - _RATE_WINDOW_S:
            self._sent.popleft()
        health = self._health
        if len(self.scheduler) == 0 and health.link not in (Link.IDLE, Link.STOPPED):
            health = health.restarted(self._clock.moment())
        is_waiting = health.link in (Link.OFFLINE, Link.THROTTLED)
        next_try_s = due if is_waiting and due < _FOREVER else None
        budget = self.scheduler.budget
        allowed = round(60.0 * budget.rate_per_s)
        self._put_health(
            replace(
                health,
                next_try_s=next_try_s,
                rate_per_s=len(self._sent) / _RATE_WINDOW_S,
                slowed_per_min=allowed if budget.is_slowed else None,
                allowed_per_min=allowed,
            )
        )

    @property
    def _is_only(self) -> bool:
        """Whether there is no other job that could be asked."""
        return len(self.scheduler) <= 1

    @property
    def _health(self) -> Health:
        return self._store.health(self.profile)

    def _put_health(self, health: Health) -> None:
        if health != self._health:
            self._store.put_health(health)
            self._on_change()

    async def close(self) -> None:
        """Close the source; the lane was halted."""
        await self.source.close()
