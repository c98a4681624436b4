"""What the terminal was sent is what stands on the screen, whatever happened before.

Only changes are sent. One that is lost stays wrong until something else changes there,
so a random walk compares what a terminal shows with what a whole repaint would.
"""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from itertools import count

import pytest
from msgspec.structs import replace
from textual.events import Key

from ims_tui.core.moment import Moment
from tests.golden_stage import tick
from tests.scenes import MORNING
from tests.ui.stage import Stage, stage
from tests.ui.terminal import Terminal

KEYS = (
    *(
        "j",
        "k",
        "G",
        "g",
        "pagedown",
        "space",
        "V",
        "x",
        "t",
        "s",
        "S",
        "right",
        "left",
    ),
    *("0", "1", "2", "3", "4", "5", "6", "tab", "enter", "question_mark", "c"),
)
STEPS = 25
SIZES = ((120, 40), (80, 24), (170, 44), (60, 16))


class Walk:
    """Lets things happen in a random order."""

    def __init__(self, it: Stage, chance: random.Random) -> None:
        self._it, self._chance = it, chance
        self._app, self._dashboard = it.app, it.app.dashboard
        self._began, self._passed_s = it.app.now(), 0.0
        self._numbers = count()
        self.happened: list[str] = []
        it.app.now = self._now
        it.app.tell = lambda *args, **kinds: None  # type: ignore[method-assign]

    def _now(self) -> Moment:
        passed = timedelta(seconds=self._passed_s)
        return Moment(self._began.wall + passed, self._began.mono_s + self._passed_s)

    async def step(self) -> None:
        """Let one thing happen."""
        if len(self._app.screen_stack) > 1 and self._chance.random() < 0.5:
            await self._it.press("escape")
        ways = (self._wait, self._bring_news, self.tick, self._key, self._keys_in_tick)
        more = (self._turn_away, self._change_theme)
        await self._chance.choices((*ways, *more), (4, 4, 3, 6, 3, 1, 1))[0]()

    async def _wait(self) -> None:
        self.happened.append("time")
        self._passed_s += self._chance.choice((0.3, 1.0, 1.0, 5.0, 40.0))

    async def _bring_news(self) -> None:
        self.happened.append("news")
        store = self._app.runtime.store
        for entry in self._chance.sample(list(store.entries()), 3):
            label = f"{entry.watch.label[:12]}{next(self._numbers)}"
            store.put(replace(entry, watch=replace(entry.watch, label=label)))
        self._app.runtime.on_change()

    async def tick(self) -> None:
        """A second is over."""
        self.happened.append("tick")
        await tick(self._app)

    async def _key(self) -> None:
        key = self._chance.choice(KEYS)
        self.happened.append(key)
        await self._it.press(key)

    async def _keys_in_tick(self) -> None:
        tick = asyncio.create_task(self.tick())
        for key in self._chance.sample(KEYS, 3):
            self.happened.append(f"{key} within")
            await self._app.on_event(Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(0)
        await tick

    async def _turn_away(self) -> None:
        self.happened.append("focus")
        self._chance.choice((self._app.on_app_blur, self._app.on_app_focus))()

    async def _change_theme(self) -> None:
        self.happened.append("theme")
        self._app.theme = self._chance.choice(("ims-dark", "ims-light"))


@pytest.mark.parametrize("seed", range(4))
async def test_the_terminal_shows_what_a_whole_repaint_would(seed: int) -> None:
    chance = random.Random(seed)
    size = SIZES[seed % len(SIZES)]
    jobs = [
        replace(sketch, label=f"{sketch.label}{number}")
        for number in range(1 + seed % 2 * 4)
        for sketch in MORNING
    ]
    ended = [sketch for sketch in MORNING if sketch.status in ("SUCCESS", "FAIL")]
    # A tick is one of the things that happen.
    async with stage(jobs, size, archived=ended, tick_s=3600.0) as it:
        terminal, walk = Terminal(it.app, size), Walk(it, chance)
        terminal.paint_whole()
        for _ in range(STEPS):
            await walk.step()
            if chance.random() < 0.4:
                await walk.tick()
                await it.settle()
                sent = terminal.rows
                it.dashboard.table.skip_columns(0)  # all cells are worked out anew
                terminal.paint_whole()
                differ = [y for y, row in enumerate(terminal.rows) if row != sent[y]]
                assert not differ, walk.happened
                await it.settle()  # what is dirty by that is painted
        await it.settle()
