"""Jobs in groups, each with one line that says how it stands as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.show.expectation import all_done, all_done_text
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, error_code, fail_reason
from ims_tui.core.state.order import attention
from ims_tui.core.text import plural

NO_TAG, NO_TYPE, NO_CAUSE = "no tag", "no type yet", "no cause stated"
"""Names of the groups of jobs without such a thing."""


class GroupBy(StrEnum):
    """What the jobs of a group have in common."""

    TAG = "tag"
    TYPE = "type"
    PROFILE = "profile"
    CAUSE = "cause"


class Group(Struct, frozen=True):
    """Jobs with something in common."""

    name: str
    entries: Sequence[Entry]
    """In the order in which they were given."""


def grouped(entries: Iterable[Entry], by: GroupBy) -> list[Group]:
    """The groups, that with the worst job first.

    A job is in the group of each of its tags. By cause there are only failed jobs.
    """
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for name in _NAMES[by](entry):
            found.setdefault(name, []).append(entry)
    groups = [Group(name, jobs) for name, jobs in found.items()]
    return sorted(groups, key=lambda group: min(map(attention, group.entries)))


def rolled_up(group: Group, view: View) -> str:
    """How a group stands: `weekly: 12 of 40 done, 3 failed, 25 active, all done ...`.

    Done counts what succeeded.
    """
    jobs = group.entries
    failed = sum(entry.status is JobStatus.FAIL for entry in jobs)
    if failed == len(jobs):
        return f"{group.name}: {plural(failed, 'job', 'jobs')} failed"
    done = sum(entry.status is JobStatus.SUCCESS for entry in jobs)
    active = sum(entry.is_live for entry in jobs)
    gone = sum(entry.is_gone for entry in jobs)
    parts = [f"{done} of {len(jobs)} done"]
    counts = ((failed, "failed"), (active, "active"), (gone, "gone"))
    parts += [f"{count} {word}" for count, word in counts if count]
    if (end := all_done(jobs, view.now.wall)) is not None:
        parts.append(all_done_text(end, view))
    return f"{group.name}: {', '.join(parts)}"


_FIELDS = {GroupBy.TAG: "tag", GroupBy.TYPE: "type", GroupBy.PROFILE: "profile"}


def group_filter(name: str, by: GroupBy) -> str:
    """What the filter line says to show the jobs of a group."""
    if name in (NO_TAG, NO_TYPE, NO_CAUSE):  # the filter has no words for these
        return "state:fail" if by is GroupBy.CAUSE else ""
    value = f'"{name}"' if " " in name else name
    if by is GroupBy.CAUSE:
        return f"state:fail {value}"
    return f"{_FIELDS[by]}:{value}"


def _causes(entry: Entry) -> Sequence[str]:
    if entry.status is not JobStatus.FAIL:
        return ()
    return (error_code(entry) or fail_reason(entry) or NO_CAUSE,)


_NAMES: dict[GroupBy, Callable[[Entry], Sequence[str]]] = {
    GroupBy.TAG: lambda entry: entry.watch.tags or (NO_TAG,),
    GroupBy.TYPE: lambda entry: (plain_type(entry.job_type) or NO_TYPE,),
    GroupBy.PROFILE: lambda entry: (entry.watch.profile,),
    GroupBy.CAUSE: _causes,
}
