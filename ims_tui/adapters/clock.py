"""Clocks of this machine: wall time, seconds that go on in sleep, the local zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo

from ims_tui.core.moment import Clock

# CLOCK_MONOTONIC stands still during suspension on Linux, so a row would look
# younger than it is after a night in a closed laptop.
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


class SystemClock(Clock):
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Wall clock, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since boot, suspension included where the system can tell."""
        return time.clock_gettime(_BOOT_CLOCK)


class LocalZone(tzinfo):
    """The system's zone, whose offset belongs to each instant: summer or winter."""

    def fromutc(self, dt: datetime) -> datetime:
        """The local time of an instant, by the rules that the system has now."""
        time.tzset()  # somebody may have moved the machine to another zone
        instant = dt.replace(tzinfo=UTC)
        local = instant.astimezone().replace(tzinfo=None)
        # Of the two equal times of an autumn night it may be the second.
        is_second = local.astimezone(UTC) != instant
        return local.replace(tzinfo=self, fold=int(is_second))

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """How far local time is ahead of UTC at a local time."""
        return None if dt is None else _local(dt).utcoffset()

    def dst(self, dt: datetime | None) -> None:
        """Not known: the system tells only the sum of both."""

    def tzname(self, dt: datetime | None) -> str | None:
        """The system's short name of the zone at a local time."""
        return None if dt is None else _local(dt).tzname()


def _local(at: datetime) -> datetime:
    """A local time as the system knows it, not nearer than it can tell to either end.

    It looks a day around, also over the ends of the calendar, and fails there.
    """
    inside = min(max(at.replace(tzinfo=UTC), _FIRST), _LAST)
    return inside.replace(tzinfo=None).astimezone()
