"""The one screen: a table of jobs, its detail, and what the keys do.

Snapshots come in, verbs of the runtime go out, with the jobs captured at key press.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual import events, on, work
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from ims_tui.core.errors import StateError
from ims_tui.core.show.actions import Action, Owner
from ims_tui.core.show.archiverows import ArchiveRows
from ims_tui.core.show.columns import DEFAULT_COLUMNS, usual_columns
from ims_tui.core.show.detail import READING_REPLY, Tab
from ims_tui.core.show.filters import Filter, parse_filter
from ims_tui.core.show.moves import CHANGE_ON_LIST, ENDED
from ims_tui.core.show.rows import Choice, Rows
from ims_tui.core.show.sentences import asked_line
from ims_tui.core.show.view import Times
from ims_tui.core.show.viewstate import Looks
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import Facet, needs_attention
from ims_tui.core.text import plural
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui import moving
from ims_tui.ui.frame import UNFOCUSED_S, Frame
from ims_tui.ui.job_table import JobTable
from ims_tui.ui.keys import bindings

if TYPE_CHECKING:
    from ims_tui.engine.runtime import Runtime

MOVED_LATELY_S = 5.0
"""While the cursor moved within this, rows do not change places."""

REPAINTS_PER_S = 5
"""Most repaints a second that news may cause; keys paint at once."""

PAUSE_S = 0.001
"""Between two parts of a repaint, so that a key that was pressed comes first."""

SURE_S = 5.0
"""A second q within this quits although jobs are active."""


class StoredReply(Struct, frozen=True):
    """What was read of the archived job under the cursor."""

    key: JobKey | None = None
    entry: Entry | None = None
    """With its reply; None while that is read, and where there is none."""
    problem: str = ""
    """Why there is no reply to show."""


class Dashboard(Frame):
    """Table, detail, status, and the actions behind the keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Owner.SCREEN)

    def __init__(self) -> None:
        super().__init__()
        self._rows = Rows()
        self._archive_rows = ArchiveRows()
        self._reply = StoredReply()
        self._order_version = self._news_version = -1
        self._moved_s = -MOVED_LATELY_S
        self._leaving_s = -SURE_S
        self.stands = False
        """Whether it is mounted: before that nothing can be painted or pressed."""

    def on_mount(self) -> None:
        """Show the frame, in which nothing is known yet."""
        self._frame = self.set_interval(1 / REPAINTS_PER_S, self._repaint, pause=True)
        self._clock = self.set_interval(1, self._on_tick, pause=True)
        self._slow_clock = self.set_interval(UNFOCUSED_S, self._on_tick, pause=True)
        if not self.app.is_leaving:
            self._paint_values()

    def follow(self, runtime: Runtime) -> None:
        """Show what a runtime knows from now on."""
        self.mount_filter()
        self.stands = True
        runtime.on_change = self._on_news
        self._repaint()

    # -- news --------------------------------------------------------------------------

    def _on_news(self) -> None:
        """There is a newer snapshot; while nobody looks, progress waits."""
        if self.snapshot.is_loading:  # the first rows do not wait for the next frame
            self.call_next(self._repaint)
        elif not self.app.is_blurred or self._is_behind():
            self._frame.resume()

    def show_focus(self) -> None:
        """Somebody looks, or nobody does any more: what is shown says how old it is."""
        self._repaint()
        if not self.app.is_leaving:
            self.table.repaint_changes()

    def _is_behind(self) -> bool:
        return self._news_version != self.app.runtime.store.news_version

    async def _on_tick(self) -> None:
        """What is active has become older."""
        self._repaint()
        if self.app.is_leaving:
            return
        for _ in self.table.growing_older():
            self.paint_table()
            await asyncio.sleep(PAUSE_S)

    def _rest(self) -> None:
        """Tick while something can change, seldom while nobody looks.

        Else nothing is painted, not even the time of day.
        """
        can_change = self.snapshot.tally[Facet.ACTIVE] > 0 or self._is_order_due
        is_blurred = self.app.is_blurred
        for clock, is_wanted in (
            (self._clock, not is_blurred),
            (self._slow_clock, is_blurred),
        ):
            if can_change and is_wanted:
                clock.resume()
            else:
                clock.pause()

    def _repaint(self) -> None:
        """Take the newest snapshot and paint what changed."""
        if self.app.is_leaving:
            return
        self._frame.pause()
        snapshot = self.app.runtime.snapshot()
        self._news_version = self.app.runtime.store.news_version
        before, self.snapshot = self.snapshot, snapshot
        is_other_archive = snapshot.archive is not before.archive
        if is_other_archive:
            self._reply = StoredReply()
        came_or_went = len(snapshot.entries) != len(before.entries)
        may_reorder = came_or_went or is_other_archive or self._is_still
        if self._is_order_due and may_reorder:
            self._reorder()
        self._paint_values()
        self._rest()
        self.app.take_news(before, snapshot)

    @property
    def _is_order_due(self) -> bool:
        return self.snapshot.order_version != self._order_version

    @property
    def _is_still(self) -> bool:
        """Whether nobody moves the cursor."""
        return self.app.now().mono_s - self._moved_s > MOVED_LATELY_S

    def _reorder(self) -> None:
        """Rows may change places; the cursor stays on its job."""
        self._order_version = self.snapshot.order_version
        if self.is_archive:
            order = self._archive_rows.choose(self.snapshot.archive, self.choice)
        else:
            order = self._rows.choose(self.snapshot.entries, self.choice, self.view())
        self.table.show_order(order, self.shown, is_archive=self.is_archive)
        self._attend()

    def _paint_values(self) -> None:
        self.table.show_entries(self.shown)
        self.paint_lines()
        self._paint_detail()

    def _paint_detail(self) -> None:
        entry = self.current
        next_s = self.app.runtime.next_poll_in_s(entry.key) if entry else None
        unread = self._unread(entry) if entry and self.is_archive else ""
        self.detail.show(entry, self.view(), next_s, unread)

    def _unread(self, entry: Entry) -> str:
        """Why the reply of an archived job is not shown; it is read when first seen."""
        if self._reply.key != entry.key:
            self._reply = StoredReply(entry.key, problem=READING_REPLY)
            self._read_reply(entry.key)
        return self._reply.problem

    @work(exit_on_error=False, exclusive=True, group="reply")
    async def _read_reply(self, key: JobKey) -> None:
        entry, problem = None, ""
        try:
            entry = await self.app.runtime.archiver.whole(key)
        except StateError as error:
            problem = f"The stored reply cannot be read: {error.brief}"
        if self._reply.key == key:
            self._reply = StoredReply(key, entry, problem)
            self._paint_detail()

    def _attend(self) -> None:
        """Tell the tracker where the eye is: those rows are asked a little sooner."""
        if self.snapshot.is_loading:
            return
        weights = dict.fromkeys(self.table.in_sight, 2.0)
        if self.table.cursor is not None:
            weights[self.table.cursor] = 4.0
        self.app.runtime.tracker.attend(weights)

    # -- the job under the cursor ------------------------------------------------------

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        key = self.table.cursor
        if key is None or key not in self.shown:
            return None
        if self.is_archive and self._reply.key == key and self._reply.entry:
            return self._reply.entry
        return self.shown[key]

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """The jobs an action is about, captured now."""
        return self.table.chosen

    def chosen_entries(self) -> list[Entry]:
        """The same as entries."""
        entries = self.shown
        return [entries[key] for key in self.chosen if key in entries]

    def go_to(self, key: JobKey) -> None:
        """Put the cursor on a job, as soon as it is shown."""
        self._repaint()
        self.table.go_to(key)

    @on(JobTable.CursorMoved)
    def _cursor_moved(self, event: JobTable.CursorMoved) -> None:
        if event.by_hand:
            self._moved_s = self.app.now().mono_s
        self._paint_detail()
        self._attend()

    @on(JobTable.Scrolled)
    def _scrolled(self) -> None:
        self._attend()

    @on(JobTable.Opened)
    def _opened(self, event: JobTable.Opened) -> None:
        self.app.runtime.acknowledge([event.key])
        if self.has_class("-pane") or self.has_class("-wide"):
            self.detail.query_one("#detail-lines").focus()
        else:
            self.action_zoom()

    @on(JobTable.SortAsked)
    def _sort_asked(self, event: JobTable.SortAsked) -> None:
        self.sort_by(event.column)

    # -- what is shown -----------------------------------------------------------------

    def show_looks(self, looks: Looks) -> None:
        """Show what the operator chose in the last run, unless in this one already."""
        self.looks = replace(looks, choice=self.choice.over(looks.choice))
        self.detail.tab = looks.tab
        if not self.filter_line.value:  # else somebody types
            self.filter_line.value = self.choice.filter.text
        self.table.show_columns(looks.columns)
        self._reorder()
        self._paint_values()

    def choose(self, choice: Choice) -> None:
        """Show other rows, or in another order."""
        self.looks = replace(self.looks, choice=choice)
        self._reorder()
        self._paint_values()
        self.app.save_view()

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The chosen columns, whether or not there is room for them."""
        usual = usual_columns(has_several=False, is_archive=self.is_archive)
        return self.looks.columns or usual

    def show_columns(self, columns: tuple[str, ...]) -> None:
        """Choose the columns of the table."""
        self.looks = replace(
            self.looks, columns=() if columns == DEFAULT_COLUMNS else columns
        )
        self.table.show_columns(columns)
        self.app.save_view()

    def action_facet(self, name: str) -> None:
        """Show a facet."""
        self.choose(replace(self.choice, facet=Facet(name)))

    def sort_by(self, column: str) -> None:
        """Sort by a column; the same column again turns the order."""
        same = column == self.choice.sort
        turned = not self.choice.descending if same else False
        self.choose(replace(self.choice, sort=column, descending=turned))

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.choose(replace(self.choice, descending=not self.choice.descending))

    def action_filter(self) -> None:
        """Open the filter line."""
        self.filter_line.add_class("-shown")
        self.set_focus(self.filter_line)  # at once: the next key is for it
        self._index()

    @work(exit_on_error=False, exclusive=True, group="index")
    async def _index(self) -> None:
        """The first letter of a filter need not wait for what all jobs say."""
        for _ in self._rows.indexing(self.snapshot.entries):
            await asyncio.sleep(PAUSE_S)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        if event.value != event.input.value:
            return  # more was typed meanwhile, and that is on its way
        if event.value.strip() != self.choice.filter.text:
            self.choose(replace(self.choice, filter=parse_filter(event.value)))

    @on(Input.Submitted, "#filter")
    def _close_filter(self) -> None:
        self.filter_line.remove_class("-shown")
        self.table.focus()

    def action_attention(self, direction: int) -> None:
        """Go to the next or previous row that needs a person."""
        rows = () if self.is_archive else self.table.rows
        entries = self.snapshot.entries
        alerts = [n for n, key in enumerate(rows) if needs_attention(entries[key])]
        here = self.table.cursor_place
        ahead = [n for n in alerts if (n - here) * direction > 0]
        if ahead:
            self.table.go_to(rows[min(ahead) if direction > 0 else max(ahead)])
        else:
            self.app.tell("No further row needs attention.", seconds=2)

    def action_back(self) -> None:
        """One level up: filter, zoom, marks, pane. What was told goes, too."""
        self.app.clear_notifications()
        line = self.filter_line
        if line.has_class("-shown") or self.choice.filter.text:
            line.value = ""
            self.choose(replace(self.choice, filter=Filter()))
            self._close_filter()
        elif self.has_class("-zoomed"):
            self.action_zoom()
        elif self.table.has_marks:
            self.table.clear_marks()
        else:
            self.table.focus()

    def action_zoom(self) -> None:
        """Give the whole body to the detail, or back to the table."""
        is_zoomed = self.toggle_class("-zoomed").has_class("-zoomed")
        target = self.detail.query_one("#detail-lines") if is_zoomed else self.table
        target.focus()
        self.paint_lines()

    def action_tab(self, by: int) -> None:
        """Go to another tab of the detail."""
        self.detail.action_tab(by)
        self.keep_tab(self.detail.tab)

    def keep_tab(self, tab: Tab) -> None:
        """Open the detail with this tab in the next run."""
        self.looks = replace(self.looks, tab=tab)
        self.app.save_view()

    def action_times(self) -> None:
        """Show elapsed times, local times, UTC."""
        ways = list(Times)
        times = ways[(ways.index(self.looks.times) + 1) % len(ways)]
        self.looks = replace(self.looks, times=times)
        self._paint_values()
        self.table.repaint_changes()
        self.app.save_view()
        self.app.tell(f"Times: {times.value}.", seconds=2)

    def action_repaint(self) -> None:
        """Draw everything anew, over whatever else was written there."""
        self.app.write_raw("\x1b[2J")
        self.refresh(layout=True)

    # -- acting ------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        """Mark the chosen results as looked at."""
        if not self.app.runtime.acknowledge(self.chosen):
            self.app.tell("No new result here to acknowledge.", seconds=2)

    def action_acknowledge_all(self) -> None:
        """Mark all shown results as looked at."""
        count = self.app.runtime.acknowledge(self.table.rows)
        self.app.tell(f"{plural(count, 'result', 'results')} acknowledged.", seconds=2)

    def action_poll(self) -> None:
        """Ask for the chosen jobs next."""
        self._poll(self.chosen)

    def action_poll_all(self) -> None:
        """Ask for all shown jobs next."""
        self._poll(self.table.rows)

    def _poll(self, keys: Iterable[JobKey]) -> None:
        if self.is_archive:
            self.app.tell(ENDED, seconds=3)
            return
        asked = self.app.runtime.poll_now(tuple(keys))
        self.app.tell(asked_line(asked), seconds=3)

    def action_pause(self) -> None:
        """Send nothing more, or go on."""
        is_paused = not self.snapshot.is_paused
        self.app.runtime.pause(is_paused)
        paused = "Paused: nothing is sent. p goes on."
        self.app.tell(paused if is_paused else "Polling goes on.", seconds=3)

    def action_mute(self) -> None:
        """Mute the chosen jobs; unmute them where all are mute."""
        if not self._may_change():
            return
        entries = self.chosen_entries()
        is_muted = not all(entry.watch.muted for entry in entries)
        self.app.change(self.chosen, lambda watch: replace(watch, muted=is_muted))

    @work(exit_on_error=False)
    async def action_remove(self) -> None:
        """Take the chosen jobs off the list, or out of the archive."""
        await moving.remove(self)

    @work(exit_on_error=False)
    async def action_archive(self) -> None:
        """Archive the chosen jobs, or bring them back."""
        await moving.archive(self)

    @work(exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back the last removal or move."""
        await moving.undo(self)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is never keys: ids are picked out of it."""
        event.stop()
        self.app.ask_add(event.text)

    # -- what opens over the screen ----------------------------------------------------

    def action_add(self) -> None:
        """Ask for jobs to add."""
        self.app.ask_add()

    def action_edit(self) -> None:
        """Ask for label and note."""
        if self._may_change():
            from ims_tui.ui.dialogs.jobs import edit

            edit(self)

    def action_tags(self) -> None:
        """Ask for tags."""
        if self._may_change():
            from ims_tui.ui.dialogs.jobs import tags

            tags(self)

    def _may_change(self) -> bool:
        """Whether the operator's own words are of the list, which can be edited."""
        if self.is_archive:
            self.app.tell(CHANGE_ON_LIST, seconds=3)
        return not self.is_archive

    def action_columns(self) -> None:
        """Choose and order columns."""
        from ims_tui.ui.dialogs.looks import columns

        columns(self)

    def action_sort(self) -> None:
        """Choose the order."""
        from ims_tui.ui.dialogs.looks import sort

        sort(self)

    def action_profiles(self) -> None:
        """Show and hide profiles."""
        from ims_tui.ui.dialogs.looks import profiles

        profiles(self)

    def action_theme(self) -> None:
        """Choose a theme."""
        from ims_tui.ui.dialogs.looks import theme

        theme(self)

    def action_copy(self) -> None:
        """Copy the id."""
        from ims_tui.ui.dialogs.copying import copy_ids

        copy_ids(self)

    def action_copy_menu(self) -> None:
        """Choose what to copy."""
        from ims_tui.ui.dialogs.copying import copy_menu

        copy_menu(self)

    def action_export(self) -> None:
        """Write what is shown into a file."""
        from ims_tui.ui.dialogs.copying import export

        export(self)

    def action_events(self) -> None:
        """Read the events."""
        from ims_tui.ui.dialogs.reading import show_events

        show_events(self)

    def action_log(self) -> None:
        """Read the log."""
        from ims_tui.ui.dialogs.reading import show_log

        show_log(self)

    def action_help(self) -> None:
        """Read about the keys."""
        from ims_tui.ui.dialogs.reading import show_help

        show_help(self)

    def action_palette(self) -> None:
        """Choose among all actions."""
        from ims_tui.ui.dialogs.palette import show_palette

        show_palette(self)

    async def run(self, action: Action) -> None:
        """Run an action by itself, as if its key had been pressed."""
        owners: dict[Owner, Widget | None] = {
            Owner.TABLE: self.table,
            Owner.SCREEN: self,
            Owner.APP: None,
        }
        await self.app.run_action(action.run or action.id, owners[action.owner])

    # -- leaving -----------------------------------------------------------------------

    def action_reload(self) -> None:
        """Read configuration and credentials again."""
        self.app.reload()

    def action_suspend(self) -> None:
        """Go to the background; `fg` in the shell comes back."""
        self.app.action_suspend_process()

    async def action_quit(self) -> None:
        """One level up, else leave; with active jobs only after a second press."""
        if self.has_class("-zoomed"):
            self.action_zoom()
            return
        active = self.snapshot.tally[Facet.ACTIVE]
        now_s = self.app.now().mono_s
        wants = self.app.settings.ui.confirm_quit
        is_sure = now_s - self._leaving_s < SURE_S
        if is_sure or wants == "never" or (wants == "active" and not active):
            await self.app.action_quit()
            return
        self._leaving_s = now_s
        still = "1 job still runs" if active == 1 else f"{active} jobs still run"
        text = f"{still} in the cloud. " if active else ""
        self.app.tell(f"{text}Press q again to leave.", seconds=SURE_S)
