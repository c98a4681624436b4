"""What of the list is shown, in words: a part of it, none of it, or no room for it."""

from __future__ import annotations

from msgspec import Struct

from ims_tui.core.show.rows import Choice
from ims_tui.core.state.archive import Archive
from ims_tui.core.state.order import Facet
from ims_tui.core.text import plural

ARCHIVE_EMPTY = """\
The archive is empty.

Jobs come here by themselves some days after they ended (ui.archive_after) and are
acknowledged; A moves the chosen ones at once.
1 shows all."""

_READING = "Reading the archive."


class Marks(Struct, frozen=True):
    """How many jobs are marked."""

    count: int = 0
    hidden: int = 0
    """How many of them have no row, since a filter, a facet or a fold hides it."""
    group: str = ""
    """Where none is marked: the group whose head is under the cursor."""


def marked_text(marks: Marks) -> str:
    """`3 marked`, and how many of them cannot be seen; empty where there are none."""
    if not marks.count:
        return ""
    unseen = f" ({marks.hidden} not shown)" if marks.hidden else ""
    return f"{marks.count} marked{unseen}"


def shown_part(choice: Choice, *, names_facet: bool) -> str:
    """Which part of the list is shown; empty when it is all of it."""
    parts = []
    if names_facet and choice.facet is not Facet.ALL:
        parts.append(f"only {choice.facet.value}")
    if choice.filter.text:
        parts.append(f"filter: {choice.filter.text}")
    if choice.hidden_profiles:
        count = len(choice.hidden_profiles)
        parts.append(f"{plural(count, 'profile', 'profiles')} hidden")
    return ", ".join(parts)


def way_back(choice: Choice) -> str:
    """Which key shows more."""
    if choice.filter.text:
        return "esc clears"
    return "1 shows all" if choice.facet is not Facet.ALL else "P shows them"


def nothing_shown(choice: Choice, total: int) -> str:
    """Why a table without rows has none, and what brings rows back."""
    if choice.filter.text:
        where = "" if choice.facet is Facet.ALL else f" among {choice.facet.value}"
        return f"No job{where} matches filter: {choice.filter.text}. esc clears."
    if choice.facet not in (Facet.ALL, Facet.ARCHIVE):
        words = {
            Facet.ACTIVE: "No job is active.",
            Facet.ATTENTION: "No job needs attention.",
            Facet.FAILED: "No job has failed.",
            Facet.DONE: "No job has succeeded yet.",
        }
        return f"{words[choice.facet]} 1 shows all {total}."
    return "All jobs are of hidden profiles. P shows them."


def no_archived(choice: Choice, archive: Archive) -> str:
    """Why no archived job is shown."""
    if archive.problem:
        return f"The archive cannot be read: {archive.problem}"
    if archive.is_reading:
        return _READING
    return nothing_shown(choice, len(archive)) if len(archive) else ARCHIVE_EMPTY


def archive_count(archive: Archive) -> str:
    """How many jobs are archived, as far as that is known."""
    return "?" if archive.is_reading or archive.problem else str(len(archive))


def too_small(columns: int, rows: int) -> str:
    """What stands on a terminal that is too small for anything else."""
    return f"needs 40x6, has {columns}x{rows}"
