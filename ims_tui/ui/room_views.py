"""Views of the room that rows leave: the last hours as a chart, and the only job.

They are not there for the first frame.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.screen import Screen

from ims_tui.core.show.gantt import Gantt
from ims_tui.core.show.one_job import one_job
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.ui.lines import Lines
from ims_tui.ui.one_line import OneLine


class OnlyJob(Lines, can_focus=False):
    """The only job of the list, in all the room below its row; that has the keys."""

    _shown: tuple[Entry, View, float | None] | None = None

    def show_job(self, entry: Entry, view: View, next_poll_s: float | None) -> None:
        """Show it as it is now."""
        self._shown = entry, view, next_poll_s
        self._lay_out()

    def on_resize(self) -> None:
        """There is more room, or less."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._shown is not None:
            entry, view, next_poll_s = self._shown
            self.show(one_job(entry, view, self.size, next_poll_s))


class RoomViews:
    """Both views, mounted between table and detail of a screen."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._gantt = Gantt()
        self._chart, self._only = OneLine(id="gantt"), OnlyJob(id="only-job")
        screen.mount(self._chart, self._only, before="#detail")

    def show_chart(
        self, jobs: Iterable[Entry], view: View, size: tuple[int, int]
    ) -> None:
        """Show jobs, the first ones where not all have room; hidden where none does."""
        lines = self._gantt.lines(jobs, view, *size)
        self._chart.set_class(bool(lines), "-shown")
        self._chart.show(*lines)

    def show_only(
        self, entry: Entry | None, view: View, next_poll_s: float | None
    ) -> None:
        """Show the only job of the list; with None table and detail have the room."""
        self._screen.set_class(entry is not None, "-only-job")
        if entry is not None:
            self._only.show_job(entry, view, next_poll_s)
