"""Adds, edits, removals, moves, undo, an editor, a second copy, kills, full disks.

In any order: what was said to be saved is in the list or in the archive, whatever else
happens, and comments of the operator's keep their bytes.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from msgspec.structs import replace

from ims_tui.adapters.atomicfile import Steps, write_atomic
from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import StateError
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.archive_row import Archived
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.saver import LOOK_S, RETRY_S
from tests.core.entries import SUCCESS, job, seen
from tests.engine.test_archiver import Copy

T = TypeVar("T")
COPIES = st.integers(0, 1)
PICKS = st.integers(0, 30)


class Disk:
    """What a copy writes to; full while the test says so."""

    is_full = False

    def check(self) -> None:
        """Fail where nothing more goes in."""
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @property
    def steps(self) -> Steps:
        """The calls of a list file on it."""

        def write(number: int, data: memoryview) -> int:
            self.check()
            return os.write(number, data)

        return Steps(write=write)


class StateOn(StateDb):
    """The state file on such a disk."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path)
        self.disk = disk

    def _written(self, call: Callable[[], None]) -> None:
        try:
            self.disk.check()
        except OSError as error:
            raise StateError("state.db: disk full") from error
        call()

    def save(self, polls: Iterable[StoredPoll], removed: Iterable[JobKey]) -> None:
        self._written(lambda: super(StateOn, self).save(polls, removed))

    def archive(self, jobs: Iterable[Archived]) -> None:
        self._written(lambda: super(StateOn, self).archive(jobs))

    def unarchive(self, keys: Iterable[JobKey]) -> None:
        self._written(lambda: super(StateOn, self).unarchive(keys))


class Saving(RuleBasedStateMachine):
    """Two copies of the program and an editor on the files of one folder."""

    @initialize()
    def begin(self) -> None:
        """Two copies on no list yet."""
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "watchlist.toml"
        self.runner = asyncio.Runner()
        self.disks = [Disk(), Disk()]
        self.copies = [self.started(0), self.started(1)]
        self.number = 0
        self.confirmed: set[JobKey] = set()
        self.removed: set[JobKey] = set()
        self.comments: dict[JobKey, str] = {}
        self.undo: list[list[Entry]] = [[], []]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self.runner.run(work)

    def started(self, which: int) -> Copy:
        """A run of the program on the files as they are."""
        disk = self.disks[which]
        copy = Copy(
            self.folder,
            wrap=lambda db: StateOn(self.folder / "state.db", disk),
            steps=disk.steps,
        )
        self.run(copy.saver.load())
        self.run(copy.archiver.read())
        return copy

    def saved(self, copy: Copy, *keys: JobKey) -> None:
        """Save now; where that is confirmed, the jobs must be there from now on."""
        copy.clock.seconds += 0.1
        self.run(copy.saver.step())
        if not copy.saver.unsaved and not copy.store.snapshot().problem:
            self.confirmed |= {k for k in keys if copy.store.get(k)} - self.removed

    def picked(self, which: int, pick: int) -> tuple[Copy, Entry | None]:
        """A copy and one of its jobs."""
        copy = self.copies[which]
        entries = list(copy.store.entries())
        return copy, entries[pick % len(entries)] if entries else None

    @rule(which=COPIES, has_ended=st.booleans())
    def add(self, which: int, has_ended: bool) -> None:
        """Add a job, which may have ended already."""
        copy, self.number = self.copies[which], self.number + 1
        entry = Entry(Watch(f"{self.number:032x}", "prod", label=f"job {self.number}"))
        if has_ended:
            ended = seen(job(self.number, SUCCESS, end_s=0.0), self.number)
            body = f'{{"job_id": "{entry.key.job_id}", "status": "SUCCESS"}}'
            entry = replace(
                ended,
                watch=replace(ended.watch, profile="prod"),
                exchange=Exchange(200, body.encode()),
                is_news=False,
            )
        copy.store.put(entry)
        copy.saver.note(entry)
        copy.saver.list_changed()
        self.saved(copy, entry.key)

    @rule(which=COPIES, pick=PICKS)
    def change(self, which: int, pick: int) -> None:
        """Change a note."""
        copy, entry = self.picked(which, pick)
        if entry is not None:
            copy.store.put_watch(replace(entry.watch, note=f"by {which}, {pick}"))
            copy.saver.list_changed()
            self.saved(copy, entry.key)

    @rule(which=COPIES, pick=PICKS)
    def remove(self, which: int, pick: int) -> None:
        """Remove a job: from now on it may be anywhere, or nowhere."""
        copy, entry = self.picked(which, pick)
        if entry is not None:
            self._is_removed(entry.key)
            copy.store.drop(entry.key)
            copy.saver.forget(entry.key)
            copy.saver.list_changed()
            self.undo[which].append(entry)
            self.saved(copy)

    def _is_removed(self, key: JobKey) -> None:
        self.removed.add(key)
        self.confirmed.discard(key)
        self.comments.pop(key, None)

    @rule(which=COPIES)
    def take_back(self, which: int) -> None:
        """Undo a removal."""
        if self.undo[which]:
            copy, entry = self.copies[which], self.undo[which].pop()
            copy.store.put(entry)
            copy.saver.note(entry)
            copy.saver.list_changed()
            self.saved(copy, entry.key)

    @rule(which=COPIES)
    def archive(self, which: int) -> None:
        """Move all that have ended to the archive."""
        copy = self.copies[which]
        ended = [entry.key for entry in copy.store.entries() if entry.has_ended]
        for key in ended:  # a comment goes with its entry
            self.comments.pop(key, None)
        self.run(copy.archiver.move(ended))
        self.saved(copy)

    @rule(which=COPIES, pick=PICKS)
    def bring_back(self, which: int, pick: int) -> None:
        """Bring one back out of the archive."""
        copy = self.copies[which]
        keys = list(copy.store.archive)
        if keys:
            self.run(copy.archiver.bring_back([keys[pick % len(keys)]]))
            self.saved(copy)

    @rule(pick=PICKS)
    def comment(self, pick: int) -> None:
        """An editor adds a comment to an entry, and an entry of its own."""
        if not self.path.exists():
            return
        text = self.path.read_text()
        heads = text.split("[[jobs]]\n")
        self.number += 1
        key = JobKey("prod", f"{self.number:032x}")
        said = f"#  by hand {self.number} \t['\"\n"
        heads.append(f'id = "{key.job_id}"\n{said}profile = "prod"\n')
        write_atomic(self.path, "[[jobs]]\n".join(heads).encode())
        self.comments[key] = said
        self.confirmed.add(key)

    @rule(which=COPIES)
    def fill(self, which: int) -> None:
        """The disk of a copy is full."""
        self.disks[which].is_full = True

    @precondition(lambda self: any(disk.is_full for disk in self.disks))
    @rule()
    def mend(self) -> None:
        """There is room again; all is tried again."""
        for disk in self.disks:
            disk.is_full = False
        self.later()

    @rule()
    def later(self) -> None:
        """Time passes; each copy looks at what the other one wrote."""
        for copy in self.copies:
            copy.clock.seconds += RETRY_S + LOOK_S
            self.run(copy.saver.step())

    @rule(which=COPIES)
    def kill(self, which: int) -> None:
        """A copy ends without another word, and is started anew."""
        self.disks[which].is_full = True
        self.run(self.copies[which].saver.close())
        self.disks[which] = Disk()
        self.copies[which] = self.started(which)
        self.undo[which].clear()

    @invariant()
    def nothing_is_lost(self) -> None:
        """What was confirmed is in the list or in the archive."""
        if not hasattr(self, "confirmed") or not self.confirmed:
            return
        report = WatchFile(self.path).load()
        assert report.problems == ()
        listed = {watch.key for watch in report.watches}
        with closing(StateDb(self.folder / "state.db")) as db:
            archived = {row.key for row in db.archive_page(None, 999)[0]}
            assert db.notices() == []
        lost = self.confirmed - listed - archived
        assert not lost, f"lost: {lost}"
        text = self.path.read_text()
        for key, said in self.comments.items():
            assert said in text or key not in listed, f"comment of {key}"

    def teardown(self) -> None:
        """In the end both copies and the file say the same."""
        if not hasattr(self, "copies"):
            return
        self.mend()
        self.later()
        listed = {watch.key for watch in WatchFile(self.path).load().watches}
        for copy in self.copies:
            assert {entry.key for entry in copy.store.entries()} == listed
            self.run(copy.saver.close())
        self.runner.close()
        shutil.rmtree(self.folder)


Saving.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None
)
TestSaving = Saving.TestCase
