"""The outcome of one poll as a value: a job, or a failure and its kind.

retry          UNREACHABLE  THROTTLED  SERVER_FAULT
stop profile   AUTH_REJECTED  ACCESS_DENIED  WRONG_ENDPOINT  NO_PROFILE
               MISCONFIGURED
retry slowly   NOT_UNDERSTOOD  REQUEST_REFUSED  UNEXPECTED
count          NOT_KNOWN      after ten minutes of it the job is GONE
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from ims_tui.core.service.job import Job
from ims_tui.core.text import unstopped


class FailureKind(StrEnum):
    """Why a poll brought no job."""

    UNREACHABLE = "unreachable"
    """No answer: name lookup, connection, TLS, time-out."""
    THROTTLED = "throttled"
    """HTTP 429."""
    SERVER_FAULT = "server_fault"
    """HTTP 5xx."""
    AUTH_REJECTED = "auth_rejected"
    """HTTP 401: asking again could lock the key pair."""
    ACCESS_DENIED = "access_denied"
    """HTTP 403."""
    WRONG_ENDPOINT = "wrong_endpoint"
    """The gateway has no such call here, or sends us elsewhere."""
    NO_PROFILE = "no_profile"
    """The configuration has no profile of the job's name; nothing was sent."""
    MISCONFIGURED = "misconfigured"
    """A variable or setting makes a request impossible; nothing was sent."""
    NOT_KNOWN = "not_known"
    """The service does not know the job."""
    NOT_UNDERSTOOD = "not_understood"
    """An answer that is not a description of this job."""
    REQUEST_REFUSED = "request_refused"
    """Another HTTP 4xx."""
    UNEXPECTED = "unexpected"
    """A fault of ours; the log has the traceback."""

    @property
    def stops_profile(self) -> bool:
        """Whether every further request of the profile would fail alike."""
        return self in (
            FailureKind.AUTH_REJECTED,
            FailureKind.ACCESS_DENIED,
            FailureKind.WRONG_ENDPOINT,
            FailureKind.NO_PROFILE,
            FailureKind.MISCONFIGURED,
        )

    @property
    def passes(self) -> bool:
        """Whether it is over by itself as a rule, without a person."""
        return self in (
            FailureKind.UNREACHABLE,
            FailureKind.THROTTLED,
            FailureKind.SERVER_FAULT,
        )

    @property
    def is_no_answer(self) -> bool:
        """Whether the service as a whole did not answer, whatever the job."""
        return self in (FailureKind.UNREACHABLE, FailureKind.SERVER_FAULT)


class Exchange(Struct, frozen=True):
    """What is worth keeping of one HTTP reply. Never holds a credential."""

    http_status: int
    body: bytes = b""
    """The body as received, cut to `reply.MAX_KEPT` bytes."""
    date: datetime | None = None
    """The service's clock."""
    request_id: str = ""
    latency_s: float = 0.0


class PollOk(Struct, frozen=True):
    """A good reply."""

    job: Job
    exchange: Exchange


class PollFailed(Struct, frozen=True):
    """A poll that brought no job."""

    kind: FailureKind
    cause: str
    """One line, printable: what happened."""
    code: str = ""
    """The service's error code, such as `APIGW.0301`."""
    exchange: Exchange | None = None
    """None where no answer came."""
    retry_after_s: float | None = None
    limit: tuple[int, float] | None = None
    """Requests and window in seconds, where a 429 names them."""
    remedy: str = ""
    """What the operator can do, where that is known."""

    @property
    def why(self) -> str:
        """The cause without a full stop, as a part of a sentence."""
        return unstopped(self.cause)


Outcome = PollOk | PollFailed
