"""The product's scheduler in the shape that the polling benchmark drives."""

from __future__ import annotations

from typing import Any

from ims_tui.core.polling.answer import NoAnswer, Reply, Seen, Throttled
from ims_tui.core.polling.budget import Budget, Limit
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.schedule import COST_S, Scheduler

RATE_PER_S = 50.0
"""The benchmark's budget where a workload sets none."""
BURST = 3.0


class ProductScheduler:
    """Translates the benchmark's calls and replies; decides nothing."""

    name = "product"

    def __init__(
        self, budget: float | None = None, cost: float | None = None, **_: object
    ) -> None:
        """``budget`` in requests a second, ``cost`` in seconds of lag a request."""
        limit = Limit(budget or RATE_PER_S, BURST)
        self._cost_s = COST_S if cost is None else cost
        self._begin(limit, Memory())

    def _begin(self, limit: Limit, memory: Memory) -> None:
        self.scheduler: Scheduler[Any] = Scheduler(
            budget=Budget(limit), cost_s=self._cost_s, memory=memory
        )
        self.add = self.scheduler.add
        self.next_time = self.scheduler.next_time
        self.pop = self.scheduler.pop
        self.wake = self.scheduler.wake

    def reset(self) -> None:
        """Forget the jobs and the clock, keep what was learned."""
        self._begin(self.scheduler.budget.limit, self.scheduler.memory)

    def result(self, key: Any, now: float, reply: Any) -> None:
        """Hand over what a client can know of one reply."""
        self.scheduler.result(key, now, _translated(reply))


def _translated(reply: Any) -> Reply:
    if reply.code == 429:
        return Throttled(reply.retry_after, reply.limit)
    if reply.code != 200:
        return NoAnswer()
    return Seen(
        job_type=reply.kind,
        ended=reply.status in ("SUCCESS", "FAIL"),
        failed=reply.status == "FAIL",
        progress_ratio=reply.percent,
        step=reply.task or "",
        age_s=reply.elapsed,
    )
