"""What is sent to the terminal: only what changed, and only at its place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip

from ims_tui.core.show.layout import lay_out
from ims_tui.core.show.view import Cell
from ims_tui.ui.app import ImsTui
from ims_tui.ui.compositor import (
    NEAR,
    Span,
    StripPiece,
    TightCompositor,
    TightUpdate,
    near_joined,
)
from ims_tui.ui.job_detail import DetailLines
from ims_tui.ui.job_table import AT_ONCE
from ims_tui.ui.one_line import OneLine
from ims_tui.ui.paint import joined
from tests.bench.stage import ours
from tests.golden_stage import on_stage
from tests.golden_stage import tick as tick_of
from tests.scenes import MIDDLE, MORNING, Scene
from tests.ui.stage import stage
from tests.ui.terminal import Terminal

NEVER_S = 3600.0
"""Longer than any test."""


def test_neighbours_in_one_style_are_one_segment() -> None:
    red, blue = Style(color="red"), Style(color="blue")
    strip = joined([("a", red), ("b", red), ("c", blue), ("d", red)], 4)
    assert [segment.text for segment in strip] == ["ab", "c", "d"]
    assert strip.cell_length == 4


def test_wide_characters_stand_apart_so_that_no_cut_goes_through_them() -> None:
    red = Style(color="red")
    strip = joined([("a ", red), ("\u8d22\u52a1", red), (" ", red), ("0:14", red)], 11)
    assert [segment.text for segment in strip] == ["a ", "\u8d22\u52a1", " 0:14"]
    assert strip.cell_length == sum(segment.cell_length for segment in strip)


def plain(update: TightUpdate) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", update.render_segments(Console()))


def test_pieces_that_follow_each_other_need_no_move() -> None:
    first, second = Strip.blank(2), Strip([Segment("ab")])
    pieces = [
        StripPiece(0, 4, first),
        StripPiece(0, 6, second),
        StripPiece(1, 8, second),
    ]
    assert plain(TightUpdate(pieces)) == "\x1b[1;5H  ab\x1b[2;9Hab"


SPANS = st.builds(
    lambda x, width: (x, x + width), st.integers(0, 200), st.integers(1, 9)
)


@given(st.lists(SPANS, max_size=12))
def test_near_changes_are_sent_in_one_and_none_is_left_out(
    ranges: list[tuple[int, int]],
) -> None:
    regions = [Region(x1, 0, x2 - x1, 1) for x1, x2 in ranges]
    spans = [Span(*span) for span in Compositor._regions_to_spans(regions)]
    joined = near_joined(spans)
    for span in spans:
        assert any(j.x1 <= span.x1 and span.x2 <= j.x2 for j in joined)
    assert all(b.x1 - a.x2 > NEAR for a, b in pairwise(joined))


async def test_a_partial_update_sends_what_a_full_one_would_have_there() -> None:
    async with on_stage(Scene("partial", MIDDLE, MORNING)) as pilot:
        compositor = pilot.app.screen._compositor
        assert isinstance(compositor, TightCompositor)
        whole = compositor.render_strips()
        for region in (
            Region(3, 5, 20, 4),
            Region(0, 0, 120, 1),
            Region(100, 2, 40, 50),
            Region(0, 20, 120, 20),
        ):
            compositor._dirty_regions = {region}
            update = compositor.render_partial_update()
            assert update is not None
            seen = region.intersection(compositor.size.region)
            sent: dict[int, int] = {}
            for y, x, strip in update.pieces:
                assert x == seen.x + sent.get(y, 0)
                sent[y] = sent.get(y, 0) + strip.cell_length
                assert strip == whole[y].crop(x, x + strip.cell_length)
            assert sorted(sent) == list(seen.line_range)
            assert set(sent.values()) == {seen.width}
        assert compositor.render_partial_update() is None


def pass_time(app: ImsTui, seconds: float) -> None:
    """Let the app's clock be later."""
    now = app.now()
    later = replace(now, mono_s=now.mono_s + seconds)
    app.now = lambda: later


def in_table(app: ImsTui, painted: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The painted cells of the table: column and row, the head not counted."""
    area = app.dashboard.table.region
    return {(x - area.x, y - area.y - 1) for x, y in painted if area.contains(x, y)}


async def test_a_moved_cursor_paints_two_lines_of_the_table_and_its_detail() -> None:
    async with stage(size=MIDDLE) as it:
        terminal = Terminal(it.app, MIDDLE)
        await it.press("j")
        painted = terminal.painted
        assert {y for _, y in in_table(it.app, painted)} == {0, 1}
        areas = it.dashboard.table.region, it.dashboard.detail.region
        assert all(any(area.contains(*cell) for area in areas) for cell in painted)


@pytest.mark.parametrize(
    ("before", "after", "painted"),
    [
        ("a b", "a b a-longer-one", {2}),
        ("a b c d", "a b", {2, 3}),
        ("a b c", "a x c", {1}),
    ],
)
async def test_lines_of_another_number_paint_only_what_differs(
    before: str, after: str, painted: set[int]
) -> None:
    async with stage(size=MIDDLE) as it:
        lines = it.dashboard.query_one(DetailLines)
        lines.show([(Cell(word),) for word in before.split()])
        await it.pilot.pause()
        terminal = Terminal(it.app, MIDDLE)
        lines.show([(Cell(word),) for word in after.split()])
        await it.pilot.pause()
        assert {y - lines.region.y for _, y in terminal.painted} == painted


@pytest.mark.parametrize(("beyond", "is_moved"), [(-1, False), (0, False), (1, True)])
async def test_only_what_is_wider_than_the_room_is_scrolled_sideways(
    beyond: int, is_moved: bool
) -> None:
    async with stage(size=MIDDLE) as it:
        lines = it.dashboard.query_one(DetailLines)
        lines.show([(Cell("x" * (lines.size.width + beyond)),)])
        await it.pilot.pause()
        lines.scroll_to(x=1, animate=False)
        await it.pilot.pause()
        assert (lines.scroll_offset.x > 0) is is_moved


async def test_time_paints_the_ticking_cells_and_no_others() -> None:
    async with stage(size=MIDDLE) as it:
        terminal, table = Terminal(it.app, MIDDLE), it.dashboard.table
        table.repaint_changes()
        await it.pilot.pause()
        assert not terminal.painted, "nothing changed, nothing is painted"
        pass_time(it.app, 1.0)
        table.repaint_changes()
        await it.pilot.pause()
        painted = {x for x, _ in in_table(it.app, terminal.painted)}
        slots = lay_out(
            it.dashboard.sight.columns, table.scrollable_content_region.width
        )
        ticking = [s for s in slots if s.column.key in ("elapsed", "left", "seen")]
        first, last = ticking[0], ticking[-1]  # they stand side by side
        assert painted
        assert painted <= set(range(first.x, last.x + last.width))


async def test_rows_grow_older_a_few_at_a_time_and_in_the_end_all_of_them() -> None:
    app, _ = ours(rows=60)
    app.dashboard.tick_s = NEVER_S  # a tick of its own may come first when it is busy
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.pause()
        terminal = Terminal(app, MIDDLE)
        pass_time(app, 1.0)
        parts = []
        for _ in app.dashboard.table.growing_older():
            await pilot.pause()
            parts.append({y for _, y in in_table(app, terminal.painted)})
            terminal.clear()
        assert sum(map(bool, parts)) > 1, "a screen has more rows than come at once"
        assert all(len(part) <= AT_ONCE for part in parts)
        shown = app.dashboard.sight.shown
        jobs = [shown[key] for key in app.dashboard.table.in_sight]
        active = {y for y, job in enumerate(jobs) if not job.has_ended}
        assert {y for part in parts for y in part} == active


async def test_scrolled_lines_show_the_jobs_that_stand_there_now() -> None:
    app, _ = ours(rows=60)
    app.dashboard.tick_s = NEVER_S  # nothing but the key has them worked out anew
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.pause()
        terminal, table = Terminal(app, MIDDLE), app.dashboard.table
        for key in "GgG":
            await app.on_event(events.Key(key, key))
            await pilot.pause()
            lines = terminal.text[table.region.y + 1 :]
            for job, line in zip(table.in_sight, lines, strict=False):
                assert app.dashboard.sight.shown[job].watch.label in line


async def test_a_key_comes_before_the_rest_of_a_tick() -> None:
    app, _ = ours(rows=60)
    app.dashboard.tick_s = NEVER_S  # only the tick below
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.pause()
        terminal = Terminal(app, MIDDLE)
        await tick_of(app)  # what was due before
        pass_time(app, 1.0)
        tick = asyncio.create_task(tick_of(app))
        await asyncio.sleep(0)
        terminal.clear()
        await app.on_event(events.Key("j", "j"))
        assert {0, 1} <= {y for _, y in in_table(app, terminal.painted)}
        assert not tick.done(), "the key did not wait for the rows below"
        await tick
        await pilot.pause()
        rows = {y for _, y in in_table(app, terminal.painted)}
        assert max(rows) > AT_ONCE, "and they came after it"


@pytest.mark.parametrize("what", ["a key", "a terminal that was full"])
async def test_what_else_is_dirty_is_painted_with_it_and_not_forgotten(
    what: str,
) -> None:
    async with on_stage(Scene("dirty", MIDDLE, MORNING)) as pilot:
        app = pilot.app
        assert isinstance(app, ImsTui)
        dashboard = app.dashboard
        line = dashboard.query_one("#facets", OneLine)
        line.show([Cell("newer")])
        # Its message comes before the key.
        while line not in dashboard._dirty_widgets:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0)
        if what == "a key":
            dashboard.table.move(1)
            dashboard.paint_table()
        else:
            app.paint_what_waits()
        await pilot.pause()
        assert not line._repaint_regions, "it was painted, or would never be"


def test_the_frame_rate_is_set_before_textual_is_imported() -> None:
    import subprocess
    import sys

    code = (
        "from ims_tui.cli import process; process.prepare(); "
        "import textual.constants as c; print(c.MAX_FPS)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "240"
