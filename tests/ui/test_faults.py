"""A fault behind a key is logged and told, and the screen goes on."""

from __future__ import annotations

import asyncio
from typing import NoReturn

import pytest

from ims_tui.core.state.fault import LoopFault
from ims_tui.core.state.store import Event, EventKind
from ims_tui.ui.commands.display import turn_order
from tests.core.entries import at
from tests.ui.stage import Stage, stage

TOAST = "A fault of ims-tui: KeyError, see the log (L)"


def broken(*args: object, **kwargs: object) -> NoReturn:
    raise KeyError("ours")


async def broken_later(*args: object, **kwargs: object) -> NoReturn:
    await asyncio.sleep(0)
    raise KeyError("ours")


async def send_labels(shown: Stage) -> None:
    await shown.press("n")
    await shown.press("enter")


async def run_from_palette(shown: Stage) -> None:
    await shown.press("ctrl+p")
    await shown.type("remove")
    await shown.press("enter")


@pytest.mark.parametrize(
    ("verb", "keys"),
    [("remove", "d"), ("archive", "A"), ("undo", "u"), ("annotate", "m")],
)
async def test_a_fault_behind_a_key_is_logged_and_told(
    verb: str,
    keys: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with stage() as shown:
        monkeypatch.setattr(shown.app.runtime, verb, broken_later)
        await shown.press(*keys)
        await shown.settle()
        assert shown.told.count(TOAST) == 1
        assert "Traceback" in caplog.text
        monkeypatch.undo()
        rows = len(shown.labels)
        await shown.press("d")
        await shown.settle()
        assert len(shown.labels) == rows - 1, "the next key does what it says"


@pytest.mark.parametrize("act", [send_labels, run_from_palette])
async def test_a_fault_behind_a_dialog_is_told(
    act: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as shown:
        for verb in ("annotate", "remove"):
            monkeypatch.setattr(shown.app.runtime, verb, broken_later)
        assert callable(act)
        await act(shown)
        await shown.settle()
        assert TOAST in shown.told
        assert "Traceback" in caplog.text


async def test_a_view_state_that_meets_a_fault_does_not_stop_polling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ims_tui.ui.app.from_state", broken)
    async with stage() as shown:
        assert TOAST in shown.told
        assert not shown.app.runtime.snapshot().is_loading


async def test_a_loop_that_dies_is_told_once_and_shown_while_it_lasts() -> None:
    async with stage() as shown:
        store = shown.app.runtime.store
        store.tell(Event(at(0), EventKind.FAULT, detail="saving: KeyError"))
        for count in (1, 2, 12):
            store.put_fault(LoopFault("saving", "KeyError", at(0), count))
            shown.app.runtime.on_change()
        await shown.shows("A fault of ims-tui held up saving 12 times since")
        assert "FAULT" in shown.text.splitlines()[0]
        told = "a fault of ims-tui (saving: KeyError); it starts again by itself"
        assert shown.text.count(told) == 1
        assert shown.told == []
        store.drop_fault("saving")
        shown.app.runtime.on_change()
        await shown.until(lambda: "held up" not in shown.text)


async def test_a_choice_made_just_before_the_end_is_kept() -> None:
    async with stage() as shown:
        state_file = shown.state_file
        await shown.press("S")
        turn_order(shown.app)
        await shown.app.action_quit()
    await shown.app.runtime.ended()
    assert state_file.view()
