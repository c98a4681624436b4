"""Jobs that went before a scenario, so that a demonstration begins with knowledge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import exp

from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.history import PastJob, Sample
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.simulator.chance import chance, hex_id
from ims_tui.simulator.plan import JobPlan

JOBS_PER_TYPE = 9
"""One job, `audit-2026-q3`, is plainly longer than them, and no other is."""
LOOKS = 40
"""How often each of them was looked at."""
USUAL_LOG, SPREAD = 0.25, 0.4
"""Logarithm of their usual length against the typical one, and its deviation: disks of
40 GB and of 1 TB are jobs of one type."""
DAY_S = 86400.0


def earlier_jobs(
    plans: Iterable[JobPlan], seed: int, profile: str, now: datetime, speed: float
) -> list[PastJob]:
    """Some jobs of every type in a scenario, which ended on the days before.

    Args:
        plans: the jobs of the scenario.
        seed: of the scenario.
        profile: whose jobs they are.
        now: aware time when the scenario starts.
        speed: simulated seconds in one second of the clock.
    """
    kinds = {plan.recipe.job_type: plan for plan in plans}
    return [
        _earlier(kinds[kind], seed, number, profile, now, speed)
        for kind in sorted(kinds)
        for number in range(JOBS_PER_TYPE, 0, -1)
    ]


def _earlier(
    like: JobPlan, seed: int, number: int, profile: str, now: datetime, speed: float
) -> PastJob:
    kind = like.recipe.job_type
    draws = [chance(seed, "earlier", kind, number, part) for part in range(3)]
    stretch = exp(USUAL_LOG + SPREAD * 2.0 * (sum(draws) - 1.5))
    plan = replace(
        like,
        begin_s=0.0,
        length_s=like.recipe.typical_s * stretch,
        queued_s=0.0,
        fails=None,
        stall=None,
        quirk=None,
    )
    return PastJob(
        JobKey(profile, hex_id(seed, "earlier", kind, number)),
        kind,
        JobStatus.SUCCESS,
        now - timedelta(seconds=number * DAY_S),
        plan.end_s / speed,
        _looks(plan, speed),
    )


def _looks(plan: JobPlan, speed: float) -> list[Sample]:
    found: list[Sample] = []
    gap_s = plan.end_s / LOOKS
    for look in range(LOOKS):
        state = plan.state(look * gap_s)
        if state is None:
            continue
        shown = state.task, state.percent
        if not found or shown != (found[-1].step, found[-1].progress_ratio):
            before_s = gap_s / speed if look else 0.0
            found.append(Sample(look * gap_s / speed, before_s, *shown))
    return found
