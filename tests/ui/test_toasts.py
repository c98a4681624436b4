"""Toasts say what the hands just did; they cover nothing that is read."""

from __future__ import annotations

from textual.widgets._toast import Toast

from ims_tui.core.state.store import Event, EventKind
from ims_tui.ui.one_line import OneLine
from tests.golden_stage import repaint
from tests.scenes import NOW
from tests.ui.stage import stage


async def test_one_at_a_time_until_the_next_key() -> None:
    async with stage() as it:
        await it.press("t")
        assert it.told == ["Times: local."]
        await it.press("t")
        assert it.told == ["Times: utc."]
        await it.press("j")
        assert it.told == []


async def test_a_toast_stands_over_the_event_line_alone() -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("t")
        await it.settle()
        toast = it.app.screen.query_one(Toast)
        assert toast.region.y == it.dashboard.query_one("#events", OneLine).region.y
        assert toast.region.height == 1


async def test_news_is_told_in_the_event_line() -> None:
    async with stage() as it:
        key = it.dashboard.table.rows[0]
        it.app.runtime.store.tell(Event(NOW, EventKind.FAILED, key, "prod"))
        repaint(it.app)
        await it.settle()
        assert it.told == []
        assert "win2019-golden failed" in it.text.splitlines()[-2]


async def test_what_was_told_does_not_stand_over_a_dialog() -> None:
    async with stage() as it:
        await it.press("t", "a")
        await it.settle()
        assert it.has_dialog
        assert it.told == []
