"""A marked row is seen as a whole, also under the cursor and without colour."""

from __future__ import annotations

import pytest
from rich.style import Style

from tests.scenes import OLD
from tests.ui.stage import Stage, stage


def styles(it: Stage, y: int) -> list[Style]:
    """The styles of one line of the table, sign first."""
    strip = it.dashboard.table.render_line(y)
    return [segment.style or Style() for segment in strip]


@pytest.mark.parametrize("has_color", [True, False])
async def test_a_marked_row_is_coloured_as_a_whole(has_color: bool) -> None:
    async with stage(has_color=has_color) as it:
        await it.press("j", "j")
        await it.press("space", "j")
        after = styles(it, 3)
        if has_color:
            ground = {style.bgcolor for style in after}
            assert not ground & {style.bgcolor for style in styles(it, 4)}
        else:
            assert all(style.underline for style in after)
        assert after[0].reverse
        await it.press("k", "k", "space")
        assert not styles(it, 3)[0].reverse


async def test_marks_out_of_sight_are_counted_told_and_meant_at_the_second_press() -> (
    None
):
    async with stage() as it:
        for label in ("win2019-golden", "debian12-base", "rocky9-base"):
            it.label(label)
            await it.press("space")
        assert "3 marked  esc unmarks" in it.text.splitlines()[1]
        await it.press("4")
        assert it.labels == ["win2019-golden"]
        assert "3 marked (2 not shown)" in it.text.splitlines()[1]
        await it.press("d")
        assert "2 of 3 marked not shown" in it.told[0]
        assert len(it.app.runtime.snapshot().entries) == 10
        await it.press("d")
        assert "Removed 3 marked jobs from the list. 1 goes on." in it.told[0]
        await it.press("1")
        assert len(it.labels) == 7
        assert "marked" not in it.text.splitlines()[1]


async def test_marks_of_the_list_do_not_hold_in_the_archive() -> None:
    async with stage(archived=OLD) as it:
        await it.press("space", "6")
        await it.settle()
        assert it.dashboard.table.marked.count == 0
        assert len(it.app.chosen) == 1


async def test_a_small_screen_shows_how_many_are_marked() -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("space", "space")
        assert it.text.splitlines()[1].startswith(" 2 marked ")
        assert it.text.splitlines()[1].endswith(" esc unmarks")
        await it.press("escape")
        assert "marked" not in it.text


async def test_every_confirmation_of_marked_jobs_says_so() -> None:
    async with stage() as it:
        await it.press("space", "space")
        for key, said in (
            ("m", "2 marked jobs muted."),
            ("x", "1 of 2 marked jobs acknowledged."),
            ("r", "Asking for 1 marked job."),
            ("A", "Archived win2019-golden"),
        ):
            await it.press(key)
            assert it.told[0].startswith(said), key
