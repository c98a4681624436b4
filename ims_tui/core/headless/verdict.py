"""The exit code: how each job ended, and which of several reasons wins.

===== ==================================================================
130   interrupted (INT); 143: terminated (TERM); 129: hung up (HUP)
2     wrong usage
7     configuration or list unreadable, or not writable when needed
4     not signed in, or refused
3     at least one job failed
5     at least one id is unknown to the service
6     the service is not reachable
124   the time of `--timeout` is over, as of timeout(1)
1     a fault of ours
0     everything that was asked for is so
===== ==================================================================
"""

from __future__ import annotations

from collections.abc import Iterable

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link

OK = 0
FAULT = 1
FAILED = 3
REFUSED = 4
UNKNOWN = 5
UNREACHABLE = 6
MISCONFIGURED = 7
TIMED_OUT = 124

PRECEDENCE = (
    130,
    143,
    129,
    2,
    MISCONFIGURED,
    REFUSED,
    FAILED,
    UNKNOWN,
    UNREACHABLE,
    TIMED_OUT,
)
"""Codes in the order in which they win. Every other but 0 is a fault of ours."""


def exit_code(reasons: Iterable[int]) -> int:
    """The code that a process ends with, out of all that could be said."""
    given = set(reasons) - {OK}
    for code in PRECEDENCE:
        if code in given:
            return code
    return FAULT if given else OK


_CODES = {
    FailureKind.AUTH_REJECTED: REFUSED,
    FailureKind.ACCESS_DENIED: REFUSED,
    FailureKind.WRONG_ENDPOINT: MISCONFIGURED,
    FailureKind.NO_PROFILE: MISCONFIGURED,
    FailureKind.MISCONFIGURED: MISCONFIGURED,
    FailureKind.NOT_KNOWN: UNKNOWN,
    FailureKind.UNEXPECTED: FAULT,
}


def code_of_failure(failure: PollFailed) -> int:
    """The code of a poll that brought no job."""
    return _CODES.get(failure.kind, UNREACHABLE)


def code_of_end(entry: Entry) -> int:
    """The code of how a job ended; 0 where it did not fail."""
    return FAILED if entry.status is JobStatus.FAIL else OK


def code_of_answer(entry: Entry, health: Health) -> int:
    """Whether the service answered about a job, whatever the job's state."""
    if entry.has_ended:
        return OK
    if health.failure is not None and health.link in (Link.STOPPED, Link.OFFLINE):
        return code_of_failure(health.failure)
    if entry.failure is not None:
        return code_of_failure(entry.failure)
    return UNKNOWN if entry.is_gone or entry.unknown_since is not None else OK
