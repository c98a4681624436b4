"""The table of jobs on Textual's line API: rows are values, only changes are painted.

`DataTable` repaints itself whole for every cell; here a repaint computes the cells of
the visible rows, compares them with what is on the screen and refreshes the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.actions import Owner
from ims_tui.core.show.arrangement import Arrangement, RowKey
from ims_tui.core.show.columns import usual_columns
from ims_tui.core.show.grouphead import MARK_WIDTH, group_lines, head_cells
from ims_tui.core.show.grouping import GroupKey
from ims_tui.core.show.groups import RollUps
from ims_tui.core.show.layout import Slot, lay_out
from ims_tui.core.show.shown_part import Marks
from ims_tui.core.show.view import Line, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.keys import bindings
from ims_tui.ui.paint import Paint, PaintedWidget
from ims_tui.ui.table_lines import (
    Painted,
    RowCells,
    differences,
    heading_line,
    row_line,
)

_PROFILE = itemgetter(0)
"""Of a key."""


AT_ONCE = 8
"""Lines that grow older at once: a key waits no longer than these take, some 2 ms."""


class JobTable(ScrollView, PaintedWidget, can_focus=True):
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
        "table--group",
        "table--old",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Owner.TABLE)

    cursor: reactive[RowKey | None] = reactive(None, repaint=False)

    class CursorMoved(Message):
        """The cursor stands on another row."""

        def __init__(self, key: RowKey | None, *, by_hand: bool) -> None:
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
        """The operator wants the details of a job, or a group folded or unfolded."""

        def __init__(self, key: RowKey) -> None:
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
        self.arranged = Arrangement()
        """The rows in order, and how they are grouped."""
        self._roll_ups = RollUps()
        self.cursor_place = 0
        """The row number of the cursor."""
        self._entries: Mapping[JobKey, Entry] = {}
        self._slots: list[Slot] = []
        self._columns: Sequence[str] = ()
        self._has_several = False
        self._is_archive = False
        self._skip = 0
        self._heading = ("", "")
        self._marks: set[JobKey] = set()
        self._range_from: RowKey | None = None
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
        arranged: Arrangement,
        entries: Mapping[JobKey, Entry],
        *,
        is_archive: bool = False,
    ) -> None:
        """Take a new order; cursor and scrolling stay with the job or the group.

        The cursor on a job that is folded away goes to the head of its group. Where the
        first row is seen it stays so for as long as the cursor is seen, too: trouble
        comes there, and whoever glances up must find it.
        """
        if is_archive is not self._is_archive:
            self._is_archive = is_archive
            self._marks.clear()  # they were of other jobs
            self._lay_out()
        self._entries = entries
        self._marks &= entries.keys()
        before, self.arranged = self.arranged, arranged
        rows, is_other = arranged.rows, arranged.by is not before.by
        if rows == before.rows and not is_other:
            self.repaint_changes()
            return
        self._cells.clear()  # a head says whether it is folded
        line = self.cursor_place
        offset, is_at_top = line - self.scroll_offset.y, self.scroll_offset.y == 0
        has_several = len(set(map(_PROFILE, arranged.jobs))) > 1
        if has_several != self._has_several:
            self._has_several = has_several
            self._lay_out()
        self.virtual_size = Size(self.size.width, len(rows) + 1)
        found = self._place_of(self.cursor, before.group_at(line))
        self.cursor_place = place = (
            max(0, min(line, len(rows) - 1)) if found is None else found
        )
        self._is_settling = True
        self.cursor = rows[place] if rows else None
        self._is_settling = False
        head = arranged.head_of(place) if is_other else place
        offset = place if is_at_top else offset
        y = max(0, min(place - offset, head))
        self.scroll_to(y=y, animate=False, immediate=True)
        self._reveal(place)
        self.refresh()

    def _place_of(
        self, row: RowKey | None, group: GroupKey | None = None
    ) -> int | None:
        if isinstance(row, JobKey) and row not in self._entries:
            return None
        return self.arranged.place_of(row, group)

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
        before, self._view = self._view, self._now()
        if before.times is not self._view.times:
            self.refresh(Region(0, 0, self.size.width, 1))
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
            key = before.key if before else None
            if is_due and isinstance(key, JobKey) and not is_due(key):
                continue
            after = self._row(y, self._view)
            dirty += differences(y, before, after, self._slots, self.size.width)
        if dirty:
            self.refresh(*dirty)

    # -- facts out ---------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """The marked jobs in order, those not shown last; else those of the cursor."""
        if self._marks:
            shown = [key for key in self.rows if key in self._marks]
            return *shown, *sorted(self._marks.difference(shown))
        return tuple(self.arranged.jobs_of(self.cursor))

    @property
    def marked(self) -> Marks:
        """How many jobs are marked, how many have no row, and whose group is meant."""
        if not self._marks:
            return Marks(group=self.arranged.title_of(self.cursor))
        shown = self._marks.intersection(self.arranged.rows)
        return Marks(len(self._marks), len(self._marks) - len(shown))

    def group_lines(self, width: int) -> Sequence[Line]:
        """How the group under the cursor stands, for the detail; else nothing."""
        group, by = self.cursor, self.arranged.by
        if not isinstance(group, GroupKey) or by is None:
            return ()
        found = self._roll_ups.of(group, self.arranged, self._entries, self._view)
        return (
            group_lines(group.title(by), found, by, self._view, width) if found else ()
        )

    @property
    def rows(self) -> Sequence[JobKey]:
        """The shown jobs in order, each once, in sight or not, also folded away."""
        return self.arranged.jobs

    @property
    def in_sight(self) -> Sequence[JobKey]:
        """The jobs whose rows are on the screen."""
        top = self.scroll_offset.y
        rows = self.arranged.rows[top : top + max(0, self.size.height - 1)]
        return [row for row in rows if isinstance(row, JobKey)]

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
        if not 0 <= place < len(self.arranged.rows):
            return None
        key, is_cursor = self.arranged.rows[place], place == self.cursor_place
        if isinstance(key, GroupKey):
            head = self._head_cells(y, key, view)
            look = self._head_look(key, is_cursor)
            return Painted(key, head.cells, look) if head else None
        entry = self._entries.get(key)
        if entry is None:
            return None
        row = self._row_cells(y, key, entry, view)
        return Painted(key, row.cells, self._look(entry, row.view, is_cursor))

    def _row_cells(
        self, y: int, key: JobKey, entry: Entry, view: View | None
    ) -> RowCells:
        slots, known = self._slots, self._cells.get(y)
        if known is not None and known.show(entry, slots, view):
            return known
        view = view or self._view
        cells = tuple(slot.column.cell(entry, view, slot.width) for slot in slots)
        self._cells[y] = row = RowCells(key, entry, view, slots, cells)
        return row

    def _head_cells(self, y: int, key: GroupKey, view: View | None) -> RowCells | None:
        slots, known = self._slots, self._cells.get(y)
        is_known = known is not None and known.key == key and known.slots is slots
        if is_known and view is None:
            return known
        view = view or self._view
        found = self._roll_ups.of(key, self.arranged, self._entries, view)
        if found is None or (is_known and known and known.known is found):
            return known if found else None
        width = self.scrollable_content_region.width or self.size.width
        cells = head_cells(key, found, self.arranged, view, width)
        self._cells[y] = row = RowCells(key, found, view, slots, cells)
        return row

    def render_line(self, y: int) -> Strip:
        """One screen line: the heading, a row, or nothing."""
        width = self.size.width
        if y == 0:
            times = self._view.times
            return heading_line(self._paint, self._slots, self._heading, width, times)
        row = self._row(y)
        if row is None:
            self._painted.pop(y, None)
            return Strip.blank(width, self._paint.style())
        self._painted[y] = row
        is_marked = row.key in self._marks
        return row_line(self._paint, self._slots, row, width, is_marked=is_marked)

    def _head_look(self, group: GroupKey, is_cursor: bool) -> tuple[str, ...]:
        is_marked = self._marks.issuperset(self.arranged.jobs_of(group))
        over = (("table--marked", is_marked), ("table--cursor", is_cursor))
        return "table--group", *(name for name, is_so in over if is_so)

    def _look(self, entry: Entry, view: View, is_cursor: bool) -> tuple[str, ...]:
        over = []
        if entry.status is JobStatus.FAIL:
            over.append("table--failed")
        elif not entry.has_ended and (view.is_stale(entry) or view.is_cut_off(entry)):
            over.append("table--old")
        if entry.key in self._marks:
            over.append("table--marked")
        if is_cursor:
            over.append("table--cursor")
        return tuple(over)

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
        self.virtual_size = Size(self.size.width, len(self.arranged.rows) + 1)
        self._painted.clear()
        self.refresh()

    # -- moving ------------------------------------------------------------------------

    def go_to(self, row: RowKey, *, by_hand: bool = True) -> None:
        """Put the cursor on a job or a group that is shown."""
        place = self._place_of(row, self.arranged.group_at(self.cursor_place))
        if place is not None:
            self._is_settling = not by_hand
            self._stand(place)
            self._is_settling = False

    def _stand(self, place: int) -> None:
        """Put the cursor on a row: paint the two lines that change."""
        for line in (self.cursor_place, place):
            y = line - self.scroll_offset.y + 1
            if 1 <= y < self.size.height:
                self.refresh(Region(0, y, self.size.width, 1))
        self.cursor_place = place
        self.cursor = self.arranged.rows[place]
        self._reveal(place)

    def watch_cursor(self, before: RowKey | None, after: RowKey | None) -> None:
        """Tell that the cursor is on another row."""
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

    def move(self, rows: int) -> None:
        """Move the cursor by rows."""
        if self.arranged.rows:
            self._stand(
                min(max(0, self.cursor_place + rows), len(self.arranged.rows) - 1)
            )

    def move_pages(self, pages: float, times: int = 1) -> None:
        """Move the cursor by pages, several times."""
        self.move(times * round(pages * max(1, self.size.height - 2)))

    def move_to_edge(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self.move(direction * len(self.arranged.rows))

    def skip_columns(self, by: int) -> bool:
        """Scroll the columns behind the label; whether there was anything to scroll."""
        before, self._skip = self._skip, max(0, self._skip + by)
        self._lay_out()
        return self._skip != before

    def open(self) -> None:
        """Ask for the details of the job under the cursor, or to fold the group."""
        if self.cursor is not None:
            self.post_message(self.Opened(self.cursor))

    def mark(self) -> None:
        """Mark or unmark the job, or all of the group, under the cursor; step on."""
        if self.cursor is None:
            return
        jobs = set(self.arranged.jobs_of(self.cursor))
        self._marks = self._marks - jobs if jobs <= self._marks else self._marks | jobs
        self._range_from = self.cursor
        self._show_marks()
        self.move(1)

    def mark_range(self) -> None:
        """Mark all rows from the last mark to the cursor."""
        if self.cursor is None:
            return
        start = self._place_of(self._range_from)
        low, high = sorted(
            (self.cursor_place if start is None else start, self.cursor_place)
        )
        self._marks.update(self.arranged.jobs_between(low, high))
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
        if 0 <= place < len(self.arranged.rows):
            self._stand(place)
            is_mark = isinstance(self.cursor, GroupKey) and event.x < MARK_WIDTH
            if event.chain == 2 or is_mark:
                self.open()
