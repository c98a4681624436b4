"""What a new user meets first: who has the keys, and rows that come back."""

from __future__ import annotations

import pytest

from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.rows import Choice
from tests.ui.stage import stage


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (170, 44)])
async def test_an_empty_table_keeps_the_keys(size: tuple[int, int]) -> None:
    async with stage((), size) as it:
        assert it.app.focused is it.dashboard.table


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (170, 44)])
async def test_rows_come_back_from_an_empty_archive(size: tuple[int, int]) -> None:
    async with stage(size=size) as it:
        before = it.dashboard.table.size, it.labels
        await it.press("6")
        await it.settle()
        assert it.labels == []
        await it.press("1")
        await it.settle()
        assert (it.dashboard.table.size, it.labels) == before
        assert it.labels[0][:8] in it.text
        assert it.app.focused is it.dashboard.table


async def test_the_detail_gives_the_keys_back_where_it_is_hidden() -> None:
    async with stage(size=(120, 40)) as it:
        await it.press("enter")
        assert it.app.focused is not it.dashboard.table
        await it.press("6")
        await it.settle()
        assert it.app.focused is it.dashboard.table


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 130, 170, 220])
@pytest.mark.parametrize("text", ["type:import", "-no-such-word-" * 12])
async def test_a_filter_is_named_at_every_width(columns: int, text: str) -> None:
    async with stage(size=(columns, 24)) as it:
        it.dashboard.show_choice(Choice(filter=parse_filter(text)))
        await it.settle()
        line = it.text.splitlines()[1]
        assert "filter: " + text[:4] in line
        shown, total = len(it.labels), len(it.dashboard.sight.shown)
        assert f"({shown} of {total})" in line
        assert "esc clears" in line
