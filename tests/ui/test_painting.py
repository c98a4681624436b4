"""What is sent to the terminal: only what changed, and only at its place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from ims_tui.ui.compositor import TightUpdate
from ims_tui.ui.job_table import JobTable
from ims_tui.ui.paint import joined
from tests.golden_stage import on_stage
from tests.scenes import MIDDLE, MORNING, Scene


def test_neighbours_in_one_style_are_one_segment() -> None:
    red, blue = Style(color="red"), Style(color="blue")
    strip = joined([("a", red), ("b", red), ("c", blue), ("d", red)], 4)
    assert [segment.text for segment in strip] == ["ab", "c", "d"]
    assert strip.cell_length == 4


def plain(update: TightUpdate) -> str:
    from rich.console import Console

    return re.sub(r"\x1b\[[0-9;]*m", "", update.render_segments(Console()))


def test_an_update_is_cut_at_both_ends() -> None:
    left, right = Strip([*joined([("0123456789", Style())], 10)]), Strip.blank(5)
    update = TightUpdate([{0: left, 10: right}], [(0, 4, 6), (0, 8, 11)], [[10, 15]])
    assert plain(update) == "\x1b[1;5H45\x1b[1;9H89\x1b[1;11H "


def test_a_wide_sign_that_is_cut_leaves_its_cells_blank() -> None:
    strip = Strip([*joined([("跨区复制", Style())], 8)])
    update = TightUpdate([{0: strip}], [(0, 1, 4)], [[8]])
    assert plain(update) == "\x1b[1;2H 区"


async def test_time_repaints_the_ticking_cells_and_no_others() -> None:
    async with on_stage(Scene("ticking", MIDDLE, MORNING)) as pilot:
        table = pilot.app.screen.query_one(JobTable)
        regions: list[Region] = []

        def refresh(*dirty: Region, **kinds: bool) -> JobTable:
            regions.extend(dirty)
            return table

        table.refresh = refresh  # type: ignore[method-assign]
        table.repaint_changes()
        assert regions == [], "nothing changed, nothing is painted"
        view = table._now()
        older = replace(view.now, mono_s=view.now.mono_s + 1)
        table._now = lambda: replace(view, now=older)
        table.repaint_changes()
        assert regions
        ticking = ("elapsed", "left", "seen")
        slots = [slot for slot in table._slots if slot.column.key in ticking]
        places = {(slot.x, slot.width) for slot in slots}
        assert {(region.x, region.width) for region in regions} <= places


def test_the_frame_rate_is_set_before_textual_is_imported() -> None:
    import subprocess
    import sys

    code = "import ims_tui.ui, textual.constants as c; print(c.MAX_FPS)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "240"
