"""Keys and pastes in their order, each done before the next one is looked at."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App

from ims_tui.ui.dashboard import Dashboard
from ims_tui.ui.keys import as_ascii
from ims_tui.ui.runs import KeyRun

MOST_TYPED = 5_000
"""Keys kept while nothing can take them; of more, the first are lost."""

MOST_AGAIN = 20
"""Of one read, so often at most a key acts that is no movement: a hand that holds one
for most of a second means no more."""

BREATH_S = 0.05
"""Longest time for keys of a run, one by one, before everything else has a turn."""


class Keyboard:
    """Holds what was typed until there is somebody to take it."""

    def __init__(
        self,
        app: App[Any],
        dashboard: Dashboard,
        dispatch: Callable[[events.Event], Awaitable[None]],
        wake: Callable[[], None],
    ) -> None:
        """Begin with nothing typed.

        Args:
            app: where the keys are for what has the focus.
            dashboard: its first screen.
            dispatch: Textual's own way of an event.
            wake: called before a key of the dashboard: who types looks.
        """
        self._app = app
        self._dashboard = dashboard
        self._dispatch = dispatch
        self._wake = wake
        self._breathed_s = 0.0
        self._typed: deque[events.Key | events.Paste] = deque(maxlen=MOST_TYPED)

    async def take(self, event: events.Key | events.Paste) -> None:
        """Take a key or a paste, also before the screen stands."""
        self._typed.append(event)
        if self._dashboard.stands:
            await self.press()

    async def press(self) -> None:
        """Do what a key of the dashboard says before the next one is looked at.

        Keys come in bursts from a slow line or fast fingers: the letters behind the
        one that opens the filter are no keys of the table. What comes behind one that
        opens a dialog, or behind a paste, waits until the dialog can take it.
        """
        from textual.widgets import Input  # the first frame has none

        app, dashboard = self._app, self._dashboard
        while self._typed and not dashboard.is_leaving and not self._is_opening:
            event = self._typed.popleft()
            if isinstance(event, KeyRun):
                if self._move(event):
                    continue
                event = KeyRun(event.one, min(event.times, MOST_AGAIN))
                self._typed.appendleft(event.others)
                event = event.one
                await self._breathe()
            if isinstance(event, events.Key) and not isinstance(app.focused, Input):
                event = as_ascii(event)
            if app.screen is not dashboard or app.focused is dashboard.filter_line:
                await self._dispatch(event)
            elif isinstance(event, events.Paste):
                dashboard.on_paste(event)
            else:
                await self._press_on_dashboard(event)

    async def _breathe(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._breathed_s >= BREATH_S:
            self._breathed_s = now_s
            await asyncio.sleep(0)

    def _move(self, run: KeyRun) -> bool:
        """Do a run as one movement; whether its key moves what has the focus."""
        # The first frame needs none of this.
        from ims_tui.ui.commands.table import MOVEMENTS
        from ims_tui.ui.line_input import LineInput
        from ims_tui.ui.repeats import repeat, type_in

        screen, focused = self._app.screen, self._app.focused
        if run.is_printable and isinstance(focused, LineInput):
            return type_in(focused, run.character or "", run.times)
        bound = screen.active_bindings.get(as_ascii(run.one).key)
        if bound is None:
            return False
        movement = MOVEMENTS.get(bound.binding.id or "")
        if bound.node is self._dashboard.table and movement is not None:
            self._wake()
            movement(self._dashboard, run.times)
            self._dashboard.paint_table()
            return True
        return repeat(screen, bound, run)

    @property
    def _is_opening(self) -> bool:
        """Whether a dialog is on its way."""
        return getattr(self._app.screen, "is_opening", False)

    async def _press_on_dashboard(self, event: events.Key) -> None:
        self._wake()
        if not await self._app._check_bindings(event.key, priority=True):
            await self._app._check_bindings(event.key)
        if not self._app.message_queue_size:  # else one picture of all that wait
            self._dashboard.paint_table()
