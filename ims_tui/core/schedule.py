"""When to ask for which job: the polling schedule of one profile."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Generic, TypeVar

from ims_tui.core.budget import INF, Budget, Limit
from ims_tui.core.forecast import Forecast, forecast
from ims_tui.core.memory import Course, Memory

K = TypeVar("K", bound=Hashable)

COST_S = 0.05
"""Price of a request: the seconds of lag that one more request must save."""
SHORTEST_GAP_S = 1.0
"""No job is asked more often than this."""
LONGEST_GAP_S = 40.0
"""Longest gap between two looks at a job while the budget does not bind."""

_ASKED = -INF
_NEW = -1e300
_TOLERANCE_S = 1e-6
FRESH = 1.0
WC = 1
PART = 0.95


@dataclass(frozen=True, slots=True)
class Seen:
    """A good reply: what the service says of the job."""

    job_type: str
    ended: bool
    failed: bool
    progress_ratio: float | None
    step: str
    age_s: float | None
    """Server time minus begin_time; end_time minus begin_time once the job ended."""
    end_age_s: float | None = None
    """Server time minus end_time, once the job ended."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """The gateway refused the request (429)."""

    retry_after_s: float | None
    limit: tuple[int, float] | None
    """(requests, window in seconds) where the reply names the limit."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No answer from the service, or a fault of the service."""


@dataclass(frozen=True, slots=True)
class Odd:
    """The service is well, but its reply for this job is of no use."""


Reply = Seen | Throttled | NoAnswer | Odd


@dataclass(slots=True)
class _Tracked:
    """One live job."""

    job_type: str | None
    due: float
    ticket: int = 0
    gap_s: float | None = None
    weight: float = 1.0
    errors: int = 0
    begin: float | None = None
    looked: float = 0.0
    sent: float = 0.0
    share: float = 0.0
    price_s: float = 0.0
    course: Course = field(default_factory=Course)
    ends: Forecast | None = None


class Scheduler(Generic[K]):
    """Says which job to ask next and when."""

    def __init__(
        self,
        *,
        budget: Budget | None = None,
        cost_s: float = COST_S,
        min_gap_s: float = SHORTEST_GAP_S,
        max_gap_s: float = LONGEST_GAP_S,
        memory: Memory | None = None,
        chance: Callable[[], float] = lambda: 0.5,
    ) -> None:
        """Track nothing yet; ``chance`` returns numbers in 0..1 for the jitter."""
        self.budget = budget if budget is not None else Budget()
        self.memory = memory if memory is not None else Memory()
        self.cost_s = cost_s
        self._min_gap_s = min_gap_s
        self._max_gap_s = max_gap_s
        self._chance = chance
        self._slow_factor = 1.0
        self._jobs: dict[K, _Tracked] = {}
        self._flying: set[K] = set()
        self._doubtful: set[K] = set()
        self._heap: list[tuple[float, int, K]] = []
        self._ticket = 0
        self._demand = 0.0

    def reset(self) -> None:
        """Forget the jobs and the clock, keep what was learned."""
        self._jobs.clear()
        self._flying.clear()
        self._doubtful.clear()
        self._heap.clear()
        self._demand = 0.0
        self.budget.restart()

    def __len__(self) -> int:
        """Jobs that are tracked."""
        return len(self._jobs)

    # -- what the caller says ---------------------------------------------------------

    def add(self, key: K, job_type: str | None, now: float) -> None:
        """Track a job; it is looked at before all others."""
        if key not in self._jobs:
            self._jobs[key] = job = _Tracked(job_type, _NEW)
            self._push(key, job, _NEW)

    def remove(self, key: K) -> None:
        """Forget a job; the answer to a request under way still counts."""
        job = self._jobs.pop(key, None)
        if job is not None:
            self._demand -= job.share

    def poll_now(self, key: K, now: float) -> None:
        """Ask for this job as soon as the budget allows, before all others."""
        job = self._jobs.get(key)
        if job is not None:
            self._push(key, job, _ASKED)

    def attend(self, weights: Mapping[K, float], now: float) -> None:
        """Name the jobs that someone looks at; weights above 1 are asked sooner."""
        for key, job in self._jobs.items():
            job.weight = weights.get(key, 1.0)

    def slow_down(self, factor: float, now: float) -> None:
        """Stretch all gaps by ``factor``, as while nobody looks; 1 is normal."""
        self._slow_factor = factor

    def wake(self, now: float) -> None:
        """The process was suspended until ``now``."""
        self.budget.wake(now)
        self._doubtful = set(self._flying)
        self._sort_late(now)

    def _sort_late(self, now):
        for key, job in self._jobs.items():
            if job.ends is not None and (job.due <= now or job.errors):
                job.errors = 0
                self._push(key, job, now - 1.0 + job.ends.alive(now - job.looked))

    # -- the loop ---------------------------------------------------------------------

    def next_time(self, now: float) -> float:
        """Earliest time at which `pop` may return a job; infinite: never."""
        self._drop_stale()
        if not self._heap:
            return INF
        due, _, key = self._heap[0]
        ready = self.budget.ready_at(max(now, due))
        job = self._jobs[key]
        price_s = self.price_s()
        if WC and price_s > self.cost_s and job.gap_s is not None:
            early = job.looked + job.gap_s * sqrt(self.cost_s / price_s)
            ready = min(ready, max(early, self.budget.spare_at(now)))
        return ready

    def pop(self, now: float) -> K | None:
        """The job to ask right now, if any; it is in flight until `result`."""
        while self.next_time(now) <= now + _TOLERANCE_S:
            due, _, key = heapq.heappop(self._heap)
            job = self._jobs[key]
            price_s = self.price_s()
            if (
                _NEW < due <= now + _TOLERANCE_S
                and job.gap_s is not None
                and price_s > job.price_s
            ):
                job.gap_s *= sqrt(price_s / job.price_s)
                job.price_s = price_s
                due = job.looked + job.gap_s
                if due > now + _TOLERANCE_S:
                    self._push(key, job, due)
                    continue
            job.due, job.ticket, job.sent = due, 0, now
            self._flying.add(key)
            self.budget.take(now)
            return key
        return None

    def cancel(self, key: K, now: float) -> None:
        """The request under way was given up without an answer."""
        if key not in self._flying:
            return
        self._flying.discard(key)
        self._doubtful.discard(key)
        self.budget.abandoned()
        job = self._jobs.get(key)
        if job is not None:
            self._push(key, job, max(now, job.due))

    def result(self, key: K, now: float, reply: Reply) -> None:
        """What came back for the job in flight; an ended job is no longer tracked."""
        if key not in self._flying:
            return
        if key in self._doubtful and isinstance(reply, NoAnswer):
            self.cancel(key, now)
            return
        self._flying.discard(key)
        self._doubtful.discard(key)
        self._tell_budget(reply, now)
        job = self._jobs.get(key)
        if job is None:
            return
        match reply:
            case Seen(ended=True):
                self._learn(job, reply)
                self._demand -= job.share
                del self._jobs[key]
            case Seen():
                self._note(job, reply, now)
                self._plan(job, now)
                self._push(key, job, job.looked + job.gap_s)
            case Throttled():
                self._push(key, job, job.due)
            case NoAnswer() | Odd():
                job.errors += 1
                base_s = 2.0 if isinstance(reply, NoAnswer) else 10.0
                cap_s = min(60.0 * base_s, base_s * 2.0 ** min(job.errors, 10))
                gap_s = max(self._min_gap_s, cap_s * self._chance())
                self._push(key, job, now + gap_s)

    def _tell_budget(self, reply: Reply, now: float) -> None:
        match reply:
            case Seen() | Odd():
                if self.budget.answered():
                    self._sort_late(now)
            case NoAnswer():
                self.budget.failed(now)
            case Throttled(retry_after_s, limit):
                named = None if limit is None else Limit.per_window(*limit, 0.05)
                self.budget.throttled(now, retry_after_s, named)

    # -- facts for the screen ---------------------------------------------------------

    def due_in_s(self, key: K, now: float) -> float | None:
        """Seconds until the job is due; None if it is not waiting."""
        job = self._jobs.get(key)
        if job is None or key in self._flying:
            return None
        return max(0.0, job.due - now)

    def gap_s(self, key: K) -> float | None:
        """Seconds between the last look and the next one; None before the first."""
        job = self._jobs.get(key)
        return None if job is None else job.gap_s

    def price_s(self) -> float:
        """What a request costs now, in seconds of lag; above ``cost_s``: budget binds."""
        needed = self._demand / (PART * self.budget.rate_per_s)
        return max(self.cost_s, needed * needed)

    # -- inside -----------------------------------------------------------------------

    def _note(self, job: _Tracked, reply: Seen, now: float) -> None:
        job.job_type = reply.job_type
        job.errors = 0
        job.looked = (now + job.sent) / 2.0
        if reply.age_s is not None:
            job.begin = job.looked - reply.age_s
        elif job.begin is None:
            job.begin = job.looked
        job.course.look(job.looked - job.begin, reply.step, reply.progress_ratio)

    def _plan(self, job: _Tracked, now: float) -> None:
        age = job.looked - job.begin
        job.ends = forecast(self.memory, job.job_type, job.course, age)
        job.price_s = self.price_s()
        fresh = (
            2.0
            * self.cost_s**FRESH
            * job.price_s ** (1 - FRESH)
            / (LONGEST_GAP_S if LONGEST_GAP_S != 60 else self._max_gap_s) ** 2
        )
        job.gap_s = job.ends.gap(job.price_s, fresh, job.weight, self._min_gap_s)
        self._demand -= job.share
        job.share = sqrt(job.price_s) / job.gap_s
        self._demand += job.share

    def _learn(self, job: _Tracked, reply: Seen) -> None:
        age = reply.age_s
        if age is None:
            return
        self.memory.learn(reply.job_type, job.course, age, reply.failed)

    def _push(self, key: K, job: _Tracked, due: float) -> None:
        if key in self._flying:
            return
        self._ticket += 1
        job.due, job.ticket = due, self._ticket
        heapq.heappush(self._heap, (due, self._ticket, key))

    def _drop_stale(self) -> None:
        while self._heap:
            _, ticket, key = self._heap[0]
            job = self._jobs.get(key)
            if job is not None and job.ticket == ticket and isfinite(ticket):
                return
            heapq.heappop(self._heap)
