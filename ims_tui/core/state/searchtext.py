"""The text that the filter searches: all that can be found of a job, line by line.

A fixed number of lines for each field, so that a field is found by counting; the tags,
of which there are any number, come last. Patterns do not look behind `PLAIN_END`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ims_tui.core.service.job import JobError
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.state.entry import Entry, state_word
from ims_tui.core.text import whole_percent

PLAIN_END = "\x1e"
"""Behind the last line that a pattern looks into; printable text has none."""


class SearchFields(NamedTuple):
    """What is searched of a job, in the order of the lines.

    The first line is what the job is called: its label, its image's name, or its id.
    """

    label: str
    job_id: str
    job_type: str
    plain_type: str
    step: str
    image_id: str
    image_name: str
    note: str
    code: str
    reason: str
    ratio: float | None
    """Its progress, searched as the percent that is shown."""
    tags: Iterable[str]
    word: str
    """For its state."""
    status: str
    profile: str


FIELDS: dict[str, slice] = {
    "state": slice(0, 2),
    "label": slice(0, 1),
    "id": slice(1, 2),
    "type": slice(2, 4),
    "step": slice(4, 5),
    "image": slice(5, 7),
    "tag": slice(11, None),
    "note": slice(7, 8),
    "profile": slice(2, 3),
    "code": slice(8, 9),
    "reason": slice(9, 10),
}
"""The lines of each field; those of `BEHIND` behind `PLAIN_END`."""

BEHIND = ("state", "profile")
"""Fields behind `PLAIN_END`."""


def joined(found: SearchFields) -> str:
    """The lines as one text, to be searched whatever the case."""
    label, *plain, ratio, tags, word, status, profile = found
    name = label or found.image_name or found.job_id
    percent = "" if ratio is None else f"{whole_percent(ratio)}%"
    lines = "\n".join((name, *plain, percent, *tags))
    return f"{lines}{PLAIN_END}{word}\n{status}\n{profile}".casefold()


def search_text(entry: Entry) -> str:
    """All that is searched of an entry."""
    job, watch = entry.job, entry.watch
    error = (job and job.error) or JobError()
    return joined(
        SearchFields(
            watch.label,
            watch.job_id,
            entry.job_type,
            plain_type(entry.job_type),
            job.step if job else "",
            entry.image_id,
            job.image_name if job else "",
            watch.note,
            error.code,
            error.reason,
            job.progress_ratio if job else None,
            watch.tags,
            state_word(entry),
            str(entry.status or ""),
            watch.profile,
        )
    )


def lines_of(field: str) -> Callable[[str], list[str]]:
    """What takes the lines of a field out of a search text."""
    where = FIELDS[field]
    if field in BEHIND:
        return lambda text: text[text.find(PLAIN_END) + 1 :].split("\n")[where]
    if where.stop is None:
        return lambda text: text[: text.find(PLAIN_END)].split("\n")[where]
    return lambda text: text.split("\n", where.stop)[where]
