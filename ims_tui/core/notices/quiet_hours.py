"""Hours in which only what is let through is told; the rest waits for their end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta, tzinfo

from msgspec import Struct

from ims_tui.core.notices.news import Level

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class QuietHours(Struct, frozen=True):
    """A span of the day, on some days of the week; it may run past midnight."""

    begins: time
    ends: time
    days: Collection[str] = DAYS
    """The days on which they begin."""
    allow: Collection[Level] = (Level.URGENT,)
    """What is told all the same."""
    zone: tzinfo = UTC

    def end(self, now: datetime) -> datetime | None:
        """When the quiet hours that hold now end; None where none do."""
        today = now.astimezone(self.zone).date()
        for day in (today - timedelta(days=1), today):
            if DAYS[day.weekday()] not in self.days:
                continue
            last = day if self.begins < self.ends else day + timedelta(days=1)
            begin = datetime.combine(day, self.begins, self.zone).astimezone(UTC)
            end = datetime.combine(last, self.ends, self.zone).astimezone(UTC)
            if begin <= now < end:
                return end
        return None
