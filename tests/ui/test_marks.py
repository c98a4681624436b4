"""A marked row is seen as a whole, also under the cursor and without colour."""

from __future__ import annotations

import pytest
from rich.style import Style

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
