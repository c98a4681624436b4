"""What was seen of jobs and profiles in the past, told as `watch` tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from ims_tui.core.headless.changes import ChangeKind, stamp, word_of
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import failure_line
from ims_tui.core.show.view import View
from ims_tui.core.state.archive_row import end_of
from ims_tui.core.state.entry import Entry, Sighting, began
from ims_tui.core.state.outage import Outage, joined
from ims_tui.core.state.store import Event, EventKind


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
    def word(self) -> str:
        """The state; in the service's own word where that is still known."""
        is_last = self.now.status is self.entry.status
        return word_of(self.entry) if is_last else self.now.status.value


def happenings(entries: Iterable[Entry], since: datetime) -> list[Happening]:
    """What was seen since a time, the earliest first."""
    found = [
        Happening(entry, before, now)
        for entry in entries
        for before, now in _pairs(entry)
        if now.at > since
    ]
    return sorted(found, key=lambda one: one.now.at)


def _pairs(entry: Entry) -> list[tuple[Sighting | None, Sighting]]:
    seen = list(entry.sightings)
    if not seen and entry.status is not None and entry.has_ended:
        at = end_of(entry)  # its reply is not kept any more, its end is
        seen = [Sighting(at, entry.status, None, "")] if at else []
    return list(zip([None, *seen[:-1]], seen, strict=True))


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


def happening_line(one: Happening) -> str:
    """One event for people and for grep."""
    watch, now = one.entry.watch, one.now
    parts = [stamp(now.at), watch.job_id, one.word]
    if now.progress_ratio is not None:
        parts.append(f"{int(now.progress_ratio * 100 + 1e-9)}%")
    parts.append(f"({watch.label})" if watch.label else "")
    if not one.has_failed:
        parts.append("" if now.status.has_ended else now.step)
    elif one.entry.job is not None:
        parts.append(failure_line(one.entry.job))
    return " ".join(filter(None, parts))


def happening_json(one: Happening, view: View) -> dict[str, object]:
    """One event as a value for a JSON line, as the schema has an event."""
    job, now = entry_json(one.entry, view), one.now
    began_at = began(one.entry)
    age_s = (now.at - began_at).total_seconds() if began_at else None
    is_state = one.before is None or one.before.status is not now.status
    failure = job if one.has_failed else {}
    return {
        "schema": JSON_SCHEMA,
        "ts": stamp(now.at, fine=True),
        "event": (ChangeKind.STATE if is_state else ChangeKind.PROGRESS).value,
        "job_id": job["job_id"],
        "label": job["label"],
        "profile": job["profile"],
        "job_type": job["job_type"],
        "initial": one.before is None and not now.status.has_ended,
        "from": one.before.status.value if one.before else None,
        "to": one.word or None,
        "percent": now.progress_ratio,
        "step": now.step or None,
        "error_code": failure.get("error_code"),
        "fail_reason": failure.get("fail_reason"),
        "meaning": failure.get("meaning"),
        "try": failure.get("try"),
        "cause": None,
        "elapsed_s": job["elapsed_s"] if now.status.has_ended else age_s,
        "remaining_s": None,
        "expected_end": None,
        "latency_s": one.entry.detection_s if now.status.has_ended else None,
    }
