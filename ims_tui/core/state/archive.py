"""The archive in memory: a hundred thousand jobs that have ended, packed.

An entry with all it holds takes 2 KB; here a job takes half of one. Per job there is
its key, the text that is searched, and numbers to sort by; what is shown of it waits in
compressed blocks until its row comes into sight.

`Pages` only ever grow. An `Archive` says which of their rows are in it, and in which
order: a removal or an arrival makes another one on the same pages. The newest one is
the one to ask; an older one may no longer have what was removed since.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import nan
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.service.times import ZONES_S
from ims_tui.core.state.entry import STATE_WORDS, Entry
from ims_tui.core.state.searchtext import SearchFields, joined
from ims_tui.core.state.stored_value import stored_json, stored_number, stored_time
from ims_tui.core.text import whole_percent
from ims_tui.core.watchlist.watch import JobKey

if TYPE_CHECKING:
    from ims_tui.core.state.archive_row import ArchivedRow

BLOCK = 32
"""Rows that are compressed together: unpacking one costs 50 us."""

MOST_UNPACKED = 512
"""Entries that are kept, several screens of them."""

NUMBERS = ("end", "started", "ended", "elapsed", "latency", "percent")
"""What is known of every row as a number, times in seconds; NaN: it is not known."""


class Pages(Struct):
    """Columns of rows: the n-th of each belongs to the n-th job."""

    keys: list[JobKey] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """As `search_text` has them."""
    numbers: dict[str, array[float]] = field(
        default_factory=lambda: {name: array("d") for name in NUMBERS}
    )
    starts: list[int] = field(default_factory=list)
    """The first row of each block."""
    blocks: list[bytes] = field(default_factory=list)
    places: dict[JobKey, int] = field(default_factory=dict)
    """The row of each job that is in the newest archive."""
    damaged: list[JobKey] = field(default_factory=list)
    """Jobs whose line cannot be read."""

    @classmethod
    def of(cls, rows: Iterable[ArchivedRow]) -> Pages:
        """Pack rows; takes about 10 us for each."""
        pages, lines = cls(), []
        profiles: dict[str, str] = {}  # one text for all keys of a profile
        for key, end, line in ((r.key, r.ended, r.line) for r in rows):
            try:
                text, numbers = _searched(key, stored_json(line), end)
            except (TypeError, ValueError):
                pages.damaged.append(key)
                continue
            profile = profiles.setdefault(key.profile, key.profile)
            pages.keys.append(JobKey(profile, key.job_id))
            pages.texts.append(text)
            for name, number in zip(NUMBERS, numbers, strict=True):
                pages.numbers[name].append(number)
            lines.append(line)
        pages.places = {key: row for row, key in enumerate(pages.keys)}
        for start in range(0, len(lines), BLOCK):
            pages.starts.append(start)
            text = "\n".join(lines[start : start + BLOCK])
            pages.blocks.append(zlib.compress(text.encode(), 1))
        return pages

    def grow(self, more: Pages) -> None:
        """Take in other pages; of a job that is here already the newer row counts."""
        first = len(self.keys)
        self.keys += more.keys
        self.texts += more.texts
        for name, numbers in more.numbers.items():
            self.numbers[name].extend(numbers)
        self.starts += (first + start for start in more.starts)
        self.blocks += more.blocks
        self.damaged += more.damaged
        for row in range(first, len(self.keys)):
            self.places[self.keys[row]] = row

    def line(self, row: int) -> str:
        """What is kept of a job."""
        block = bisect_right(self.starts, row) - 1
        lines = zlib.decompress(self.blocks[block]).split(b"\n")
        return lines[row - self.starts[block]].decode()


class Archive(Mapping[JobKey, Entry]):
    """The archived jobs, latest end first; entries are made when they are asked for."""

    def __init__(
        self,
        pages: Pages | None = None,
        rows: Sequence[int] | None = None,
        *,
        is_reading: bool = False,
        problem: str = "",
    ) -> None:
        self.pages = Pages() if pages is None else pages
        self.rows = self._latest_first() if rows is None else rows
        """Numbers of the rows, in order."""
        self.is_reading = is_reading
        """Whether it is still to be read."""
        self.problem = problem
        """Why it could not be read."""
        self._unpacked: dict[JobKey, Entry] = {}

    def _latest_first(self) -> Sequence[int]:
        ends = self.pages.numbers["end"]
        return sorted(self.pages.places.values(), key=ends.__getitem__, reverse=True)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[JobKey]:
        keys = self.pages.keys
        return (keys[row] for row in self.rows)

    def __contains__(self, key: object) -> bool:
        return key in self.pages.places

    def __getitem__(self, key: JobKey) -> Entry:
        entry = self._unpacked.get(key)
        if entry is None:
            if len(self._unpacked) >= MOST_UNPACKED:
                self._unpacked.clear()
            # With all that reads replies.
            from ims_tui.core.state.archive_row import row_of

            entry = row_of(key, self.pages.line(self.pages.places[key]))
            self._unpacked[key] = entry
        return entry

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def plus(self, more: Pages) -> Archive:
        """With more jobs; one that is there already is replaced."""
        self.pages.grow(more)
        return Archive(self.pages)

    def without(self, gone: Iterable[JobKey]) -> Archive:
        """Without some jobs; itself where none of them is there."""
        places = self.pages.places
        out = {row for key in gone if (row := places.pop(key, None)) is not None}
        if not out:
            return self
        rows = [row for row in self.rows if row not in out]
        return Archive(
            self.pages, rows, is_reading=self.is_reading, problem=self.problem
        )

    def ended_before(self, at: datetime) -> list[JobKey]:
        """The jobs that ended before some time."""
        ends, limit = self.pages.numbers["end"], at.timestamp()
        return [self.pages.keys[row] for row in self.rows if ends[row] < limit]


def _searched(
    key: JobKey, line: object, end: datetime
) -> tuple[str, tuple[float, ...]]:
    """Search text and numbers of a line that was read."""
    doc = _table(line)
    result, job = _table(doc.get("result")), _table(doc.get("job"))
    get, tags = result.get, doc.get("tags", ())
    status = JobStatus(str(get("status")))
    job_type = str(get("type", ""))
    ratio = None if job.get("ratio") is None else stored_number(job["ratio"], 1.0)
    text = joined(
        SearchFields(
            str(doc.get("label", "")),
            key.job_id,
            job_type,
            plain_type(job_type),
            str(job.get("step", "")),
            str(get("image_id", "")),
            str(job.get("image_name", "")),
            str(doc.get("note", "")),
            str(get("error_code", "")),
            str(get("fail_reason", "")),
            ratio,
            map(str, tags) if isinstance(tags, list) else (),
            STATE_WORDS[status],
            status.value,
            key.profile,
        )
    )
    began, ended = _seconds(get("began")), _seconds(get("ended"))
    offset_s = _offset_s(get("began_offset_s", 0)) - _offset_s(get("ended_offset_s", 0))
    elapsed_s = ended - began + offset_s
    if elapsed_s < 0:  # the service says that it ended before it began
        elapsed_s = 0.0
    late_s = _number(doc.get("latency_s"))
    percent = nan if ratio is None else float(whole_percent(ratio))
    return text, (end.timestamp(), began, ended, elapsed_s, late_s, percent)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _seconds(text: object) -> float:
    return stored_time(text).timestamp() if text else nan


def _offset_s(value: object) -> float:
    if isinstance(value, int) and value < 0:
        return -stored_number(-value, ZONES_S)
    return stored_number(value, ZONES_S)


def _number(value: object) -> float:
    return nan if value is None else float(stored_number(value))
