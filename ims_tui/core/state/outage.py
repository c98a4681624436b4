"""Spans in which a profile got no usable answer, as far as somebody asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.state.health import Health


class Outage(Struct, frozen=True):
    """One span without a usable answer. Times are on our clock."""

    profile: str
    since: datetime
    """The first request without an answer."""
    until: datetime
    """The answer that ended it, else the last request without one."""
    is_over: bool = False
    """Whether an answer ended it; else it goes on, or the program ended first."""
    cause: str = ""
    """Printable."""

    @property
    def length_s(self) -> float:
        """How long it lasted, as far as that is known."""
        return (self.until - self.since).total_seconds()


def outage_of(before: Health, after: Health, now: Moment) -> Outage | None:
    """The outage that one poll began, found again or ended; None where there is none.

    Args:
        before: the health of the profile until then.
        after: its health since.
        now: when the poll came back.
    """
    health = after if after.offline_since else before
    if health.offline_since is None:
        return None
    since, failure = health.offline_since.wall, health.failure
    return Outage(
        health.profile,
        since,
        max(since, now.wall),
        is_over=health is before,
        cause=failure.why if failure else "",
    )


def joined(outages: Iterable[Outage]) -> list[Outage]:
    """Outages of one profile that overlap as one: each copy notes what it saw."""
    found: list[Outage] = []
    for outage in sorted(outages, key=lambda one: (one.profile, one.since)):
        last = found[-1] if found else None
        if last and last.profile == outage.profile and outage.since <= last.until:
            later = max(last, outage, key=lambda one: (one.until, one.is_over))
            found[-1] = replace(later, since=last.since)
        else:
            found.append(outage)
    return sorted(found, key=lambda one: (one.since, one.profile))


def offline_s(outages: Iterable[Outage], since: datetime, until: datetime) -> float:
    """Seconds between two times in which some profile got no usable answer."""
    spans = [(max(since, o.since), min(until, o.until)) for o in outages]
    return sum(_new_spans(sorted(span for span in spans if span[0] < span[1])))


def _new_spans(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[float]:
    """Seconds that each span adds to those before it."""
    covered: datetime | None = None
    for begin, end in spans:
        if covered is None or end > covered:
            start = begin if covered is None else max(begin, covered)
            yield (end - start) / timedelta(seconds=1)
            covered = end
