"""All that is known of one watched job, and how a poll changes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.polling.estimate import Estimate
from ims_tui.core.polling.habits import NO_HABITS, Habits
from ims_tui.core.service.job import Job, JobStatus, Oddity, OddityKind
from ims_tui.core.service.outcome import (
    Exchange,
    FailureKind,
    Outcome,
    PollFailed,
    PollOk,
)
from ims_tui.core.text import short_id
from ims_tui.core.watchlist.watch import JobKey, Watch, result_of

MAX_SIGHTINGS = 200
"""Changes kept for the timeline of one job."""


MOST_COUNTED_S = 300.0
"""Standstill that two good replies in a row can prove. Where nobody asked for longer,
be it for a pause or a suspension, one more look does not make a job stalled."""


_DATE_GRAIN = timedelta(seconds=2)
"""By how much two runs may differ on the service's time (RFC 9110, 5.6.7: `Date` has
whole seconds); a step of more is a clock that was set."""


class Sighting(Struct, frozen=True):
    """A change we saw of a job."""

    at: datetime
    """On the service's clock."""
    status: JobStatus
    progress_ratio: float | None
    step: str
    gap_s: float = 0.0
    """Seconds since the look before, when it was otherwise; 0 at the first look."""


class Entry(Struct, frozen=True):
    """All that is known of one watched job: a row of the table."""

    watch: Watch
    reply: Job | None = None
    """The last good reply; None where none is known, not even of an earlier run."""
    exchange: Exchange | None = None
    """The HTTP side of the last reply, good or not."""
    seen: Moment | None = None
    """When `reply` was true."""
    is_stored: bool = False
    """Whether `reply` is from an earlier run and not confirmed yet."""
    failure: PollFailed | None = None
    """Set while the last poll of this job failed."""
    failed: Moment | None = None
    """When that was."""
    failing_since: Moment | None = None
    """First of the polls in a row that failed; None while the last one was good."""
    unknown_since: Moment | None = None
    """Since when the service does not know the job."""
    is_gone: bool = False
    """Whether we stopped asking for a job that the service does not know."""
    moved: Moment | None = None
    """When status, progress, step or a sub-job last changed."""
    still_s: float = 0.0
    """Time without such a change, counted from one good reply to the next."""
    sightings: tuple[Sighting, ...] = ()
    is_news: bool = False
    """Whether its end is new to the operator: not acknowledged yet."""
    polls: int = 0
    errors: int = 0
    detection_s: float | None = None
    """From the service's end time to the moment we knew."""
    is_stalled: bool = False
    """Whether it has not moved for longer than is usual."""
    planned_s: float | None = None
    """Time from the last good reply to the next look, as planned then."""
    estimate: Estimate | None = None
    """Time left, foreseen at the last good reply; None where nothing is known."""
    habits: Habits = NO_HABITS
    """What is usual for jobs of its type."""

    @property
    def key(self) -> JobKey:
        """The key of the watch."""
        return self.watch.key

    @property
    def job(self) -> Job | None:
        """The last good reply, else the kept result; None before both."""
        if self.reply is not None:
            return self.reply
        return self.watch.result.job if self.watch.result else None

    @property
    def status(self) -> JobStatus | None:
        """Status as far as known; None before the first reply."""
        job = self.job
        return None if job is None else job.status

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left to ask."""
        return self.status is not None and self.status.has_ended

    @property
    def is_end_like(self) -> bool:
        """Whether it has an end time in a status that nobody documents."""
        job = self.job
        return job is not None and job.status is JobStatus.OTHER and bool(job.end_time)

    @property
    def is_live(self) -> bool:
        """Whether the job is polled."""
        return not self.has_ended and not self.is_gone

    @property
    def has_unusable_reply(self) -> bool:
        """Whether the service answered, and nothing of it says how the job stands."""
        if self.status is not None or self.failure is None:
            return False
        return self.failure.exchange is not None

    @property
    def is_put_off(self) -> bool:
        """Whether the service asked for a pause, and how the job stands is known."""
        failure = self.failure
        is_throttled = failure is not None and failure.kind is FailureKind.THROTTLED
        return is_throttled and self.status is not None

    @property
    def has_failed_part(self) -> bool:
        """Whether a sub-job failed while the job goes on."""
        return self.job is not None and self.is_live and bool(self.job.failed_subs)

    @property
    def job_type(self) -> str:
        """The API's job type; empty where it is not known."""
        return self.job.job_type if self.job else ""

    @property
    def image_id(self) -> str:
        """Id of the image; empty where it is not known."""
        return self.job.image_id if self.job else ""

    def age_s(self, now: Moment) -> float | None:
        """Age of the shown values in seconds."""
        return None if self.seen is None else max(0.0, now.since_s(self.seen))


STATE_WORDS = {
    JobStatus.INIT: "INIT",
    JobStatus.RUNNING: "RUN",
    JobStatus.SUCCESS: "OK",
    JobStatus.FAIL: "FAIL",
}
"""The word for each documented state."""


def state_word(entry: Entry) -> str:
    """The word for a job's state: ours, or the service's own where that is unknown."""
    if entry.is_gone:
        return "GONE"
    if entry.unknown_since is not None:
        return "GONE?"
    if entry.status is None:
        return "-"
    job = entry.job
    if job is not None and job.is_unpaid:
        return "UNPAID"
    if job is not None and entry.status is JobStatus.OTHER:
        word = job.raw_status
        return word.upper() if word.isidentifier() else word
    return STATE_WORDS[entry.status]


def began(entry: Entry) -> datetime | None:
    """When the job began, to compute with."""
    return entry.job.began_at if entry.job else None


def ended(entry: Entry) -> datetime | None:
    """When the job ended, to compute with; what goes on has not, whatever it says."""
    job = entry.job
    return None if job is None or job.has(OddityKind.END_OF_ACTIVE) else job.ended_at


def found_ended(entry: Entry) -> datetime | None:
    """When we knew that the job had ended; its end where that was not late."""
    at = ended(entry)
    return None if at is None else at + timedelta(seconds=entry.detection_s or 0.0)


def stated_begin(entry: Entry) -> datetime | None:
    """When the job began as the service states it, to show; else as its id says."""
    job = entry.job
    return None if job is None else job.begin_time or job.id_time


def stated_end(entry: Entry) -> datetime | None:
    """When the job ended as the service states it, to show."""
    return entry.job.end_time if entry.job else None


def error_code(entry: Entry) -> str:
    """Code of a failure, as far as one is known; else empty."""
    error = entry.job.error if entry.job else None
    return error.code if error else ""


def fail_reason(entry: Entry) -> str:
    """The service's words about a failure, as far as there are any; else empty."""
    error = entry.job.error if entry.job else None
    return error.reason if error else ""


def begin_offset_s(entry: Entry) -> int:
    """How far the stated begin is ahead of the time inside the id."""
    return entry.job.begin_offset_s if entry.job else 0


def name_of(entry: Entry, width: int = 18) -> str:
    """What a job is called: its label, its image's name, or its id cut short."""
    image_name = entry.job.image_name if entry.job else ""
    return entry.watch.label or image_name or short_id(entry.watch.job_id, width)


def name_of_key(entries: Mapping[JobKey, Entry], key: JobKey) -> str:
    """The name of a job by its key; its short id if the entry is gone."""
    entry = entries.get(key)
    return name_of(entry) if entry else short_id(key.job_id)


def after_poll(
    entry: Entry, outcome: Outcome, now: Moment, service_now: datetime
) -> Entry:
    """The entry after one poll. Pure: clocks are arguments."""
    if isinstance(outcome, PollFailed):
        return _after_failure(entry, outcome, now)
    return _after_reply(entry, outcome, now, service_now)


def _after_failure(entry: Entry, failure: PollFailed, now: Moment) -> Entry:
    unknown_since = entry.unknown_since
    if failure.kind is FailureKind.NOT_KNOWN:
        unknown_since = unknown_since or now
    return replace(
        entry,
        failure=failure,
        failed=now,
        failing_since=entry.failing_since or now,
        exchange=failure.exchange or entry.exchange,
        unknown_since=unknown_since,
        polls=entry.polls + 1,
        errors=entry.errors + 1,
    )


def _after_reply(
    entry: Entry, outcome: PollOk, now: Moment, service_now: datetime
) -> Entry:
    job, before = outcome.job, entry.reply
    if before is not None and _fell(before, job):
        was = f"{before.progress_ratio:.0%}"
        job = job.with_oddity(Oddity(OddityKind.PROGRESS_FELL, "process_percent", was))
    has_moved = _has_moved(entry, job)
    has_looked = before is not None and not entry.is_stored
    ends_now = job.status.has_ended and not entry.has_ended
    watch = entry.watch
    detection_s = entry.detection_s
    if job.status.has_ended and watch.result is None:
        watch = replace(watch, result=result_of(job, service_now))
    if ends_now and has_looked and job.ended_at is not None:
        # A job that had ended before our first look was not detected late.
        detection_s = max(0.0, (service_now - job.ended_at).total_seconds())
    sightings = entry.sightings
    if has_moved:
        gap_s = 0.0 if entry.seen is None else max(0.0, now.since_s(entry.seen))
        seen = Sighting(
            _in_order(sightings, service_now),
            job.status,
            job.progress_ratio,
            job.step,
            round(gap_s, 3),
        )
        sightings = (*sightings, seen)[-MAX_SIGHTINGS:]
    return replace(
        entry,
        watch=watch,
        reply=job,
        exchange=outcome.exchange,
        seen=now,
        is_stored=False,
        failure=None,
        failed=None,
        failing_since=None,
        unknown_since=None,
        is_gone=False,
        moved=now if has_moved or entry.moved is None else entry.moved,
        still_s=0.0 if has_moved else entry.still_s + _counted_s(entry, now),
        sightings=sightings,
        is_news=entry.is_news or ends_now,
        polls=entry.polls + 1,
        detection_s=detection_s,
        is_stalled=entry.is_stalled and not has_moved and not job.status.has_ended,
        estimate=None if job.status.has_ended else entry.estimate,
    )


def _counted_s(entry: Entry, now: Moment) -> float:
    """Seconds since the last poll, where that one brought a good reply, too."""
    if entry.seen is None or entry.failure is not None or entry.is_stored:
        return 0.0
    return min(MOST_COUNTED_S, max(0.0, now.since_s(entry.seen)))


def _in_order(sightings: tuple[Sighting, ...], at: datetime) -> datetime:
    """The time of a new sighting: not before the last one by the grain of `Date`.

    Each run of the program reads the service's clock anew, to about a second.
    """
    last = sightings[-1].at if sightings else at
    return last if timedelta() < last - at <= _DATE_GRAIN else at


def _fell(before: Job, job: Job) -> bool:
    return (
        not job.is_progress_computed  # a roll-up falls when sub-jobs are added
        and before.progress_ratio is not None
        and job.progress_ratio is not None
        and job.progress_ratio < before.progress_ratio
    )


def _has_moved(entry: Entry, job: Job) -> bool:
    """Whether anything changed; a percent that is missing now and then is no change."""
    before = entry.reply
    if before is None or _state(before) != _state(job):
        return True
    known = before.progress_ratio
    if known is None and entry.sightings:
        known = entry.sightings[-1].progress_ratio
    return job.progress_ratio not in (None, known)


def _state(job: Job) -> tuple[object, ...]:
    subs = tuple((sub.job_id, sub.status, sub.progress_ratio) for sub in job.sub_jobs)
    return job.raw_status, job.step, subs
