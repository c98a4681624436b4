"""The table of jobs on Textual's line API: rows are values, only changes are painted.

`DataTable` repaints itself whole for every cell; here a repaint computes the cells of
the visible rows, compares them with what is on the screen and refreshes the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.actions import Owner
from ims_tui.core.show.columns import usual_columns
from ims_tui.core.show.layout import Slot, lay_out
from ims_tui.core.show.shown_part import Marks
from ims_tui.core.show.view import Cell, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import fit
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.keys import bindings
from ims_tui.ui.paint import Paint, joined

_PROFILE = itemgetter(0)
"""Of a key."""


AT_ONCE = 8
"""Lines that grow older at once: a key waits no longer than these take, some 2 ms."""


class Painted(Struct, frozen=True):
    """What stands on one screen line."""

    key: JobKey
    cells: tuple[Cell, ...]
    look: tuple[str, ...]
    """Component classes of the whole row."""


class RowCells(Struct, frozen=True):
    """The cells of a row and what they were worked out of."""

    entry: Entry
    view: View
    slots: Sequence[Slot]
    cells: tuple[Cell, ...]

    def show(self, entry: Entry, slots: Sequence[Slot], view: View | None) -> bool:
        """Whether they show this entry in these columns, from this point of view."""
        is_view = view is None or view is self.view
        return is_view and entry is self.entry and slots is self.slots


class JobTable(ScrollView, can_focus=True):
    """Jobs in rows; the cursor and the marks belong to jobs, not to lines."""

    DEFAULT_CSS = """
    JobTable {
        height: 1fr;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-gutter: stable;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--mark",
        "table--marked",
        "table--failed",
        "table--old",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Owner.TABLE)

    cursor: reactive[JobKey | None] = reactive(None, repaint=False)

    class CursorMoved(Message):
        """The cursor stands on another job."""

        def __init__(self, key: JobKey | None, *, by_hand: bool) -> None:
            super().__init__()
            self.key = key
            self.by_hand = by_hand
            """Whether the operator moved it, not a change of the rows."""

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts, where all were made alike."""
            return (
                isinstance(message, JobTable.CursorMoved)
                and message.by_hand is self.by_hand
            )

    class Opened(Message):
        """The operator wants the details of a job."""

        def __init__(self, key: JobKey) -> None:
            super().__init__()
            self.key = key

    class SortAsked(Message):
        """A column head was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    class Marked(Message):
        """Other jobs are marked now."""

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts."""
            return isinstance(message, JobTable.Marked)

    class Scrolled(Message):
        """Other rows are visible now."""

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts."""
            return isinstance(message, JobTable.Scrolled)

    def __init__(self, now: Callable[[], View], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._view = now()
        self._paint = Paint(self)
        self._order: list[JobKey] = []
        self._line = 0
        """The row of the cursor."""
        self._entries: Mapping[JobKey, Entry] = {}
        self._slots: list[Slot] = []
        self._columns: Sequence[str] = ()
        self._has_several = False
        self._is_archive = False
        self._skip = 0
        self._heading = ("", "")
        self._marks: set[JobKey] = set()
        self._range_from: JobKey | None = None
        self._painted: dict[int, Painted] = {}
        self._cells: dict[int, RowCells] = {}
        """The cells of each line as last compared with what stands there. These are
        painted: newer ones would change cells that nobody sends."""
        self._is_settling = False

    # -- values in ---------------------------------------------------------------------

    def show_entries(self, entries: Mapping[JobKey, Entry]) -> None:
        """Take newer entries; rows stay where they are. Paints what changed."""
        before, self._entries = self._entries, entries
        self.repaint_changes(lambda key: before.get(key) is not entries.get(key))

    def show_order(
        self,
        order: list[JobKey],
        entries: Mapping[JobKey, Entry],
        *,
        is_archive: bool = False,
    ) -> None:
        """Take a new order; cursor and scrolling stay with the job.

        Where the first row is seen it stays so for as long as the cursor is seen, too:
        trouble comes there, and whoever glances up must find it.
        """
        if is_archive is not self._is_archive:
            self._is_archive = is_archive
            self._marks.clear()  # they were of other jobs
            self._lay_out()
        self._entries = entries
        self._marks &= entries.keys()
        if order is self._order or order == self._order:
            self.repaint_changes()
            return
        line = self._line
        offset, is_at_top = line - self.scroll_offset.y, self.scroll_offset.y == 0
        self._order = order
        has_several = len(set(map(_PROFILE, order))) > 1
        if has_several != self._has_several:
            self._has_several = has_several
            self._lay_out()
        self.virtual_size = Size(self.size.width, len(order) + 1)
        place = self._place_of(self.cursor)
        self._line = max(0, min(line, len(order) - 1)) if place is None else place
        if place is None:
            self._is_settling = True
            self.cursor = order[self._line] if order else None
            self._is_settling = False
        place = self._line
        offset = place if is_at_top else offset
        self.scroll_to(y=max(0, place - offset), animate=False, immediate=True)
        self._reveal(place)
        self.refresh()

    def _place_of(self, key: JobKey | None) -> int | None:
        """The row of a job; looked for, since a place for each would cost 10 MB."""
        if key is None or key not in self._entries:
            return None
        try:
            return self._order.index(key)
        except ValueError:
            return None

    def show_columns(self, columns: Sequence[str]) -> None:
        """Choose the columns; an empty choice means the usual ones."""
        if columns != self._columns:
            self._columns, self._skip = columns, 0
            self._lay_out()

    def show_heading(self, sort: str, suffix: str) -> None:
        """Mark the sorted column; the suffix follows its title."""
        if (sort, suffix) != self._heading:
            self._heading = sort, suffix
            self.refresh(Region(0, 0, self.size.width, 1))

    def repaint_changes(self, is_due: Callable[[JobKey], bool] | None = None) -> None:
        """Refresh the cells of visible rows whose text or tone changed.

        Args:
            is_due: which rows to look at; all, as time makes all of them older.
        """
        self._view = self._now()
        self._refresh_changes(range(1, self.size.height), is_due)

    def growing_older(self) -> Iterator[None]:
        """Refresh the ages of all rows, a few with each step, from top to bottom."""
        self._view = self._now()
        for y in range(1, self.size.height, AT_ONCE):
            self._refresh_changes(range(y, min(y + AT_ONCE, self.size.height)))
            yield

    def _refresh_changes(
        self, lines: Iterable[int], is_due: Callable[[JobKey], bool] | None = None
    ) -> None:
        dirty: list[Region] = []
        for y in lines:
            before = self._painted.get(y)
            if before and is_due and not is_due(before.key):
                continue
            after = self._row(y, self._view)
            if before is None and after is None:
                continue
            if (
                before
                and after
                and before.key == after.key
                and before.look == after.look
            ):
                dirty += self._differences(y, before, after)
            else:
                dirty.append(Region(0, y, self.size.width, 1))
        if dirty:
            self.refresh(*dirty)

    def _differences(self, y: int, before: Painted, after: Painted) -> list[Region]:
        return [
            Region(slot.x, y, slot.width, 1)
            for slot, old, new in zip(
                self._slots, before.cells, after.cells, strict=True
            )
            if old != new
        ]

    # -- facts out ---------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """The marked jobs in order, those not shown last; else that of the cursor."""
        if self._marks:
            shown = [key for key in self._order if key in self._marks]
            return *shown, *sorted(self._marks.difference(shown))
        return (self.cursor,) if self.cursor is not None else ()

    @property
    def marked(self) -> Marks:
        """How many jobs are marked, and how many of those have no row."""
        shown = self._marks.intersection(self._order) if self._marks else ()
        return Marks(len(self._marks), len(self._marks) - len(shown))

    @property
    def rows(self) -> Sequence[JobKey]:
        """All rows in order, also those out of sight."""
        return self._order

    @property
    def in_sight(self) -> Sequence[JobKey]:
        """The rows on the screen."""
        top = self.scroll_offset.y
        return self._order[top : top + max(0, self.size.height - 1)]

    def clear_marks(self) -> None:
        """Unmark all rows."""
        self._marks.clear()
        self._range_from = None
        self._show_marks()

    def _show_marks(self) -> None:
        self._painted.clear()
        self.refresh()
        self.post_message(self.Marked())

    # -- painting ----------------------------------------------------------------------

    def _row(self, y: int, view: View | None = None) -> Painted | None:
        """A line as of a point of view; by default of the one it was compared from."""
        place = self.scroll_offset.y + y - 1
        if not 0 <= place < len(self._order):
            return None
        key = self._order[place]
        entry = self._entries.get(key)
        if entry is None:
            return None
        row = self._row_cells(y, entry, view)
        return Painted(key, row.cells, self._look(entry, row.view))

    def _row_cells(self, y: int, entry: Entry, view: View | None) -> RowCells:
        slots, known = self._slots, self._cells.get(y)
        if known is not None and known.show(entry, slots, view):
            return known
        view = view or self._view
        cells = tuple(slot.column.cell(entry, view, slot.width) for slot in slots)
        self._cells[y] = row = RowCells(entry, view, slots, cells)
        return row

    def render_line(self, y: int) -> Strip:
        """One screen line: the heading, a row, or nothing."""
        width = self.size.width
        if y == 0:
            return self._heading_line(width)
        row = self._row(y)
        if row is None:
            self._painted.pop(y, None)
            return Strip.blank(width, self._paint.style())
        self._painted[y] = row
        return self._row_line(row, width)

    def _heading_line(self, width: int) -> Strip:
        style = self._paint.style("table--header")
        sort, suffix = self._heading
        spans, x = [], 0
        for slot in self._slots:
            column = slot.column
            title = column.title_for(slot.width)
            title += suffix if column.key == sort else ""
            text = fit(title, slot.width, right=column.right)
            spans.append((" " * (slot.x - x) + text, style))
            x = slot.x + slot.width
        spans.append((" " * max(0, width - x), style))
        return joined(spans, width)

    def _row_line(self, row: Painted, width: int) -> Strip:
        over = row.look
        blank = self._paint.style(*over)
        spans, x = [], 0
        for slot, cell in zip(self._slots, row.cells, strict=True):
            if slot.x > x:
                spans.append((" " * (slot.x - x), blank))
            text = fit(cell.text, slot.width, right=slot.column.right)
            style = self._paint.tone(cell.tone, *over)
            if slot.column.key == "sign" and row.key in self._marks:
                style = self._paint.style(*over, "table--mark")
            spans.append((text, style))
            x = slot.x + slot.width
        spans.append((" " * max(0, width - x), blank))
        return joined(spans, width)

    def _look(self, entry: Entry, view: View) -> tuple[str, ...]:
        over = []
        if entry.status is JobStatus.FAIL:
            over.append("table--failed")
        elif not entry.has_ended and (view.is_stale(entry) or view.is_cut_off(entry)):
            over.append("table--old")
        if entry.key in self._marks:
            over.append("table--marked")
        if entry.key == self.cursor:
            over.append("table--cursor")
        return tuple(over)

    def notify_style_update(self) -> None:
        """The theme changed: look the styles up anew."""
        super().notify_style_update()
        self._paint.forget()

    def on_hide(self, event: events.Hide) -> None:
        """Keep the keys while there is no row to show: Textual would drop them."""
        event.prevent_default()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the columns out for the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        columns = self._columns or usual_columns(
            has_several=self._has_several, is_archive=self._is_archive
        )
        self._slots = lay_out(columns, width, self._skip)
        self.virtual_size = Size(self.size.width, len(self._order) + 1)
        self._painted.clear()
        self.refresh()

    # -- moving ------------------------------------------------------------------------

    def go_to(self, key: JobKey) -> None:
        """Put the cursor on a job that is shown."""
        place = self._place_of(key)
        if place is not None:
            self._stand(place)

    def _stand(self, place: int) -> None:
        """Put the cursor on a row: paint the two lines that change."""
        for line in (self._line, place):
            y = line - self.scroll_offset.y + 1
            if 1 <= y < self.size.height:
                self.refresh(Region(0, y, self.size.width, 1))
        self._line = place
        self.cursor = self._order[place]
        self._reveal(place)

    def watch_cursor(self, before: JobKey | None, after: JobKey | None) -> None:
        """Tell that the cursor is on another job."""
        self.post_message(self.CursorMoved(after, by_hand=not self._is_settling))

    def _reveal(self, place: int) -> None:
        top, rows = self.scroll_offset.y, max(1, self.size.height - 1)
        if place < top:
            self.scroll_to(y=place, animate=False, immediate=True)
        elif place >= top + rows:
            self.scroll_to(y=place - rows + 1, animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other rows are visible."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    @property
    def cursor_place(self) -> int:
        """The row number of the cursor, from 0."""
        return self._line

    def move(self, rows: int) -> None:
        """Move the cursor by rows."""
        if self._order:
            self._stand(min(max(0, self._line + rows), len(self._order) - 1))

    def move_pages(self, pages: float, times: int = 1) -> None:
        """Move the cursor by pages, several times."""
        self.move(times * round(pages * max(1, self.size.height - 2)))

    def move_to_edge(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self.move(direction * len(self._order))

    def skip_columns(self, by: int) -> None:
        """Scroll the columns behind the label."""
        self._skip = max(0, self._skip + by)
        self._lay_out()

    def open(self) -> None:
        """Ask for the details of the job under the cursor."""
        if self.cursor is not None:
            self.post_message(self.Opened(self.cursor))

    def mark(self) -> None:
        """Mark or unmark the job under the cursor, and step on."""
        if self.cursor is None:
            return
        self._marks ^= {self.cursor}
        self._range_from = self.cursor
        self._show_marks()
        self.move(1)

    def mark_range(self) -> None:
        """Mark all rows from the last mark to the cursor."""
        if self.cursor is None:
            return
        start = self._place_of(self._range_from)
        low, high = sorted((self._line if start is None else start, self._line))
        self._marks |= set(self._order[low : high + 1])
        self._show_marks()

    # -- mouse -------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Select a row, open it on a double click, sort by a column head."""
        if event.y == 0:
            for slot in self._slots:
                if slot.x <= event.x < slot.x + slot.width and slot.column.title:
                    self.post_message(self.SortAsked(slot.column.key))
            return
        place = self.scroll_offset.y + event.y - 1
        if 0 <= place < len(self._order):
            self._stand(place)
            if event.chain == 2:
                self.open()
