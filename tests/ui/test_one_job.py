"""A list of one job: the view below its row, and the keys of the table."""

from __future__ import annotations

import pytest

from ims_tui.ui.dialogs.base import Dialog
from ims_tui.ui.job_table import JobTable
from ims_tui.ui.room_views import OnlyJob
from tests.golden_stage import repaint, tick
from tests.scenes import MORNING
from tests.ui.stage import Stage, stage

ONE = MORNING[2:3]


def is_shown(it: Stage) -> bool:
    return it.dashboard.query_one(OnlyJob).display and "ends ~12:05" in it.text


async def add_another(it: Stage) -> None:
    it.app.runtime.store.put(MORNING[3].entry(7))
    repaint(it.app)
    await it.settle()


@pytest.mark.parametrize(
    "size", [(40, 6), (60, 15), (80, 24), (120, 40), (170, 44), (240, 60)]
)
async def test_it_takes_the_room_below_the_only_row(size: tuple[int, int]) -> None:
    async with stage(ONE, size) as it:
        assert is_shown(it)
        assert it.labels == ["rocky9-base"]
        assert "rocky9-base" in it.text
        assert it.dashboard.detail.size.height == 0


async def test_the_table_keeps_its_keys() -> None:
    async with stage(ONE) as it:
        assert isinstance(it.app.focused, JobTable)
        await it.press("space")
        assert "1 marked" in it.text
        await it.press("space", "slash", *"rocky", "enter")
        assert "rocky" in it.dashboard.sight.choice.filter.text
        assert is_shown(it)
        await it.press("escape", "a")
        assert isinstance(it.app.screen, Dialog)


async def test_enter_opens_the_detail_and_escape_comes_back() -> None:
    async with stage(ONE, (170, 44)) as it:
        await it.press("enter")
        assert "<Summary>" in it.text
        assert not it.dashboard.query_one(OnlyJob).display
        await it.press("escape")
        assert is_shown(it)
        assert isinstance(it.app.focused, JobTable)


async def test_a_second_job_brings_table_and_detail_back() -> None:
    async with stage(ONE) as it:
        await add_another(it)
        assert not it.dashboard.query_one(OnlyJob).display
        assert len(it.labels) == 2
        assert it.dashboard.table.size.height > 2
        assert "<Summary>" in it.text


async def test_a_filter_or_facet_that_hides_the_job_hides_it() -> None:
    async with stage(ONE) as it:
        await it.press("4")
        assert not it.dashboard.query_one(OnlyJob).display
        assert it.labels == []
        assert it.dashboard.has_class("-empty")
        await it.press("1")
        assert is_shown(it)


async def test_h_shows_the_detail_instead() -> None:
    async with stage(ONE) as it:
        await it.press("H")
        assert not it.dashboard.query_one(OnlyJob).display
        assert "<Summary>" in it.text
        await it.press("tab", "H")  # the pane with the keys goes: the table has them
        await it.settle()
        assert is_shown(it)
        assert isinstance(it.app.focused, JobTable)


async def test_what_did_not_change_is_not_painted_again() -> None:
    async with stage(ONE) as it:
        only = it.dashboard.query_one(OnlyJob)
        painted: list[object] = []
        only.refresh = lambda *regions, **options: painted.append(regions)  # type: ignore
        await tick(it.app)
        assert not painted
