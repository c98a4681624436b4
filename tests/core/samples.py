"""Replies of our own, written after the documented schema."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ims_tui.core.service.job import Job
from ims_tui.core.service.outcome import PollFailed, PollOk
from ims_tui.core.service.reply import parse_reply

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
JOB_ID = "9a175ac79d2a54ad019df20050660001"
MANUAL_ID = "ff8080814c1e7a020153687201250013"


def sample(name: str) -> bytes:
    """Bytes of a file in `payloads`."""
    return (Path(__file__).parent / "payloads" / name).read_bytes()


def good(body: bytes, job_id: str = JOB_ID) -> Job:
    """The job of a reply that is understood."""
    outcome = parse_reply(200, {}, body, job_id, now=NOW)
    assert isinstance(outcome, PollOk), outcome
    return outcome.job


def bad(
    http_status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> PollFailed:
    """The failure a reply stands for."""
    outcome = parse_reply(http_status, headers or {}, body, JOB_ID, now=NOW)
    assert isinstance(outcome, PollFailed), outcome
    return outcome
