"""The keys for who is told what, with the real notifier on a state file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.pace import Pace
from ims_tui.core.notices.rules import Rule
from ims_tui.core.state.store import Event, EventKind
from ims_tui.engine.notifier import Notifier, Route
from ims_tui.engine.threads import DaemonThreads
from tests.golden_stage import FixedClock
from tests.scenes import NOW, PROFILE
from tests.ui.stage import Stage, stage


class Ear:
    """A channel that keeps what it is told."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    async def send(self, message: Message) -> None:
        self.titles.append(message.title)


@asynccontextmanager
async def telling(path: Path) -> AsyncIterator[tuple[Stage, Notifier, Ear]]:
    """The dashboard, away from which nobody looks, with one channel."""
    ear, said = Ear(), list[str]()
    thread, db = DaemonThreads(1), StateDb(path / "state.db")
    route = Route("team", Rule(), Pace(), ear)
    async with stage() as it:
        notifier = Notifier(
            NotifySettings(), lambda _: [route], db, FixedClock(), thread, said.append
        )
        it.app.runtime.notifier = notifier
        it.app.on_app_blur()
        yield it, notifier, ear
        assert said == []


async def fails(it: Stage, row: int) -> None:
    key = it.dashboard.table.rows[row]
    it.app.runtime.store.tell(Event(NOW, EventKind.FAILED, key, PROFILE))
    it.app.runtime.on_change()
    label = it.dashboard.sight.shown[key].watch.label
    await it.shows(f"{label} failed")


async def test_a_snooze_is_silent_shown_and_ends_with_the_same_key(
    tmp_path: Path,
) -> None:
    async with telling(tmp_path) as (it, notifier, ear):
        rung: list[None] = []
        it.app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
        await it.press("Z")
        assert "then all is told" in it.told[0]
        await it.press("down")  # takes that away, and it was somebody
        it.app.on_app_blur()
        await fails(it, 0)
        assert "quiet until" in it.text
        assert not rung
        await it.press("Z")
        it.dashboard.show_focus()
        await it.pilot.pause()
        assert "quiet until" not in it.text
        await notifier.close(60.0)
        assert len(ear.titles) == 1, "what came meanwhile is not lost"


async def test_a_tag_is_muted_and_unmuted(tmp_path: Path) -> None:
    async with telling(tmp_path) as (it, notifier, ear):
        entry = it.app.runtime.snapshot().entries[it.dashboard.table.rows[0]]
        tag = max(entry.watch.tags)
        await it.press("M")
        await it.settle()
        assert f"[ ] tag {tag}" in it.text
        await it.press("space", "escape")
        assert f"tag:{tag}" in notifier.silences
        await it.press("M")
        await it.settle()
        assert f"[x] tag {tag}" in it.text
        await it.press("space", "escape")
        assert notifier.silences == {}
        assert ear.titles == []


async def test_a_channel_is_tried_from_the_palette(tmp_path: Path) -> None:
    async with telling(tmp_path) as (it, _, ear):
        it.app.action_command("try_channel")
        await it.settle()
        await it.press("enter")
        await it.settle()
        assert ear.titles == ["ims-tui: a trial"] * 3
        assert it.told[-1] == "notify.team took it: look whether it is there."


async def test_where_nobody_is_told_anything_the_keys_say_so() -> None:
    async with stage() as it:
        for key in ("Z", "M", "ctrl+t"):
            await it.press(key)
            assert it.told == ["Nobody is told anything here."]


async def test_a_job_is_told_before_its_end_where_a_key_says_so() -> None:
    async with stage() as it:
        entries = it.app.runtime.snapshot().entries
        live = next(e for e in entries.values() if e.is_live)
        it.label(live.watch.label)
        await it.press("percent_sign")
        await it.settle()
        assert "[ ] at 90%" in it.text
        await it.press("space", "j", "space", "escape")
        await it.settle()
        changed = it.app.runtime.store.get(live.key)
        assert changed is not None
        assert changed.watch.marks == ("90%", "10m")
        over = next(e for e in entries.values() if e.has_ended)
        it.label(over.watch.label)
        await it.press("percent_sign")
        assert "before its end" in it.told[-1]
