"""A scenario that began at a certain time: the service's memory of jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ims_tui.core.service.jobservice import JobService
from ims_tui.simulator.chance import digest, hex_id, image_uuid
from ims_tui.simulator.plan import JobPlan, Quirk
from ims_tui.simulator.quirk import encode, reshape
from ims_tui.simulator.reply import (
    SimulatedJob,
    iso_time,
    legacy_time,
    progress_reply,
    sibling_reply,
)
from ims_tui.simulator.scenario import Scenario

HOSTS = ("9a175ac6", "9a175ac7", "9a175ac8")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DemoWatch(NamedTuple):
    """What an operator would have written beside a job of the scenario."""

    job_id: str
    label: str
    tags: tuple[str, ...]
    note: str
    service: JobService = JobService.IMS


class Simulation:
    """The jobs of a scenario and those submitted later.

    Args:
        scenario: what happens.
        started: aware wall time of offset 0.
        speed: simulated seconds in one second of the wall clock. Times in replies
            are wall times, so that a client's clock and the service's agree at any
            speed: at 20 a job of ten minutes begins and ends 30 s apart.
    """

    def __init__(
        self, scenario: Scenario, *, started: datetime, speed: float = 1.0
    ) -> None:
        self.scenario = scenario
        self._started = started.astimezone(UTC)
        self._speed = speed
        self._jobs: dict[str, SimulatedJob] = {}
        self._planned = tuple(self._add(plan) for plan in scenario.jobs)

    @property
    def job_ids(self) -> tuple[str, ...]:
        """The scenario's own jobs in the order of its table, without sub-jobs."""
        return tuple(job.job_id for job in self._planned)

    @property
    def watches(self) -> tuple[DemoWatch, ...]:
        """One entry per job of the scenario, to fill a watchlist with."""
        return tuple(
            DemoWatch(
                job.job_id,
                job.plan.label,
                job.plan.tags,
                job.plan.note,
                job.plan.recipe.service,
            )
            for job in self._planned
        )

    def submit(self, plan: JobPlan) -> str:
        """Add a job whose plan begins at the present offset; returns its id."""
        return self._add(plan).job_id

    def wall(self, offset_s: float) -> datetime:
        """Wall time of a simulated offset, cut to the millisecond."""
        wall = self._started + timedelta(seconds=offset_s / self._speed)
        return wall - timedelta(microseconds=wall.microsecond % 1000)

    def job_body(self, job_id: str, elapsed_s: float) -> dict[str, Any] | None:
        """The documented call's reply; None if the service does not know the job."""
        job = self._jobs.get(job_id)
        if job is not None and job.plan.recipe.service is not JobService.IMS:
            return None
        body = progress_reply(job, elapsed_s, self._stamp) if job else None
        return reshape(self._quirk(job_id), body, elapsed_s) if body else None

    def sibling_body(self, job_id: str, elapsed_s: float) -> dict[str, Any] | None:
        """The deprecated call's reply: no percent, no step, `results` for members."""
        job = self._jobs.get(job_id)
        body = sibling_reply(job, elapsed_s, self._stamp) if job else None
        if body is None or job is None or job.plan.recipe.service is JobService.IMS:
            return body
        return reshape(self._quirk(job_id), body, elapsed_s)

    def encode(self, job_id: str, body: dict[str, Any], elapsed_s: float) -> bytes:
        """The bytes of a reply about this job, broken if that is its quirk."""
        return encode(self._quirk(job_id), body, elapsed_s)

    def _quirk(self, job_id: str) -> Quirk | None:
        return self._jobs[job_id].plan.quirk

    def _stamp(self, offset_s: float) -> str:
        wall = self.wall(offset_s)
        return legacy_time(wall) if self.scenario.legacy else iso_time(wall)

    def _add(self, plan: JobPlan) -> SimulatedJob:
        children = tuple(self._add(child) for child in plan.children())
        job_id = self._new_id(plan.begin_s)
        seed = self.scenario.seed
        job = SimulatedJob(
            job_id=job_id,
            image_id=image_uuid(seed, job_id, "image"),
            worker_id=hex_id(seed, job_id, "worker"),
            plan=plan,
            children=children,
        )
        self._jobs[job_id] = job
        return job

    def _new_id(self, begin_s: float) -> str:
        """8 hex of a host, 8 of a process, 12 of the time in ms, 4 of a counter."""
        serial = len(self._jobs)
        host = HOSTS[serial % len(HOSTS)]
        process = digest(self.scenario.seed, host, size=4).hex()
        milliseconds = (self.wall(begin_s) - EPOCH) // timedelta(milliseconds=1)
        return f"{host}{process}{milliseconds:012x}{(0x2001 + serial) % 0x10000:04x}"
