"""The one screen: a table of jobs, its detail, and the lines around them.

Snapshots come in, verbs of the runtime go out. What is shown is decided in `core`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from ims_tui.core.columns import COLUMNS, DEFAULT_COLUMNS
from ims_tui.core.entry import Entry
from ims_tui.core.filters import parse_filter
from ims_tui.core.order import FACETS, Facet, needs_attention
from ims_tui.core.rows import ATTENTION, Choice, choose
from ims_tui.core.sentences import banner, event_line
from ims_tui.core.statusline import facet_line, status_line
from ims_tui.core.store import Snapshot
from ims_tui.core.text import plural
from ims_tui.core.view import Cell, Times, Tone, View, name_of
from ims_tui.core.watch import JobKey
from ims_tui.ui.job_detail import JobDetail
from ims_tui.ui.job_table import JobTable
from ims_tui.ui.one_line import OneLine

if TYPE_CHECKING:
    from ims_tui.ui.app import ImsTui

EMPTY = """\
No jobs are being watched yet.

Press a, or paste text that contains job ids (32 hex digits).
From a shell:  ims-tui ID...
To look around without a cloud account:  ims-tui demo"""

MOVED_LATELY_S = 5.0
"""While the cursor moved within this, rows do not change places."""

REPAINTS_PER_S = 10
"""Most repaints a second that news may cause; keys paint at once."""


class Dashboard(Screen[None]):
    """Table, detail, status."""

    app: ImsTui
    CSS_PATH = "styles.tcss"
    AUTO_FOCUS = "#table"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it on instances
        (0, "-tiny"),
        (60, "-small"),
        (80, "-short"),
        (120, "-pane"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (10, "-low"),
        (20, "-high"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", id="add"),
        Binding("d,delete", "remove", "Remove", id="remove"),
        Binding("u", "undo", "Undo", show=False, id="undo"),
        Binding("slash", "filter", "Filter", key_display="/", id="filter"),
        Binding("s", "sort", "Sort", show=False, id="sort"),
        Binding("S", "reverse", "Reverse order", show=False, id="reverse"),
        Binding("x", "acknowledge", "Ack", id="acknowledge"),
        Binding("X", "acknowledge_all", "Ack all", show=False, id="acknowledge_all"),
        Binding("n", "edit", "Label and note", show=False, id="edit"),
        Binding("number_sign", "tags", "Tags", show=False, id="tags"),
        Binding("m", "mute", "Mute", show=False, id="mute"),
        Binding("r,f5", "poll", "Poll now", show=False, id="poll"),
        Binding("ctrl+r", "poll_all", "Poll all", show=False, id="poll_all"),
        Binding("p", "pause", "Pause", id="pause"),
        Binding("y", "copy", "Copy", show=False, id="copy"),
        Binding("Y", "copy_menu", "Copy menu", show=False, id="copy_menu"),
        Binding("e", "export", "Export", show=False, id="export"),
        Binding("c", "columns", "Columns", show=False, id="columns"),
        Binding("t", "times", "Times", show=False, id="times"),
        Binding("z", "zoom", "Zoom", show=False, id="zoom"),
        Binding(
            "right_curly_bracket", "attention(1)", "Next alert", show=False, id="next"
        ),
        Binding(
            "left_curly_bracket",
            "attention(-1)",
            "Alert before",
            show=False,
            id="previous",
        ),
        *(
            Binding(
                str(n), f"facet('{f}')", f.capitalize(), show=False, id=f"facet_{f}"
            )
            for n, f in enumerate(Facet, start=1)
        ),
        Binding("E", "events", "Events", show=False, id="events"),
        Binding("R", "reload", "Reload", show=False, id="reload"),
        Binding(
            "right_square_bracket", "tab(1)", "Next tab", show=False, id="tab_next"
        ),
        Binding(
            "left_square_bracket", "tab(-1)", "Tab before", show=False, id="tab_before"
        ),
        Binding("tab", "app.focus_next", "Next pane", show=False),
        Binding("escape", "back", "Back", show=False, id="back"),
        Binding("question_mark,f1", "help", "Help", key_display="?", id="help"),
        Binding("q", "quit", "Quit", id="quit"),
    ]

    class NewsReady(Message):
        """A newer snapshot exists. Losing one loses nothing: the next says the same."""

        def can_replace(self, message: Message) -> bool:
            """A burst collapses into one."""
            return isinstance(message, Dashboard.NewsReady)

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = Snapshot()
        self.choice = Choice()
        self._order_version = -1
        self._moved_s = -MOVED_LATELY_S
        self._is_order_due = False
        self._leaving_s: float | None = None

    # -- building ----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """All widgets of the screen; CSS decides by size which are seen."""
        yield OneLine(id="status")
        yield OneLine(id="banner")
        yield OneLine(id="away")
        yield OneLine(id="facets")
        yield Input(placeholder="words, state:fail, -word, /regex/", id="filter")
        with Container(id="body"):
            yield JobTable(self.view, id="table")
            yield JobDetail(id="detail")
        yield Static(EMPTY, id="empty", markup=False)
        yield OneLine(id="events")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is there, then follow the news."""
        self.table = self.query_one(JobTable)
        self.detail = self.query_one(JobDetail)
        self.app.runtime.on_change = self._news
        self._frame = self.set_interval(1 / REPAINTS_PER_S, self._repaint, pause=True)
        self._tick = self.set_interval(1, self._on_tick)
        self._repaint()

    def view(self) -> View:
        """The point of view of a repaint that happens now."""
        return replace(
            self.app.view,
            now=self.app.runtime.moment(),
            health=self.snapshot.health,
        )

    # -- news --------------------------------------------------------------------------

    def _news(self) -> None:
        """A newer snapshot exists: paint it with the next frame."""
        if self._frame is not None:
            self._frame.resume()

    def _on_tick(self) -> None:
        """A second passed: ages and elapsed times move, if anything is active."""
        if self.app.is_blurred and int(self.app.runtime.moment().mono_s) % 10:
            return
        if self._is_order_due and self._may_reorder():
            self._reorder()
        if any(entry.is_live for entry in self.snapshot.entries.values()):
            self._paint_values()
        else:
            self._paint_lines()

    def _repaint(self) -> None:
        """Take the newest snapshot and paint what changed."""
        self._frame.pause()
        snapshot = self.app.runtime.snapshot()
        before, self.snapshot = self.snapshot, snapshot
        self.set_class(not snapshot.entries and not snapshot.is_loading, "-empty")
        if snapshot.order_version != self._order_version:
            if self._may_reorder() or len(snapshot.entries) != len(before.entries):
                self._reorder()
            else:
                self._is_order_due = True
        self._paint_values()
        self.app.take_news(before, snapshot)

    def _may_reorder(self) -> bool:
        return self.app.runtime.moment().mono_s - self._moved_s > MOVED_LATELY_S

    def _reorder(self) -> None:
        """Rows may change places; the cursor stays on its job."""
        self._is_order_due = False
        self._order_version = self.snapshot.order_version
        order = choose(self.snapshot.entries.values(), self.choice, self.view())
        self.table.show_order(order, self.snapshot.entries)
        self._attend()

    def _paint_values(self) -> None:
        self.table.show_entries(self.snapshot.entries)
        self._paint_lines()
        self._paint_detail()

    def _paint_detail(self) -> None:
        entry = self.current
        next_s = self.app.runtime.next_poll_in_s(entry.key) if entry else None
        self.detail.show(entry, self.view(), next_s)

    def _paint_lines(self) -> None:
        view, width = self.view(), self.size.width
        app = self.app
        self.query_one("#status", OneLine).show(
            status_line(
                self.snapshot,
                app.runtime.settings.profiles,
                view,
                width,
                is_demo=app.is_demo,
            )
        )
        self._paint_banner(view)
        self._paint_facets(width)
        self.query_one("#events", OneLine).show(self._event_cells(view))
        sort = self.choice.sort
        arrow = " v" if self.choice.descending else " ^"
        self.table.show_heading(sort, arrow if sort != ATTENTION else "")

    def _paint_banner(self, view: View) -> None:
        lines = self._banner_lines(view)
        line = self.query_one("#banner", OneLine)
        line.set_class(bool(lines), "-shown")
        line.show(*([Cell(f" {text}")] for text in lines))
        away = self._away_line(view)
        shown = self.query_one("#away", OneLine)
        shown.set_class(bool(away), "-shown")
        shown.show([Cell(f" {away}")])

    def _banner_lines(self, view: View) -> list[str]:
        snapshot = self.snapshot
        if snapshot.list_problem:
            return [
                f"The list is not read: {snapshot.list_problem}",
                "It is not overwritten. Mend the file, then it is read again.",
            ]
        lines = []
        if snapshot.save_problem:
            lines.append(f"Not saved: {snapshot.save_problem}. Tried again every 30s.")
        others = len(snapshot.health) > 1
        for health in snapshot.health.values():
            host = self.app.host_of(health.profile)
            lines += banner(health, view, host=host, others=others)
        return lines[:4]

    def _away_line(self, view: View) -> str:
        since = self.snapshot.away_since
        if since is None:
            return ""
        news = [e for e in self.snapshot.entries.values() if e.is_news]
        failed = sum(e.status is not None and e.status.value == "FAIL" for e in news)
        if not news:
            return ""
        text = f"{len(news) - failed} ok, {failed} failed"
        when = view.clock_time(since)
        return f"While you were away (since {when}): {text}. X acknowledges all."

    def _paint_facets(self, width: int) -> None:
        entries = self.snapshot.entries.values()
        numbers = {f: sum(map(is_in, entries)) for f, is_in in FACETS.items()}
        choice = self.choice
        filtered = choice.filter.text
        if filtered:
            filtered += f" ({len(self.table.rows)} of {len(entries)})"
        sort = ("-" if choice.descending else "") + choice.sort
        cells = facet_line(numbers, choice.facet, filtered, sort, width)
        self.query_one("#facets", OneLine).show(cells)

    def _event_cells(self, view: View) -> list[Cell]:
        problem = self.choice.filter.problem
        if problem:
            return [Cell(f" filter: {problem}", Tone.WARN)]
        news = sum(entry.is_news for entry in self.snapshot.entries.values())
        right = (
            f"{plural(news, 'new result', 'new results')}   E events " if news else ""
        )
        if not self.snapshot.events:
            return [Cell(" "), Cell(right, Tone.DIM)]
        event = self.snapshot.events[-1]
        line = event_line(event, self.snapshot.entries, view)
        text = f" {view.clock_time(event.at)}  {line}"
        room = self.size.width - len(right)
        return [Cell(text[: room - 2].ljust(max(0, room))), Cell(right, Tone.DIM)]

    def _attend(self) -> None:
        """Tell the tracker where the eye is: those rows are asked a little sooner."""
        weights = dict.fromkeys(self.table.in_sight, 2.0)
        if self.table.cursor is not None:
            weights[self.table.cursor] = 4.0
        self.app.runtime.tracker.attend(weights)

    # -- the job under the cursor ------------------------------------------------------

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        key = self.table.cursor
        return self.snapshot.entries.get(key) if key else None

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """The jobs an action is about, captured now."""
        return self.table.chosen

    @on(JobTable.CursorMoved)
    def _cursor_moved(self, event: JobTable.CursorMoved) -> None:
        if event.by_hand:
            self._moved_s = self.app.runtime.moment().mono_s
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

    @on(OneLine.SpanClicked, "#facets")
    def _facet_clicked(self, event: OneLine.SpanClicked) -> None:
        facets = list(Facet)
        if event.number < len(facets):
            self.action_facet(facets[event.number].value)

    # -- finding -----------------------------------------------------------------------

    def action_facet(self, name: str) -> None:
        """Show a facet."""
        self._choose(replace(self.choice, facet=Facet(name)))

    def sort_by(self, column: str) -> None:
        """Sort by a column; the same column again turns the order."""
        same = column == self.choice.sort
        turned = not self.choice.descending if same else False
        self._choose(replace(self.choice, sort=column, descending=turned))

    def action_reverse(self) -> None:
        """Turn the order around."""
        self._choose(replace(self.choice, descending=not self.choice.descending))

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self._reorder()
        self._paint_values()
        self.app.save_view()

    def action_filter(self) -> None:
        """Open the filter line."""
        line = self.query_one("#filter", Input)
        line.add_class("-shown")
        line.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self._choose(replace(self.choice, filter=parse_filter(event.value)))

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self._close_filter()

    def _close_filter(self) -> None:
        self.query_one("#filter").remove_class("-shown")
        self.table.focus()

    def action_attention(self, direction: int) -> None:
        """Go to the next or previous row that needs a person."""
        rows, entries = self.table.rows, self.snapshot.entries
        alerts = [n for n, key in enumerate(rows) if needs_attention(entries[key])]
        here = self.table.cursor_place
        ahead = [n for n in alerts if (n - here) * direction > 0]
        if ahead:
            self.table.go_to(rows[min(ahead) if direction > 0 else max(ahead)])
        else:
            self.notify("No further row needs attention.", timeout=2)

    def action_back(self) -> None:
        """One level up: filter, zoom, marks, pane."""
        line = self.query_one("#filter", Input)
        if line.has_class("-shown") or line.value:
            line.value = ""
            self._close_filter()
        elif self.has_class("-zoomed"):
            self.action_zoom()
        elif self.table.has_marks:
            self.table.clear_marks()
        else:
            self.table.focus()

    # -- looking -----------------------------------------------------------------------

    def action_zoom(self) -> None:
        """Give the whole body to the detail, or back to the table."""
        is_zoomed = self.toggle_class("-zoomed").has_class("-zoomed")
        target = self.detail.query_one("#detail-lines") if is_zoomed else self.table
        target.focus()

    def action_tab(self, by: int) -> None:
        """Go to another tab of the detail."""
        self.detail.action_tab(by)

    def action_times(self) -> None:
        """Show elapsed times, local times, UTC."""
        ways = list(Times)
        times = ways[(ways.index(self.app.view.times) + 1) % len(ways)]
        self.app.view = replace(self.app.view, times=times)
        self._paint_values()
        self.notify(f"Times: {times.value}.", timeout=2)

    # -- acting ------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        """Mark the chosen results as looked at."""
        self.app.runtime.acknowledge(self.chosen)

    def action_acknowledge_all(self) -> None:
        """Mark all shown results as looked at."""
        count = self.app.runtime.acknowledge(self.table.rows)
        self.notify(f"{plural(count, 'result', 'results')} acknowledged.", timeout=2)

    def action_poll(self) -> None:
        """Ask for the chosen jobs next."""
        self._poll(self.chosen)

    def action_poll_all(self) -> None:
        """Ask for all shown jobs next."""
        self._poll(self.table.rows)

    def _poll(self, keys: object) -> None:
        count = self.app.runtime.poll_now(tuple(keys))  # type: ignore[arg-type]
        text = f"Asking for {plural(count, 'job', 'jobs')}, as the budget allows."
        self.notify(text if count else "Nothing to ask: no active job.", timeout=3)

    def action_pause(self) -> None:
        """Send nothing more, or go on."""
        self.app.runtime.pause(not self.snapshot.is_paused)

    def action_mute(self) -> None:
        """Mute or unmute the chosen jobs."""
        self.app.change(
            self.chosen, lambda watch: replace(watch, muted=not watch.muted)
        )

    @work(exit_on_error=False)
    async def action_remove(self) -> None:
        """Take the chosen jobs off the list."""
        gone = await self.app.runtime.remove(self.chosen)
        if len(gone) == 1:
            name = name_of(gone[0])
            self.notify(f"Removed {name} from the list. The job goes on. u undoes.")
        elif gone:
            self.notify(f"Removed {len(gone)} jobs from the list. u undoes.")

    @work(exit_on_error=False)
    async def action_undo(self) -> None:
        """Bring back what was removed last."""
        back = await self.app.runtime.undo()
        names = ", ".join(name_of(entry) for entry in back[:3])
        self.notify(f"Back on the list: {names}." if back else "Nothing to undo.")

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is never keys: ids are picked out of it."""
        event.stop()
        self.app.ask_add(event.text)

    def action_quit(self) -> None:
        """Leave; with active jobs only after a second press."""
        if self.has_class("-zoomed"):
            self.action_zoom()
            return
        active = sum(entry.is_live for entry in self.snapshot.entries.values())
        now_s = self.app.runtime.moment().mono_s
        wants = self.app.runtime.settings.ui.confirm_quit
        is_sure = self._leaving_s is not None and now_s - self._leaving_s < 5
        if is_sure or wants == "never" or (wants == "active" and not active):
            self.app.exit()
            return
        self._leaving_s = now_s
        jobs = "1 job still runs" if active == 1 else f"{active} jobs still run"
        self.notify(f"{jobs} in the cloud. Press q again to leave.", timeout=5)

    def show_columns(self, columns: tuple[str, ...]) -> None:
        """Choose the columns of the table."""
        known = tuple(key for key in columns if key in COLUMNS) or DEFAULT_COLUMNS
        self.table.show_columns(known)
        self.app.save_view()
