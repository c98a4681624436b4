"""Puts a scene on the real screen: fixed clocks, files in memory, a silent service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from textual.pilot import Pilot

from ims_tui.adapters.newfile import write_new
from ims_tui.adapters.themefiles import packaged, read_themes
from ims_tui.core.config.settings import Profile, Settings, TokenSpec, UiSettings
from ims_tui.core.headless.bundle import Workplace
from ims_tui.core.moment import Clock
from ims_tui.core.ports import FixedConfig
from ims_tui.core.service.outcome import Outcome
from ims_tui.core.show.glyphs import GLYPHS
from ims_tui.core.show.view import View
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.archive import Archive, Pages
from ims_tui.core.watchlist.watch import LoadReport, Watch
from ims_tui.engine.runtime import Ports, Runtime
from ims_tui.ui.app import ImsTui
from ims_tui.wiring import explain
from tests.memory_state import MemoryStateFile
from tests.scenes import MOMENT, NOW, PROFILE, Scene

AROUND = Workplace({"ims-tui": "0.1.0"}, {"TERM": "xterm-256color"})
"""A machine that is always the same."""


class FixedClock(Clock):
    """It is always the moment of the scenes."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return MOMENT.mono_s


@dataclass
class MemoryWatchFile:
    """A list in memory."""

    watches: list[Watch] = field(default_factory=list)

    def load(self) -> LoadReport:
        return LoadReport(tuple(self.watches))

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        self.watches = list(watches)
        return LoadReport(tuple(watches))

    def load_backup(self) -> LoadReport:
        return self.load()

    def has_changed(self) -> bool:
        return False


class SilentSource:
    """A service that never answers."""

    credential: CredentialState | None = None
    call = ""

    async def show(self, job_id: str) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def has_changed(self) -> bool:
        return False

    async def reload(self) -> None:
        return None

    async def close(self) -> None:
        return None


def settings_for(scene: Scene) -> Settings:
    """One profile with a token."""
    profile = Profile(
        PROFILE,
        region="cn-north-4",
        endpoint="https://ims.cn-north-4.myhuaweicloud.com",
        auth=TokenSpec(Secret("not-shown"), source="environment IMS_TUI_TOKEN"),
    )
    ui = UiSettings(theme=scene.theme, window_title=False)
    return Settings({PROFILE: profile}, PROFILE, ui=ui)


def app_for(
    scene: Scene,
    settings: Settings | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    has_color: bool = True,
    state_file: MemoryStateFile | None = None,
) -> ImsTui:
    """The app with the entries of a scene in its store."""
    settings = settings or settings_for(scene)
    state_file = state_file or MemoryStateFile()
    state_file.archive(scene.archive())
    ports = Ports(
        clock=FixedClock(),
        watch_file=MemoryWatchFile(),
        state_file=state_file,
        open_source=lambda profile, settings: SilentSource(),
        config=FixedConfig(settings),
        chance=lambda: 0.5,
    )
    runtime = Runtime(settings, ports)
    for entry in scene.entries():
        runtime.store.put(entry)
    rows = [job.row for job in scene.archive()]
    runtime.store.put_archive(Archive(Pages.of(rows)))
    runtime.store.put_health(scene.health)
    for event in scene.events():
        runtime.store.tell(event)
    runtime.store.flag(away=scene.away)
    runtime.tracker.pause(False)
    themes, problems = read_themes([packaged()])
    assert not problems
    view = View(MOMENT, zone=UTC, glyphs=GLYPHS[scene.glyphs], explain=explain)
    return ImsTui(
        lambda: runtime,
        settings,
        view=view,
        now=runtime.moment,
        surroundings=lambda log: AROUND,
        write_new=write_new,
        themes=themes,
        has_color=has_color,
        environ=environ or {},
    )


def repaint(app: ImsTui) -> None:
    """Paint what is new, without waiting for the next frame."""
    app.dashboard.catch_up()


async def tick(app: ImsTui) -> None:
    """Let what a second makes older be painted."""
    await app.dashboard.tick()


@asynccontextmanager
async def on_stage(scene: Scene) -> AsyncIterator[Pilot[int]]:
    """The scene on the screen, its keys pressed; nothing is polled meanwhile."""
    app = app_for(scene)
    app.runtime.run = _nothing  # type: ignore[method-assign]
    app.runtime.store.flag(is_loading=False)
    async with app.run_test(size=scene.size, notifications=False) as pilot:
        await pilot.pause()
        for key in scene.keys:
            await pilot.press(key)
        if scene.archived:  # a stored reply is read
            await app.workers.wait_for_complete()
        repaint(app)
        await pilot.pause()
        yield pilot


async def _nothing(first: Sequence[Watch] = ()) -> None:
    """What a runtime does in a picture."""
