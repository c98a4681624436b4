"""The chart of the last hours: where rows leave room, and where H hides it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.config.settings import UiSettings
from ims_tui.core.show.viewstate import from_state, to_state
from ims_tui.core.state.health import Link
from tests.golden_stage import repaint
from tests.scenes import AWAY, MORNING, health
from tests.ui.stage import Stage, stage


def has_chart(it: Stage) -> bool:
    return "  Last " in it.text


@pytest.mark.parametrize(
    ("size", "is_shown"),
    [
        ((170, 44), True),
        ((120, 40), True),
        ((120, 34), False),
        ((80, 60), True),
        ((80, 24), False),
        ((60, 60), False),
        ((170, 19), False),
    ],
)
async def test_it_takes_what_table_and_detail_leave(
    size: tuple[int, int], is_shown: bool
) -> None:
    async with stage(size=size) as it:
        assert has_chart(it) is is_shown
        assert it.dashboard.table.size.height > min(len(MORNING), size[1] // 4)


async def test_it_shrinks_before_a_row_has_no_room() -> None:
    more = [replace(MORNING[9], label=f"more-{n}") for n in range(14)]
    async with stage((*MORNING, *more), size=(170, 44)) as it:
        assert has_chart(it)
        assert all(job.label in it.text for job in more)
        it.app.runtime.store.put_health(health(Link.OFFLINE, AWAY))  # a banner
        repaint(it.app)
        await it.settle()
        assert "No answer" in it.text
        assert all(job.label in it.text for job in more)
        await it.press("slash")
        assert all(job.label in it.text for job in more)


async def test_h_hides_it_and_the_next_run_knows() -> None:
    async with stage(size=(170, 44)) as it:
        assert has_chart(it)
        await it.press("H")
        assert not has_chart(it)
        assert it.told == ["The chart of the last hours is hidden."]
        kept = to_state(it.dashboard.sight.looks, UiSettings())
        assert not from_state(kept, UiSettings()).has_gantt
        await it.press("H")
        assert has_chart(it)


async def test_the_zoomed_detail_and_the_archive_have_all_the_room() -> None:
    async with stage(size=(170, 44)) as it:
        await it.press("z")
        assert not has_chart(it)
        await it.press("z", "6")
        assert not has_chart(it)
        await it.press("1")
        assert has_chart(it)
