"""Tells what happens while jobs are polled: lines, JSON lines or bars."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TextIO

from ims_tui.cli.bars import Bars
from ims_tui.cli.call import Call
from ims_tui.cli.style import has_colour, plain_view, write_at_once
from ims_tui.core.headless.changes import (
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
from ims_tui.core.moment import Moment
from ims_tui.core.show.expectation import all_done, all_done_text
from ims_tui.core.show.statusline import counts
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health
from ims_tui.core.state.store import Event
from ims_tui.core.state.tally import tally
from ims_tui.core.text import age
from ims_tui.core.watchlist.watch import JobKey

SIGN_OF_LIFE_S = 60.0
"""Where nothing changes a line says so after this."""


class Reporter:
    """Writes each change once.

    Args:
        call: with the streams.
        progress: `bar`, `lines` or `none`.
        jsonl: whether events go to standard output as JSON lines.
        lines_to: where lines go.
    """

    def __init__(
        self, call: Call, *, progress: str, jsonl: bool, lines_to: TextIO
    ) -> None:
        self._call = call
        self._jsonl = jsonl
        self._lines_to = lines_to if progress == "lines" else None
        self._bars: Bars | None = None
        if progress == "bar":
            self._bars = Bars(call.err, colour=has_colour(call, call.err))
        self._entries: Mapping[JobKey, Entry] = {}
        self._events: Sequence[Event] = ()
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
        view = plain_view(self._call, now, health)
        for change in changes(self._entries, entries, health):
            if self._jsonl:
                self._json(change_json(change, view))
            if self._lines_to and is_worth_a_line(change):
                self._lines_to.write(change_line(change, view) + "\n")
                self._wrote_s = now.mono_s
            elif self._bars and change.kind is ChangeKind.NO_ANSWER:
                self._bars.say(change_line(change, view))
        for event in filter(is_of_service, news_since(self._events, events)):
            if self._jsonl:
                self._json(service_json(event))
            if self._lines_to:
                self._call.say([service_line(event, view)])
        self._entries, self._events = entries, events
        if self._bars:
            self._bars.draw(list(entries.values()), view)
        elif self._lines_to:
            self._live(view)

    def _live(self, view: View) -> None:
        now = view.now
        if self._wrote_s is None:
            self._wrote_s = now.mono_s
        if now.mono_s - self._wrote_s < SIGN_OF_LIFE_S:
            return
        self._wrote_s = now.mono_s
        states = " ".join(cell.text for cell in counts(tally(self._entries.values())))
        ages = [a for e in self._entries.values() if (a := e.age_s(now)) is not None]
        seen = f"last reply {age(min(ages))} ago" if ages else "no reply yet"
        done = all_done(self._entries.values(), now.wall)
        text = f"{stamp(now.wall)} {states}; {seen}"
        self._call.say([f"{text}; {all_done_text(done, view)}" if done else text])

    def _json(self, value: Mapping[str, object]) -> None:
        self._call.out.write(json.dumps(value, ensure_ascii=False) + "\n")

    def end(self) -> None:
        """Leave the terminal in order."""
        if self._bars:
            self._bars.end()
