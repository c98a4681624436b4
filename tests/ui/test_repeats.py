"""A flood of one key is one change in every screen, and means what was typed."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input, OptionList

from ims_tui.ui.keyboard import MOST_AGAIN
from ims_tui.ui.line_input import MOST_PASTED
from ims_tui.ui.lines import Lines
from ims_tui.ui.runs import KeyRun
from tests.ui.stage import Stage, stage

OPENED = {
    "help": ("question_mark",),
    "sort orders": ("s",),
    "commands": ("ctrl+p",),
    "columns": ("c",),
    "filter": ("slash", "a", "b", "c"),
    "field": ("n", "a", "b", "c"),
}


def state(it: Stage) -> object:
    """Where the cursor or the lines of what is open are, and what was typed."""
    screen = it.app.screen
    lists = [options.highlighted for options in screen.query(OptionList)]
    lines = [each.scroll_offset.y for each in screen.query(Lines)]
    typed = [(line.value, line.cursor_position) for line in screen.query(Input)]
    return lists, lines, typed


async def run(it: Stage, key: str, times: int) -> None:
    """A key so often in one read."""
    character = key if len(key) == 1 else None
    await it.app.on_event(KeyRun(events.Key(key, character), times))
    await it.settle()


@pytest.mark.parametrize("opened", OPENED)
async def test_a_run_is_as_often_on_end(opened: str) -> None:
    keys = ("down", "up", "pagedown", "pageup", "left", "right", "backspace", "j")
    async with stage(size=(100, 16)) as it, stage(size=(100, 16)) as other:
        for each in (it, other):
            await each.press(*OPENED[opened])
            await each.settle()
        for key, times in zip(keys, (7, 3, 2, 30, 2, 9, 2, 5), strict=True):
            await run(it, key, times)
            await other.press(*[key] * times)
            await other.settle()
            assert state(it) == state(other), key


async def test_what_is_typed_before_a_run_stands_before_it() -> None:
    async with stage() as it:
        await it.press("slash")
        for event in (events.Key("a", "a"), KeyRun(events.Key("j", "j"), 3)):
            await it.app.on_event(event)
        await it.app.on_event(events.Key("b", "b"))
        await it.settle()
        assert it.dashboard.filter_line.value == "ajjjb"


async def test_a_field_takes_no_more_of_a_flood_than_of_a_paste() -> None:
    async with stage() as it:
        await it.press("n")
        await run(it, "x", 100_000)
        focused = it.app.focused
        assert isinstance(focused, Input)
        assert len(focused.value) == MOST_PASTED


async def test_a_key_that_is_no_movement_acts_a_bounded_number_of_times() -> None:
    async with stage() as it:
        await run(it, "t", 100_000)
        at_once = it.dashboard.sight.looks.times
        assert it.told == [f"Times: {at_once.value}."], "one message at a time"
    async with stage() as it:
        await it.press(*["t"] * MOST_AGAIN)
        assert it.dashboard.sight.looks.times is at_once
