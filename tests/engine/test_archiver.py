"""Jobs move between list and archive, and none is ever in neither."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from ims_tui.adapters.atomicfile import Steps
from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import StateError
from ims_tui.core.service.job import JobError
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import JobStore
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.archiver import NOT_KEPT, AgeLimits, Archiver
from ims_tui.engine.saver import Saver
from tests.core.entries import FAIL, RUNNING, SUCCESS, at, job, seen
from tests.engine.test_saver import HandClock

DAY_S = 86400.0


def ended(number: int, end_s: float = 0.0, label: str = "", **said: object) -> Entry:
    entry = seen(job(number, SUCCESS, end_s=end_s), number, label or f"job {number}")
    return replace(entry, **{"is_news": False, **said})


@dataclass
class Copy:
    """One copy of the program on files in a folder."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    store: JobStore = field(default_factory=JobStore)
    limits: AgeLimits = field(default_factory=lambda: AgeLimits(7 * DAY_S, 180 * DAY_S))
    wrap: Callable[[StateDb], StateDb] = lambda db: db
    steps: Steps = field(default_factory=Steps)
    left: list[JobKey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.db = self.wrap(StateDb(self.folder / "state.db"))
        self.saver = Saver(
            self.store,
            WatchFile(self.folder / "watchlist.toml", steps=self.steps),
            self.db,
            self.clock,
            on_added=lambda entry: None,
            on_removed=lambda key: self.archiver.check_soon(),
            on_change=lambda: None,
        )
        self.archiver = Archiver(
            self.store,
            self.saver,
            self.db,
            self.clock,
            limits=lambda: self.limits,
            on_added=lambda entry: None,
            on_removed=self.left.append,
            on_change=lambda: None,
        )

    async def start(self, *entries: Entry) -> None:
        await self.saver.load()
        await self.saver.complete()
        for entry in entries:
            self.store.put(entry)
            self.saver.note(entry)
        self.saver.list_changed()
        await self.saver.step()
        await self.archiver.read()

    async def later(self, days: float) -> None:
        self.clock.seconds += days * DAY_S
        await self.archiver.move_due()
        self.archiver.forget_old()
        await self.saver.step()

    @property
    def listed(self) -> list[str]:
        return [watch.label for watch in self.store.watches()]

    @property
    def archived(self) -> list[str]:
        return [e.watch.label for e in self.store.snapshot().archive.values()]

    def on_disk(self) -> list[str]:
        watches = WatchFile(self.folder / "watchlist.toml").load().watches
        return [watch.label for watch in watches]


async def test_a_job_moves_when_it_is_old_and_comes_back_with_all_it_had(
    tmp_path: Path,
) -> None:
    copy = Copy(tmp_path)
    entry = ended(1, label="db", detection_s=4.0)
    body = f'{{"job_id": "{entry.key.job_id}", "status": "SUCCESS"}}'
    entry = replace(
        entry,
        watch=replace(entry.watch, note="武", tags=("a",)),
        exchange=Exchange(200, body.encode()),
    )
    await copy.start(entry, ended(2, 3 * DAY_S))
    await copy.later(6.9)
    assert copy.listed == ["db", "job 2"]
    await copy.later(0.2)
    assert (copy.listed, copy.archived) == (["job 2"], ["db"])
    assert copy.on_disk() == ["job 2"]
    assert [poll.key for poll in copy.db.load()] == [ended(2).key]
    assert copy.left == [entry.key]
    whole = await copy.archiver.whole(entry.key)
    assert whole is not None
    assert whole.exchange == entry.exchange
    moved = await copy.archiver.bring_back([entry.key])
    assert [e.watch.note for e in moved.entries] == ["武"]
    await copy.saver.step()
    assert copy.archived == []
    assert sorted(copy.on_disk()) == ["db", "job 2"]
    assert copy.db.archived([entry.key]) == []
    await copy.later(1)
    assert "db" in copy.listed, "what was brought back is not taken away at once"
    await copy.saver.close()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (ended(1, is_news=True), "nobody has seen it"),
        (seen(job(1, RUNNING), 1, "job 1"), "it runs"),
        (replace(ended(1), watch=replace(ended(1).watch, added=at(29 * DAY_S))), "new"),
        (ended(1, -200 * DAY_S), "the archive would forget it at once"),
    ],
)
async def test_it_stays_in_the_list(entry: Entry, why: str, tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(entry)
    await copy.later(30)
    assert (copy.listed, copy.archived) == (["job 1"], []), why
    await copy.saver.close()


@pytest.mark.parametrize("limits", [AgeLimits(0, 180 * DAY_S), AgeLimits(7 * DAY_S, 0)])
async def test_settings_turn_it_off(limits: AgeLimits, tmp_path: Path) -> None:
    copy = Copy(tmp_path, limits=limits)
    await copy.start(ended(1))
    await copy.later(30)
    assert copy.listed == ["job 1"]
    moved = await copy.archiver.move([ended(1).key])
    assert moved.problem == ("" if limits.keep_history_s else NOT_KEPT)
    await copy.saver.close()


async def test_a_run_killed_before_the_list_is_saved_repeats_the_move(
    tmp_path: Path,
) -> None:
    killed = Copy(tmp_path)
    await killed.start(ended(1), ended(2, label="two"))
    await killed.archiver.move([ended(1).key])
    assert killed.on_disk() == ["job 1", "two"], "killed now"
    again = Copy(tmp_path)
    again.clock.seconds = DAY_S
    await again.start()
    assert (again.listed, again.archived) == (["job 1", "two"], []), "the list wins"
    assert len(again.db.load()) == 2, "its reply is still with the list"
    await again.later(7)
    assert (again.on_disk(), sorted(again.archived)) == ([], ["job 1", "two"])
    assert (await again.archiver.whole(ended(1).key)) is not None
    await again.saver.close()


class Full(StateDb):
    """A state file on a full disk."""

    def archive(self, jobs: object) -> None:
        raise StateError("state.db: disk full")


async def test_nothing_moves_where_the_archive_cannot_be_written(
    tmp_path: Path,
) -> None:
    copy = Copy(tmp_path, wrap=lambda db: Full(tmp_path / "state.db"))
    await copy.start(ended(1))
    await copy.later(30)
    assert copy.listed == copy.on_disk() == ["job 1"]
    assert copy.store.snapshot().state_problem == "state.db: disk full"
    await copy.saver.close()


async def test_nothing_moves_out_of_a_list_that_cannot_be_read(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1))
    copy.store.flag(list_problem="watchlist.toml line 2")
    moved = await copy.archiver.move([ended(1).key])
    assert moved.problem == "watchlist.toml line 2"
    assert copy.db.archived([ended(1).key]) == []
    await copy.saver.close()


async def test_what_changes_while_it_is_archived_stays_in_the_list(
    tmp_path: Path,
) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1))
    moving = asyncio.create_task(copy.archiver.move([ended(1).key]))
    await asyncio.sleep(0)
    copy.store.put_watch(replace(ended(1).watch, label="edited"))
    assert (await moving).entries == ()
    await copy.saver.step()
    assert (copy.listed, copy.archived) == (["edited"], [])
    assert copy.db.archived([ended(1).key]) == []
    await copy.saver.close()


async def test_archived_again_at_once_a_job_is_not_lost(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1))
    key = ended(1).key
    for _ in range(3):
        await copy.archiver.move([key])
        await copy.archiver.bring_back([key])
        await copy.saver.save_list()  # the archive is about to forget it
        moving = asyncio.create_task(copy.archiver.move([key]))
        await copy.saver.step()
        await moving
        await copy.saver.step()
        await copy.saver.step()
        assert (copy.listed, copy.archived) == ([], ["job 1"])
        assert len(copy.db.archived([key])) == 1
        await copy.archiver.bring_back([key])
        await copy.saver.step()
    await copy.saver.close()


async def test_another_copy_sees_what_one_archives(tmp_path: Path) -> None:
    one, other = Copy(tmp_path), Copy(tmp_path)
    await one.start(ended(1), ended(2, label="two"))
    await other.start()
    running = asyncio.create_task(other.archiver.run(is_shown=False))
    await one.archiver.move([ended(1).key])
    await one.saver.step()
    other.clock.seconds += 3
    await other.saver.step()
    for _ in range(100):
        if other.archived:
            break
        await asyncio.sleep(0.01)
    assert (other.listed, other.archived) == (["two"], ["job 1"])
    await one.archiver.bring_back([ended(1).key])
    await one.saver.step()
    other.clock.seconds += 3
    await other.saver.step()
    assert (sorted(other.listed), other.archived) == (["job 1", "two"], [])
    running.cancel()
    await asyncio.wait([running])
    await one.saver.close()
    await other.saver.close()


@pytest.mark.parametrize("is_changed", [False, True])
async def test_a_job_that_two_copies_archive_at_once_is_not_lost(
    is_changed: bool, tmp_path: Path
) -> None:
    one, other = Copy(tmp_path), Copy(tmp_path)
    await one.start(ended(1))
    await other.start()
    key = ended(1).key
    await one.archiver.move([key])
    await one.saver.step()
    moving = asyncio.create_task(other.archiver.move([key]))
    await asyncio.sleep(0)
    if is_changed:  # here, before it is seen that it left there
        entry = other.store.get(key)
        assert entry is not None
        other.store.put(replace(entry, detection_s=1.0))
    else:
        await other.saver.save_list()
    await moving
    other.clock.seconds += 3
    await other.saver.step()
    await other.saver.step()
    assert other.on_disk() == other.listed == []
    assert len(other.db.archived([key])) == 1
    await one.saver.close()
    await other.saver.close()


async def test_a_job_removed_while_it_is_archived_is_gone(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1))
    moving = asyncio.create_task(copy.archiver.move([ended(1).key]))
    await asyncio.sleep(0)
    copy.store.drop(ended(1).key)
    copy.saver.forget(ended(1).key)
    assert (await moving).entries == ()
    await copy.saver.step()
    assert copy.db.archived([ended(1).key]) == []
    await copy.saver.close()


async def test_two_moves_of_one_job_at_once_archive_it(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1))
    key = ended(1).key
    by_age, by_key = copy.archiver.move([key]), copy.archiver.move([key])
    one, other = await asyncio.gather(by_age, by_key)
    assert len(one.entries) + len(other.entries) == 1
    await copy.saver.step()
    assert copy.on_disk() == []
    assert len(copy.db.archived([key])) == 1
    await copy.saver.close()


async def test_removed_for_good_and_taken_back(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1))
    await copy.archiver.move([ended(1).key])
    moved, jobs = await copy.archiver.remove([ended(1).key])
    assert [e.watch.label for e in moved.entries] == ["job 1"]
    assert (copy.archived, copy.db.archived([ended(1).key])) == ([], [])
    await copy.archiver.restore(jobs)
    assert copy.archived == ["job 1"]
    assert copy.db.archived([ended(1).key]) == list(jobs)
    await copy.saver.close()


async def test_what_is_too_old_is_not_shown_any_longer(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    await copy.start(ended(1), ended(2, DAY_S))
    await copy.later(10)
    assert len(copy.archived) == 2
    await copy.later(170.5)
    assert copy.archived == ["job 2"]
    await copy.saver.close()


async def test_a_failed_job_keeps_its_reason_in_the_archive(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    said = job(1, FAIL, end_s=1, error=JobError("IMG.0057", "no room"))
    await copy.start(replace(seen(said, 1, "bad"), is_news=False))
    await copy.later(8)
    (entry,) = copy.store.archive.values()
    assert entry.job is not None
    assert entry.job.error == JobError("IMG.0057", "no room")
    await copy.saver.close()


class Unreadable(StateDb):
    """A state file whose archive cannot be read."""

    def archive_newer(self, number: object) -> tuple[list[object], int]:  # type: ignore[override]
        raise StateError("/x/state.db: locked", "state.db: locked")


async def test_an_archive_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    copy = Copy(tmp_path, wrap=lambda db: Unreadable(tmp_path / "state.db"))
    await copy.start(ended(1))
    archive = copy.store.snapshot().archive
    assert (archive.problem, archive.is_reading) == ("state.db: locked", False)
    await copy.later(30)
    assert copy.listed == [], "what is old is archived all the same"
    assert len(copy.db.archived([ended(1).key])) == 1
    await copy.saver.close()


def test_ages_count_from_the_end_or_from_a_later_adding() -> None:
    limits, now = AgeLimits(DAY_S, 9 * DAY_S), at(DAY_S)
    assert limits.is_due(ended(1), now)
    assert not limits.is_due(ended(1, 1.0), now)
    bare = Entry(Watch(ended(1).key.job_id, "prod"))
    assert not limits.is_due(bare, now)
