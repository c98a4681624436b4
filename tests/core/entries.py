"""Entries for tests, with only what the test is about spelled out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.estimate import estimate
from ims_tui.core.polling.timeleft import Remaining
from ims_tui.core.service.job import Job, JobError, JobStatus
from ims_tui.core.service.outcome import (
    Exchange,
    FailureKind,
    Outcome,
    PollFailed,
    PollOk,
)
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.watchlist.watch import Watch

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
INIT, RUNNING, SUCCESS, FAIL, OTHER = JobStatus


def at(seconds: float) -> datetime:
    """A time on the service's clock: seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def moment(seconds: float) -> Moment:
    """A moment on our clocks: seconds after noon."""
    return Moment(at(seconds), seconds)


def id_of(number: int) -> str:
    """A well-formed job id."""
    return f"{number:032x}"


def job(
    number: int = 0,
    status: JobStatus = RUNNING,
    *,
    ratio: float | None = None,
    step: str = "",
    job_type: str = "imsImportImageJob",
    begin_s: float | None = 0.0,
    end_s: float | None = None,
    error: JobError | None = None,
    subs: tuple[Job, ...] = (),
    is_computed: bool = False,
) -> Job:
    """A reply's job."""
    return Job(
        id_of(number),
        status,
        "VERIFYING" if status is OTHER else status.value,
        job_type,
        None if begin_s is None else at(begin_s),
        None if end_s is None else at(end_s),
        progress_ratio=ratio,
        step=step,
        error=error,
        sub_jobs=subs,
        is_progress_computed=is_computed,
        image_id="" if status is not SUCCESS else "4c8e5d1a",
    )


def ok(found: Job) -> PollOk:
    """A good reply."""
    return PollOk(found, Exchange(200, b"{}"))


def no(kind: FailureKind = FailureKind.UNREACHABLE) -> PollFailed:
    """A poll that brought nothing."""
    return PollFailed(kind, "no answer in time")


def watch(number: int = 0, label: str = "", profile: str = "prod") -> Watch:
    """An entry of the list."""
    return Watch(id_of(number), profile, label)


def polled(*outcomes: tuple[float, Outcome], entry: Entry | None = None) -> Entry:
    """What is known after polls at certain seconds."""
    known = entry or Entry(watch())
    for seconds, outcome in outcomes:
        known = after_poll(known, outcome, moment(seconds), at(seconds))
    return known


def seen(found: Job, number: int = 0, label: str = "") -> Entry:
    """What is known after one good reply at second 10."""
    return polled((10.0, ok(found)), entry=Entry(watch(number, label)))


def ending(entry: Entry, in_s: float, *, jobs: int = 14) -> Entry:
    """The entry, foreseen at second 10 to end so many seconds later."""
    basis = Basis.HISTORY if jobs else Basis.PERCENT
    left = Remaining(in_s / 2, in_s, in_s * 2, basis, jobs)
    return replace(entry, estimate=estimate(None, left, None, 10.0, 10.0))
