"""Tells what happens while jobs are polled: lines, JSON lines or bars."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TextIO

from ims_tui.cli.call import Call
from ims_tui.cli.style import has_colour, painted, plain_view, write_at_once
from ims_tui.core.headless.changes import (
    Change,
    ChangeKind,
    change_json,
    change_line,
    changes,
    is_of_service,
    is_worth_a_line,
    news_since,
    service_json,
    service_line,
    stamp,
)
from ims_tui.core.headless.priority import Priority
from ims_tui.core.moment import Moment
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.expectation import all_done, all_done_text
from ims_tui.core.show.groups import rolled_up
from ims_tui.core.show.layout import lay_out
from ims_tui.core.show.sentences import poll_failure
from ims_tui.core.show.statusline import counts
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health
from ims_tui.core.state.order import attention
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.state.tally import tally
from ims_tui.core.text import age, cut, fit, unstopped
from ims_tui.core.watchlist.watch import JobKey

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


SIGN_OF_LIFE_S = 60.0
"""Where nothing changes a line says so after this."""

MOST_CAUSES = 3
"""So many are said in such a line."""

_COLUMNS = ("state", "label", "progress", "step", "elapsed", "left")
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class Reporter:
    """Writes each change once.

    Args:
        call: with the streams.
        progress: `bar`, `lines` or `none`.
        jsonl: whether events go to standard output as JSON lines.
        lines_to: where lines go.
        tag: of the batch that is told of as a whole; empty: the jobs are no batch.
    """

    def __init__(
        self,
        call: Call,
        *,
        progress: str,
        jsonl: bool,
        lines_to: TextIO,
        tag: str = "",
    ) -> None:
        self._call = call
        self._jsonl = jsonl
        self._tag = tag
        self._lines_to = lines_to if progress == "lines" else None
        self._bars: Bars | None = None
        if progress == "bar":
            self._bars = Bars(call.err, colour=has_colour(call, call.err), tag=tag)
        self._view: View | None = None
        self._entries: Mapping[JobKey, Entry] = {}
        self._events: Sequence[Event] = ()
        self._elapsed_s: dict[JobKey, float] = {}
        """The last one told of each job, which does not grow less when the clock of
        the service is read better."""
        self._wrote_s: float | None = None
        for stream in (call.out, call.err):
            write_at_once(stream)

    def tell(
        self,
        entries: Mapping[JobKey, Entry],
        health: Mapping[str, Health],
        events: Sequence[Event],
        now: Moment,
    ) -> None:
        """Tell what is new since the last call."""
        self._view = view = plain_view(self._call, now, health)
        for change in changes(self._entries, entries, health):
            if self._jsonl:
                self._json(self._told(change, view))
            if self._lines_to and is_worth_a_line(change):
                mark = self._call.mark(self._lines_to, level_of_change(change))
                self._lines_to.write(f"{mark}{change_line(change, view)}\n")
                self._wrote_s = now.mono_s
            elif self._bars and change.kind is ChangeKind.NO_ANSWER:
                self._bars.say(change_line(change, view))
        for event in filter(is_of_service, news_since(self._events, events)):
            if self._jsonl:
                self._json(service_json(event))
            if self._lines_to:
                self._call.say([service_line(event, view)], level_of_event(event))
        self._entries, self._events = entries, events
        if self._bars:
            self._bars.draw(list(entries.values()), view)
        elif self._lines_to:
            self._live(view, health)

    def _told(self, change: Change, view: View) -> Mapping[str, object]:
        key = change.entry.key
        value = change_json(change, view, self._elapsed_s.get(key, 0.0))
        if isinstance(elapsed_s := value["elapsed_s"], float):
            self._elapsed_s[key] = elapsed_s
        return value

    def _live(self, view: View, health: Mapping[str, Health]) -> None:
        now = view.now
        if self._wrote_s is None:
            self._wrote_s = now.mono_s
        if now.mono_s - self._wrote_s < SIGN_OF_LIFE_S:
            return
        self._wrote_s = now.mono_s
        states = " ".join(cell.text for cell in counts(tally(self._entries.values())))
        ages = [a for e in self._entries.values() if (a := e.age_s(now)) is not None]
        seen = f"last reply {age(min(ages))} ago" if ages else "no reply yet"
        if self._tag:
            states = rolled_up(self._tag, list(self._entries.values()), view)
        said = [f"{stamp(now.wall)} {states}", seen, *self._causes(health)]
        done = all_done(self._entries.values(), now.wall)
        if done is not None and not self._tag:
            said.append(all_done_text(done, view))
        self._call.say(["; ".join(said)])

    def _causes(self, health: Mapping[str, Health]) -> list[str]:
        """Why there is no answer, once for each cause."""
        profiles = [h.failure for h in health.values() if h.failure is not None]
        jobs = [e.failure for e in self._entries.values() if e.failure and e.is_live]
        causes = [unstopped(poll_failure(f)) for f in (*profiles, *jobs)]
        return list(dict.fromkeys(causes))[:MOST_CAUSES]

    def _json(self, value: Mapping[str, object]) -> None:
        self._call.out.write(json.dumps(value, ensure_ascii=False) + "\n")

    def sum_up(self) -> None:
        """Tell how a batch stands at the end, where its bars do not say it."""
        if self._tag and self._lines_to and self._view is not None:
            told = rolled_up(self._tag, list(self._entries.values()), self._view)
            self._call.say([told])

    def end(self) -> None:
        """Leave the terminal in order."""
        if self._bars:
            self._bars.end()


class Bars:
    """Draws all jobs; those that do not fit are summed up in the last line.

    A batch has a line for it as a whole above its jobs, of which the worst come first.
    """

    def __init__(self, stream: TextIO, *, colour: bool, tag: str = "") -> None:
        self._stream = stream
        self._colour = colour
        self._tag = tag
        self._drawn: list[str] = []

    def draw(self, entries: Sequence[Entry], view: View) -> None:
        """Draw anew what is there now."""
        width, height = self._size()
        lines = self.lines(entries, view, width, max(2, height - 1))
        if lines == self._drawn:
            return
        up = f"\x1b[{len(self._drawn)}A" if self._drawn else _HIDE
        text = "".join(f"\x1b[K{line}\n" for line in lines)
        self._stream.write(f"{up}\r{text}\x1b[J")
        self._stream.flush()
        self._drawn = lines

    def say(self, line: str) -> None:
        """Write a line that stays, where the bars were; they go on below it."""
        up = f"\x1b[{len(self._drawn)}A" if self._drawn else ""
        self._stream.write(f"{up}\r\x1b[J{line}\n")
        self._drawn = []

    def _size(self) -> tuple[int, int]:
        try:
            return os.get_terminal_size(self._stream.fileno())
        except OSError:  # `--progress bar` without a terminal
            return 80, 24

    def end(self) -> None:
        """Leave the last state where it is, and the cursor behind it."""
        if self._drawn:
            self._stream.write(_SHOW)
            self._stream.flush()

    def lines(
        self, entries: Sequence[Entry], view: View, width: int, height: int
    ) -> list[str]:
        """What is painted: the roll-up of a batch, then its jobs, the worst first."""
        shown, lines = list(entries), []
        if self._tag and shown:
            lines.append(cut(rolled_up(self._tag, shown, view), width))
            shown.sort(key=attention)
            height -= 1
        if len(shown) > height:
            shown = sorted(shown, key=attention)[: height - 1]
        slots = lay_out(_COLUMNS, width)
        for entry in shown:
            cells = [
                (slot, slot.column.cell(entry, view, slot.width)) for slot in slots
            ]
            parts = [
                painted(
                    fit(cell.text, slot.width, right=slot.column.right),
                    cell.tone,
                    self._colour,
                )
                for slot, cell in cells
            ]
            lines.append(" ".join(parts).rstrip())
        if hidden := [e for e in entries if e not in shown]:
            states = ", ".join(cell.text for cell in counts(tally(hidden)))
            lines.append(cut(f"  and {len(hidden)} more: {states}", width))
        return lines
