"""A watched job: what the operator said about it, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from ims_tui.core.service.job import Job, JobError, JobStatus
from ims_tui.core.service.jobservice import JobService, lane_name


class JobKey(NamedTuple):
    """Identifies one watched job."""

    profile: str
    job_id: str


class Result(Struct, frozen=True):
    """How a job ended. Written once, since it never changes."""

    job: Job
    """What is kept of the last reply, with the status SUCCESS or FAIL and no id."""
    seen: datetime | None = None
    """When we knew, on the service's clock."""


def kept_result(
    status: JobStatus,
    job_type: str = "",
    stated_begin: datetime | None = None,
    stated_end: datetime | None = None,
    seen: datetime | None = None,
    error_code: str = "",
    fail_reason: str = "",
    image_id: str = "",
    began_offset_s: int = 0,
    ended_offset_s: int = 0,
) -> Result:
    """The result as the list file words it; names and offsets as in `Job`."""
    has_error = bool(error_code or fail_reason)
    job = Job(
        "",
        status,
        job_type=job_type,
        begin_time=stated_begin,
        end_time=stated_end,
        begin_offset_s=began_offset_s,
        id_time=stated_begin and stated_begin - timedelta(seconds=began_offset_s),
        error=JobError(error_code, fail_reason) if has_error else None,
        image_id=image_id,
        end_offset_s=ended_offset_s,
    )
    return Result(job, seen)


class Watch(Struct, frozen=True):
    """One entry of the watchlist."""

    job_id: str
    profile: str = "default"
    label: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    added: datetime | None = None
    muted: bool = False
    marks: tuple[str, ...] = ()
    """Before its end, at which it is told; see `mark.py`."""
    result: Result | None = None
    service: JobService = JobService.IMS
    """Whose job it is; the profile's credential is used for all."""

    @property
    def lane(self) -> str:
        """By which name it is polled: of its profile, and of its service."""
        return lane_name(self.profile, self.service)

    @property
    def key(self) -> JobKey:
        """The key of this entry."""
        return JobKey(self.profile, self.job_id)


def result_of(job: Job, seen: datetime) -> Result:
    """The result to keep of a job that has ended."""
    error = job.error if job.status is JobStatus.FAIL else None
    return kept_result(
        job.status,
        job.job_type,
        job.begin_time or job.id_time,
        job.end_time,
        seen,
        error.code if error else "",
        error.reason if error else "",
        job.image_id,
        job.begin_offset_s,
        job.end_offset_s,
    )


class WatchProblem(Struct, frozen=True):
    """Something in the watchlist that cannot be used; it stays there as it is."""

    place: str
    """`line 12`, or what stands for it where lines are not known."""
    text: str
    """What is wrong and what is allowed, in one line."""

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class LoadReport(Struct, frozen=True):
    """What the watchlist says, and what of it could not be used."""

    watches: tuple[Watch, ...] = ()
    problems: tuple[WatchProblem, ...] = ()
    written: datetime | None = None
    """When it was written, where it is an earlier copy of the list."""
