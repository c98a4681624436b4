"""What happened to jobs, as their stored changes tell it, and which of it is an event.

`ims-tui events` tells every change; the list of events on the screen tells the ends
among them beside what this run saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct

from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.archive_row import end_of
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.outage import Outage, joined
from ims_tui.core.state.store import Event, EventKind, Snapshot

EARLIER = timedelta(days=1)
"""How far back ends that this run did not see are told beside its events."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""An outage is noted on our clock, its events are told on the service's."""

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
    return list(zip([None, *seen], seen, strict=False))  # the last has no after


def outage_events(outages: Iterable[Outage], since: datetime) -> list[Event]:
    """Begin and end of outages since a time, as the events that told them."""
    found = []
    for one in joined(outages):
        begin = Event(one.since, EventKind.OFFLINE, None, one.profile, one.cause)
        found.append(begin)
        if one.is_over:
            length = f"{one.length_s:.0f}"
            end = Event(one.until, EventKind.BACK, None, one.profile, length)
            found.append(end)
    return [event for event in found if event.at > since]


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


def with_earlier(snapshot: Snapshot, now: datetime) -> list[Event]:
    """Events of this run, and ends and outages of the last day that it did not see.

    An earlier run or another copy of the program saw those. In the order of time.
    """
    events, since = snapshot.events, now - EARLIER
    told = {event.key for event in events if event.kind in _ENDS}
    ends = [
        Event(one.now.at, kind_of_end(one.now.status), key, key.profile)
        for one in happenings(snapshot.entries.values(), since)
        if one.now.status.has_ended and (key := one.entry.key) not in told
    ]
    begins = [event for event in events if event.kind is EventKind.OFFLINE]
    outages = [
        one
        for one in joined(snapshot.outages)
        if not any(_is_begin_of(one, event) for event in begins)
    ]
    return sorted(
        [*ends, *outage_events(outages, since), *events], key=attrgetter("at")
    )


def _is_begin_of(outage: Outage, event: Event) -> bool:
    """Whether an event of this run, on the service's clock, told an outage."""
    begin, end = outage.since - CLOCKS_DIFFER, outage.until + CLOCKS_DIFFER
    return event.profile == outage.profile and begin <= event.at <= end
