"""What is said of jobs that left the list, went to the archive, or came back."""

from __future__ import annotations

from collections.abc import Sequence

from ims_tui.core.show.shown_part import Marks
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.text import cut, plural

CHANGE_ON_LIST = "Bring it back with A to change it."
ENDED = "It has ended: there is nothing to ask."
STILL_READING = "The archive is still being read."


def marked_jobs(count: int, group: str = "") -> str:
    """Jobs that a command is about because they are marked, or of a group."""
    if group:
        return f"{plural(count, 'job', 'jobs')} of {cut(group, 40)}"
    return plural(count, "marked job", "marked jobs")


def unseen_line(marks: Marks, key: str) -> str:
    """A command is about to change marked jobs of which some cannot be seen."""
    them = "them" if marks.hidden > 1 else "it"
    unseen = f"{marks.hidden} of {marks.count} marked not shown"
    hides = "a filter, facet or fold hides"
    return f"{unseen}: {hides} {them}. {key} again does it to all marked."


def group_line(count: int, group: str, key: str) -> str:
    """A command is about to take all jobs of a group away."""
    return f"This row stands for {marked_jobs(count, group)}. {key} again does it."


def removed_line(gone: Sequence[Entry], group: str = "") -> str:
    """Jobs were taken off the list."""
    if len(gone) == 1:
        goes_on = " The job goes on." if gone[0].is_live else ""
        return f"Removed {name_of(gone[0], 40)} from the list.{goes_on} u undoes."
    live = sum(entry.is_live for entry in gone)
    jobs = marked_jobs(len(gone), group)
    if live == len(gone):
        goes_on = " They go on."
    else:
        goes_on = f" {plural(live, 'goes', 'go')} on." if live else ""
    return f"Removed {jobs} from the list.{goes_on} u undoes."


def forgotten_line(gone: Sequence[Entry]) -> str:
    """Jobs were taken out of the archive."""
    return f"Removed {_whom(gone)} from the archive. u undoes."


def archived_line(moved: Sequence[Entry], active: int, group: str = "") -> str:
    """Jobs were archived, and some could not be since they are active."""
    if not moved:
        return "Only jobs that have ended can be archived." if active else ""
    still = f" {plural(active, 'is', 'are')} active and stayed." if active else ""
    return f"Archived {_whom(moved, group)}. 6 shows the archive, u undoes.{still}"


def back_line(back: Sequence[Entry], *, is_archived: bool = False) -> str:
    """Jobs came back to the list, or to the archive."""
    names = ", ".join(name_of(entry) for entry in back[:3])
    more = f" and {len(back) - 3} more" if len(back) > 3 else ""
    where = "in the archive" if is_archived else "on the list"
    return f"Back {where}: {names}{more}."


def _whom(entries: Sequence[Entry], group: str = "") -> str:
    count = len(entries)
    return name_of(entries[0], 40) if count == 1 else marked_jobs(count, group)
