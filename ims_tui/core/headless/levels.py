"""Which level a change or an event has."""

from __future__ import annotations

from ims_tui.core.headless.changes import Change, ChangeKind
from ims_tui.core.headless.level import Level
from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.store import Event, EventKind

_ERRORS = frozenset(
    {
        EventKind.OFFLINE,
        EventKind.STOPPED,
        EventKind.NOT_SAVED,
        EventKind.FAULT,
        EventKind.JOB_FAULT,
        EventKind.LIST_PROBLEM,
    }
)
_GOOD = frozenset({EventKind.BACK, EventKind.SAVED, EventKind.WELL})


def level_of_change(change: Change) -> Level:
    """The level of what changed of a job."""
    if change.kind is ChangeKind.STATE and change.entry.status is JobStatus.FAIL:
        return Level.ERROR
    is_plain = change.kind in (
        ChangeKind.STATE,
        ChangeKind.PROGRESS,
        ChangeKind.MOVING,
    )
    return Level.INFO if is_plain else Level.WARNING


def level_of_event(event: Event) -> Level:
    """The level of what happened to the service or to our files."""
    if event.kind in _ERRORS:
        return Level.ERROR
    return Level.INFO if event.kind in _GOOD else Level.WARNING
