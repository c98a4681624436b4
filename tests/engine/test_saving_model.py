"""Adds, edits, removals, moves, undo, an editor, a second copy, kills, full disks.

In any order: what was said to be saved is in the list or in the archive, with its last
words, whatever else happens, and comments of the operator's keep their bytes.

Each rule brings about what it is for: one that waits for three others to meet by chance
meets them in a few hundred steps too seldom to find anything.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Sequence
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

from ims_tui.adapters.atomicfile import write_atomic
from ims_tui.adapters.statedb import StateDb
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import StateError
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.archive_row import Archived
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.saver import LOOK_S, RETRY_S
from tests.adapters.platter import Disk, Platter
from tests.core.entries import SUCCESS, job, seen
from tests.engine.test_archiver import Copy

T = TypeVar("T")
COPIES = st.integers(0, 1)
PICKS = st.integers(0, 30)
FIELDS = ("note", "label")


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

    def save(self, polls: Sequence[StoredPoll], removed: Sequence[JobKey]) -> None:
        self._written(lambda: super(StateOn, self).save(polls, removed))

    def archive(self, jobs: Sequence[Archived]) -> None:
        self._written(lambda: super(StateOn, self).archive(jobs))

    def unarchive(self, keys: Sequence[JobKey]) -> None:
        self._written(lambda: super(StateOn, self).unarchive(keys))


Field = tuple[JobKey, str]
"""A text of an entry: its note or its label."""


class Words:
    """What the list may say of each job, the last that was saved."""

    def __init__(self) -> None:
        self._allowed: dict[Field, set[str]] = {}
        self._pending: tuple[dict[Field, str], ...] = ({}, {})
        self._left: set[JobKey] = set()

    def leave(self, key: JobKey) -> None:
        """A job moves or goes: its words may be those of any copy from now on."""
        self._left.add(key)

    def change(self, which: int, field: Field, text: str) -> None:
        """A copy says something else, which is not confirmed yet."""
        first = {"", f"job {int(field[0].job_id, 16)}"}
        self._allowed.setdefault(field, first).add(text)
        self._pending[which][field] = text

    def saved(self, which: int) -> None:
        """All that a copy has is confirmed: its words are the last."""
        others = self._pending[1 - which]
        for field, text in self._pending[which].items():
            self._allowed[field] = {text, others.get(field, text)}
        self._pending[which].clear()

    def killed(self, which: int) -> None:
        """What a copy has not confirmed may be there, or not."""
        self._pending[which].clear()

    def check(self, watches: Iterable[Watch]) -> None:
        """Fail where a text was lost."""
        said = {(w.key, name): getattr(w, name) for w in watches for name in FIELDS}
        for field, allowed in self._allowed.items():
            if field in said and field[0] not in self._left:
                assert said[field] in allowed, (field, said[field], allowed)


class Saving(RuleBasedStateMachine):
    """Two copies of the program and an editor on the files of one folder."""

    @initialize()
    def begin(self) -> None:
        """Two copies on no list yet."""
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "watchlist.toml"
        self.runner = asyncio.Runner()
        self.platter = Platter()
        self.disks = [Disk(self.platter), Disk(self.platter)]
        self.state_disks = [Disk(self.platter), Disk(self.platter)]
        self.copies = [self.started(0), self.started(1)]
        self.number = 0
        self.confirmed: set[JobKey] = set()
        self.removed: set[JobKey] = set()
        self.removing: tuple[set[JobKey], set[JobKey]] = (set(), set())
        self.comments: dict[JobKey, str] = {}
        self.words = Words()
        self.undo: list[list[Callable[[], None]]] = [[], []]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self.runner.run(work)

    def started(self, which: int) -> Copy:
        """A run of the program on the files as they are."""
        state_disk = self.state_disks[which]
        copy = Copy(
            self.folder,
            wrap=lambda db: StateOn(self.folder / "state.db", state_disk),
            steps=self.disks[which].steps,
        )
        self.run(copy.saver.load())
        self.run(copy.archiver.read())
        return copy

    def saved(self, which: int, *keys: JobKey) -> None:
        """Save now; where that is confirmed, the jobs must be there from now on."""
        copy = self.copies[which]
        copy.clock.seconds += 0.1
        self.run(copy.saver.step())
        if not copy.saver.is_dirty and not copy.store.snapshot().problem:
            assert self.run(copy.saver.saved())
            self.removing[which].clear()
            self.words.saved(which)
            self.confirmed |= {*keys} - self.removed

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
        self.saved(which, entry.key)

    @rule(which=COPIES, pick=PICKS, name=st.sampled_from(FIELDS))
    def change(self, which: int, pick: int, name: str) -> None:
        """Change a note or a label."""
        _, entry = self.picked(which, pick)
        if entry is not None:
            self._reword(which, entry.key, name)
            self.saved(which, entry.key)

    def _reword(self, which: int, key: JobKey, name: str) -> None:
        copy, self.number = self.copies[which], self.number + 1
        entry = copy.store.get(key)
        if entry is not None:
            text = f"by {which}, {self.number}"
            copy.store.put_watch(replace(entry.watch, **{name: text}))
            copy.saver.list_changed()
            self.words.change(which, (key, name), text)

    @rule(which=COPIES, pick=PICKS, other=PICKS, is_editor=st.booleans())
    def change_meanwhile(
        self, which: int, pick: int, other: int, is_editor: bool
    ) -> None:
        """Change one more, here or by hand, while the list is written.

        The other copy changed that, too, a moment ago.
        """
        _, entry = self.picked(which, pick)
        _, second = self.picked(which, other)
        if entry is None or second is None:
            return
        key, disk = second.key, self.disks[which]
        self._reword(1 - which, key, "label")
        self.saved(1 - which)
        if is_editor:
            disk.during = lambda: self.comment(other)
        else:
            disk.during = lambda: self._reword(which, key, "note")
        self._reword(which, entry.key, "note")
        self.saved(which, entry.key)
        disk.during = None
        self.saved(which, entry.key)

    @rule(which=COPIES, pick=PICKS)
    def remove(self, which: int, pick: int) -> None:
        """Remove a job: from now on it may be anywhere, or nowhere."""
        copy, entry = self.picked(which, pick)
        if entry is not None:
            self.removed.add(entry.key)
            self.removing[which].add(entry.key)
            self.confirmed.discard(entry.key)
            self.comments.pop(entry.key, None)
            self.words.leave(entry.key)
            copy.store.drop(entry.key)
            copy.saver.forget(entry.key)
            copy.saver.list_changed()
            self.undo[which].append(lambda: self._put_back(which, entry))
            self.saved(which)

    @rule(which=COPIES)
    def take_back(self, which: int) -> None:
        """Undo the last removal or move of a copy."""
        if self.undo[which]:
            self.undo[which].pop()()

    @rule(which=COPIES, pick=PICKS)
    def remove_and_take_back(self, which: int, pick: int) -> None:
        """Remove a job between others that have comments, and undo it."""
        for each in (pick, pick + 1, pick + 2):
            self.comment(each)
        self.later()
        self.remove(which, pick)
        self.take_back(which)

    def _put_back(self, which: int, entry: Entry) -> None:
        """A removed job stays, unless the other copy is about to remove it."""
        copy = self.copies[which]
        self.removing[which].discard(entry.key)
        if entry.key not in self.removing[1 - which]:
            self.removed.discard(entry.key)
        copy.store.put(entry)
        copy.saver.note(entry)
        copy.saver.list_changed()
        self.saved(which, entry.key)

    @rule(which=COPIES)
    def archive(self, which: int) -> None:
        """Move all that have ended to the archive."""
        copy = self.copies[which]
        ended = [entry.key for entry in copy.store.entries() if entry.has_ended]
        for key in ended:  # a comment goes with its entry
            self.comments.pop(key, None)
            self.words.leave(key)
        moved = self.run(copy.archiver.move(ended)).entries
        self.undo[which].append(lambda: self._unarchive(which, moved))
        self.saved(which)

    def _unarchive(self, which: int, entries: tuple[Entry, ...]) -> None:
        self.copies[which].archiver.put_back(entries)
        self.saved(which)

    @precondition(lambda self: any(copy.store.archive for copy in self.copies))
    @rule(which=COPIES, pick=PICKS)
    def bring_back(self, which: int, pick: int) -> None:
        """Bring one back out of the archive."""
        copy = self.copies[which]
        keys = list(copy.store.archive)
        if keys:
            self.run(copy.archiver.bring_back([keys[pick % len(keys)]]))
            self.saved(which)

    @rule(which=COPIES, pick=PICKS, list_calls=st.integers(1, 8))
    def kill_in_a_move(self, which: int, pick: int, list_calls: int) -> None:
        """A copy ends while a job moves, there and back, on disks of which one fills.

        The list takes nothing, or the archive, or the list so many calls.
        """
        for limits in ((0, None), (None, 0), (list_calls, None)):
            self.mend()
            self.add(which, has_ended=True)
            for comes_back in (False, True):
                self.disks[which].calls_left, self.state_disks[which].calls_left = (
                    limits
                )
                if comes_back:
                    self.bring_back(which, pick)
                else:
                    self.archive(which)
                self.nothing_is_lost()
                self.kill(which)
                self.archive(which)

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
        data = "[[jobs]]\n".join(heads).encode()
        write_atomic(self.path, data, steps=Disk(self.platter).steps)
        self.comments[key] = said
        self.confirmed.add(key)

    @rule(which=COPIES, has_state=st.booleans())
    def fill(self, which: int, has_state: bool) -> None:
        """The disk of a copy is full, at least for the list."""
        self.disks[which].is_full = True
        self.state_disks[which].is_full = not has_state

    @precondition(lambda self: any(disk.is_full for disk in self.disks))
    @rule()
    def mend(self) -> None:
        """There is room again; all is tried again."""
        for disk in (*self.disks, *self.state_disks):
            disk.is_full = False
        self.later()

    @rule(which=COPIES, has_ended=st.booleans(), pick=PICKS)
    def add_and_change_on_a_full_disk(
        self, which: int, has_ended: bool, pick: int
    ) -> None:
        """What goes nowhere is not said to be saved, and is when there is room."""
        self.disks[which].is_full = True
        self.add(which, has_ended)
        self.change(which, pick, "note")
        self.nothing_is_lost()
        self.mend()

    @rule(which=COPIES, pick=PICKS, name=st.sampled_from(FIELDS))
    def change_in_both(self, which: int, pick: int, name: str) -> None:
        """Both copies say something of one job, each a text of its own."""
        _, entry = self.picked(which, pick)
        if entry is not None:
            other = FIELDS[1 - FIELDS.index(name)]
            self._reword(which, entry.key, name)
            self._reword(1 - which, entry.key, other)
            self.saved(which)
            self.saved(1 - which)
            self.later()

    @rule()
    def later(self) -> None:
        """Time passes; each copy looks at what the other one wrote."""
        for which, copy in enumerate(self.copies):
            copy.clock.seconds += RETRY_S + LOOK_S
            self.saved(which)

    @rule(which=COPIES)
    def kill(self, which: int) -> None:
        """A copy ends without another word, and is started anew."""
        self._end(which)
        self._start(which)

    @rule(which=COPIES, pick=PICKS, calls=st.integers(0, 7))
    def kill_in_a_save(self, which: int, pick: int, calls: int) -> None:
        """A copy ends at any system call of a save."""
        self.disks[which].calls_left = calls
        self.change(which, pick, "note")
        self.kill(which)

    @rule(
        which=COPIES,
        pick=PICKS,
        calls=st.integers(0, 7),
        keeps_names=st.booleans(),
    )
    def cut_the_power(
        self, which: int, pick: int, calls: int, keeps_names: bool
    ) -> None:
        """Both end at any system call of a save, and what was not synced is lost."""
        self.disks[which].calls_left = calls
        self.change(which, pick, "note")
        for each in (0, 1):
            self._end(each)
        backup = self.path.with_name("watchlist.toml.bak")
        self.platter.cut(self.path, backup, keeps_names=keeps_names)
        for each in (0, 1):
            self._start(each)

    def _end(self, which: int) -> None:
        self.disks[which].is_full = self.state_disks[which].is_full = True
        self.run(self.copies[which].saver.close())
        self.undo[which].clear()
        self.removing[which].clear()
        self.words.killed(which)

    def _start(self, which: int) -> None:
        self.disks[which] = Disk(self.platter)
        self.state_disks[which] = Disk(self.platter)
        self.copies[which] = self.started(which)

    @invariant()
    def nothing_is_lost(self) -> None:
        """What was confirmed is in the list or in the archive, and says the last."""
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
        self.words.check(report.watches)
        text = self.path.read_text()
        for key, said in self.comments.items():
            assert said in text or key not in listed, f"comment of {key}"

    def teardown(self) -> None:
        """In the end both copies and the file say the same."""
        if not hasattr(self, "copies"):
            return
        self.mend()
        self.later()
        listed = WatchFile(self.path).load().watches
        for copy in self.copies:
            held = {entry.key: entry.watch for entry in copy.store.entries()}
            assert held == {watch.key: watch for watch in listed}
            self.run(copy.saver.close())
        self.runner.close()
        shutil.rmtree(self.folder)


Saving.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None
)
TestSaving = Saving.TestCase
