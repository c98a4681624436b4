"""The lines around the table: status, banner, facets, events, keys.

Snapshots come in as values; what a line says is decided in `core`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from ims_tui.core.show.actions import (
    ARCHIVED,
    CUT_OFF,
    EMPTY,
    STOPPED,
    USUAL,
    ZOOMED,
    key_line,
)
from ims_tui.core.show.detail import folded
from ims_tui.core.show.rows import ATTENTION, Choice
from ims_tui.core.show.sentences import banner, event_line, file_lines
from ims_tui.core.show.showing import (
    archive_count,
    no_archived,
    nothing_shown,
    shown_part,
    too_small,
    way_back,
)
from ims_tui.core.show.statusline import away_line, facet_line, status_line
from ims_tui.core.show.view import Cell, Tone, View
from ims_tui.core.show.viewstate import Looks, order_text
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Link
from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import Trait
from ims_tui.core.text import fit, plural
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.compositor import TightCompositor
from ims_tui.ui.job_detail import JobDetail
from ims_tui.ui.job_table import JobTable
from ims_tui.ui.keys import KeyLine
from ims_tui.ui.line_input import LineInput
from ims_tui.ui.one_line import OneLine
from ims_tui.ui.paint import TONE_CLASSES

if TYPE_CHECKING:
    from ims_tui.ui.app import ImsTui

WELCOME = """\
No jobs are being watched yet.

Press a, or paste text that contains job ids (32 hex digits).
From a shell:  ims-tui add ID...
To look around without a cloud account:  ims-tui demo"""

LEAST = (40, 6)
"""Columns and rows below which only the needed size is said."""

UNFOCUSED_S = 30.0
"""Seconds between two repaints while the terminal is not looked at."""

_WIDE = 120
"""Columns from which the facets stand above the table."""

MOST_BANNER = 4
"""Lines of the banner, where the screen has room for them."""

LEAST_KEYS = ("quit", "help")
"""What the key line shows of a narrow screen."""


class Frame(Screen[None]):
    """Composes the screen and paints all but table and detail."""

    app: ImsTui
    AUTO_FOCUS = "#table"
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it on instances
        (0, "-tiny"),
        (60, "-small"),
        (80, "-short"),
        (_WIDE, "-pane"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (10, "-low"),
        (20, "-high"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._compositor = TightCompositor(lambda: self.app.can_paint)
        self._is_styled = False
        self.snapshot = Snapshot(is_loading=True)
        self.looks = Looks()

    def compose(self) -> ComposeResult:
        """All widgets of the screen; CSS decides by size which are seen."""
        self._take_size(self.app.size)
        yield OneLine(id="status")
        yield OneLine(id="banner")
        yield OneLine(id="away")
        yield OneLine(id="facets")
        with Container(id="body"):
            yield JobTable(self.view, id="table")
            yield JobDetail(id="detail")
        yield Static("", id="empty", markup=False)
        yield OneLine(id="events")
        yield KeyLine(id="keys")
        yield Static("", id="too-small", markup=False)

    @property
    def table(self) -> JobTable:
        """The table of jobs."""
        return self.query_one("#table", JobTable)

    def mount_filter(self) -> None:
        """Add the filter line, which is too dear for the first frame."""
        line = LineInput("words, state:fail, -word, /regex/", id="filter")
        self.mount(line, before="#body")

    @property
    def filter_line(self) -> LineInput:
        """Where the filter is typed."""
        return self.query_one("#filter", LineInput)

    @property
    def detail(self) -> JobDetail:
        """The detail of the job under the cursor."""
        return self.query_one("#detail", JobDetail)

    @property
    def choice(self) -> Choice:
        """Which rows are shown, in which order."""
        return self.looks.choice

    @property
    def is_archive(self) -> bool:
        """Whether the archive is shown, not the list."""
        return self.choice.facet is Facet.ARCHIVE

    @property
    def shown(self) -> Mapping[JobKey, Entry]:
        """The jobs that the table chooses its rows from."""
        return self.snapshot.archive if self.is_archive else self.snapshot.entries

    def view(self) -> View:
        """The point of view of a repaint that happens now."""
        return replace(
            self.app.view,
            now=self.app.now(),
            health=self.snapshot.health,
            times=self.looks.times,
            held_s=UNFOCUSED_S if self.app.is_blurred else 0.0,
        )

    def _take_size(self, size: Size) -> None:
        """Know the size before the first layout: else all is styled twice."""
        classes = self._get_breakpoint_classes(size.width, self.HORIZONTAL_BREAKPOINTS)
        classes |= self._get_breakpoint_classes(size.height, self.VERTICAL_BREAKPOINTS)
        self.add_class(*classes, update=False)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What was styled a moment ago, for the first frame, is as it should be."""
        event.refresh_styles = self._is_styled
        self._is_styled = True

    def paint_table(self) -> None:
        """Paint what a key changed in the table at once, not with the next frame.

        And what else is known to be dirty: it counts as painted afterwards.
        """
        if self.app.is_leaving or self.app._batch_count or not self.is_current:
            return
        if not (self._layout_required or self._scroll_required):
            self._compositor.update_widgets({self.table} | self._dirty_widgets)
            self._compositor_refresh()

    def on_resize(self) -> None:
        """Say so where there is no room; else lay the lines out anew."""
        if self.app.is_leaving:  # by a signal; then not all of it is there
            return
        columns, rows = self.size
        self.set_class(columns < LEAST[0] or rows < LEAST[1], "-too-small")
        self.query_one("#too-small", Static).update(too_small(columns, rows))
        self.paint_lines()

    # -- lines -------------------------------------------------------------------------

    def paint_lines(self) -> None:
        """Paint what changed of all lines."""
        if self.app.is_leaving:
            return
        view = self.view()
        status = status_line(
            self.snapshot,
            self.app.settings.profiles,
            view,
            self.size.width,
            is_demo=self.app.is_demo,
        )
        self.query_one("#status", OneLine).show(status)
        room = max(20, self.size.width - 2)
        most = max(1, min(MOST_BANNER, self.size.height // 3))
        self._show_lines("#banner", folded(self._banner_lines(view), room, most))
        away = away_line(self.snapshot, view)
        self._show_lines("#away", [away] if away else [])
        self._paint_facets()
        self._paint_empty()
        self.query_one("#events", OneLine).show(self._event_cells(view))
        keys = key_line(self._wanted_keys(), self.app.keymap, self.size.width)
        self.query_one("#keys", KeyLine).show_hints(keys)
        arrow = " v" if self.choice.descending else " ^"
        sort = self.choice.sort
        self.table.show_heading(sort, arrow if sort != ATTENTION else "")

    def _show_lines(self, name: str, lines: list[str]) -> None:
        line = self.query_one(name, OneLine)
        line.set_class(bool(lines), "-shown")
        line.show(*([Cell(f" {text}")] for text in lines))

    def _banner_lines(self, view: View) -> list[str]:
        snapshot = self.snapshot
        lines = file_lines(snapshot, view)
        others = len(snapshot.health) > 1
        for health in snapshot.health.values():
            host = self.app.host_of(health.profile)
            lines += banner(health, view, host=host, others=others)
        return lines

    def _paint_facets(self) -> None:
        count, width = len(self.shown), self.size.width
        part = shown_part(self.choice, len(self.table.rows), count)
        line = self.query_one("#facets", OneLine)
        line.set_class(bool(part), "-part")
        if width < _WIDE:
            back = f" {way_back(self.choice)} "
            line.show([Cell(fit(f" {part}", width - len(back))), Cell(back)])
            return
        numbers = {facet: str(self.snapshot.tally[facet]) for facet in Facet}
        numbers[Facet.ARCHIVE] = archive_count(self.snapshot.archive)
        filtered = self.choice.filter.text
        if filtered:
            filtered += f" ({len(self.table.rows)} of {count})"
        sort = order_text(self.choice)
        line.show(facet_line(numbers, self.choice.facet, filtered, sort, width))

    @on(OneLine.SpanClicked, "#facets")
    async def _facet_clicked(self, event: OneLine.SpanClicked) -> None:
        facets = list(Facet)
        is_named = self.size.width >= _WIDE and event.number < len(facets)
        facet = facets[event.number] if is_named else Facet.ALL
        await self.run_action(f"facet('{facet.value}')")

    def _paint_empty(self) -> None:
        """Say why there is no row."""
        count = len(self.snapshot.entries)
        is_empty = not self.table.rows and not self.snapshot.is_loading
        self.set_class(is_empty and not self.snapshot.list_problem, "-empty")
        if is_empty:
            if self.is_archive:
                text = no_archived(self.choice, self.snapshot.archive)
            else:
                text = nothing_shown(self.choice, count) if count else WELCOME
            empty = self.query_one("#empty", Static)
            if empty.content != text:
                empty.update(text)

    def _event_cells(self, view: View) -> list[Cell]:
        problem = self.choice.filter.problem
        if problem:
            return [Cell(f" filter: {problem}", Tone.WARN)]
        news = self.snapshot.tally[Trait.NEWS]
        fresh = plural(news, "new result", "new results")
        right = f"{fresh}  E events " if news else ""
        text = ""
        if self.snapshot.events:
            event = self.snapshot.events[-1]
            line = event_line(event, self.snapshot.entries, view)
            text = f" {view.clock_time(event.at)}  {line}"
        room = max(0, self.size.width - len(right) - 1)
        return [Cell(fit(text, room)), Cell(f" {right}", Tone.DIM)]

    def _wanted_keys(self) -> Sequence[str]:
        if self.size.width < 60:
            return LEAST_KEYS
        if self.has_class("-zoomed"):
            return ZOOMED
        if self.is_archive and self.snapshot.archive:
            return ARCHIVED  # nothing of it depends on the service
        links = {health.link for health in self.snapshot.health.values()}
        if Link.STOPPED in links:
            return STOPPED
        if Link.OFFLINE in links:
            return CUT_OFF
        return USUAL if self.snapshot.entries else EMPTY
