"""When a wait is over, and how it ended: pure rules over what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.settings import Settings, TokenSpec
from ims_tui.core.config.values import duration_text
from ims_tui.core.headless.changes import END_LIKE, word_of
from ims_tui.core.headless.verdict import (
    FAILED,
    TIMED_OUT,
    UNKNOWN,
    UNREACHABLE,
    code_of_failure,
    exit_code,
)
from ims_tui.core.moment import Moment
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.show.sentences import poll_failure
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.text import plural, sentences
from ims_tui.core.watchlist.watch import JobKey

NEVER_ANSWERED_S = 300.0
"""Without `--give-up` a service that never answered is given up after this: that is a
wrong address rather than an outage."""

RENEWAL_S = 60.0
"""Without `--give-up` a refused token may be renewed in its file for so long."""


class Until(StrEnum):
    """What is waited for."""

    SUCCESS = "success"
    DONE = "done"


class Wish(Struct, frozen=True):
    """What the caller waits for."""

    until: Until = Until.SUCCESS
    is_any: bool = False
    """One job is enough."""
    is_fail_fast: bool = False
    """The first job that cannot do what is waited for ends the wait."""
    give_up_s: float | None = None
    """Longest time without a usable answer; None: any, once there was one."""
    began: Moment | None = None
    """Since when an answer is waited for."""
    renewing: frozenset[str] = frozenset()
    """Profiles that go on by themselves where another token is there."""

    @property
    def patience_s(self) -> float:
        """How long another token is waited for where one is refused."""
        return RENEWAL_S if self.give_up_s is None else self.give_up_s


class WaitFacts(Struct, frozen=True):
    """What a wait is judged by: entries, health and the time."""

    entries: Sequence[Entry]
    health: Mapping[str, Health]
    now: Moment

    def health_of(self, entry: Entry) -> Health:
        """Health of the profile of a job."""
        return self.health.get(entry.watch.lane) or Health(entry.watch.lane)


def renewing(settings: Settings) -> frozenset[str]:
    """Profiles whose token is in a file, where another one may be put any moment."""
    return frozenset(
        name
        for name, profile in settings.profiles.items()
        if isinstance(profile.auth, TokenSpec) and profile.auth.file
    )


def is_met(entry: Entry, until: Until) -> bool:
    """Whether a job did what is waited for."""
    if until is Until.DONE:
        return entry.has_ended
    return entry.status is JobStatus.SUCCESS


def with_news(
    entries: Mapping[JobKey, Entry], snapshot: Snapshot
) -> dict[JobKey, Entry]:
    """Jobs as the snapshot has them, with what was known of them before."""
    return {
        key: carried(entry, snapshot.entries.get(key, entry))
        for key, entry in entries.items()
    }


def carried(before: Entry, after: Entry) -> Entry:
    """A later entry with what was known before, where it knows nothing yet."""
    if after.reply is not None or before.reply is None or after.has_ended:
        return after
    return replace(
        after,
        reply=before.reply,
        seen=before.seen,
        is_stored=True,
        moved=before.moved,
        sightings=before.sightings,
        is_stalled=before.is_stalled,
        estimate=before.estimate,
        habits=before.habits,
    )


def is_settled(wish: Wish, entry: Entry, known: WaitFacts) -> bool:
    """Whether nothing more will be learned of a job without a person."""
    if entry.has_ended or entry.is_gone:
        return True
    health = known.health_of(entry)
    if health.link is not Link.STOPPED or health.failure is None:
        return health.link is Link.STOPPED
    if health.failure.kind is not FailureKind.AUTH_REJECTED or health.since is None:
        return True
    is_renewing = health.profile in wish.renewing
    return not is_renewing or known.now.since_s(health.since) >= wish.patience_s


def is_over(wish: Wish, known: WaitFacts) -> bool:
    """Whether the wait ends by what is known of the jobs and the service."""
    met = [is_met(entry, wish.until) for entry in known.entries]
    settled = [is_settled(wish, e, known) for e in known.entries]
    if wish.is_any and any(met):
        return True
    pairs = zip(met, settled, strict=True)
    if wish.is_fail_fast and any(is_out and not ok for ok, is_out in pairs):
        return True
    return all(settled) or has_given_up(wish, known)


def has_given_up(wish: Wish, known: WaitFacts) -> bool:
    """Whether of no job that is left there was a usable answer for too long."""
    left = [e for e in known.entries if not is_settled(wish, e, known)]
    return bool(left) and all(
        _is_silent(wish, entry, known.health_of(entry), known.now) for entry in left
    )


def _is_silent(wish: Wish, entry: Entry, health: Health, now: Moment) -> bool:
    since, ever = _silent_since(entry, health)
    limit_s = wish.give_up_s
    if limit_s is None:
        limit_s = float("inf") if ever else NEVER_ANSWERED_S
    elif wish.began is not None and not _was_answered(entry):
        since = wish.began  # a request that hangs has not failed yet
    return since is not None and now.since_s(since) >= limit_s


def _was_answered(entry: Entry) -> bool:
    """Whether the service said something of the job since the wait began."""
    is_heard = entry.seen is not None and not entry.is_stored
    return is_heard or entry.unknown_since is not None


def _silent_since(entry: Entry, health: Health) -> tuple[Moment | None, bool]:
    """Since when there is no usable answer, and whether there ever was one."""
    if health.link is Link.OFFLINE:
        return health.since, health.answered is not None
    if health.link is Link.THROTTLED:
        return health.since, True
    failure = entry.failure
    if failure is not None and failure.kind is not FailureKind.NOT_KNOWN:
        return entry.failing_since, entry.seen is not None
    if entry.is_end_like and not entry.is_stored:
        return entry.moved or entry.seen, True
    return None, True


def verdict(wish: Wish, known: WaitFacts, *, is_timed_out: bool) -> int:
    """The exit code of a wait that is over."""
    if wish.is_any and any(is_met(e, wish.until) for e in known.entries):
        return 0
    left = [e for e in known.entries if not is_met(e, wish.until)]
    reasons = [code for e in left for code in _reasons(e, known.health_of(e))]
    if is_timed_out:
        reasons.append(TIMED_OUT)
    elif any(_is_throttled(e, known.health_of(e)) for e in left):
        reasons.append(UNREACHABLE)
    elif not reasons and has_given_up(wish, known):
        reasons.append(UNREACHABLE)  # the first request hangs
    return exit_code(reasons)


def _reasons(entry: Entry, health: Health) -> Iterator[int]:
    if entry.has_ended:
        yield FAILED
        return
    if entry.is_gone or entry.unknown_since is not None:
        yield UNKNOWN
    if health.link is Link.STOPPED and health.failure is not None:
        yield code_of_failure(health.failure)
    if health.link is Link.OFFLINE:
        yield UNREACHABLE
    if _is_throttled(entry, health):
        return  # a matter of time, which may be over
    if entry.failure is not None:
        yield code_of_failure(entry.failure)
    elif entry.is_end_like:
        yield UNREACHABLE


def _is_throttled(entry: Entry, health: Health) -> bool:
    """Whether it is only the budget, ours or the service's, that has no answer yet."""
    failure = entry.failure
    is_refused = failure is not None and failure.kind is FailureKind.THROTTLED
    return is_refused or (failure is None and health.link is Link.THROTTLED)


def troubles(wish: Wish, known: WaitFacts, *, is_timed_out: bool) -> Iterator[str]:
    """Why it ended where that is not plain: a line for each cause, some twice."""
    left = [e for e in known.entries if not e.has_ended]
    for entry in left:
        health, name = known.health_of(entry), entry.watch.job_id
        if entry.is_gone or entry.unknown_since is not None:
            yield f"{name} is not known to the service"
        if health.link in (Link.STOPPED, Link.OFFLINE) and health.failure:
            yield sentences(poll_failure(health.failure), health.failure.remedy)
        elif entry.failure is not None and entry.unknown_since is None:
            yield f"{name}: {poll_failure(entry.failure)}"
        elif entry.is_end_like:
            yield f"{name}: {word_of(entry)} is an {END_LIKE}"
        elif not _was_answered(entry):
            yield f"{name}: {_no_answer(wish, known.now)}"
    if has_given_up(wish, known):
        limit_s = NEVER_ANSWERED_S if wish.give_up_s is None else wish.give_up_s
        yield f"given up: no usable answer within {duration_text(limit_s)}"
    if is_timed_out:
        yield f"--timeout is over and {not_ended(len(left))}"


def _no_answer(wish: Wish, now: Moment) -> str:
    if wish.began is None:
        return "no answer yet"
    return f"no answer for {duration_text(round(now.since_s(wish.began)))}"


def not_ended(count: int) -> str:
    """`1 job has not ended`."""
    return f"{plural(count, 'job has', 'jobs have')} not ended"
