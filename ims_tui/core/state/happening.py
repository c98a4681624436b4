"""What happened to jobs, as their stored changes tell it, and which of it is an event.

`ims-tui events` tells every change; the list of events on the screen tells the ends
among them beside what this run saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.archive_row import end_of
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey

EARLIER = timedelta(days=1)
"""How far back ends that this run did not see are told beside its events."""

_ENDS = (EventKind.SUCCEEDED, EventKind.FAILED, EventKind.ALREADY_ENDED)


class Happening(Struct, frozen=True):
    """One change of a job as it was seen."""

    entry: Entry
    """What is known of the job by now."""
    before: Sighting | None
    """None: it was the first look."""
    now: Sighting

    @property
    def has_failed(self) -> bool:
        """Whether it was the failure of the job."""
        return self.now.status is JobStatus.FAIL

    @property
    def is_of_state(self) -> bool:
        """Whether the state changed, not only step or percent."""
        return self.before is None or self.before.status is not self.now.status


def happenings(entries: Iterable[Entry], since: datetime) -> list[Happening]:
    """What was seen since a time, the earliest first."""
    found = [
        Happening(entry, before, now)
        for entry in entries
        for before, now in _pairs(entry, since)
        if now.at > since
    ]
    return sorted(found, key=lambda one: one.now.at)


def _pairs(entry: Entry, since: datetime) -> list[tuple[Sighting | None, Sighting]]:
    seen = list(entry.sightings)
    if seen and seen[-1].at <= since:
        return []
    if not seen and entry.status is not None and entry.has_ended:
        at = end_of(entry)  # its reply is not kept any more, its end is
        seen = [Sighting(at, entry.status, None, "")] if at else []
    return list(zip([None, *seen[:-1]], seen, strict=True))


def kind_of_end(status: JobStatus, *, is_first_look: bool = False) -> EventKind:
    """Which event the end of a job is.

    Args:
        status: one of an end.
        is_first_look: nothing had been known of the job before.
    """
    if is_first_look:
        return EventKind.ALREADY_ENDED
    is_good = status is JobStatus.SUCCESS
    return EventKind.SUCCEEDED if is_good else EventKind.FAILED


def with_earlier(
    events: Sequence[Event], entries: Mapping[JobKey, Entry], now: datetime
) -> list[Event]:
    """Events of this run and ends of the last day that it did not see, in their order.

    An earlier run or another copy of the program saw those.
    """
    told = {event.key for event in events if event.kind in _ENDS}
    earlier = [
        Event(one.now.at, kind_of_end(one.now.status), key, key.profile)
        for one in happenings(entries.values(), now - EARLIER)
        if one.now.status.has_ended and (key := one.entry.key) not in told
    ]
    return sorted([*earlier, *events], key=attrgetter("at"))
