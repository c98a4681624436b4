"""Which level a change or an event has."""

from __future__ import annotations

from ims_tui.core.headless.changes import Change, ChangeKind
from ims_tui.core.headless.priority import Priority
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
        EventKind.LIST_UNREAD,
    }
)
_GOOD = frozenset({EventKind.BACK, EventKind.RESUMED, EventKind.SAVED, EventKind.WELL})


def level_of_change(change: Change) -> Priority:
    """The level of what changed of a job."""
    if change.kind is ChangeKind.STATE and change.entry.status is JobStatus.FAIL:
        return Priority.ERROR
    is_plain = change.kind in (
        ChangeKind.STATE,
        ChangeKind.PROGRESS,
        ChangeKind.MOVING,
    )
    return Priority.INFO if is_plain else Priority.WARNING


def level_of_event(event: Event) -> Priority:
    """The level of what happened to the service or to our files."""
    if event.kind in _ERRORS:
        return Priority.ERROR
    return Priority.INFO if event.kind in _GOOD else Priority.WARNING
