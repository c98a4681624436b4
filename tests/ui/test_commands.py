"""Each action has one function, and its key, the palette and a click run that one."""

from __future__ import annotations

import asyncio

import pytest
from textual.worker import Worker

from ims_tui.core.show.actions import ACTIONS, BY_ID, keys_of
from ims_tui.core.state.order import Facet
from ims_tui.core.watchlist.watch import Watch
from ims_tui.ui.commands.table import COMMANDS
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.menu import MenuDialog
from tests.ui.stage import PATIENCE_S, Stage, stage

LEAVING = {"quit", "quit_now", "interrupt"}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The actions whose functions were called; they do nothing."""
    names: list[str] = []

    def named(name: str) -> None:
        def command(desk: Desk) -> None:
            names.append(name)

        monkeypatch.setitem(COMMANDS, name, command)

    for name in COMMANDS:
        named(name)
    return names


def test_every_action_has_a_function_and_every_function_an_action() -> None:
    assert COMMANDS.keys() == BY_ID.keys()


async def test_each_key_runs_the_function_of_its_action(ran: list[str]) -> None:
    async with stage() as it:
        for action in ACTIONS:
            for key in keys_of(action, {}):
                await it.pilot.press(key_named(key))
        pressed = [each.id for each in ACTIONS for _ in keys_of(each, {})]
        assert ran == pressed


def key_named(key: str) -> str:
    """A key as Textual's pilot takes it."""
    return key if len(key) > 1 or key.isalnum() else KEY_NAMES[key]


KEY_NAMES = {
    "/": "slash",
    "}": "right_curly_bracket",
    "{": "left_curly_bracket",
    "]": "right_square_bracket",
    "[": "left_square_bracket",
    "#": "number_sign",
    "%": "percent_sign",
    ":": "colon",
    "?": "question_mark",
    "-": "minus",
    "+": "plus",
}


async def test_the_palette_runs_the_function_of_each_action(ran: list[str]) -> None:
    async with stage() as it:
        menu = await palette(it)
        items = [item.name for item in menu.contents.items]
        names = [name for name in items if not name.startswith("job ")]
        assert sorted(names) == sorted(COMMANDS.keys() - {"palette"})
        for name in names:
            menu.contents.done(name)
        assert ran == names


async def palette(it: Stage) -> MenuDialog:
    """The open palette, although the functions do nothing."""
    from ims_tui.ui.commands.pages import show_palette

    show_palette(it.app)
    await it.settle()
    assert isinstance(it.app.screen, MenuDialog)
    return it.app.screen


async def test_trouble_is_found_from_wherever_the_cursor_is() -> None:
    """Its row may have moved down: what is above it is trouble all the same."""
    async with stage() as it:

        async def after(key: str) -> str:
            await it.press(key_named(key))
            assert it.dashboard.current
            return it.dashboard.current.watch.label

        assert await after("G") not in (FAILED_LABEL, STALLED_LABEL)
        assert await after("}") == FAILED_LABEL
        assert await after("}") == STALLED_LABEL
        assert not it.told
        assert await after("}") == FAILED_LABEL
        assert it.told[-1] == "That was all trouble; from the first again."
        assert await after("{") == STALLED_LABEL
        assert it.told[-1] == "That was all trouble; from the last again."


FAILED_LABEL, STALLED_LABEL = "win2019-golden", "sap-data-vol"


async def test_a_click_on_the_key_line_runs_what_it_names(ran: list[str]) -> None:
    async with stage() as it:
        x = it.text.splitlines()[-1].index("? Help")
        await it.pilot.click("#keys", offset=(x, 0))
        assert ran == ["help"]


def unfinished(it: Stage) -> set[Worker[object]]:
    return {worker for worker in it.app.workers if not worker.is_finished}


async def run(it: Stage, name: str) -> None:
    """Run an action, and wait for the work that it began and for what is queued.

    Not for what is kept of the view, which is written after a pause, once for all.
    """
    before = unfinished(it)
    it.app.action_command(name)
    await it.until(
        lambda: all(each.group == "view" for each in unfinished(it) - before)
    )
    await it.pilot.pause()


async def faulty(it: Stage, facet: Facet, log: pytest.LogCaptureFixture) -> list[str]:
    """The actions that fail in a facet; each begins at the table of that facet."""
    found = []
    for name in COMMANDS:
        if name in LEAVING or name.startswith("facet"):
            continue
        if it.dashboard.sight.choice.facet is not facet:
            await run(it, f"facet_{facet.value}")
        await run(it, name)
        async with asyncio.timeout(PATIENCE_S):
            while it.app.screen is not it.dashboard:
                await it.press("escape")
        if it.dashboard.is_zoomed:
            it.dashboard.zoom()
        it.dashboard.clear_filter()
        if "a fault behind the screen" in log.messages:
            found.append(name)
            log.clear()
    await it.until(lambda: all(each.group != "view" for each in unfinished(it)))
    assert "a fault behind the screen" not in log.messages, "when the view is kept"
    return found


@pytest.mark.parametrize("facet", [Facet.ALL, Facet.ARCHIVE])
async def test_no_function_fails_on_the_list_or_in_the_archive(
    facet: Facet, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as it:
        assert await faulty(it, facet, caplog) == []


async def test_a_function_that_fails_at_once_or_behind_the_screen_is_found(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def at_once(desk: Desk) -> None:
        raise KeyError

    async def later(desk: Desk) -> None:
        await asyncio.sleep(0)
        raise KeyError

    def failing(watch: Watch) -> Watch:
        raise KeyError

    def in_a_worker(desk: Desk) -> None:
        desk.change(desk.chosen, failing)

    planted = {"gantt": at_once, "sort": later, "mute": in_a_worker}
    for name in COMMANDS:
        monkeypatch.setitem(COMMANDS, name, planted.get(name, lambda desk: None))
    async with stage() as it:
        assert {*await faulty(it, Facet.ALL, caplog)} == planted.keys()


async def test_whoever_leaves_with_active_jobs_says_so_twice() -> None:
    async with stage() as it:
        await it.press("q")
        assert not it.app.is_leaving
        assert any("Press q again to leave." in told for told in it.told)
        await it.press("q")
        assert it.app.is_leaving
