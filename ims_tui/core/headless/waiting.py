"""When a wait is over, and how it ended: pure rules over what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

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
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link

NEVER_ANSWERED_S = 300.0
"""Without `--give-up` a service that never answered is given up after this: that is a
wrong address rather than an outage."""


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


class Known(Struct, frozen=True):
    """All that is known at one moment."""

    entries: Sequence[Entry]
    health: Mapping[str, Health]
    now: Moment

    def health_of(self, entry: Entry) -> Health:
        """Health of the profile of a job."""
        return self.health.get(entry.watch.lane) or Health(entry.watch.lane)


def is_met(entry: Entry, until: Until) -> bool:
    """Whether a job did what is waited for."""
    if until is Until.DONE:
        return entry.has_ended
    return entry.status is JobStatus.SUCCESS


def is_settled(entry: Entry, health: Health) -> bool:
    """Whether nothing more will be learned of a job without a person."""
    return entry.has_ended or entry.is_gone or health.link is Link.STOPPED


def is_over(wish: Wish, known: Known) -> bool:
    """Whether the wait ends by what is known of the jobs and the service."""
    met = [is_met(entry, wish.until) for entry in known.entries]
    settled = [is_settled(e, known.health_of(e)) for e in known.entries]
    if wish.is_any and any(met):
        return True
    pairs = zip(met, settled, strict=True)
    if wish.is_fail_fast and any(is_out and not ok for ok, is_out in pairs):
        return True
    return all(settled) or has_given_up(wish, known)


def has_given_up(wish: Wish, known: Known) -> bool:
    """Whether of no job that is left there was a usable answer for too long."""
    left = [e for e in known.entries if not is_settled(e, known.health_of(e))]
    return bool(left) and all(
        _is_silent(wish, entry, known.health_of(entry), known.now) for entry in left
    )


def _is_silent(wish: Wish, entry: Entry, health: Health, now: Moment) -> bool:
    since, ever = _silent_since(entry, health)
    if since is None:
        return False
    limit_s = wish.give_up_s
    if limit_s is None:
        limit_s = float("inf") if ever else NEVER_ANSWERED_S
    return now.since_s(since) >= limit_s


def _silent_since(entry: Entry, health: Health) -> tuple[Moment | None, bool]:
    """Since when there is no usable answer, and whether there ever was one."""
    if health.link is Link.OFFLINE:
        return health.since, health.answered is not None
    if health.link is Link.THROTTLED:
        return health.since, True
    if entry.failing_since is not None and entry.unknown_since is None:
        return entry.failing_since, entry.seen is not None
    if entry.is_end_like and not entry.is_stored:
        return entry.moved or entry.seen, True
    return None, True


def verdict(wish: Wish, known: Known, *, is_timed_out: bool) -> int:
    """The exit code of a wait that is over."""
    if wish.is_any and any(is_met(e, wish.until) for e in known.entries):
        return 0
    left = [e for e in known.entries if not is_met(e, wish.until)]
    reasons = [code for e in left for code in _reasons(e, known.health_of(e))]
    if is_timed_out:
        reasons.append(TIMED_OUT)
    elif any(_is_throttled(e, known.health_of(e)) for e in left):
        reasons.append(UNREACHABLE)
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
