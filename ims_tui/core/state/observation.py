"""An outcome in the scheduler's words: ages on the service's clock, and no texts."""

from __future__ import annotations

from ims_tui.core.moment import Moment
from ims_tui.core.polling.answer import NoAnswer, Odd, Reply, Seen, Throttled
from ims_tui.core.service.job import Job, JobStatus
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed
from ims_tui.core.state.health import Health


def reply_of(
    outcome: Outcome, health: Health, now: Moment, *, is_own_fault: bool = False
) -> Reply:
    """What the scheduler needs to know of an outcome.

    A job that gets no answer while others do is odd: the service is not away.
    """
    if isinstance(outcome, PollFailed):
        if outcome.kind is FailureKind.THROTTLED:
            return Throttled(outcome.retry_after_s, outcome.limit)
        is_outage = outcome.kind.is_no_answer and not is_own_fault
        return NoAnswer() if is_outage else Odd()
    return seen_of(outcome.job, health, now)


def seen_of(job: Job, health: Health, now: Moment) -> Seen:
    """A good reply in the scheduler's words; ages on the service's clock."""
    service_now = health.clock.time(now)
    has_ended = job.status.has_ended
    until = job.ended_at if has_ended and job.ended_at else service_now
    age_s = None
    if job.began_at is not None:
        age_s = max(0.0, (until - job.began_at).total_seconds())
    return Seen(
        job.job_type,
        has_ended,
        job.status is JobStatus.FAIL,
        job.progress_ratio,
        job.step,
        age_s,
    )
