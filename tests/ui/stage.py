"""The real app on ports in memory: a fixed clock, a silent service, scripted jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace
from textual.events import Key
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.widgets import Input

from ims_tui.core.config.settings import Settings
from ims_tui.ui.app import ImsTui
from ims_tui.ui.dashboard import Dashboard
from ims_tui.ui.dialogs.base import Dialog
from tests.golden_stage import app_for
from tests.memory_state import MemoryStateFile
from tests.scenes import MORNING, Scene, Sketch, screen_text

PATIENCE_S = 15.0


@dataclass
class Stage:
    """What a test of the screen does and sees."""

    pilot: Pilot[int]
    app: ImsTui
    state_file: MemoryStateFile
    """Where the app keeps what was chosen, and the archive."""
    written: list[str] = field(default_factory=list)
    """What went to the terminal beside the picture."""

    @property
    def dashboard(self) -> Dashboard:
        return self.app.dashboard

    @property
    def has_dialog(self) -> bool:
        """Whether something is open over the dashboard."""
        return isinstance(self.app.screen, Dialog)

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def told(self) -> list[str]:
        """Messages of all toasts, oldest first."""
        notes: list[Notification] = list(self.app._notifications)
        return [note.message for note in notes]

    @property
    def labels(self) -> list[str]:
        """Labels of the rows, in order."""
        entries = self.dashboard.sight.shown
        return [entries[key].watch.label for key in self.dashboard.table.rows]

    @property
    def under_cursor(self) -> str:
        entry = self.dashboard.current
        return entry.watch.label if entry else ""

    def label(self, old: str) -> None:
        """Put the cursor on a job, as the hands do."""
        self.app.presence.see(Key("j", "j"))
        entries = self.app.runtime.snapshot().entries.values()
        key = next(entry.key for entry in entries if entry.watch.label == old)
        self.dashboard.table.go_to(key)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        focused = self.app.focused
        assert isinstance(focused, Input), focused
        focused.value = text
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        """A bracketed paste, as the terminal reports it."""
        from textual import events

        target = self.app.focused or self.app.screen
        target.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.pilot.pause()

    async def settle(self) -> None:
        """Wait until workers are done with what was asked."""
        for _ in range(20):
            await self.pilot.pause(0.01)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what comes with a tick of the screen; a busy machine is late."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():
                await self.pilot.pause(0.02)

    async def shows(self, text: str) -> None:
        """Wait until the screen has a text."""
        await self.until(lambda: text in self.text)


def with_ui(settings: Settings, **ui: object) -> Settings:
    """Settings with other values in `[ui]`."""
    return replace(settings, ui=replace(settings.ui, **ui))


@asynccontextmanager
async def stage(
    jobs: Sequence[Sketch] = MORNING,
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    *,
    has_color: bool = True,
    archived: Sequence[Sketch] = (),
    glyphs: str = "braille",
    tick_s: float = Dashboard.tick_s,
) -> AsyncIterator[Stage]:
    """The app with these jobs in its list."""
    scene = Scene("test", size, jobs, archived=archived, glyphs=glyphs)
    state_file = MemoryStateFile()
    environ = {"TERM": "xterm-256color"}
    app = app_for(scene, settings, environ, has_color=has_color, state_file=state_file)
    app.dashboard.tick_s = tick_s
    notify = app.notify
    # What was told goes with the next key, not before a busy machine has looked.
    app.notify = lambda text, **how: notify(text, **how | {"timeout": 86400.0})  # type: ignore
    async with app.run_test(size=size, notifications=True) as pilot:
        on_stage = Stage(pilot, app, state_file)
        assert app._driver is not None
        app._driver.write = on_stage.written.append  # type: ignore
        await on_stage.settle()
        yield on_stage
