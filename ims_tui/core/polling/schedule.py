"""When to ask for which job: the polling schedule of one profile.

Every job has a forecast of its end (`core.polling.forecast`), made anew from each
reply: a chance per second, the hazard h, that it ends now. Asking n times a second
costs n requests and finds the end 1 / 2n late, so the sum of lag and price c of the
requests is least for n = sqrt(h / 2c): the next poll is due where this density has
added up to one. A small constant is added to the hazard because also a job that is far
from its end must not look old on the screen; it makes the longest gap. The price is one
number for all jobs of the profile. It is the configured cost while the budget suffices;
else it rises until all jobs together fit, and then all gaps are stretched by the same
factor, so the jobs that are about to end keep their lead. None is forgotten for them:
no gap is longer than three rounds of all jobs. What the budget saves up meanwhile is
spent at once on the job that is due next. While nobody looks all gaps are stretched,
also where the budget binds, and what is saved up waits for the one who looks again.

A job waits in the queue (`core.polling.duequeue`) or is in flight.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from math import sqrt
from typing import Generic, TypeVar

from msgspec import Struct, field

from ims_tui.core.polling.answer import NoAnswer, Odd, Reply, Seen, Throttled
from ims_tui.core.polling.budget import INF, Budget
from ims_tui.core.polling.course import Course
from ims_tui.core.polling.duequeue import DueQueue
from ims_tui.core.polling.forecast import Forecast, forecast
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import Remaining, time_left

K = TypeVar("K", bound=Hashable)

COST_S = 0.05
"""Price of a request: the seconds of lag that one more request must save."""
SHORTEST_GAP_S = 1.0
"""No job is asked again sooner than this, unless someone asks for it."""
LONGEST_GAP_S = 35.0
"""Longest gap between two looks at a job while the budget suffices."""
MOST_ROUNDS = 3.0
"""While the budget binds, a job waits no longer than all jobs, asked in turn, take so
many times: whoever is about to end may overtake it, but not for ever."""
PLANNED_RATIO = 0.95
"""Share of the budget that the price leaves to planned polls."""
NO_ANSWER_S, NO_ANSWER_MOST_S = 2.0, 60.0
"""First and longest back-off of a job that got no answer, before jitter."""
ODD_S, ODD_MOST_S = 10.0, 600.0
"""First and longest back-off of a job whose replies are of no use."""

_ASKED = -INF
_NEW = -1e9
"""Jobs that were never looked at are due then, less their weight."""
_TOLERANCE_S = 1e-6


class _Tracked(Struct):
    """One live job."""

    job_type: str | None
    course: Course = field(default_factory=Course)
    ahead: Forecast | None = None
    due: float = _NEW
    looked: float = 0.0
    """When the last good reply was made, on our clock."""
    began_s: float | None = None
    """When the job began, on our clock."""
    gap_s: float | None = None
    price_s: float = 0.0
    """The price that the gap was made for."""
    share: float = 0.0
    """This job's part of the demand."""
    weight: float = 1.0
    errors: int = 0


class Scheduler(Generic[K]):
    """Says which job to ask next and when; all times are the caller's clock."""

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
        self._longest_gap_s = max_gap_s
        self._chance = chance
        self._slow_factor = 1.0
        self._jobs: dict[K, _Tracked] = {}
        self._in_flight: dict[K, float] = {}
        """When each request under way was sent."""
        self._doubtful: set[K] = set()
        """Those of them that a suspension may have broken."""
        self._weights: dict[K, float] = {}
        self._queue: DueQueue[K] = DueQueue()
        self._demand = 0.0

    def __len__(self) -> int:
        """Jobs that are tracked."""
        return len(self._jobs)

    # -- what the caller says ----------------------------------------------------------

    def add(
        self, key: K, job_type: str | None, now: float, course: Course | None = None
    ) -> None:
        """Track a job; one that was never looked at comes before those that were.

        ``course`` is what was seen of it before, as before a restart.
        """
        if key not in self._jobs:
            weight = self._weights.get(key, 1.0)
            job = _Tracked(job_type, course or Course(), weight=weight)
            self._jobs[key] = job
            self._push(key, job, _first_due(job, now))

    def remove(self, key: K) -> None:
        """Forget a job; the answer to a request under way still counts."""
        job = self._jobs.pop(key, None)
        if job is not None:
            self._queue.discard(key)
            self._demand -= job.share

    def poll_now(self, key: K, now: float) -> None:
        """Ask for this job as soon as the budget allows, before all others."""
        job = self._jobs.get(key)
        if job is not None:
            self.budget.probe_now(now)
            self._push(key, job, _ASKED)

    def attend(self, weights: Mapping[K, float], now: float) -> None:
        """Name the jobs that someone looks at; one of weight 4 is asked twice as often.

        Every job that is not named has weight 1.
        """
        before, self._weights = self._weights, dict(weights)
        for key in before | self._weights:
            job, weight = self._jobs.get(key), weights.get(key, 1.0)
            if job is not None and job.weight != weight:
                factor, job.weight = sqrt(job.weight / weight), weight
                self._stretch(key, job, factor)

    def slow_down(self, factor: float, now: float) -> None:
        """Stretch all gaps by ``factor``, as while nobody looks; 1 is normal."""
        change, self._slow_factor = factor / self._slow_factor, factor
        if change != 1.0:
            for key, job in self._jobs.items():
                # Slower from here on; to wait anew from the last look on would be a
                # pause for all, and a rush after it. Faster is what is late by now.
                latest = now + max(0.0, job.due - now) * change if change > 1.0 else INF
                job.price_s *= change * change
                self._stretch(key, job, change, latest)

    def wake(self, now: float) -> None:
        """The process was suspended until ``now``.

        The budget goes on without a burst; requests that were under way may fail
        without meaning anything.
        """
        self.budget.wake(now)
        self._doubtful = set(self._in_flight)
        self.catch_up(now)

    def catch_up(self, now: float) -> None:
        """Put all late jobs in the order of their chance to have ended.

        For when polling was held up; jobs that someone looks at come a little sooner.
        """
        for key, job in self._jobs.items():
            if job.due <= _NEW or (job.due > now and not job.errors):
                continue
            job.errors = min(job.errors, 1)  # the back-off begins anew
            if job.ahead is None:
                self._push(key, job, _first_due(job, now))
            else:
                running_ratio = job.ahead.running_ratio(now - job.looked)
                self._push(key, job, now - 1.0 + running_ratio**job.weight)

    # -- the loop ----------------------------------------------------------------------

    def next_time(self, now: float) -> float:
        """Earliest time at which `pop` may return a job; infinite: never."""
        first = self._queue.first
        if first is None:
            return INF
        due, key = first
        ready = self.budget.ready_at(max(now, due))
        job = self._jobs[key]
        is_hurried = self._slow_factor <= 1.0
        if is_hurried and job.gap_s is not None and not job.errors:
            least_s = job.gap_s * sqrt(self._least_price_s / self.price_s())
            affordable = job.looked + max(self._min_gap_s, least_s)
            if affordable < due:
                ready = min(ready, max(affordable, self.budget.spare_at(now)))
        return ready

    def pop(self, now: float) -> K | None:
        """The job to ask right now, if any; it is in flight until `result`."""
        while self.next_time(now) <= now + _TOLERANCE_S and (
            first := self._queue.first
        ):
            due, key = first
            job = self._jobs[key]
            if due <= now + _TOLERANCE_S:
                put_off = self._put_off_to(job, due)
                if put_off > now + _TOLERANCE_S:
                    self._push(key, job, put_off)
                    continue
            self._queue.discard(key)
            self._in_flight[key] = now
            self.budget.take(now)
            return key
        return None

    def cancel(self, key: K, now: float) -> None:
        """The request under way was given up without an answer."""
        if key in self._in_flight:
            self.budget.abandoned()
            self._land(key)
            job = self._jobs.get(key)
            if job is not None:
                self._push(key, job, job.due)

    def put_off(self, key: K, now: float) -> None:
        """A fault of ours met what came back: ask again later, as for an odd reply.

        A job that was planned anew before the fault keeps that plan.
        """
        is_lost = key in self._in_flight or self._queue.place(key) is None
        if key in self._in_flight:
            self.budget.abandoned()
            self._land(key)
        job = self._jobs.get(key)
        if job is not None and is_lost:
            job.errors += 1
            self._push(key, job, now + self._back_off_s(job, Odd()))

    def due_by(self, key: K, latest: float) -> None:
        """Ask for this job no later than that, whatever its back-off."""
        job = self._jobs.get(key)
        if job is not None and job.due > latest:
            self._push(key, job, latest)

    def result(self, key: K, now: float, reply: Reply) -> None:
        """Take the reply for the job in flight; an ended job is no longer tracked."""
        if key not in self._in_flight:
            return
        if key in self._doubtful and isinstance(reply, NoAnswer):
            self.cancel(key, now)
            return
        had_outage = self.budget.has_outage
        self._tell_budget(reply, now)
        is_doubtful = key in self._doubtful
        sent = self._land(key)
        looked = now if is_doubtful else (sent + now) / 2.0  # half a round trip ago
        job = self._jobs.get(key)
        if job is not None:
            self._take(key, job, reply, looked, now)
        if had_outage and not self.budget.has_outage:
            self.catch_up(now)

    # -- facts for the screen ----------------------------------------------------------

    def due_in_s(self, key: K, now: float) -> float | None:
        """Seconds until the job is asked; None if it is in flight or not tracked.

        That is when it is due and the budget has let those through that come before;
        infinite while an answer decides what comes next.
        """
        before = self._queue.place(key)
        if before is None:
            return None
        return max(self._jobs[key].due, self.budget.ready_at(now, before)) - now

    def gap_s(self, key: K) -> float | None:
        """Seconds between the last look and the next one; None before the first."""
        job = self._jobs.get(key)
        return None if job is None else job.gap_s

    def course(self, key: K) -> Course | None:
        """What was seen of the job."""
        job = self._jobs.get(key)
        return None if job is None else job.course

    def remaining(self, key: K) -> Remaining | None:
        """Time left at the last good reply, for the screen."""
        job = self._jobs.get(key)
        if job is None or job.ahead is None:
            return None
        return time_left(self.memory, job.job_type, job.course, job.ahead.age_s)

    def price_s(self) -> float:
        """Seconds of lag a request costs now; beyond ``cost_s`` the budget binds."""
        needed = self._demand / (PLANNED_RATIO * self._planned_rate_per_s)
        return max(self._least_price_s, needed * needed)

    # -- inside ------------------------------------------------------------------------

    @property
    def _most_gap_s(self) -> float:
        """The longest gap, in the interest of the other jobs as it may be."""
        round_s = len(self._jobs) / self._planned_rate_per_s
        return max(self._longest_gap_s * self._slow_factor, MOST_ROUNDS * round_s)

    @property
    def _planned_rate_per_s(self) -> float:
        """The rate that plans count on: while nobody looks, not all of the budget."""
        return self.budget.rate_per_s / max(1.0, self._slow_factor)

    @property
    def _least_price_s(self) -> float:
        return self.cost_s * self._slow_factor**2

    def _land(self, key: K) -> float:
        """The request is no longer under way; returns when it was sent."""
        self._doubtful.discard(key)
        return self._in_flight.pop(key)

    def _tell_budget(self, reply: Reply, now: float) -> None:
        match reply:
            case Seen() | Odd():
                self.budget.answered()
            case NoAnswer():
                self.budget.failed(now)
            case Throttled(retry_after_s, limit):
                self.budget.throttled(now, retry_after_s, limit)

    def _take(
        self, key: K, job: _Tracked, reply: Reply, looked: float, now: float
    ) -> None:
        """Draw from a reply what it means for this job."""
        match reply:
            case Seen(ended=True):
                self._learn(job, reply, now)
                self.remove(key)
            case Seen():
                job.errors = 0
                job.ahead = self._note(job, reply, looked)
                self._push(key, job, looked + self._planned_gap_s(job, job.ahead))
            case Throttled():
                self._push(key, job, job.due)
            case NoAnswer() | Odd():
                job.errors += 1
                self._push(key, job, now + self._back_off_s(job, reply))

    def _note(self, job: _Tracked, reply: Seen, looked: float) -> Forecast:
        """Take down what a good reply says of a running job, and look ahead."""
        job.job_type, job.looked = reply.job_type, looked
        if reply.age_s is not None:
            job.began_s = looked - reply.age_s
        elif job.began_s is None:
            job.began_s = looked
        age_s = max(0.0, looked - job.began_s)
        job.course.record(age_s, reply.step, reply.progress_ratio)
        return forecast(self.memory, job.job_type, job.course, age_s)

    def _learn(self, job: _Tracked, reply: Seen, now: float) -> None:
        """Remember how the job went; without end_time, it ended after the last look."""
        end_s = reply.age_s
        if end_s is None and job.began_s is not None:
            end_s = (job.looked + now) / 2.0 - job.began_s
        if end_s is not None:
            learn(
                self.memory,
                reply.job_type,
                job.course,
                end_s,
                has_failed=reply.failed,
            )

    def _planned_gap_s(self, job: _Tracked, ahead: Forecast) -> float:
        """The gap after a good reply, at the present price."""
        job.price_s = self.price_s()
        freshness_per_s = 2.0 * self.cost_s / self._longest_gap_s**2
        gap_s = ahead.gap_s(job.price_s, freshness_per_s, job.weight)
        gap_s = max(self._min_gap_s, min(gap_s, self._most_gap_s))
        self._set_gap(job, gap_s)
        return gap_s

    def _set_gap(self, job: _Tracked, gap_s: float) -> None:
        """Take a gap and count what the job would need if requests cost one second."""
        job.gap_s = gap_s
        self._demand -= job.share
        job.share = sqrt(job.price_s) / gap_s
        self._demand += job.share

    def _stretch(
        self, key: K, job: _Tracked, factor: float, latest: float = INF
    ) -> None:
        """Change the gap of a job that waits; what was asked for or failed stays."""
        if job.gap_s is not None:
            self._set_gap(job, job.gap_s * factor)
            if job.due > _NEW and not job.errors:
                self._push(key, job, min(job.looked + job.gap_s, latest))
        elif _ASKED < job.due <= _NEW:
            self._push(key, job, _NEW - job.weight)

    def _put_off_to(self, job: _Tracked, due: float) -> float:
        """The due time of a job if the price rose since it was set."""
        price_s = self.price_s()
        if job.gap_s is None or job.errors or due <= _NEW or price_s <= job.price_s:
            return due
        gap_s = job.gap_s * sqrt(price_s / job.price_s)
        job.price_s = price_s
        self._set_gap(job, max(job.gap_s, min(gap_s, self._most_gap_s)))
        return job.looked + job.gap_s

    def _back_off_s(self, job: _Tracked, reply: NoAnswer | Odd) -> float:
        """Time until the next try: random up to a bound that doubles (full jitter).

        During an outage of the service its probes set the pace, not this.
        """
        if isinstance(reply, NoAnswer) and self.budget.has_outage:
            return 0.0
        first_s, most_s = (
            (NO_ANSWER_S, NO_ANSWER_MOST_S)
            if isinstance(reply, NoAnswer)
            else (ODD_S, ODD_MOST_S)
        )
        bound_s = min(most_s, first_s * 2.0 ** min(job.errors, 16))
        return max(self._min_gap_s, bound_s * self._chance())

    def _push(self, key: K, job: _Tracked, due: float) -> None:
        """Let a job wait until it is due; one in flight waits for its reply first."""
        if key not in self._in_flight:
            job.due = due
            self._queue.put(key, due)


def _first_due(job: _Tracked, now: float) -> float:
    """When a job is due that we did not look at yet, but perhaps an earlier run did."""
    return (now if job.course.marks else _NEW) - job.weight
