"""The chart of the last hours below the table; it is not there for the first frame."""

from __future__ import annotations

from collections.abc import Iterable

from ims_tui.core.show.gantt import Gantt
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.ui.one_line import OneLine


class JobGantt(OneLine):
    """Shows jobs as a Gantt chart, as far as table and detail leave room for it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._gantt = Gantt()

    def show_jobs(
        self, entries: Iterable[Entry], view: View, size: tuple[int, int]
    ) -> None:
        """Show jobs, the first ones where not all have room; hidden where none does."""
        lines = self._gantt.lines(entries, view, *size)
        self.set_class(bool(lines), "-shown")
        self.show(*lines)
