"""Stand-ins for the ports: a service whose jobs and faults are functions of time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf

from ims_tui.core.service.job import Job, JobStatus
from ims_tui.core.service.outcome import (
    Exchange,
    FailureKind,
    Outcome,
    PollFailed,
    PollOk,
)
from ims_tui.core.signin.credential import CredentialState
from tests.virtual_time import START

Fault = Callable[[str, float], Outcome | Exception | None]
"""By job id and time: what a request meets instead of an answer."""

AWAY = PollFailed(FailureKind.UNREACHABLE, "no answer in time")


def job_id(number: int) -> str:
    """A well-formed id."""
    return f"{number:032x}"


def failed(
    kind: FailureKind,
    http_status: int,
    *,
    retry_after_s: float | None = None,
    limit: tuple[int, float] | None = None,
) -> PollFailed:
    """A failure that came as a reply."""
    return PollFailed(
        kind,
        f"HTTP {http_status}",
        exchange=Exchange(http_status),
        retry_after_s=retry_after_s,
        limit=limit,
    )


SERVER_FAULT = failed(FailureKind.SERVER_FAULT, 500)
REFUSED = failed(FailureKind.AUTH_REJECTED, 401)
NOT_KNOWN = failed(FailureKind.NOT_KNOWN, 400)


def between(begin_s: float, end_s: float, outcome: Outcome) -> Fault:
    """A fault that every request meets in a span of time."""
    return lambda job_id, at_s: outcome if begin_s <= at_s < end_s else None


@dataclass(frozen=True)
class ScriptedJob:
    """One job of the service, in seconds of the service's own time."""

    end_s: float = inf
    begin_s: float = 0.0
    status: JobStatus = JobStatus.SUCCESS
    """How it ends."""
    ratio: Callable[[float], float | None] = lambda at_s: at_s / (at_s + 3600)
    step: str = ""
    job_type: str = "imsImportImageJob"

    def at(self, job_id: str, at_s: float) -> Job:
        """What the service says of it at a time."""
        has_ended = at_s >= self.end_s
        status = self.status if has_ended else JobStatus.RUNNING
        return Job(
            job_id,
            status,
            status.value,
            self.job_type,
            begin_time=START + timedelta(seconds=self.begin_s),
            end_time=START + timedelta(seconds=self.end_s) if has_ended else None,
            progress_ratio=1.0 if has_ended else self.ratio(at_s),
            step=self.step,
        )


@dataclass
class ScriptedSource:
    """JobSource port: answers by script, takes its time, keeps a record."""

    jobs: dict[str, ScriptedJob] = field(default_factory=dict)
    fault: Fault = lambda job_id, at_s: None
    """What a request meets instead of an answer."""
    latency_s: Callable[[], float] = lambda: 0.1
    """Drawn anew for each request."""
    skew_s: float = 0.0
    """How far the service's clock is ahead."""
    sent: list[tuple[float, str]] = field(default_factory=list)
    answered: list[tuple[float, str, Outcome]] = field(default_factory=list)
    most_in_flight: int = 0
    most_for_one_job: int = 0
    credential: CredentialState | None = None
    call: str = ""
    is_changed: bool = False
    """Whether another credential can be read."""
    reloads: int = 0
    is_closed: bool = False
    _in_flight: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, job: ScriptedJob | None = None) -> str:
        """Start a job; returns its id."""
        self.jobs[job_id(number)] = job or ScriptedJob()
        return job_id(number)

    @property
    def in_flight(self) -> int:
        """Requests without an answer yet."""
        return self._in_flight.total()

    def asked(self, wanted: str) -> list[float]:
        """When a job was asked about."""
        return [at_s for at_s, sent_id in self.sent if sent_id == wanted]

    def asked_after_end(self) -> list[str]:
        """Jobs that were asked about after an answer had said that they ended."""
        ends = {
            wanted: at_s
            for at_s, wanted, outcome in self.answered
            if isinstance(outcome, PollOk) and outcome.job.status.has_ended
        }
        return [i for at_s, i in self.sent if i in ends and at_s > ends[i]]

    async def show(self, job_id: str) -> Outcome:
        """Answer by script."""
        loop = asyncio.get_running_loop()
        self.sent.append((loop.time(), job_id))
        self._in_flight[job_id] += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self.most_for_one_job = max(self.most_for_one_job, self._in_flight[job_id])
        latency_s = self.latency_s()
        try:
            await asyncio.sleep(latency_s / 2)
            outcome = self._outcome(job_id, loop.time(), latency_s)
            await asyncio.sleep(latency_s / 2)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)  # closing a connection takes its time
            raise
        finally:
            self._in_flight[job_id] -= 1
        self.answered.append((loop.time(), job_id, outcome))
        return outcome

    def _outcome(self, job_id: str, at_s: float, latency_s: float) -> Outcome:
        fault = self.fault(job_id, at_s)
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            return fault
        job = self.jobs.get(job_id)
        if job is None:
            return NOT_KNOWN
        at_s += self.skew_s
        date = (START + timedelta(seconds=at_s)).replace(microsecond=0)
        exchange = Exchange(200, b"{}", date, "", latency_s)
        return PollOk(job.at(job_id, at_s), exchange)

    async def has_changed(self) -> bool:
        """Whether a test put another credential there."""
        return self.is_changed

    async def reload(self) -> None:
        """Count it."""
        self.reloads += 1

    async def close(self) -> None:
        """Note it; closing over the head of a request does not count."""
        self.is_closed = not self.in_flight
