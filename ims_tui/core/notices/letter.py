"""News waiting for their channels, as the outbox stores them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ims_tui.core.notices.news import News

PAUSES_S = (10.0, 60.0, 300.0)
"""Pauses before what a channel did not take is tried again; then it is given up."""

LEASE_S = 120.0
"""Time for whoever takes news to tell them; then another copy may.

Longer than any channel may take.
"""


class Letter(Struct, frozen=True):
    """One piece of news for some channels."""

    news: News
    channels: Sequence[str]
    tags: Sequence[str] = ()
    """Of its job."""
    closes: Sequence[str] = ()
    """Channels for which an end closes bad news without a word."""


class Told(Struct, frozen=True):
    """How many news of one kind a channel was told."""

    channel: str
    kind: str
    count: int


class Backlog(Struct, frozen=True):
    """What waits for one channel."""

    waiting: Sequence[News] = ()
    """May be told now, the oldest first."""
    sent: Sequence[datetime] = ()
    """Times of the messages of the last hour, the oldest first."""
    next_s: float | None = None
    """Seconds until more may be told: a pause, or news that may be over till then."""
