"""The wall opens over the dashboard, follows what happens, and goes with a key."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.golden_stage import repaint
from tests.ui.stage import stage


@pytest.mark.parametrize("key", ["w", "q", "escape"])
async def test_w_opens_the_wall_and_several_keys_close_it(key: str) -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("w")
        await it.settle()
        assert it.has_dialog
        assert "Details" not in it.text
        await it.press(key)
        assert "Details" in it.text


async def test_the_wall_follows_what_happens() -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("w")
        store = it.app.runtime.store
        for entry in list(it.app.runtime.snapshot().entries.values()):
            store.put(replace(entry, is_news=False, is_stalled=False))
        await it.pilot.pause(1.2)
        assert "win2019-golden" not in it.text
        assert "4 run" in it.text


async def test_what_the_wall_covers_is_painted_when_it_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("w")
        await it.settle()
        painted: list[object] = []
        monkeypatch.setattr(it.app.screen, "refresh", lambda *at: painted.append(at))
        store = it.app.runtime.store
        for entry in list(it.app.runtime.snapshot().entries.values()):
            if entry.watch.label == "centos7-legacy":  # the wall does not show it
                store.put(replace(entry, watch=replace(entry.watch, label="renamed")))
        repaint(it.app)
        await it.settle()
        assert not painted
        monkeypatch.undo()
        await it.press("w")
        assert "renamed" in it.text
