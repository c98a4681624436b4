"""An HTTP reply to an outcome: the job, or the failure with its cause in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from ims_tui.core.service.envelope import error_in, mask_keys, read_error
from ims_tui.core.service.errorcode import denial_remedy, is_of_gateway, kind_of
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.jsontext import (
    Json,
    NotJsonError,
    TooManyValuesError,
    decode,
    load,
)
from ims_tui.core.service.oddity import Oddity, OddityKind
from ims_tui.core.service.outcome import (
    Exchange,
    FailureKind,
    Outcome,
    PollFailed,
    PollOk,
)
from ims_tui.core.service.payload import parse_job
from ims_tui.core.service.times import http_time
from ims_tui.core.text import cut, cut_at_word, printable

MAX_BODY = 2 * 1024 * 1024
"""Bytes read of a reply; more is not a description of a job."""

MAX_KEPT = 64 * 1024
"""Bytes kept of a reply for the Raw tab."""

MAX_CAUSE = 120
"""Cells of the line that says what happened."""

CLOCKS_APART = timedelta(days=366)
"""A `Date` further from our clock is wrong: were it right, no TLS would have come about
with our clock, since certificates last 398 days at most (baseline requirements of the
CA/Browser Forum, 6.3.2)."""

_LONGEST_WAIT_S = 86400.0
_UNITS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_LIMIT = re.compile(
    r"limit:\s*(\d{1,9})\s*,\s*time:\s*(\d{1,9})\s*(second|minute|hour|day)",
    re.I | re.A,
)

# ECS manual, "Querying Job Execution Status", 2025-12.
_FORGETS = "ECS forgets a finished job after a day."
_PAGE = (
    "A page answers in place of the service: ask who manages the network, or a firewall"
    " before the service, about the address of this machine."
)
_STATUS = {
    401: FailureKind.AUTH_REJECTED,
    403: FailureKind.ACCESS_DENIED,
    408: FailureKind.SERVER_FAULT,
    429: FailureKind.THROTTLED,
}
_CLASSES = (
    (500, FailureKind.SERVER_FAULT),
    (400, FailureKind.REQUEST_REFUSED),
    (300, FailureKind.WRONG_ENDPOINT),
)


def parse_reply(
    http_status: int,
    headers: Mapping[str, str],
    body: bytes,
    job_id: str,
    *,
    now: datetime,
    latency_s: float = 0.0,
    service: JobService = JobService.IMS,
) -> Outcome:
    """Judge a reply about a job of one service. Never raises.

    `headers` is asked for lower-case names. `now` bounds which ids can hold a time, and
    stands in for a missing `Date`.
    """
    request_id = headers.get("x-request-id") or headers.get("x-iam-trace-id", "")
    exchange = Exchange(
        http_status,
        body[:MAX_KEPT],
        service_date(headers.get("date", ""), now),
        printable(request_id, 64),
        latency_s,
    )
    # ECS manual, error codes: "HTTP status codes may not be accurate".
    if http_status == 200 or (200 < http_status < 300 and body.strip()):
        outcome = _dated(_good(headers, body, job_id, exchange, now), headers)
    else:
        outcome = _failed(headers, body, exchange, now)
    return _worded(outcome, service)


def _dated(outcome: Outcome, headers: Mapping[str, str]) -> Outcome:
    """With the `Date` as an oddity where it is not believed."""
    date = parse_date(headers.get("date", ""))
    if not isinstance(outcome, PollOk) or date is None or outcome.exchange.date:
        return outcome
    odd = Oddity(OddityKind.DATE_NOT_BELIEVED, "Date", date.date().isoformat())
    return replace(outcome, job=outcome.job.with_oddity(odd))


def _worded(outcome: Outcome, service: JobService) -> Outcome:
    """With the remedy that is the service's own."""
    if not isinstance(outcome, PollFailed):
        return outcome
    if outcome.kind is FailureKind.ACCESS_DENIED:
        return replace(outcome, remedy=_remedy(outcome, service))
    if outcome.kind is FailureKind.NOT_KNOWN and service is JobService.ECS:
        return replace(outcome, remedy=_FORGETS)
    return outcome


def _remedy(denied: PollFailed, service: JobService) -> str:
    body = denied.exchange.body if denied.exchange else b""
    if not denied.code and _is_html(body):
        return _PAGE
    return denial_remedy(denied.code, read_error(body)[1], service)


def _is_html(body: bytes) -> bool:
    return decode(body[:1000]).lstrip().startswith("<")


@lru_cache(maxsize=8)  # all replies of one second say the same
def parse_date(text: str) -> datetime | None:
    """Read an HTTP date (RFC 9110, section 5.6.7) as aware UTC."""
    usual = http_time(text)
    if usual is not None or not text:
        return usual
    from email.utils import parsedate_to_datetime  # 8 ms, for it imports sockets

    try:
        parsed = parsedate_to_datetime(text)
        if parsed.tzinfo is None:
            return parsed.replace(tzinfo=UTC)
        return parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def service_date(text: str, ours: datetime) -> datetime | None:
    """The `Date` of a reply; None where it is too far from our clock to be believed."""
    date = parse_date(text)
    return date if date and abs(date - ours) <= CLOCKS_APART else None


def _good(
    headers: Mapping[str, str],
    body: bytes,
    job_id: str,
    exchange: Exchange,
    now: datetime,
) -> Outcome:
    def not_understood(cause: str) -> PollFailed:
        return PollFailed(FailureKind.NOT_UNDERSTOOD, cause, exchange=exchange)

    if not body.strip():
        return PollFailed(FailureKind.NOT_KNOWN, "empty reply", exchange=exchange)
    if len(body) > MAX_BODY:
        return not_understood(f"a reply of more than {MAX_BODY >> 20} MiB")
    try:
        value, repaired = load(body)
    except TooManyValuesError as error:
        return not_understood(f"a reply of {error}")
    except NotJsonError as error:
        cause = "HTML, not JSON" if _is_html(body) else f"not JSON: {error}"
        return not_understood(cause)
    if not isinstance(value, Mapping):
        kind = "an array" if isinstance(value, tuple) else "a bare value"
        return not_understood(f"JSON, but {kind}")
    status = value.get("status")
    if status is None or (isinstance(status, str) and not status.strip()):
        return _without_status(headers, value, exchange, now)
    job = parse_job(value, job_id, exchange.date or now)
    if job.job_id != job_id:
        return not_understood(f"the reply is about job {cut(job.job_id, 40)}")
    if repaired:
        job = job.with_oddity(Oddity(OddityKind.TRAILING_COMMA))
    return PollOk(job, exchange)


def _without_status(
    headers: Mapping[str, str],
    value: Mapping[str, Json],
    exchange: Exchange,
    now: datetime,
) -> PollFailed:
    code, message = error_in(value)
    if code or message:
        kind = _kind_by_code(code, message) or FailureKind.NOT_UNDERSTOOD
        cause = _cause(f"error with HTTP {exchange.http_status}:", code, message)
        return _failure(kind, cause, (code, message), headers, exchange, now)
    # Terraform's waiter guards against the empty status of a job that is gone. A reply
    # that says something of a job is another matter.
    is_empty = not any(member for name, member in value.items() if name != "job_id")
    kind = FailureKind.NOT_KNOWN if is_empty else FailureKind.NOT_UNDERSTOOD
    return PollFailed(kind, "reply without a status", exchange=exchange)


def _failed(
    headers: Mapping[str, str], body: bytes, exchange: Exchange, now: datetime
) -> PollFailed:
    http_status = exchange.http_status
    code, message = read_error(body[:MAX_KEPT])
    cause = _cause(f"HTTP {http_status}", code, message)
    if location := headers.get("location", ""):
        where = cut(printable(location), MAX_CAUSE - 30)
        cause = f"HTTP {http_status} to {where}, not followed"
    kind = _kind_by_code(code, message) or _kind_by_status(http_status, code)
    return _failure(kind, cause, (code, message), headers, exchange, now)


def _failure(
    kind: FailureKind,
    cause: str,
    said: tuple[str, str],
    headers: Mapping[str, str],
    exchange: Exchange,
    now: datetime,
) -> PollFailed:
    """A failure the service told; `said` is its code and message."""
    code, message = said
    return PollFailed(
        kind,
        cause,
        code,
        replace(exchange, body=mask_keys(exchange.body)),
        _retry_after_s(headers.get("retry-after", ""), exchange.date or now),
        _limit(message) if kind is FailureKind.THROTTLED else None,
        _REMEDIES.get(exchange.http_status, ""),
    )


_REMEDIES = {
    407: "A proxy on the way wants a user: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
    429: "Ask again later; with a smaller poll.budget this is rare.",
}


def _cause(*parts: str) -> str:
    return cut_at_word(" ".join(filter(None, parts)), MAX_CAUSE)


def _kind_by_code(code: str, message: str) -> FailureKind | None:
    if "token need to refresh" in message.lower():
        return FailureKind.AUTH_REJECTED
    return kind_of(code)


def _kind_by_status(http_status: int, code: str) -> FailureKind:
    if http_status in _STATUS:
        return _STATUS[http_status]
    if http_status == 404 and not is_of_gateway(code):
        return FailureKind.NOT_KNOWN
    for least, kind in _CLASSES:
        if http_status >= least:
            return kind
    return FailureKind.NOT_UNDERSTOOD


def _limit(message: str) -> tuple[int, float] | None:
    """Requests and seconds out of `...,limit:200,time:5 minute`."""
    named = _LIMIT.search(message)
    if named is None:
        return None
    requests, window_s = int(named[1]), int(named[2]) * _UNITS_S[named[3].lower()]
    return (requests, float(window_s)) if requests and window_s else None


def _retry_after_s(text: str, date: datetime) -> float | None:
    """Seconds to wait (RFC 9110, section 10.2.3: seconds or a date)."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT_S)
    until = parse_date(text)
    if until is None:
        return None
    return min(max(0.0, (until - date).total_seconds()), _LONGEST_WAIT_S)
