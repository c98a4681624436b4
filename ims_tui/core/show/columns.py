"""The columns of the table: one declaration for all that is to know of each.

A new column is a function for its cell and a declaration; the table at every width, the
chooser, the orders, the filter and the exports take what they need from there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.show import cells, sort_values
from ims_tui.core.show.view import Cell, Times, View
from ims_tui.core.state.entry import (
    Entry,
    error_code,
    fail_reason,
    name_of,
    stated_begin,
    stated_end,
)

if TYPE_CHECKING:
    from ims_tui.core.state.archive import Archive

WHOLE = 9999
"""Width at which no cell is shortened."""


class Column(Struct, frozen=True):
    """One column. `cell` gets the width, since ids and steps shorten themselves."""

    key: str
    words: str
    """What it shows, where a person chooses columns; empty: it is always there."""
    width: int
    """Cells it needs."""
    cell: Callable[[Entry, View, int], Cell]
    rank: int
    """Where there is little room the highest goes first, of equals the leftmost."""
    most: int = 0
    """Cells it can use; 0 means `width`."""
    own_title: str = ""
    """Its title, where that is not its key."""
    short_title: str = ""
    """Title where the column is narrower than its title."""
    clock_title: str = ""
    """Title where times are clock times; empty: it says the same then."""
    right: bool = False
    is_fixed: bool = True
    """Whether that changes with the entry alone, not with the time or the network."""
    nothing: str = ""
    """What the cell says where there is nothing."""
    sort_by: Callable[[Entry, View], object] | None = None
    """Raw value to sort by; None: the text of the cell."""
    archived: Callable[[Archive], sort_values.Values] | None = None
    """What it sorts archived jobs by; None: nothing is said of ended ones."""
    search: str = ""
    """Field of the filter that finds what it shows; empty: none does."""
    at: Callable[[Entry, View], datetime | None] | None = None
    """The time that it shows; None: it shows none."""
    text: Callable[[Entry], str] | None = None
    """What a file says, where the screen draws or shortens; None: the cell's text."""

    @property
    def title(self) -> str:
        """What stands above it."""
        return self.own_title or (self.key.upper() if self.words else "")

    @property
    def line(self) -> str:
        """The column in a list of columns: its title and what it shows."""
        return f"{self.title:<9} {self.words}"

    def sort_key(self, entry: Entry, view: View) -> object:
        """What it sorts by; None of entries without a value, which come last."""
        if (value_of := self.sort_by or self.at) is not None:
            return value_of(entry, view)
        text = self.cell(entry, view, WHOLE).text
        return None if text == self.nothing else text.casefold()

    def whole(self, entry: Entry, view: View) -> str:
        """What a file says: nothing is cut to a width."""
        if self.text is not None:
            return self.text(entry)
        return self.cell(entry, view, WHOLE).text.strip()

    def title_for(self, width: int, times: Times) -> str:
        """The title that fits, and says what stands below it."""
        is_clock = times is not Times.ELAPSED
        title = (is_clock and self.clock_title) or self.title
        return title if len(title) <= width else self.short_title


_DECLARED = (
    Column("sign", "", 1, cells.sign, rank=0, is_fixed=False),
    Column(
        "state",
        "state, with its sign",
        7,
        cells.state,
        rank=1,
        sort_by=sort_values.state_key,
        archived=sort_values.states,
        search="state",
        text=lambda entry: cells.state_of(entry)[0],
    ),
    Column(
        "label",
        "label, image name or id",
        18,
        cells.label,
        rank=2,
        most=40,
        archived=sort_values.names,
        search="label",
        text=lambda entry: name_of(entry, WHOLE),
    ),
    Column(
        "progress",
        "bar and percent",
        14,
        cells.progress,
        rank=3,
        short_title="DONE",
        sort_by=lambda entry, _: entry.job.progress_ratio if entry.job else None,
        text=lambda entry: cells.percent_text(entry).strip() or "-",
    ),
    Column(
        "step",
        "current step",
        16,
        cells.step,
        rank=8,
        most=42,
        nothing="-",
        archived=sort_values.steps,
        search="step",
    ),
    Column(
        "type",
        "type of the job",
        17,
        cells.job_type,
        rank=10,
        most=20,
        nothing="-",
        archived=sort_values.line("type", 1),
        search="type",
    ),
    Column(
        "code",
        "code of the failure",
        12,
        cells.code,
        rank=10,
        most=20,
        sort_by=lambda entry, _: error_code(entry).casefold() or None,
        archived=sort_values.line("code"),
        search="code",
    ),
    Column(
        "reason",
        "why it failed",
        20,
        cells.reason,
        rank=11,
        most=80,
        sort_by=lambda entry, _: fail_reason(entry).casefold() or None,
        archived=sort_values.line("reason"),
        search="reason",
    ),
    Column(
        "tags",
        "tags",
        12,
        cells.tags,
        rank=12,
        most=24,
        archived=sort_values.tags,
        search="tag",
    ),
    Column(
        "profile",
        "profile",
        10,
        cells.profile,
        rank=5,
        archived=sort_values.line("profile"),
        search="profile",
    ),
    Column(
        "elapsed",
        "how long it runs, or ran",
        8,
        cells.elapsed,
        rank=4,
        clock_title="STARTED",
        right=True,
        is_fixed=False,
        sort_by=lambda entry, view: view.elapsed_s(entry),
        archived=sort_values.number("elapsed"),
    ),
    Column(
        "left",
        "estimated time left; with t when it ends",
        8,
        cells.left,
        rank=7,
        most=10,
        clock_title="ENDS",
        right=True,
        is_fixed=False,
        sort_by=lambda entry, view: view.remaining_s(entry),
    ),
    Column(
        "ends",
        "when it is expected to end",
        11,
        cells.ends,
        rank=11,
        most=17,
        right=True,
        is_fixed=False,
        at=lambda entry, view: view.expected_end(entry),
    ),
    Column(
        "seen",
        "age of the values; when ended, how late noticed",
        5,
        cells.seen,
        rank=9,
        right=True,
        sort_by=lambda entry, _: -entry.seen.mono_s if entry.seen else None,
        archived=sort_values.number("latency"),
    ),
    Column(
        "started",
        "when it began",
        19,
        cells.started,
        rank=13,
        right=True,
        archived=sort_values.number("started"),
        at=lambda entry, _: stated_begin(entry),
    ),
    Column(
        "ended",
        "when it ended",
        19,
        cells.ended,
        rank=6,
        right=True,
        archived=sort_values.number("ended"),
        at=lambda entry, _: stated_end(entry),
    ),
    Column(
        "image",
        "id of the image",
        18,
        cells.image,
        rank=14,
        most=36,
        nothing="-",
        archived=sort_values.line("image"),
        search="image",
    ),
    Column(
        "id",
        "id of the job",
        18,
        cells.job_id,
        rank=15,
        most=32,
        own_title="JOB ID",
        archived=sort_values.ids,
        search="id",
    ),
    Column(
        "note",
        "note",
        16,
        cells.note,
        rank=16,
        most=60,
        archived=sort_values.line("note"),
        search="note",
    ),
    Column(
        "polls",
        "how often it was asked",
        5,
        cells.polls,
        rank=17,
        right=True,
        sort_by=lambda entry, _: entry.polls,
    ),
    Column(
        "latency",
        "how late its end was noticed",
        8,
        cells.latency,
        rank=18,
        right=True,
        sort_by=lambda entry, _: entry.detection_s,
        archived=sort_values.number("latency"),
    ),
)

COLUMNS: dict[str, Column] = {column.key: column for column in _DECLARED}
"""Every column by its key, in the order in which a person chooses among them."""

OFFERED = tuple(key for key, column in COLUMNS.items() if column.words)
"""What a person chooses among."""

_USUAL = ("state", "label", "progress", "step", "type", "elapsed")

DEFAULT_COLUMNS = (*_USUAL, "left", "seen")

ARCHIVE_COLUMNS = (*_USUAL, "ended")
"""Default columns of the archive: no time left, but when the jobs ended."""


def usual_columns(*, has_several: bool, is_archive: bool = False) -> tuple[str, ...]:
    """The default columns; with PROFILE where rows are of several profiles."""
    usual = ARCHIVE_COLUMNS if is_archive else DEFAULT_COLUMNS
    if not has_several:
        return usual
    return (*usual[:2], "profile", *usual[2:])
