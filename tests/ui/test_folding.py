"""Raw and Entities fold under the cursor, and stay folded while replies come in."""

from __future__ import annotations

from ims_tui.ui.lines import Lines
from tests.golden_stage import tick
from tests.ui.stage import stage


async def test_enter_folds_and_unfolds_where_the_cursor_stands() -> None:
    async with stage(size=(100, 40)) as it:
        it.label("rocky9-base")
        await it.press("z", "left_square_bracket")
        lines = it.dashboard.query_one("#detail-lines", Lines)
        before = lines.text
        assert '"entities": {' in before
        row = next(n for n, t in enumerate(before.split("\n")) if '"entities"' in t)
        await it.press(*["down"] * row, "enter")
        folded = lines.text
        assert '+   "entities": { ..' in folded and "process_percent" not in folded
        await tick(it.app)
        assert lines.text == folded
        await it.press("enter")
        assert lines.text == before


async def test_a_click_folds_too() -> None:
    async with stage(size=(100, 40)) as it:
        it.label("rocky9-base")
        await it.press("z", "left_square_bracket")
        lines = it.dashboard.query_one("#detail-lines", Lines)
        row = next(n for n, t in enumerate(lines.text.split("\n")) if t == "- {")
        await it.pilot.click("#detail-lines", offset=(1, row))
        await it.pilot.pause()
        assert "+ { .. " in lines.text


async def test_without_folds_the_keys_scroll() -> None:
    async with stage(size=(100, 24)) as it:
        it.label("win2019-golden")
        await it.press("z")
        lines = it.dashboard.query_one("#detail-lines", Lines)
        before = lines.text
        await it.press("down", "enter")
        assert lines.text == before and it.dashboard.is_zoomed


async def test_where_only_the_strip_fits_a_tab_opens_the_detail() -> None:
    async with stage(size=(80, 24)) as it:
        it.label("win2019-golden")
        await it.press("left_square_bracket")
        assert it.dashboard.is_zoomed and "<Raw>" in it.text
        await it.press("escape")
        assert not it.dashboard.is_zoomed
