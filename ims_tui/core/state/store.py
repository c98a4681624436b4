"""The one mutable place: entries, health, events; snapshots for everybody else.

Owned by one event loop. Whoever wants to know takes a `Snapshot`, a value that never
changes; equal versions mean nothing happened in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict, Unpack

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.state.archive import Archive
from ims_tui.core.state.entry import Entry, name_of_key
from ims_tui.core.state.health import Health
from ims_tui.core.state.order import is_refused
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.tally import Tally
from ims_tui.core.watchlist.watch import JobKey, Watch

if TYPE_CHECKING:
    from ims_tui.core.state.fault import LoopFault

MAX_EVENTS = 500

MOST_OUTAGES = 200
"""Outages that are known; earlier ones are forgotten."""


class EventKind(StrEnum):
    """What is worth a line in the event log."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ALREADY_ENDED = "already_ended"
    GONE = "gone"
    STALLED = "stalled"
    MOVING = "moving"
    NEAR_END = "near_end"
    """A job has passed a mark before its end; the detail is the mark."""
    OFFLINE = "offline"
    BACK = "back"
    THROTTLED = "throttled"
    STOPPED = "stopped"
    RESUMED = "resumed"
    """Requests are accepted again after a refusal."""
    NOT_SAVED = "not_saved"
    SAVED = "saved"
    UNKNOWN_STATUS = "unknown_status"
    FAULT = "fault"
    """A loop of the program died."""
    JOB_FAULT = "job_fault"
    """One job met a fault of the program."""
    WELL = "well"
    """A loop that died runs well again."""
    UNSEEN = "unseen"
    """Other copies of the program cannot be seen."""
    LIST_PROBLEM = "list_problem"
    LIST_UNREAD = "list_unread"
    """The whole list cannot be read, so that it is not saved either."""
    STATE_PROBLEM = "state_problem"
    CONFIG_READ = "config_read"
    CONFIG_PROBLEM = "config_problem"
    EXPIRING = "expiring"
    """A credential ends soon."""
    OTHER_CALL = "other_call"
    """Another call than the documented one is in use."""


class Event(Struct, frozen=True):
    """One thing that happened, with what a sentence about it needs."""

    at: datetime
    kind: EventKind
    key: JobKey | None = None
    profile: str = ""
    detail: str = ""
    """Printable."""
    name: str = ""
    """How the job was called then."""


class Snapshot(Struct, frozen=True):
    """Everything at one moment."""

    version: int = 0
    order_version: int = 0
    """Changes only where rows may move: on changes of state, never on progress."""
    entries: Mapping[JobKey, Entry] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    """The numbers of the entries."""
    archive: Archive = field(default_factory=Archive)
    """Jobs that have left the list; none of them is among the entries."""
    health: Mapping[str, Health] = field(default_factory=dict)
    events: Sequence[Event] = ()
    outages: Sequence[Outage] = ()
    """The latest of this run and of those before, each as it was seen last."""
    is_paused: bool = False
    is_loading: bool = False
    """Whether the list is still being read."""
    save_problem: str = ""
    """Why the list is not on disk; empty when it is."""
    list_problem: str = ""
    """Why the list could not be read; it is not overwritten then."""
    copy_of: datetime | None = None
    """When the copy was written whose rows are shown, where the list was unreadable."""
    state_problem: str = ""
    """Why replies are not kept for the next run."""
    is_shared: bool = False
    """Whether another copy of the program works on the same list."""
    faults: Sequence[LoopFault] = ()
    """Faults of ours that last."""
    away: tuple[datetime, datetime] | None = None
    """From the last reply of the run before to the start of this one."""

    @property
    def problem(self) -> str:
        """Why the list on disk may not be the list here; empty when it is."""
        return self.list_problem or self.save_problem


class Flags(TypedDict, total=False):
    """What of a snapshot is set by its name, see there."""

    is_paused: bool
    is_loading: bool
    save_problem: str
    list_problem: str
    state_problem: str
    is_shared: bool
    copy_of: datetime | None
    away: tuple[datetime, datetime] | None


class JobStore:
    """Entries by key, in the order of the list."""

    def __init__(self) -> None:
        self._entries: dict[JobKey, Entry] = {}
        self._tally = Tally()
        self._archive = Archive()
        self._health: dict[str, Health] = {}
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self._snapshot = Snapshot()
        self._order_version = 0
        self._told = 0
        self._version = 0
        self._flags = Snapshot()
        self._polled: set[JobKey] = set()
        self._outages: dict[tuple[str, datetime], Outage] = {}
        self._new_outages: dict[tuple[str, datetime], Outage] = {}
        self._faults: dict[str, LoopFault] = {}

    def snapshot(self) -> Snapshot:
        """The present state; the same object as long as nothing changes."""
        if self._snapshot.version != self._version:
            self._snapshot = replace(
                self._flags,
                version=self._version,
                order_version=self._order_version,
                entries=dict(self._entries),
                tally=self._tally.copy(),
                archive=self._archive,
                health=dict(self._health),
                events=tuple(self._events),
                outages=tuple(self._outages.values()),
                faults=tuple(self._faults.values()),
            )
        return self._snapshot

    @property
    def news_version(self) -> int:
        """Changes with every event and every change of state, never on progress."""
        return self._order_version + self._told

    def get(self, key: JobKey) -> Entry | None:
        """The entry of a key."""
        return self._entries.get(key)

    def entries(self) -> Iterable[Entry]:
        """All entries, in the order of the list."""
        return self._entries.values()

    def __len__(self) -> int:
        return len(self._entries)

    def watches(self) -> list[Watch]:
        """The watchlist as it should be on disk."""
        return [entry.watch for entry in self._entries.values()]

    def put(self, entry: Entry) -> None:
        """Add or replace an entry."""
        before = self._entries.get(entry.key)
        if before != entry:
            self._set(before, entry)

    def _set(self, before: Entry | None, entry: Entry) -> None:
        if before is None and entry.key in self._archive:
            self.put_archive(self._archive.without([entry.key]))
        self._entries[entry.key] = entry
        self._tally.move(before, entry)
        self._version += 1
        if before is None or _place(before) != _place(entry):
            self._order_version += 1

    def put_watch(self, watch: Watch) -> Entry:
        """Add a watch, or change what the operator said of it.

        Of a job that is now one of another service nothing is known yet.
        """
        before = self._entries.get(watch.key)
        entry = Entry(watch)
        if before and (before.has_ended or before.watch.service is watch.service):
            entry = replace(before, watch=watch)
        self.put(entry)
        return entry

    def drop(self, key: JobKey) -> Entry | None:
        """Take an entry out; returns it, or None where there was none."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._tally.move(entry, None)
            self._version += 1
            self._order_version += 1
        return entry

    @property
    def archive(self) -> Archive:
        """The archived jobs."""
        return self._archive

    def put_archive(self, archive: Archive) -> None:
        """Replace the archive; where a job is in both, the list wins."""
        if len(archive):
            archive = archive.without(k for k in self._entries if k in archive)
        self._archive = archive
        self._version += 1
        self._order_version += 1

    def book(
        self,
        entry: Entry | None,
        health: Health,
        events: Iterable[Event],
        outage: Outage | None = None,
    ) -> None:
        """Take in what one poll led to.

        Args:
            entry: the job after it; None where it was removed meanwhile.
            health: that of its profile.
            events: what happened.
            outage: what it tells of one; None where there is none.
        """
        if entry is not None:
            self._set(self._entries.get(entry.key), entry)
            self._polled.add(entry.key)
        self.put_health(health)
        for event in events:
            self.tell(event)
        if outage is not None:
            key = outage.profile, outage.since
            if key in self._outages and not outage.cause:  # lost by a reload
                outage = replace(outage, cause=self._outages[key].cause)
            self.put_outages([outage])
            self._new_outages[key] = outage
            keep_latest(self._new_outages)

    def put_outages(self, outages: Iterable[Outage]) -> None:
        """Know outages, each in the place of what was known of it before."""
        for outage in outages:
            self._outages[outage.profile, outage.since] = outage
            self._version += 1
        keep_latest(self._outages)

    def take_outages(self) -> dict[tuple[str, datetime], Outage]:
        """What polls told of outages since the last call, for whoever stores them.

        By profile and begin.
        """
        new, self._new_outages = self._new_outages, {}
        return new

    def take_polled(self) -> set[JobKey]:
        """Keys that got a reply since the last call, for whoever stores replies."""
        polled, self._polled = self._polled, set()
        return polled

    def tell(self, event: Event) -> None:
        """Append to the event log, with the name that the job has now."""
        if event.key is not None and not event.name:
            event = replace(event, name=name_of_key(self._entries, event.key))
        self._events.append(event)
        self._told += 1
        self._version += 1

    def fault(self, what: str) -> LoopFault | None:
        """The fault that holds some work up; None where none does."""
        return self._faults.get(what)

    def put_fault(self, fault: LoopFault) -> None:
        """Some work died, perhaps not for the first time."""
        self._faults[fault.what] = fault
        self._version += 1

    def drop_fault(self, what: str) -> None:
        """Some work is well again."""
        if self._faults.pop(what, None) is not None:
            self._version += 1

    def health(self, profile: str) -> Health:
        """Health of a profile; a fresh one where nothing is known."""
        return self._health.get(profile) or Health(profile)

    def put_health(self, health: Health) -> None:
        """Replace the health of a profile."""
        if self._health.get(health.profile) != health:
            self._health[health.profile] = health
            self._version += 1

    def drop_health(self, profile: str) -> None:
        """Forget a profile that no longer exists."""
        if self._health.pop(profile, None) is not None:
            self._version += 1

    def flag(self, **changes: Unpack[Flags]) -> None:
        """Set what concerns the whole list; what is not given stays as it is."""
        if changes.get("list_problem") == "":  # the rows are those of the list again
            changes["copy_of"] = None
        flags = replace(self._flags, **changes)
        if flags != self._flags:
            self._flags = flags
            self._version += 1


def _place(entry: Entry) -> tuple[object, ...]:
    """What decides where a row stands in the attention order."""
    return (
        entry.status,
        entry.is_news,
        entry.is_stalled,
        entry.is_gone,
        is_refused(entry),
        entry.has_failed_part,
        entry.watch,
    )


def keep_latest(outages: dict[tuple[str, datetime], Outage]) -> None:
    """Drop the oldest of more outages than are remembered."""
    for key in list(outages)[:-MOST_OUTAGES]:
        del outages[key]
