"""List and files stay the same, whatever happens to the files meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.moment import Clock
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.state.health import Health
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.store import EventKind, JobStore
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch
from ims_tui.engine.saver import LOOK_S, RETRY_S, Saver
from tests.core.entries import FAIL, at, job, moment, ok

A, B, C = (Watch(letter * 32, label=letter) for letter in "abc")
BROKEN = b'[[jobs]]\nid = "\n'


class HandClock(Clock):
    """Clock port that the test turns."""

    seconds = 0.0

    def now(self) -> datetime:
        return at(self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Run:
    """One run of the program on files in a folder."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    store: JobStore = field(default_factory=JobStore)
    others: bool = False
    list_file: WatchFile | None = None

    def __post_init__(self) -> None:
        self.saver = Saver(
            self.store,
            self.list_file or WatchFile(self.path),
            StateDb(self.folder / "state" / "state.db"),
            self.clock,
            on_added=lambda entry: None,
            on_removed=lambda key: None,
            on_change=lambda: None,
            is_shared=lambda: self.others,
        )

    @property
    def path(self) -> Path:
        return self.folder / "watchlist.toml"

    @property
    def labels(self) -> list[str]:
        return [watch.label for watch in self.store.watches()]

    def on_disk(self) -> list[str]:
        return [watch.label for watch in WatchFile(self.path).load().watches]

    def told(self) -> list[EventKind]:
        return [event.kind for event in self.store.snapshot().events]

    def change(self, watch: Watch) -> None:
        self.store.put_watch(watch)
        self.saver.list_changed()

    def remove(self, key: JobKey) -> None:
        self.store.drop(key)
        self.saver.list_changed()

    async def later(self, seconds: float) -> None:
        self.clock.seconds += seconds
        await self.saver.step()


def listed(folder: Path, *watches: Watch) -> Path:
    file = WatchFile(folder / "watchlist.toml")
    file.load()
    file.save(watches)
    return file.path


async def test_a_list_mended_after_our_changes_is_merged_and_saved(
    tmp_path: Path,
) -> None:
    path = listed(tmp_path, A, B)
    good = path.read_bytes()
    run = Run(tmp_path)
    await run.saver.load()
    path.write_bytes(BROKEN)
    run.change(C)
    await run.later(1)
    snapshot = run.store.snapshot()
    assert "watchlist.toml line 2" in snapshot.list_problem
    assert run.saver.unsaved
    assert not await run.saver.saved()
    await run.later(RETRY_S + LOOK_S)
    assert path.read_bytes() == BROKEN, "never overwritten"
    path.write_bytes(good.replace(b'"a"', b'"edited"'))
    await run.later(LOOK_S)
    assert run.on_disk() == ["edited", "b", "c"] == run.labels
    assert (run.store.snapshot().problem, run.saver.unsaved) == ("", "")
    assert run.told() == [EventKind.LIST_UNREAD, EventKind.SAVED]
    await run.saver.close()


async def test_what_cannot_be_saved_until_the_end_is_said(tmp_path: Path) -> None:
    path = listed(tmp_path, A)
    run = Run(tmp_path)
    await run.saver.load()
    path.write_bytes(BROKEN)
    await run.later(LOOK_S)
    assert run.store.snapshot().list_problem
    assert run.saver.unsaved == "", "nothing was changed here"
    run.change(B)
    await run.saver.close()
    assert f"{path} line 2" in run.saver.unsaved
    assert path.read_bytes() == BROKEN


async def test_a_list_mended_at_the_last_moment_is_saved(tmp_path: Path) -> None:
    path = listed(tmp_path, A)
    good = path.read_bytes()
    run = Run(tmp_path)
    await run.saver.load()
    path.write_bytes(BROKEN)
    run.change(B)
    await run.later(1)
    path.write_bytes(good)
    await run.saver.close()
    assert (run.on_disk(), run.saver.unsaved) == (["a", "b"], "")


async def test_an_unreadable_list_opens_on_the_last_good_copy(tmp_path: Path) -> None:
    listed(tmp_path, A, B)
    path = listed(tmp_path, A, B, C)
    mended = path.read_bytes()
    path.write_bytes(BROKEN)
    run = Run(tmp_path)
    await run.saver.load()
    snapshot = run.store.snapshot()
    assert run.labels == ["a", "b"]
    assert snapshot.copy_of is not None
    assert snapshot.list_problem.startswith("watchlist.toml line 2: ")
    run.change(replace(A, muted=True))
    run.remove(B.key)
    await run.later(LOOK_S)
    assert path.read_bytes() == BROKEN
    path.write_bytes(mended)
    await run.later(LOOK_S)
    assert run.on_disk() == ["a", "c"] == run.labels
    assert WatchFile(path).load().watches[0].muted
    snapshot = run.store.snapshot()
    assert (snapshot.list_problem, snapshot.copy_of) == ("", None)
    await run.saver.close()


async def test_what_left_the_list_after_the_copy_does_not_come_back(
    tmp_path: Path,
) -> None:
    listed(tmp_path, A, B)
    path = listed(tmp_path, A)
    mended = path.read_bytes()
    path.write_bytes(BROKEN)
    run = Run(tmp_path)
    await run.saver.load()
    assert run.labels == ["a", "b"]
    path.write_bytes(mended)
    await run.later(LOOK_S)
    assert run.on_disk() == ["a"] == run.labels
    await run.saver.close()


async def test_an_unreadable_list_without_a_copy_is_empty_and_left_alone(
    tmp_path: Path,
) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_bytes(BROKEN)
    run = Run(tmp_path)
    await run.saver.load()
    assert run.labels == []
    assert run.store.snapshot().copy_of is None
    await run.saver.close()
    assert path.read_bytes() == BROKEN


async def test_replies_that_cannot_be_kept_do_not_stop_the_list(
    tmp_path: Path,
) -> None:
    listed(tmp_path, A)
    (tmp_path / "state").write_text("a file where the folder should be")
    run = Run(tmp_path)
    await run.saver.load()
    assert run.labels == ["a"]
    assert run.store.snapshot().state_problem.startswith("state.db: ")
    run.change(B)
    run.saver.forget(C.key)
    await run.later(1)
    assert await run.saver.saved()
    assert run.store.snapshot().problem == ""
    assert run.told() == [EventKind.NOT_SAVED]
    (tmp_path / "state").unlink()
    await run.later(1)
    assert run.store.snapshot().state_problem == ""
    await run.saver.close()
    assert run.saver.unsaved == ""


async def test_another_copy_on_the_list_is_noticed_and_missed(tmp_path: Path) -> None:
    run = Run(tmp_path)
    await run.saver.load()
    run.others = True
    await run.later(LOOK_S)
    assert run.store.snapshot().is_shared
    run.others = False
    await run.later(LOOK_S)
    assert not run.store.snapshot().is_shared
    await run.saver.close()


class SlowFile(WatchFile):
    """Tells when a save has begun, and ends it when told."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        self.has_begun.set()
        assert self.may_end.wait(10)
        return super().save(watches)


async def test_a_save_that_is_cut_off_does_not_lose_what_others_added(
    tmp_path: Path,
) -> None:
    slow = SlowFile(listed(tmp_path, A))
    run = Run(tmp_path, list_file=slow)
    await run.saver.load()
    listed(tmp_path, A, C)
    run.change(B)
    task = asyncio.create_task(run.saver.save_list())
    await asyncio.to_thread(slow.has_begun.wait, 10)
    task.cancel()
    slow.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    run.saver.list_changed()  # as when a last reply says that a job ended
    await run.saver.close()
    assert run.on_disk() == ["a", "c", "b"]


async def test_an_edit_elsewhere_beats_a_removal_while_the_list_is_saved(
    tmp_path: Path,
) -> None:
    slow = SlowFile(listed(tmp_path, A))
    run = Run(tmp_path, list_file=slow)
    await run.saver.load()
    listed(tmp_path, replace(A, note="keep"))
    run.change(B)
    saving = asyncio.create_task(run.saver.save_list())
    await asyncio.to_thread(slow.has_begun.wait, 10)
    run.remove(A.key)
    slow.may_end.set()
    await saving
    await run.saver.save_list()
    assert sorted(run.labels) == sorted(run.on_disk()) == ["a", "b"]
    await run.saver.close()


async def test_what_another_copy_acknowledged_is_no_news_here_either(
    tmp_path: Path,
) -> None:
    listed(tmp_path, A)
    one, other = Run(tmp_path), Run(tmp_path)
    for run in (one, other):
        await run.saver.load()
        ended = after_poll(Entry(A), ok(job(1, FAIL)), moment(10), at(10))
        run.store.put(ended)
        run.saver.note(ended)
        await run.later(LOOK_S)
    assert [e.is_news for run in (one, other) for e in run.store.entries()] == [
        True
    ] * 2
    with closing(StateDb(tmp_path / "state" / "state.db")) as db:
        assert db.acknowledge([A.key]) == 1
    for run in (one, other):
        await run.later(LOOK_S)
        assert [entry.is_news for entry in run.store.entries()] == [False]
        await run.saver.close()


async def test_a_reply_from_before_the_end_acknowledges_nothing(tmp_path: Path) -> None:
    listed(tmp_path, A)
    run = Run(tmp_path)
    await run.saver.load()
    going = after_poll(Entry(A), ok(job(1)), moment(10), at(10))
    run.store.put(going)
    run.saver.note(going)
    await run.later(LOOK_S)
    # It ends, and that is not stored yet.
    run.store.put(after_poll(going, ok(job(1, FAIL)), moment(20), at(20)))
    await run.later(LOOK_S)
    assert [entry.is_news for entry in run.store.entries()] == [True]
    await run.saver.close()


async def test_outages_outlast_the_run_and_a_disk_that_fails(tmp_path: Path) -> None:
    listed(tmp_path, A)
    run = Run(tmp_path)
    (tmp_path / "state").write_text("no folder")
    await run.saver.load()
    down = Outage("default", at(0), at(60), cause="timeout")
    health = Health("default", offline_since=moment(0))
    run.store.book(None, health, (), down)
    await run.later(LOOK_S)
    assert EventKind.NOT_SAVED in run.told()
    (tmp_path / "state").unlink()
    over = replace(down, until=at(90), is_over=True)
    run.store.book(None, health, (), replace(over, cause=""))  # after a reload
    await run.saver.close()
    later = Run(tmp_path)
    await later.saver.load()
    assert later.store.snapshot().outages == (over,)
    await later.saver.close()
