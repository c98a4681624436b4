"""The last hours as a Gantt chart: a line a job, its steps as segments, what is ahead.

Drawn of what we saw. What the service says of the time before our first look is drawn
as not seen; what lies ahead is the expected end, as far as one is foreseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ims_tui.core.service.job import JobStatus, short_step
from ims_tui.core.show.cells import state_of
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.timeline import sighting_began, spans
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.state.entry import Entry, began, ended, error_code, name_of
from ims_tui.core.text import cell_len, duration, fit
from ims_tui.core.watchlist.watch import JobKey

LONGEST_S = 6 * 3600.0
"""How far back the chart goes."""

NAME_WIDTH = 20
"""Cells of the names at the left."""

_LEAST_CHART = 40
"""Cells below which a chart says nothing."""

_AHEAD = 4
"""One part of so many is for what lies ahead, where anything runs."""

_SCALES = (
    *((5, 60), (10, 120), (15, 300), (20, 300), (30, 600), (40, 600), (60, 900)),
    *((90, 1800), (120, 1800), (180, 3600), (240, 3600), (300, 3600), (600, 7200)),
    (900, 10_800),
)
"""Seconds of a cell, and from one time at the top to the next."""


class Segment(Struct, frozen=True):
    """A part of a job's line, in seconds from now: what is over is below 0."""

    begin_s: float
    end_s: float
    name: str
    is_seen: bool = True
    """Whether we looked then; else the service says that it ran."""


class Scale(Struct, frozen=True):
    """Which moment each cell of the chart stands for.

    It moves on by whole steps, so that the lines stand still in between.
    """

    begin_s: float
    """Of the first cell, in seconds since 1970."""
    cell_s: int
    step_s: int
    width: int
    now: int
    """The cell of this moment."""

    def place(self, at_s: float) -> int:
        """The cell of a moment in seconds since 1970, not beyond the edges."""
        return min(self.width, max(0, int((at_s - self.begin_s) // self.cell_s)))


def segments(entry: Entry, view: View) -> list[Segment]:
    """The steps of a job as we saw them, after what we did not see of it."""
    now = view.service_now(entry)

    def from_now(at: datetime) -> float:
        return (at - now).total_seconds()

    found: list[Segment] = []
    for seen, until in spans(entry, now):
        is_init = seen.status is JobStatus.INIT
        name = short_step(seen.step) or ("INIT" if is_init else "")
        begin_s, end_s = from_now(sighting_began(seen)), from_now(until)
        if found and found[-1].name == name:
            begin_s = found.pop().begin_s
        found.append(Segment(begin_s, max(begin_s, end_s), name))
    first = began(entry)
    if first is not None and (found or entry.has_ended):
        end = ended(entry) or (entry.sightings[-1].at if entry.sightings else None)
        until_s = found[0].begin_s if found else from_now(end) if end else 0.0
        if from_now(first) < until_s:
            found.insert(0, Segment(from_now(first), until_s, "", is_seen=False))
    return found


class Gantt:
    """Draws the chart; a line is worked out anew when its job or the scale changed."""

    def __init__(self) -> None:
        self._known: dict[JobKey, tuple[Entry, object, Line]] = {}

    def lines(
        self, entries: Iterable[Entry], view: View, width: int, height: int
    ) -> list[Line]:
        """The times, and a line for each job of the last hours that there is room for.

        None where no job ran in these hours, or the room is too small.
        """
        if height < 2 or width < NAME_WIDTH + _LEAST_CHART:
            return []
        jobs = []
        for entry in entries:
            parts = segments(entry, view)
            if parts and parts[-1].end_s > -LONGEST_S:
                jobs.append((entry, parts))
            if len(jobs) == height - 1:
                break
        if not jobs:
            return []
        begin_s = min(parts[0].begin_s for _, parts in jobs)
        has_live = any(entry.is_live for entry, _ in jobs)
        chart = width - NAME_WIDTH - 1
        scale = scale_of(min(LONGEST_S, -begin_s), chart, view, has_live=has_live)
        before, self._known = self._known, {}
        return [
            _times(scale, view),
            *(self._row(before, entry, parts, scale, view) for entry, parts in jobs),
        ]

    def _row(
        self,
        before: dict[JobKey, tuple[Entry, object, Line]],
        entry: Entry,
        parts: Sequence[Segment],
        scale: Scale,
        view: View,
    ) -> Line:
        at = scale, view.times, int(view.now.wall.timestamp()) // 60
        known = before.get(entry.key)
        if known is None or known[0] is not entry or known[1] != at:
            known = entry, at, _row(entry, parts, scale, view)
        self._known[entry.key] = known
        return known[2]


def scale_of(past_s: float, width: int, view: View, *, has_live: bool) -> Scale:
    """The finest scale on which so much of the past has room."""
    room = width - (width // _AHEAD if has_live else 2)
    now_s = view.now.wall.timestamp()
    for cell_s, step_s in _SCALES:
        begin_s = (now_s - past_s) // step_s * step_s
        if (now_s - begin_s) // cell_s < room:
            break
    return Scale(begin_s, cell_s, step_s, width, int((now_s - begin_s) // cell_s))


def _times(scale: Scale, view: View) -> Line:
    """Round times, and now. It says nothing that changes with each second."""
    chart = _Chart(scale.width)
    every = scale.step_s // scale.cell_s
    for place in range(0, scale.width - 5, every):
        at_s = scale.begin_s + place * scale.cell_s
        at = view.now.wall + timedelta(seconds=at_s - view.now.wall.timestamp())
        if not -6 < place - scale.now < 4:
            chart.write(place, view.clock_time(at, with_date=True)[11:16], Tone.DIM)
    chart.write(scale.now, "now", Tone.NORMAL)
    past_s = -(-scale.now * scale.cell_s // scale.step_s) * scale.step_s
    last = duration(past_s) if past_s >= 3600 else f"{past_s // 60}m"
    title = fit(f"  Last {last}", NAME_WIDTH)
    return (Cell(f"{title} ", Tone.DIM), *chart.cells())


def _row(entry: Entry, parts: Sequence[Segment], scale: Scale, view: View) -> Line:
    now_s = view.now.wall.timestamp()
    tone = state_of(entry)[1]
    quiet = Tone.DIM if entry.has_ended else Tone.NORMAL
    chart = _Chart(scale.width)
    chart.write(scale.now, "|", Tone.DIM)
    inks = view.glyphs.full, view.glyphs.other
    last = scale.place(now_s + parts[-1].begin_s)
    for number, part in enumerate(parts):
        first = scale.place(now_s + part.begin_s)
        last = max(first + 1, scale.place(now_s + part.end_s))
        if not part.is_seen:
            chart.write(first, view.glyphs.empty * (last - first), Tone.DIM)
            continue
        is_quiet = part is not parts[-1] or entry.status is JobStatus.SUCCESS
        shade = quiet if is_quiet else tone
        chart.write(first, inks[number % 2] * (last - first), shade)
        if len(part.name) + 2 <= last - first:
            chart.write(first + 1, part.name, shade)
    if entry.is_live:
        _draw_ahead(chart, entry, scale, view)
    elif entry.status is not None:
        sign = view.glyphs.status[entry.status]
        chart.write(last + 1, f"{sign} {error_code(entry)}".rstrip(), tone)
    name = fit(f"  {name_of(entry, NAME_WIDTH - 2)}", NAME_WIDTH)
    return (Cell(f"{name} ", quiet), *chart.cells())


def _draw_ahead(chart: _Chart, entry: Entry, scale: Scale, view: View) -> None:
    """The time until the expected end, and that; or why there is none."""
    end = view.expected_end(entry)
    if end is None:
        word, tone = ("stalled", Tone.WARN) if entry.is_stalled else ("?", Tone.DIM)
        chart.write(scale.now + 2, word, tone)
        return
    text = end_text(end, view)
    last = min(scale.place(end.timestamp()), scale.width - len(text) - 2)
    chart.write(scale.now + 1, view.glyphs.empty * (last - scale.now), Tone.DIM)
    chart.write(max(last, scale.now) + 2, text, Tone.NORMAL)


class _Chart:
    """A line of cells that are written over."""

    def __init__(self, width: int) -> None:
        self._texts = [" "] * width
        self._tones = [Tone.NORMAL] * width

    def write(self, place: int, text: str, tone: Tone) -> None:
        """Write a text as far as there is room; one with wide signs is left out."""
        if cell_len(text) != len(text):
            return
        text = text[: max(0, len(self._texts) - place)]
        self._texts[place : place + len(text)] = text
        self._tones[place : place + len(text)] = [tone] * len(text)

    def cells(self) -> list[Cell]:
        """Neighbours of one tone together."""
        found: list[Cell] = []
        for text, tone in zip(self._texts, self._tones, strict=True):
            if found and found[-1].tone is tone:
                text = found.pop().text + text
            found.append(Cell(text, tone))
        return found
