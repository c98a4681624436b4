"""Moments on our clock, and the service's clock read through its `Date` header."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

_SLEW_S = 0.5
"""A correction of the clock per reply; so a shown duration never jumps."""
_STEP_S = 30.0
"""A clock that is off by more than this was set, and is taken over at once."""


class Moment(Struct, frozen=True):
    """One instant on two clocks."""

    wall: datetime
    """Aware UTC, for what is shown and stored."""
    mono_s: float
    """Seconds that only go forward, also while the machine is suspended."""

    def since_s(self, earlier: Moment) -> float:
        """Seconds since an earlier moment, whatever happened to the wall clock."""
        return self.mono_s - earlier.mono_s

    def at(self, wall: datetime) -> Moment:
        """The moment of a stored time, seen from this one; the future counts as now."""
        past_s = max(0.0, (self.wall - wall).total_seconds())
        return Moment(wall, self.mono_s - past_s)


class Clock(Protocol):
    """Time, so that tests own it."""

    def now(self) -> datetime:
        """Wall clock, aware UTC: for what is shown and stored."""

    def monotonic(self) -> float:
        """Seconds that only go forward: for intervals."""

    def moment(self) -> Moment:
        """Both at once."""
        return Moment(self.now(), self.monotonic())


def to_tick_s(now_s: float, every_s: float) -> float:
    """Seconds to the next common tick, at least half a period ahead.

    What is done now and then is done at the same moments, so that a program at rest
    wakes once for all of it.
    """
    left_s = every_s - now_s % every_s
    return left_s if left_s >= every_s / 2 else left_s + every_s


class ServiceClock(Struct, frozen=True):
    """Where the service's clock stands against our monotonic one."""

    base: datetime | None = None
    """Service time at monotonic zero; None before the first `Date`."""

    def observe(self, date: datetime, moment: Moment, latency_s: float) -> ServiceClock:
        """Take in the `Date` of a reply that arrived at `moment`.

        The header is cut to whole seconds and was written at some time between request
        and reply, so it only bounds the clock. Inside the bounds nothing is corrected,
        at the first reply neither: two programs on one machine agree on the time.
        """
        earliest = date - timedelta(seconds=moment.mono_s)
        latest = earliest + timedelta(seconds=1.0 + max(0.0, latency_s))
        if self.base is None:
            ours = moment.wall - timedelta(seconds=moment.mono_s)
            if earliest <= ours <= latest:
                return ServiceClock(ours)
            return ServiceClock(earliest + (latest - earliest) / 2)
        off_s = (min(max(self.base, earliest), latest) - self.base).total_seconds()
        if abs(off_s) <= _STEP_S:
            off_s = min(max(off_s, -_SLEW_S), _SLEW_S)
        return ServiceClock(self.base + timedelta(seconds=off_s)) if off_s else self

    def time(self, moment: Moment) -> datetime:
        """The service's time at a moment; our own where it never told."""
        if self.base is None:
            return moment.wall
        return self.base + timedelta(seconds=moment.mono_s)

    def offset_s(self, moment: Moment) -> float:
        """Seconds the service is ahead of our wall clock."""
        return (self.time(moment) - moment.wall).total_seconds()
