"""What one request brought, in the scheduler's words: ages, and no texts."""

from __future__ import annotations

from msgspec import Struct


class Seen(Struct, frozen=True):
    """A good reply: what the service says of the job."""

    job_type: str
    ended: bool
    failed: bool
    progress_ratio: float | None
    step: str
    age_s: float | None
    """Server time minus begin_time; end_time minus begin_time once the job ended."""


class Throttled(Struct, frozen=True):
    """The gateway refused the request (429)."""

    retry_after_s: float | None
    limit: tuple[int, float] | None
    """(requests, window in seconds) where the reply names the limit."""


class NoAnswer(Struct, frozen=True):
    """No answer from the service, or a fault of the service."""


class Odd(Struct, frozen=True):
    """The service is well, but its reply for this job is of no use."""


Reply = Seen | Throttled | NoAnswer | Odd
