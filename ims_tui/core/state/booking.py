"""What one poll leads to: the entry, the health and the events after it.

Two steps, since the plan is made in between: `book` takes in what came back, then the
scheduler hears of it, then `judged` adds what the plan and the rules make of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.moment import Moment
from ims_tui.core.polling.answer import NoAnswer, Odd, Reply, Seen, Throttled
from ims_tui.core.polling.estimate import estimate
from ims_tui.core.polling.habits import NO_HABITS, habits
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.timeleft import Remaining
from ims_tui.core.service.job import Job, JobStatus
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.state.happening import kind_of_end
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.history import habits_of_others, value_of
from ims_tui.core.state.outage import Outage, outage_of
from ims_tui.core.state.stall import is_stalled, standstill
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.text import whole_percent
from ims_tui.core.watchlist.mark import percent_of, time_of_s
from ims_tui.core.watchlist.watch import JobKey

if TYPE_CHECKING:
    from ims_tui.core.signin.credential import CredentialState


class Poll(Struct, frozen=True):
    """One request about a job, and what came back."""

    key: JobKey
    outcome: Outcome
    now: Moment
    call: str = ""
    """Which call was used, where it is not the documented one."""
    credential: CredentialState | None = None
    """As of this request."""
    is_only: bool = False
    """Whether there is no other job that could be asked."""


class Plan(Struct, frozen=True):
    """What the scheduler makes of a good reply."""

    memory: Memory
    """What earlier jobs taught."""
    looked_s: float | None = None
    """Age of the job at this look; None where it is no longer asked about."""
    remaining: Remaining | None = None
    gap_s: float | None = None
    """Time from this look to the next."""


class Rules(Struct, frozen=True):
    """When more than one reply means something."""

    stall: StallSettings
    give_up_unknown_after_s: float


class Booked(Struct, frozen=True):
    """The state after one poll."""

    poll: Poll
    before: Entry | None
    """The entry before; None where the job was removed meanwhile."""
    entry: Entry | None
    health: Health
    reply: Reply
    """What the scheduler needs to know."""
    at: datetime
    """When that was, on the service's clock."""
    news: tuple[Event, ...] = ()
    """What the reply tells."""
    link_news: tuple[Event, ...] = ()
    """How the link of the profile turned, which is told after that."""
    outage: Outage | None = None
    """What it tells of an outage of the profile."""

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, in the order in which it is told."""
        return self.news + self.link_news

    def judged(self, plan: Plan | None, rules: Rules) -> Booked:
        """With what is foreseen, and what more than one reply tells.

        Args:
            plan: as made after this poll; None where that brought no good reply.
            rules: when a job counts as stalled, and when as gone.
        """
        if self.before is None or self.entry is None:
            return self
        now, entry = self.poll.now, self.entry
        if plan is not None:
            entry = _foreseen(entry, plan, now)
        events: list[Event] = []
        if self.before.is_stalled and not entry.is_stalled and not entry.has_ended:
            events.append(self._event(EventKind.MOVING))
        elif not entry.is_stalled and is_stalled(entry, rules.stall):
            events.append(self._event(EventKind.STALLED, standstill(entry)))
            entry = replace(entry, is_stalled=True)
        marks = passed(self.before, entry)
        events += [self._event(EventKind.NEAR_END, mark) for mark in marks]
        if _is_given_up(entry, now, rules.give_up_unknown_after_s):
            events.append(self._event(EventKind.GONE))
            entry = replace(entry, is_gone=True)
        return replace(self, entry=entry, news=(*self.news, *events))

    def _event(self, kind: EventKind, detail: str = "") -> Event:
        return Event(self.at, kind, self.poll.key, self.health.profile, detail)


def book(before: Entry | None, health: Health, poll: Poll) -> Booked:
    """Take in the outcome of a poll.

    Args:
        before: the entry until now; None where the job was removed meanwhile.
        health: that of its profile until now.
        poll: what came back.
    """
    key, outcome, now, is_other = poll.key, poll.outcome, poll.now, False
    health = health.observed(outcome, now)
    health = replace(health, traffic=health.traffic.after(outcome))
    if (poll.call, poll.credential) != (health.call, health.credential):
        is_other = bool(poll.call) and poll.call != health.call
        health = replace(health, call=poll.call, credential=poll.credential)
    at = health.clock.time(now)
    is_own_fault = before is not None and health.is_own_fault(before)
    turned = health.after(
        key, outcome, now, is_own_fault=is_own_fault, is_only=poll.is_only
    )
    entry = None if before is None else after_poll(before, outcome, now, at)
    news: list[Event] = []
    if is_other:
        news.append(Event(at, EventKind.OTHER_CALL, None, health.profile, poll.call))
    if before is not None and entry is not None:
        news.extend(_news(before, entry, at))
    return Booked(
        poll,
        before,
        entry,
        turned,
        reply_of(outcome, health, now, is_own_fault=is_own_fault),
        at,
        tuple(news),
        tuple(
            Event(at, kind, None, health.profile, detail)
            for kind, detail in _link_news(health, turned, now)
        ),
        outage_of(health, turned, now),
    )


def _news(before: Entry, after: Entry, at: datetime) -> Iterator[Event]:
    """An end, or a status that nobody documents."""
    job, key = after.reply, after.key
    if job is None or before.has_ended or after.status == before.status:
        return
    if job.status.has_ended:
        kind = kind_of_end(job.status, is_first_look=before.reply is None)
        yield Event(at, kind, key, key.profile)
    elif job.status is JobStatus.OTHER:
        yield Event(at, EventKind.UNKNOWN_STATUS, key, key.profile, job.raw_status)


def _link_news(
    before: Health, after: Health, now: Moment
) -> Iterator[tuple[EventKind, str]]:
    """How the link turned, each with its detail."""
    for kind, was, still in (
        (EventKind.BACK, before.offline_since, after.offline_since),
        (EventKind.RESUMED, before.refused_since, after.refused_since),
    ):
        if was and not still:
            yield kind, f"{now.since_s(was):.0f}"
    if before.link is after.link:
        return
    turned = {
        Link.OFFLINE: EventKind.OFFLINE,
        Link.THROTTLED: EventKind.THROTTLED,
        Link.STOPPED: EventKind.STOPPED,
    }.get(after.link)
    if turned is not None:
        yield turned, after.failure.why if after.failure else ""


def _foreseen(entry: Entry, plan: Plan, now: Moment) -> Entry:
    """An entry with what the plan and earlier jobs say of it."""
    if plan.looked_s is not None:
        usual = habits(plan.memory, entry.job_type, value=value_of(entry))
        found = estimate(
            entry.estimate, plan.remaining, usual.total, plan.looked_s, now.mono_s
        )
        return replace(entry, habits=usual, planned_s=plan.gap_s, estimate=found)
    if entry.habits is NO_HABITS:  # what was usual before it ended tells more
        return replace(entry, habits=habits_of_others(entry, plan.memory))
    return entry


def _is_given_up(entry: Entry, now: Moment, after_s: float) -> bool:
    """Whether the service has not known a job for so long that it is gone."""
    failure, since = entry.failure, entry.unknown_since
    if failure is None or failure.kind is not FailureKind.NOT_KNOWN or since is None:
        return False
    return now.since_s(since) >= after_s


def passed(before: Entry, after: Entry) -> list[str]:
    """The marks of a job that one poll brought it to."""
    return [
        mark
        for mark in after.watch.marks
        if has_reached(after, mark) and not has_reached(before, mark)
    ]


def has_reached(entry: Entry, mark: str) -> bool:
    """Whether a live job is that near its end, as of the last reply."""
    if not entry.is_live or entry.job is None:
        return False
    percent, left_s = percent_of(mark), time_of_s(mark)
    if percent is not None:
        ratio = entry.job.progress_ratio
        return ratio is not None and whole_percent(ratio) >= percent
    if left_s is None or entry.estimate is None or entry.is_stalled:
        return False
    return entry.estimate.ahead_s[1] <= left_s


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
