"""What is kept of jobs that ended, and what is learned from it again at a start.

Facts are stored, not conclusions: one record per job, however many copies of the
program saw it end, and a later release may learn more from the same records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.polling.course import Course, Value
from ims_tui.core.polling.estimate import estimate
from ims_tui.core.polling.habits import Habits, habits
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import time_left
from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.watchlist.watch import JobKey


class Sample(Struct, frozen=True):
    """A step and percent that a job showed for the first time."""

    age_s: float
    """Age of the job when we saw it."""
    gap_s: float
    """Seconds since the look before; 0 where there was none."""
    step: str
    progress_ratio: float | None


class PastJob(Struct, frozen=True):
    """How one job went."""

    key: JobKey
    job_type: str
    outcome: JobStatus
    ended_at: datetime
    length_s: float
    samples: Sequence[Sample] = ()


def past_job(entry: Entry) -> PastJob | None:
    """The record of an entry; None where it has not ended or its length is unknown."""
    job = entry.reply
    if job is None or not job.status.has_ended or job.began_at is None:
        return None
    ended_at = job.ended_at or _noticed_end(entry)
    if ended_at is None:
        return None
    length_s = max(0.0, (ended_at - job.began_at).total_seconds())
    found = samples(entry.sightings, job.began_at)
    return PastJob(entry.key, job.job_type, job.status, ended_at, length_s, found)


def _noticed_end(entry: Entry) -> datetime | None:
    """The middle of the time when the job may have ended, if we watched it."""
    last = entry.sightings[-1] if entry.sightings else None
    if last is None or not last.status.has_ended or not last.gap_s:
        return None
    return last.at - timedelta(seconds=last.gap_s / 2.0)


def samples(sightings: Iterable[Sighting], began: datetime | None) -> list[Sample]:
    """What was seen of a job while it ran; ages count from its begin."""
    found = []
    for seen in sightings:
        if seen.status.has_ended:
            break
        began = began or seen.at
        age_s = max(0.0, (seen.at - began).total_seconds())
        found.append(Sample(age_s, seen.gap_s, seen.step, seen.progress_ratio))
    return found


def course_of(found: Iterable[Sample]) -> Course:
    """The course of a job, as if it had been looked at again."""
    course = Course()
    for sample in found:
        if sample.gap_s:
            course.looked_s = max(0.0, sample.age_s - sample.gap_s)
        course.look(sample.age_s, sample.step, sample.progress_ratio)
    return course


def course_so_far(entry: Entry) -> Course:
    """What was seen of a live job, as before a restart."""
    began = entry.job.began_at if entry.job else None
    return course_of(samples(entry.sightings, began))


def value_of(entry: Entry) -> Value | None:
    """The step and percent that a job shows."""
    job = entry.reply
    if job is None:
        return None
    ratio = job.progress_ratio
    return job.step, None if ratio is None else round(ratio, 2)


def habits_of_others(entry: Entry, memory: Memory) -> Habits:
    """What is usual for an ended job that the memory has learned from."""
    past = past_job(entry) if entry.status is JobStatus.SUCCESS else None
    itself = (course_of(past.samples), past.length_s) if past else None
    return habits(memory, entry.job_type, itself)


def foreseen(entry: Entry, memory: Memory, service_seen: datetime) -> Entry:
    """An entry with what earlier jobs say of it, from its last good reply alone.

    For replies that no scheduler got: of an earlier run, or of another copy.

    Args:
        entry: what is known of the job.
        memory: what earlier jobs of its profile taught.
        service_seen: the service's time when its last good reply was made.
    """
    job, seen = entry.reply, entry.seen
    if job is None or seen is None:
        return entry
    if entry.has_ended:
        return replace(entry, habits=habits_of_others(entry, memory))
    usual = habits(memory, entry.job_type, value=value_of(entry))
    age_s = max(0.0, (service_seen - (job.began_at or service_seen)).total_seconds())
    left = time_left(memory, entry.job_type, course_so_far(entry), age_s)
    found = estimate(entry.estimate, left, usual.total, age_s, seen.mono_s)
    return replace(entry, habits=usual, estimate=found)


def learned(
    past: Iterable[PastJob], types: Collection[str] | None = None
) -> dict[str, Memory]:
    """What these jobs teach, by profile; the latest should come last.

    Only of some types where they are given.
    """
    memories: dict[str, Memory] = {}
    for job in past:
        if types is not None and job.job_type not in types:
            continue
        memory = memories.setdefault(job.key.profile, Memory())
        has_failed = job.outcome is JobStatus.FAIL
        course = course_of(job.samples)
        learn(memory, job.job_type, course, job.length_s, has_failed=has_failed)
    return memories
