"""One stored reply: what the state file keeps of a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ims_tui.core.outcome import Exchange
from ims_tui.core.watch import JobKey


@dataclass(frozen=True, slots=True)
class StoredPoll:
    """The last good reply about one job, with what we added to it."""

    key: JobKey
    exchange: Exchange
    seen_at: datetime
    is_news: bool = False
    latency_s: float | None = None
    """From the end of the job to the moment we knew."""
    sightings: Sequence[Sequence[object]] = ()
    """Timeline as plain values: time, status, ratio, step."""
