"""The one screen: a table of jobs, its detail, and the lines around them.

Snapshots come in as values; what the keys do is in `ui.commands`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from ims_tui.core.errors import StateError
from ims_tui.core.show import texts
from ims_tui.core.show.actions import Owner
from ims_tui.core.show.filters import Filter, parse_filter
from ims_tui.core.show.frame import (
    HUGE,
    NARROW,
    WIDE,
    Frame,
    Surroundings,
    facet_at,
    frame,
)
from ims_tui.core.show.grouping import GroupKey
from ims_tui.core.show.rows import Choice
from ims_tui.core.show.shown_part import too_small
from ims_tui.core.show.sight import Sight, StoredReply
from ims_tui.core.show.view import View
from ims_tui.core.show.viewstate import Looks
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import Facet
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.compositor import compositor
from ims_tui.ui.frame import paint_frame
from ims_tui.ui.job_detail import DetailLines, JobDetail
from ims_tui.ui.job_table import JobTable
from ims_tui.ui.keys import KeyLine, bindings
from ims_tui.ui.one_line import OneLine
from ims_tui.ui.paint import TONE_CLASSES
from ims_tui.ui.pointer import Pointer
from ims_tui.ui.textual_private import is_known
from ims_tui.ui.workers import observed

if TYPE_CHECKING:
    from textual.widgets import Input

    from ims_tui.engine.runtime import Runtime
    from ims_tui.ui.desk import Host
    from ims_tui.ui.line_input import LineInput
    from ims_tui.ui.room_views import RoomViews

LEAST = (40, 6)
"""Columns and rows below which only the needed size is said."""

UNFOCUSED_S = 30.0
"""Seconds between two repaints while the terminal is not looked at."""

MOVED_LATELY_S = 5.0
"""While the cursor moved within this, rows do not change places."""

LET_GO_S = 300.0
"""Without a key for so long, and before the first, the cursor is on the first row."""

REPAINTS_PER_S = 5
"""Most repaints a second that news may cause; keys paint at once."""

PAUSE_S = 0.001
"""Between two parts of a repaint, so that a key that was pressed comes first."""


def _let_go(table: JobTable) -> None:
    """No row is the operator's any more: a glance must find trouble, at the top."""
    rows = table.arranged.rows
    if rows and (table.cursor_place or table.scroll_offset.y):
        table.go_to(rows[0], by_hand=False)


class Dashboard(Pointer):
    """Composes table, detail and lines, and paints the newest snapshot."""

    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Owner.SCREEN)
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    tick_s = 1.0
    """How often what is active grows older while somebody looks."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it on instances
        (0, "-tiny"),
        (NARROW, "-small"),
        (80, "-short"),
        (WIDE, "-pane"),
        (160, "-wide"),
        (HUGE, "-huge"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (10, "-low"),
        (20, "-high"),
    ]

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._compositor = compositor(lambda: host.can_paint)
        self.sight = Sight()
        self._news_version = -1
        self._moved_s = -MOVED_LATELY_S
        self._turning = ""
        self._is_styled = False
        self._room: RoomViews | None = None
        self.filter_line: LineInput
        """Where the filter is typed, once it stands."""
        self.stands = False
        """Whether it is mounted: before that nothing can be painted or pressed."""

    @property
    def is_current(self) -> bool:
        """Whether anything of it can be seen: else Textual need not paint it."""
        return super().is_current and not getattr(self.app.screen, "is_opaque", False)

    def compose(self) -> ComposeResult:
        """All of the first frame; CSS decides by size what is seen."""
        self._take_size(self.app.size)
        yield OneLine(id="status")
        yield OneLine(id="facets")
        with Container(id="body"):
            yield JobTable(self.view, id="table")
            yield JobDetail(id="detail")
        yield OneLine(id="events")
        yield KeyLine(id="keys")
        yield Static("", id="too-small", markup=False)

    def _take_size(self, size: Size) -> None:
        """Know the size before the first layout: else all is styled twice."""
        classes = self._get_breakpoint_classes(size.width, self.HORIZONTAL_BREAKPOINTS)
        classes |= self._get_breakpoint_classes(size.height, self.VERTICAL_BREAKPOINTS)
        self.add_class(*classes, update=False)

    @property
    def is_leaving(self) -> bool:
        """Whether the program was told to end: then not all of it may be there."""
        return self._host.is_leaving

    @property
    def table(self) -> JobTable:
        """The table of jobs."""
        return self.query_one("#table", JobTable)

    @property
    def detail(self) -> JobDetail:
        """The detail of the job under the cursor."""
        return self.query_one("#detail", JobDetail)

    def view(self) -> View:
        """The point of view of a repaint that happens now."""
        return replace(
            self._host.view,
            now=self._host.now(),
            health=self.sight.snapshot.health,
            times=self.sight.looks.times,
            held_s=UNFOCUSED_S if self._host.is_blurred else 0.0,
        )

    def on_mount(self) -> None:
        """Show the frame, in which nothing is known yet."""
        self._frame = self.set_interval(1 / REPAINTS_PER_S, self._repaint, pause=True)
        self._clock = self.set_interval(self.tick_s, self.tick, pause=True)
        self._slow_clock = self.set_interval(UNFOCUSED_S, self.tick, pause=True)
        self._minute = self.set_timer(60.0, self._repaint)
        if not self.is_leaving:
            self._paint_values()

    def follow(self, runtime: Runtime) -> None:
        """Show what a runtime knows from now on."""
        # The first frame says and asks nothing there, and comes sooner without them.
        from ims_tui.ui.line_input import LineInput
        from ims_tui.ui.room_views import RoomViews

        self.filter_line = LineInput(texts.FILTER_HINT, id="filter")
        self.mount(OneLine(id="banner"), OneLine(id="away"), before="#facets")
        self.mount(self.filter_line, before="#body")
        self.detail.fill()
        self._room = RoomViews(self)
        self.mount(Static("", id="empty", markup=False), before="#events")
        self.stands = True
        runtime.on_change = self._on_news
        self._repaint()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Skip styling again: the first frame was styled a moment ago."""
        event.refresh_styles = self._is_styled
        self._is_styled = True

    def on_resize(self) -> None:
        """Say so where there is no room; else lay the lines out again."""
        if self.is_leaving:
            return
        columns, rows = self.size
        self.set_class(columns < LEAST[0] or rows < LEAST[1], "-too-small")
        self.query_one("#too-small", Static).update(too_small(columns, rows))
        self._paint_lines()

    # -- news --------------------------------------------------------------------------

    def _on_news(self) -> None:
        """There is a newer snapshot; while nobody looks, progress waits."""
        is_behind = self._news_version != self._host.runtime.store.news_version
        if self.sight.snapshot.is_loading:  # its rows do not wait for the next frame
            self.call_next(self._repaint)
        elif not self._host.is_blurred or is_behind:
            self._frame.resume()

    def show_focus(self) -> None:
        """Somebody looks, or nobody does any more: what is shown says how old it is."""
        self._repaint()
        if not self.is_leaving:
            self.table.repaint_changes()

    async def tick(self) -> None:
        """What is active has become older."""
        self._repaint()
        if self.is_leaving:
            return
        for _ in self.table.growing_older():
            self.paint_table()
            await asyncio.sleep(PAUSE_S)

    def _rest(self) -> None:
        """Tick while something can change, seldom while nobody looks.

        Else only the time of day is painted, once a minute.
        """
        is_active = self.sight.snapshot.tally[Facet.ACTIVE] > 0
        can_change = is_active or self.sight.is_order_due
        is_blurred = self._host.is_blurred
        for clock, is_wanted in (
            (self._clock, not is_blurred),
            (self._slow_clock, is_blurred),
        ):
            if can_change and is_wanted:
                clock.resume()
            else:
                clock.pause()
        self._minute.stop()
        if not can_change:
            wall = self._host.now().wall
            self._minute = self.set_timer(60.0 - wall.second, self._repaint)

    def _repaint(self) -> None:
        """Take the newest snapshot and paint what changed."""
        if self.is_leaving or not self.app.is_running:  # the table may be gone
            return
        self._frame.pause()
        snapshot = self._host.runtime.snapshot()
        self._news_version = self._host.runtime.store.news_version
        before = self.sight.snapshot
        came_or_went = self.sight.take(snapshot)
        if self.sight.is_order_due and (came_or_went or self._is_still):
            self._reorder()
        if self._host.presence.idle_s > LET_GO_S and not self.detail.has_focus_within:
            _let_go(self.table)
        self._paint_values()
        self._rest()
        self._host.take_news(before, snapshot)

    @property
    def _is_still(self) -> bool:
        """Whether nobody moves the cursor."""
        return self._host.now().mono_s - self._moved_s > MOVED_LATELY_S

    def _reorder(self) -> None:
        """Rows may change places; the cursor stays on its job."""
        sight = self.sight
        rows = sight.arranged(self.view())
        self.table.show_order(rows, sight.shown, is_archive=sight.choice.is_archive)
        self._attend()

    # -- painting ----------------------------------------------------------------------

    def _paint_values(self) -> None:
        self.table.show_entries(self.sight.shown)
        self._paint_lines()
        self._paint_detail()

    def _paint_lines(self) -> None:
        if self.is_leaving:
            return
        view = self.view()
        notifier = self._host.runtime.notifier if self.stands else None
        self._turning = self.table.arranged.turning(self.table.cursor)
        around = Surroundings(
            self.sight.snapshot,
            self.sight.choice,
            len(self.table.rows),
            self._host.settings,
            self._host.keymap,
            *self.size,
            is_zoomed=self.is_zoomed,
            is_demo=self._host.is_demo,
            quiet_until=notifier.snoozed_until(view.now.wall) if notifier else None,
            unmet=self.sight.unmet,
            marks=self.table.marked,
            turning=self._turning,
            extra_rows=self.table.arranged.extra_rows,
        )
        lines = frame(around, view)
        paint_frame(self, lines, is_whole=self.stands)
        self.table.show_heading(lines.sorted_by, lines.arrow)
        self._paint_room(view, lines)

    def _paint_room(self, view: View, lines: Frame) -> None:
        if self._room is None:
            return
        is_wanted = self.sight.looks.has_gantt
        only = self.current if is_wanted and lines.is_one else None
        next_s = self._host.runtime.tracker.next_poll_in_s(only.key) if only else None
        self._room.show_only(only, view, next_s)
        rows = self.table.rows if is_wanted else ()
        jobs = map(self.sight.shown.__getitem__, rows)
        self._room.show_chart(jobs, view, lines.gantt_size)

    def _paint_detail(self) -> None:
        entry, problem = self.current, ""
        next_s = self._host.runtime.tracker.next_poll_in_s(entry.key) if entry else None
        if entry and self.sight.choice.is_archive:
            if self.sight.wants_reply(entry.key):
                self._read_reply(entry.key)
            problem = self.sight.reply.problem
        self.detail.of_group = self.table.group_lines
        self.detail.show(entry, self.view(), next_s, problem)

    @observed(exclusive=True, group="reply")
    async def _read_reply(self, key: JobKey) -> None:
        """The reply of an archived job is read when it is first seen."""
        try:
            entry = await self._host.runtime.archiver.whole(key)
            reply = StoredReply(key, entry)
        except StateError as error:
            reply = StoredReply(key, problem=texts.REPLY_UNREAD.format(why=error.brief))
        if self.sight.take_reply(reply):
            self._paint_detail()

    def paint_table(self) -> None:
        """Paint what a key changed in the table at once, not with the next frame.

        And what else is known to be dirty: it counts as painted afterwards.
        """
        if not (is_known(Screen) and is_known(App)):  # it comes with the next frame
            return
        if self.is_leaving or self.app._batch_count or not self.is_current:
            return
        if not (self._layout_required or self._scroll_required):
            self._compositor.update_widgets({self.table} | self._dirty_widgets)
            self._compositor_refresh()

    # -- the job under the cursor ------------------------------------------------------

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        return self.sight.entry(self.table.cursor)

    def chosen_entries(self) -> list[Entry]:
        """The jobs a command is about, captured now."""
        entries = self.sight.shown
        return [entries[key] for key in self.table.chosen if key in entries]

    def catch_up(self) -> None:
        """Show what a command changed before the next key is looked at."""
        self._repaint()

    def go_to(self, key: JobKey) -> None:
        """Put the cursor on a job, as soon as it is shown, in an unfolded group."""
        self._repaint()
        if (group := self.table.arranged.folded_group(key)) is not None:
            self.show_choice(self.sight.choice.turned(group))
        self.table.go_to(key)

    @on(JobTable.CursorMoved)
    def _cursor_moved(self, event: JobTable.CursorMoved) -> None:
        if event.by_hand:
            self._moved_s = self._host.now().mono_s
        if self._turning != self.table.arranged.turning(event.key):
            self._paint_lines()
        self._paint_detail()
        self._attend()

    @on(JobTable.Scrolled)
    def _attend(self) -> None:
        """Tell the tracker where the eye is: those rows are asked a little sooner."""
        if self.sight.snapshot.is_loading:
            return
        weights = dict.fromkeys(self.table.in_sight, 2.0)
        if isinstance(self.table.cursor, JobKey):
            weights[self.table.cursor] = 4.0
        self._host.runtime.tracker.attend(weights)

    @on(JobTable.Marked)
    def _marked(self) -> None:
        self._paint_lines()

    @on(DetailLines.Hidden)
    def _take_keys(self) -> None:
        self.set_focus(self.table)

    @on(JobTable.Opened)
    def _opened(self, event: JobTable.Opened) -> None:
        if isinstance(event.key, GroupKey):
            self.show_choice(self.sight.choice.turned(event.key))
            return
        self._host.runtime.acknowledge([event.key])
        entry = self.sight.entry(event.key)
        if entry and entry.reply and entry.reply.sub_jobs:
            self._host.action_command("sub_jobs")
        elif self.size.width >= WIDE and not self.has_class("-only-job"):
            self.detail.query_one("#detail-lines").focus()
        else:
            self.zoom()

    # -- what is shown -----------------------------------------------------------------

    def show_looks(self, looks: Looks) -> None:
        """Show what the operator chose in the last run, unless in this one already."""
        choice = self.sight.choice.over(looks.choice)
        self.sight.looks = replace(looks, choice=choice)
        self.detail.tab = looks.tab
        self._host.themes.recall(looks.theme)
        if not self.filter_line.value:  # else somebody types
            self.filter_line.value = choice.filter.text
        self.table.show_columns(looks.columns)
        self._reorder()
        self._paint_values()

    def show_choice(self, choice: Choice) -> None:
        """Show other rows, or in another order."""
        self.sight.looks = replace(self.sight.looks, choice=choice)
        self._reorder()
        self._paint_values()
        self._host.save_view()

    def change_looks(self, looks: Looks) -> None:
        """Show the same rows in another way: columns, times, chart."""
        self.sight.looks = looks
        self.table.show_columns(looks.columns)
        self._paint_values()
        self.table.repaint_changes()
        self._host.save_view()

    @on(JobTable.SortAsked)
    def _sort_asked(self, event: JobTable.SortAsked) -> None:
        self.show_choice(self.sight.choice.sorted_by(event.column))

    @on(OneLine.SpanClicked, "#facets")
    def _facet_clicked(self, event: OneLine.SpanClicked) -> None:
        facet = facet_at(event.number, self.size.width)
        self.show_choice(replace(self.sight.choice, facet=facet))

    def open_filter(self) -> None:
        """Open the filter line."""
        self.filter_line.add_class("-shown")
        self.set_focus(self.filter_line)  # at once: the next key is for it
        self._index()

    @observed(exclusive=True, group="index")
    async def _index(self) -> None:
        """The first letter of a filter need not wait for what all jobs say."""
        for _ in self.sight.indexing():
            await asyncio.sleep(PAUSE_S)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter by what is typed. (Named by Textual: `on` would load the input.)"""
        if event.value != event.input.value:
            return  # more was typed meanwhile, and that is on its way
        choice = self.sight.choice
        if event.value.strip() != choice.filter.text:
            self.show_choice(replace(choice, filter=parse_filter(event.value)))

    def on_input_submitted(self) -> None:
        """Close the filter line; the filter stays."""
        self.filter_line.remove_class("-shown")
        self.table.focus()

    def show_filter(self) -> None:
        """The filter line says what is chosen now."""
        self.filter_line.value = self.sight.choice.filter.text

    def clear_filter(self) -> bool:
        """Close the filter line and show all it hid; whether there was a filter."""
        line, choice = self.filter_line, self.sight.choice
        if not (line.has_class("-shown") or choice.filter.text):
            return False
        line.value = ""
        self.show_choice(replace(choice, filter=Filter()))
        self.on_input_submitted()
        return True

    @property
    def is_zoomed(self) -> bool:
        """Whether the detail has the whole body."""
        return self.has_class("-zoomed")

    def zoom(self) -> None:
        """Give the whole body to the detail, or back to the table."""
        self.toggle_class("-zoomed")
        lines = self.detail.query_one("#detail-lines")
        (lines if self.is_zoomed else self.table).focus()
        self._paint_lines()

    def turn_tab(self, by: int) -> None:
        """Go to another tab of the detail; the next run opens with it.

        Where there is no room for tabs the detail is opened for it.
        """
        if self.detail.is_strip and not self.is_zoomed and self.current is not None:
            self.zoom()
        self.detail.turn_tab(by)
        self.sight.looks = replace(self.sight.looks, tab=self.detail.tab)
        self._host.save_view()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is never keys: ids are picked out of it."""
        event.stop()
        self._host.ask_add(event.text)
