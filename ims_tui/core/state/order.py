"""The attention order, and the facets: which rows stand where, and which at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.entry import Entry, began, ended
from ims_tui.core.watchlist.watch import JobKey

_TROUBLE = 2
"""Ranks up to this are wrong."""
_ACTIVE = 3
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def attention(entry: Entry) -> tuple[int, bool, float, JobKey]:
    """Sort key: what needs a person first, then what moves, then what is over.

    Failures that nobody has looked at, gone or refused ones and failed sub-jobs,
    stalled, running by expected end and then, where nobody knows it, by begin, waiting,
    new successes, the rest by end time, latest first. Ids break ties, so rows never
    swap without a reason.
    """
    rank, estimate = rank_of(entry), entry.estimate
    if rank == _ACTIVE and estimate is not None:
        return rank, False, estimate.end_s, entry.key
    at = ended(entry) if entry.has_ended else began(entry)
    at = at or entry.watch.added or _LONG_AGO
    seconds = at.timestamp()
    return rank, True, -seconds if entry.has_ended else seconds, entry.key


def rank_of(entry: Entry) -> int:
    """How much a job needs a person, as of `attention`: the lowest is the worst."""
    if entry.has_ended:
        if not entry.is_news:
            return 7
        return 0 if entry.status is JobStatus.FAIL else 6
    if entry.is_gone or is_refused(entry) or entry.has_failed_part:
        return 1
    if entry.is_stalled:
        return 2
    return _ACTIVE if entry.status in (JobStatus.RUNNING, JobStatus.OTHER) else 4


def is_refused(entry: Entry) -> bool:
    """Whether the service gives no usable answer about a job, and will not by itself.

    A network that is down or a service with a fault is trouble of the profile: it
    passes, and each of its jobs would say no more.
    """
    failure = entry.failure
    return failure is not None and not entry.has_ended and not failure.kind.passes


def is_new_failure(entry: Entry) -> bool:
    """Whether a job failed and nobody has looked at it yet."""
    return entry.is_news and entry.status is JobStatus.FAIL


def is_new_success(entry: Entry) -> bool:
    """Whether a job succeeded and nobody has looked at it yet: news, no trouble."""
    return entry.is_news and entry.status is JobStatus.SUCCESS


def needs_attention(entry: Entry) -> bool:
    """Whether something is wrong with a job that nobody has looked at yet."""
    return rank_of(entry) <= _TROUBLE


class Facet(StrEnum):
    """Standing filters on the digit keys."""

    ALL = "all"
    ACTIVE = "active"
    ATTENTION = "attention"
    FAILED = "failed"
    DONE = "done"
    ARCHIVE = "archive"


FACETS: dict[Facet, Callable[[Entry], bool]] = {
    Facet.ALL: lambda entry: True,
    Facet.ACTIVE: lambda entry: entry.is_live,
    Facet.ATTENTION: needs_attention,
    Facet.FAILED: lambda entry: entry.status is JobStatus.FAIL,
    Facet.DONE: lambda entry: entry.status is JobStatus.SUCCESS,
    Facet.ARCHIVE: lambda entry: False,
}
"""Which entries a facet shows. The archive is not among the entries."""
