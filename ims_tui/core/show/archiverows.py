"""Which archived jobs the table shows, and in which order: a column at a time.

What `Rows` does of a list entry by entry is done here of the packed columns, since a
hundred thousand entries are not made for the forty that are seen.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from math import isnan
from typing import NamedTuple, TypeAlias

from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.rows import Choice
from ims_tui.core.state.archive import Archive
from ims_tui.core.state.searchtext import FIELDS, NAMED_ONLY, PLAIN_END, lines_of
from ims_tui.core.watchlist.watch import JobKey

Values: TypeAlias = "list[str] | array[float]"
"""Of every row; empty or NaN where there is none."""


class _Order(NamedTuple):
    """The archive sorted by a column; turned around it is the same work."""

    archive: Archive
    sort: str
    there: list[int]
    rest: list[int]
    """Rows without a value, which come last, the latest end first."""


class _Narrowed(NamedTuple):
    """What all terms of a filter but the last left over."""

    archive: Archive
    what: tuple[str, str, bool, frozenset[str]]
    rows: list[int]


class ArchiveRows:
    """Chooses rows of the archive; what was chosen counts until something changes."""

    def __init__(self) -> None:
        self._ordered: _Order | None = None
        self._narrowed: _Narrowed | None = None
        self._chosen: tuple[Archive, Choice, list[JobKey]] | None = None

    def choose(self, archive: Archive, choice: Choice) -> list[JobKey]:
        """Keys of the rows to show, in order: the latest end first unless sorted."""
        known = self._chosen
        if known is None or known[0] is not archive or known[1] is not choice:
            self._chosen = known = archive, choice, self._choose(archive, choice)
        return known[2]

    def _choose(self, archive: Archive, choice: Choice) -> list[JobKey]:
        keys, texts = archive.pages.keys, archive.pages.texts
        rows = choice.filter.last.passing(self._before_last(archive, choice), texts)
        return [keys[row] for row in rows]

    def _before_last(self, archive: Archive, choice: Choice) -> Sequence[int]:
        """The rows that the last term of the filter, which is being typed, gets."""
        before, hidden = choice.filter.before_last, choice.hidden_profiles
        what = (before.text, choice.sort, choice.descending, hidden)
        known = self._narrowed
        if known is None or known.archive is not archive or known.what != what:
            rows: Iterable[int] = self._in_order(archive, choice)
            if hidden:
                keys = archive.pages.keys
                rows = [row for row in rows if keys[row].profile not in hidden]
            rows = list(before.passing(rows, archive.pages.texts))
            self._narrowed = known = _Narrowed(archive, what, rows)
        return known.rows

    def _in_order(self, archive: Archive, choice: Choice) -> Sequence[int]:
        if choice.sort not in VALUES:
            return archive.rows[::-1] if choice.descending else archive.rows
        known = self._ordered
        if known is None or known.archive is not archive or known.sort != choice.sort:
            self._ordered = known = _sorted(archive, choice.sort)
        there = known.there[::-1] if choice.descending else known.there
        return [*there, *known.rest]


def _sorted(archive: Archive, sort: str) -> _Order:
    values = VALUES[sort](archive)
    if isinstance(values, array):
        there = [row for row in archive.rows if not isnan(values[row])]
    else:
        there = [row for row in archive.rows if values[row]]
    rest: list[int] = []
    if len(there) < len(archive.rows):
        known = set(there)
        rest = [row for row in archive.rows if row not in known]
    there.sort(key=values.__getitem__)
    return _Order(archive, sort, there, rest)


def _number(name: str) -> Callable[[Archive], Values]:
    return lambda archive: archive.pages.numbers[name]


def _line(field: str, number: int = 0) -> Callable[[Archive], Values]:
    if field in NAMED_ONLY:
        lines = lines_of(field)
        return lambda archive: [lines(text)[number] for text in archive.pages.texts]
    at = FIELDS[field].start + number
    return lambda archive: [
        text.split("\n", at + 1)[at] for text in archive.pages.texts
    ]


def _states(archive: Archive) -> Values:
    """The first letter of the state, which tells those of ended jobs apart."""
    return [text[text.find(PLAIN_END) + 1] for text in archive.pages.texts]


def _names(archive: Archive) -> Values:
    """Label, else the image's name, else the id: what the column shows.

    A text begins with the label, and the end of a line sorts before every letter.
    """
    names, lines = archive.pages.texts, lines_of("image")
    bare = [row for row, text in enumerate(names) if text[0] == "\n"]
    if bare:
        names = list(names)
        for row in bare:
            names[row] = lines(names[row])[1] or archive.pages.keys[row].job_id
    return names


def _steps(archive: Archive) -> Values:
    """The step in which a job failed; of the others it is not shown."""
    lines, failed = lines_of("step"), f"\n{JobStatus.FAIL.casefold()}\n"
    return [
        lines(text)[0] if text.find(failed, text.find(PLAIN_END)) >= 0 else ""
        for text in archive.pages.texts
    ]


def _tags(archive: Archive) -> Values:
    lines = lines_of("tag")
    return [", ".join(lines(text)) for text in archive.pages.texts]


def _ids(archive: Archive) -> Values:
    return [key.job_id for key in archive.pages.keys]


VALUES: dict[str, Callable[[Archive], Values]] = {
    "state": _states,
    "label": _names,
    "step": _steps,
    "type": _line("type", 1),
    "tags": _tags,
    "profile": _line("profile"),
    "elapsed": _number("elapsed"),
    "seen": _number("latency"),
    "started": _number("started"),
    "ended": _number("ended"),
    "image": _line("image"),
    "id": _ids,
    "note": _line("note"),
    "latency": _number("latency"),
}
"""What a column sorts by. The others say nothing of a job that is over."""
