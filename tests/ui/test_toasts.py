"""Toasts say what the hands just did; they cover nothing that is read."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content
from textual.screen import Screen
from textual.widgets._toast import Toast

from ims_tui.core.state.store import Event, EventKind
from ims_tui.ui.one_line import OneLine
from ims_tui.ui.toast import bounded
from tests.golden_stage import repaint
from tests.scenes import NOW
from tests.ui.stage import Stage, stage

OPENED = ("question_mark", "s", "c", "a", "n")
"""Keys that open the dialogs: one to read, a menu, a checklist, two forms."""


def held(it: Stage) -> Counter[str]:
    """How many widgets of each class there are on all screens, and how many tasks."""
    screens = {*it.app.screen_stack, *it.app._installed_screens.values()}
    known = (screen for screen in screens if isinstance(screen, Screen))
    widgets = (each for screen in known for each in screen.walk_children())
    names = Counter(type(each).__name__ for each in widgets)
    return names + Counter(task=len(asyncio.all_tasks()))


async def use(it: Stage) -> None:
    """Be told things, open what can be opened, reload, and come back."""
    for key in OPENED:
        await it.press("t", key)
        it.app.tell("said over a dialog")
        await it.press("escape")
        it.app.tell("said, and said otherwise at once")
        it.app.tell("what stands")
        await it.pilot.pause()
    await it.press("R")
    await it.settle()
    await it.press("j")


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


def foot(text: str, rows: int = 4) -> list[str]:
    return [line.rstrip() for line in text.splitlines()[-rows:]]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (44, 8)])
async def test_nothing_is_left_of_the_news_beside_a_toast(
    size: tuple[int, int],
) -> None:
    async with stage(size=size) as it:
        key = it.dashboard.table.rows[0]
        it.app.runtime.store.tell(Event(NOW, EventKind.FAILED, key, "prod"))
        repaint(it.app)
        await it.press("t")
        await it.settle()
        assert " Times: local." in foot(it.text)
        assert it.app.screen.query_one(Toast).region.width == size[0]


@given(
    st.text(st.sampled_from("ab 測\n/."), max_size=300),
    st.integers(5, 60),
    st.integers(1, 3),
)
def test_a_message_takes_no_more_lines_than_it_may(
    text: str, width: int, most: int
) -> None:
    shown = bounded(text, width, most)
    assert len(Content(shown).wrap(width)) <= max(1, most)
    assert shown == text or shown.endswith("..")


async def test_a_long_message_covers_whole_lines_and_ends_in_dots() -> None:
    async with stage(size=(80, 24)) as it:
        words = "a long way to say that it is so "
        it.app.tell(words * 20, is_bad=True)
        await it.settle()
        toast = it.app.screen.query_one(Toast)
        assert toast.region.size == (80, 3)
        line, *_, last, keys = foot(it.text, 5)
        assert last.endswith("..")
        assert words not in line, "nothing is wrapped over what stands above"
        assert "Filter" in keys


async def test_over_a_dialog_a_toast_covers_no_word_of_it() -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("question_mark")
        await it.settle()
        before = it.text.splitlines()
        it.app.tell("a long way to say that it is so " * 5)
        await it.settle()
        after = it.text.splitlines()
        assert after[:-1] == before[:-1]
        assert set(before[-1].strip()) <= set("+-"), "it was the border alone"
        assert after[-1].startswith(" a long way")


async def test_nothing_is_left_of_what_was_told_and_opened() -> None:
    async with stage() as it:
        for _ in range(2):  # each dialog and scrollbar is made once
            await use(it)
        await it.settle()
        before = held(it)
        for _ in range(3):
            await use(it)
        await it.settle()
        assert held(it) == before
        assert not before["ToastHolder"]
