"""What the operator does not want to be told: everything for a while, or some jobs.

A snooze holds what comes until it is over; what is muted is not told at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct

from ims_tui.core.notices.news import News

SNOOZE_S = 1800.0
"""How long a snooze lasts."""

EVERYTHING = ""
"""The scope of a snooze."""


class Silence(Struct, frozen=True):
    """One wish not to be told; all copies on one machine heed it."""

    scope: str
    """`EVERYTHING`, or the tag or profile that is muted, as the functions write it."""
    until: datetime | None = None
    """None: until it is lifted."""

    def holds(self, now: datetime) -> bool:
        """Whether it is not over yet."""
        return self.until is None or now < self.until


def of_tag(tag: str) -> str:
    """The scope of the jobs with a tag."""
    return f"tag:{tag}"


def of_profile(name: str) -> str:
    """The scope of a profile and its jobs."""
    return f"profile:{name}"


def mutes(scopes: Collection[str], news: News, tags: Iterable[str]) -> bool:
    """Whether news are about something that is muted.

    Args:
        scopes: of the silences that hold.
        news: what would be told.
        tags: of its job.
    """
    return of_profile(news.profile) in scopes or any(of_tag(t) in scopes for t in tags)
