"""Clicks that arrive when something else stands where they fell."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.geometry import Offset

from ims_tui.ui.dialogs.menu import MenuDialog
from ims_tui.ui.dialogs.options import Options
from tests.ui.stage import Stage, stage

KEYS = ("T", "Y", "s", "c", "a", "question_mark", "ctrl+p", "enter", "escape", "t")
PLACES = [(40, 12), (40, 20), (40, 24), (60, 16), (30, 29)]


def mouse(it: Stage, kind: type[events.MouseEvent], at: tuple[int, int]) -> None:
    """One report of the terminal, not waited for."""
    x, y = at
    it.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False))


def click(it: Stage, at: tuple[int, int]) -> None:
    mouse(it, events.MouseDown, at)
    mouse(it, events.MouseUp, at)


def key(it: Stage, name: str) -> None:
    it.app.post_message(events.Key(name, name if len(name) == 1 else None))


def place_of(it: Stage, text: str) -> tuple[int, int]:
    """Where a text stands on the screen."""
    lines = it.text.split("\n")
    y = next(y for y, line in enumerate(lines) if text in line)
    return lines[y].index(text), y


def told_of_a_copy(it: Stage) -> bool:
    return any("Cop" in text or " to copy" in text for text in it.told)


async def test_a_click_on_a_menu_that_has_just_become_another_chooses_nothing() -> None:
    async with stage(size=(100, 30)) as it:
        theme = it.app.theme
        await it.press("T")
        at = place_of(it, "nord")
        click(it, at)  # behind it another menu opens, where the second click falls
        key(it, "Y")
        click(it, at)
        await it.settle()
        assert it.app.theme == "nord" != theme
        assert isinstance(it.app.screen, MenuDialog)
        assert not told_of_a_copy(it), "the copy menu stands and nobody chose there"


async def test_the_second_half_of_a_double_click_is_no_choice_in_the_next_menu() -> (
    None
):
    async with stage(size=(100, 30)) as it:
        await it.press("ctrl+p")
        await it.type("copy more")
        options = it.app.screen.query_one(Options)
        await it.pilot.double_click(options, offset=Offset(3, 0))
        await it.settle()
        assert isinstance(it.app.screen, MenuDialog)
        assert "Copy of" in it.text
        assert not told_of_a_copy(it)


async def test_a_choice_is_made_by_one_click() -> None:
    async with stage(size=(100, 30)) as it:
        await it.press("T")
        await it.pilot.click(offset=place_of(it, "nord"))
        await it.settle()
        assert it.app.theme == "nord"
        assert not it.has_dialog


@pytest.mark.parametrize("gap_s", [0, 0.01, 0.03])
async def test_a_second_click_on_a_toast_does_no_harm(gap_s: float) -> None:
    async with stage(size=(100, 30)) as it:
        for _ in range(4):
            await it.press("t")
            await it.pilot.pause(0.05)
            at = place_of(it, "Times:")
            for _ in range(4):
                click(it, at)
                await it.pilot.pause(gap_s)
        await it.press("j")
        assert it.app.is_running


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from([*KEYS, *PLACES]), min_size=10, max_size=25))
async def test_no_order_of_keys_and_clicks_ends_the_program(
    inputs: list[str | tuple[int, int]],
) -> None:
    async with stage(size=(100, 30)) as it:
        for each in inputs:
            if isinstance(each, str):
                key(it, each)
            else:
                click(it, each)
        await it.settle()
        assert it.app.is_running
        assert it.app._exception is None
