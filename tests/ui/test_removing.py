"""Each d removes the job that is under the cursor then, and each u brings one back."""

from __future__ import annotations

import pytest
from textual import events

from ims_tui.ui.runs import KeyRun
from tests.ui.stage import stage


@pytest.mark.parametrize("is_run", [True, False])
async def test_three_in_one_read_remove_three_and_as_many_undos_bring_them_back(
    *, is_run: bool
) -> None:
    async with stage() as it:
        await it.press("home")
        before = it.labels
        one = events.Key("d", "d")
        for event in [KeyRun(one, 3)] if is_run else [events.Key("d", "d")] * 3:
            await it.app.on_event(event)
        await it.settle()
        assert it.labels == before[3:]
        for count in (2, 1, 0):
            await it.press("u")
            await it.settle()
            assert len(it.labels) == len(before) - count
        assert sorted(it.labels) == sorted(before)


async def test_a_held_key_removes_no_more_than_can_be_brought_back() -> None:
    async with stage() as it:
        before = it.labels
        await it.app.on_event(KeyRun(events.Key("d", "d"), 5_000))
        await it.settle()
        await it.press(*["u"] * len(before))
        await it.settle()
        assert sorted(it.labels) == sorted(before)
