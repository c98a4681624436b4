"""The detail of the job under the cursor: a strip, or tabs in a pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from ims_tui.core.show.view import Cell, Fold, Line, Tone, View
from ims_tui.core.show.viewstate import Tab
from ims_tui.core.state.entry import Entry
from ims_tui.ui.lines import Lines
from ims_tui.ui.one_line import OneLine

STRIP_HEIGHT = 6
"""Lines below which there is no room for tabs."""


class DetailLines(Lines):
    """The lines of the detail, with a cursor where something folds.

    Once hidden, they ask for somebody to take the keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("enter", "fold")]
    _row = 0

    class Folded(Message):
        """Something was folded, or unfolded."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    class Hidden(Message):
        """A focused widget is no longer seen: give the focus back."""

    @property
    def _folds(self) -> bool:
        return any(line and isinstance(line[0], Fold) for line in self._lines)

    def show(self, lines: Sequence[Line], at: range = range(0)) -> None:
        """Show other lines; the cursor stays on its line, by number."""
        super().show(lines)
        self._row = min(self._row, max(0, len(lines) - 1))
        self._show_cursor()

    def _show_cursor(self) -> None:
        is_shown = self.has_focus and self._folds
        super().show(self._lines, range(self._row, self._row + is_shown))

    def step(self, by: int) -> None:
        """Move the cursor, and scroll where it would leave; else scroll."""
        if not self._folds:
            super().step(by)
            return
        top, height = self.scroll_offset.y, self.size.height
        row = min(max(self._row, top), top + height - 1)  # it may be out of sight
        self._row = min(max(0, row + by), len(self._lines) - 1)
        self._show_cursor()
        y = min(max(top, self._row - height + 1), self._row)
        self.scroll_to(y=y, animate=False, immediate=True)

    def action_scroll_up(self) -> None:
        """One line up."""
        self.step(-1)

    def action_scroll_down(self) -> None:
        """One line down."""
        self.step(1)

    def action_fold(self) -> None:
        """Fold or unfold what begins on the line of the cursor."""
        # After the steps of a run of keys, which wait there, too.
        self.call_later(lambda: self._fold(self._row))

    def _fold(self, row: int) -> None:
        line = self._lines[row] if row < len(self._lines) else ()
        sign = line[0] if line else None
        if isinstance(sign, Fold):
            self.post_message(self.Folded(sign.path))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a line, and fold there."""
        row = event.y + self.scroll_offset.y
        self._row = min(row, max(0, len(self._lines) - 1))
        self._show_cursor()
        self._fold(row)

    def on_focus(self) -> None:
        """Show the cursor."""
        self._show_cursor()

    def on_blur(self) -> None:
        """Without the keys there is none."""
        self._show_cursor()

    def on_hide(self, event: events.Hide) -> None:
        """Keep the keys until somebody takes them: Textual would drop them."""
        event.prevent_default()
        if self.has_focus:
            self.post_message(self.Hidden())


class JobDetail(Vertical):
    """Shows one entry. Values come in by `show`; nothing is fetched here."""

    tab: reactive[Tab] = reactive(Tab.SUMMARY, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[Entry, View, float | None] | None = None
        self._unread = ""
        self._folded: frozenset[str] = frozenset()
        self.of_group: Callable[[int], Sequence[Line]] = lambda width: ()
        """What is shown in a width where there is no entry: how a group stands."""

    def fill(self) -> None:
        """Put in heading, tabs and lines: the first frame, without a job, has none."""
        heading, tabs = OneLine(id="detail-heading"), OneLine(id="detail-tabs")
        self.mount(heading, tabs, DetailLines(id="detail-lines"))

    @property
    def is_strip(self) -> bool:
        """Whether there is only room for the strip."""
        return self.size.height <= STRIP_HEIGHT

    def show(
        self,
        entry: Entry | None,
        view: View,
        next_poll_s: float | None,
        unread: str = "",
    ) -> None:
        """Show an entry as it is now; None where there is no row, or that of a group.

        Args:
            entry: the job under the cursor.
            view: the point of view.
            next_poll_s: until it is asked next; None where it is not.
            unread: why its reply is not there, where it is stored and not read.
        """
        self._unread = unread
        self._shown = (entry, view, next_poll_s) if entry is not None else None
        self._paint()

    def _paint(self) -> None:
        if not self.children:  # not there yet, or no longer: the program ends
            return
        head = self.query_one("#detail-heading", OneLine)
        tabs = self.query_one("#detail-tabs", OneLine)
        lines = self.query_one("#detail-lines", Lines)
        head.display = tabs.display = not self.is_strip
        if self._shown is None:
            text = self.of_group(max(10, self.size.width - 2))
            tabs.display = False
            head.show(text[0] if text else [Cell("")])
            lines.show(text if self.is_strip else text[1:])
            return
        # The first frame shows no job, and comes sooner without what describes one.
        from ims_tui.core.show.detail import heading, strip, tab_lines

        entry, view, next_poll_s = self._shown
        width = max(10, self.size.width - 2)
        if self.is_strip:
            lines.show(strip(entry, view, width, next_poll_s))
            return
        head.show(heading(entry, view, width))
        tabs.show([_tab_cell(tab, tab is self.tab) for tab in Tab])
        height = self.size.height - 2
        text = tab_lines(
            self.tab,
            entry,
            view,
            width,
            next_poll_s,
            self._unread,
            height,
            self._folded,
        )
        lines.show(text)

    def watch_tab(self, before: Tab, after: Tab) -> None:
        """Show another tab from its top."""
        if self.is_mounted:
            self.query_one("#detail-lines", Lines).scroll_home(animate=False)
            self._paint()

    def on_resize(self) -> None:
        """Choose between strip and tabs again."""
        self._paint()

    def on_detail_lines_folded(self, event: DetailLines.Folded) -> None:
        """Fold or unfold; what has that name is folded of other jobs, too."""
        event.stop()
        self._folded ^= {event.path}
        self._paint()

    def turn_tab(self, by: int) -> None:
        """Go to the next or the previous tab."""
        tabs = list(Tab)
        self.tab = tabs[(tabs.index(self.tab) + by) % len(tabs)]

    def on_one_line_span_clicked(self, event: OneLine.SpanClicked) -> None:
        """Go to the clicked tab."""
        if event.line.id == "detail-tabs":
            self.tab = list(Tab)[event.number]

    @property
    def text(self) -> str:
        """What the pane shows, as plain text."""
        return self.query_one("#detail-lines", Lines).text


def _tab_cell(tab: Tab, is_chosen: bool) -> Cell:
    if is_chosen:
        return Cell(f"<{tab.value}> ")
    return Cell(f" {tab.value}  ", Tone.DIM)
