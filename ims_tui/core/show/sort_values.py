"""What a column sorts by: of an entry, and of all rows of the packed archive.

The order of a column is said twice since entries are not made of a hundred thousand
archived jobs to sort them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.cells import state_of
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.searchtext import BEHIND, FIELDS, PLAIN_END, lines_of

if TYPE_CHECKING:
    from ims_tui.core.state.archive import Archive

Values: TypeAlias = "list[str] | array[float]"
"""Of every archived row; empty or NaN where there is none."""


def state_key(entry: Entry, view: View) -> object:
    """The word of the state."""
    word = state_of(entry)[0]
    return None if word == "-" else word


def number(name: str) -> Callable[[Archive], Values]:
    """What takes a number that the archive keeps, such as `elapsed`."""
    return lambda archive: archive.pages.numbers[name]


def line(field: str, number: int = 0) -> Callable[[Archive], Values]:
    """What takes one line of a field of the search text."""
    if field in BEHIND:
        lines = lines_of(field)
        return lambda archive: [lines(text)[number] for text in archive.pages.texts]
    at = FIELDS[field].start + number
    return lambda archive: [
        text.split("\n", at + 1)[at] for text in archive.pages.texts
    ]


def states(archive: Archive) -> Values:
    """The first letter of the state, which tells those of ended jobs apart."""
    return [text[text.find(PLAIN_END) + 1] for text in archive.pages.texts]


def names(archive: Archive) -> Values:
    """What the jobs are called: a text begins with it.

    The end of a line sorts before every letter.
    """
    return archive.pages.texts


def steps(archive: Archive) -> Values:
    """The step in which a job failed; of the others it is not shown."""
    lines, failed = lines_of("step"), f"\n{JobStatus.FAIL.casefold()}\n"
    return [
        lines(text)[0] if text.find(failed, text.find(PLAIN_END)) >= 0 else ""
        for text in archive.pages.texts
    ]


def tags(archive: Archive) -> Values:
    """All tags of a job, as its cell shows them."""
    lines = lines_of("tag")
    return [", ".join(lines(text)) for text in archive.pages.texts]


def ids(archive: Archive) -> Values:
    """The ids of the jobs."""
    return [key.job_id for key in archive.pages.keys]
