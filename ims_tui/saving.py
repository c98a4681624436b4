"""What survives a restart: the list at once, replies within a second.

Files block, so they are read and written in one thread of their own. The list on disk
and the list in memory are merged whenever somebody else wrote the file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import TypeVar

from ims_tui.core.entry import Entry
from ims_tui.core.errors import StateError, WatchFileError
from ims_tui.core.history import THIN_AFTER, learned, past_job
from ims_tui.core.memory import Memory
from ims_tui.core.merge import merge
from ims_tui.core.moment import Moment
from ims_tui.core.ports import Clock, StateFile, WatchFile
from ims_tui.core.store import Event, EventKind, JobStore
from ims_tui.core.stored import StoredPoll, restored, stored, undecoded
from ims_tui.core.watch import JobKey, LoadReport, Watch

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

RETRY_S = 30.0
"""Pause before a list that could not be saved is tried again."""

FLUSH_S = 1.0
"""Replies reach the state file within this."""

MOST_AT_ONCE = 200
"""Stored replies that are decoded before the rows are shown, which takes 20 ms."""

STRIDE = 100
"""Entries between two pauses for everybody else, at most 10 ms."""

LOOK_S = 2.0
"""Seconds between two looks whether somebody else wrote the list."""

TIDY_S = 86400.0
"""Seconds between two prunings of the history."""

_AGES_S = 3.0e9
"""About a century: longer than any history is kept."""


class Saver:
    """Keeps a store and its files the same."""

    def __init__(
        self,
        store: JobStore,
        watch_file: WatchFile,
        state_file: StateFile,
        clock: Clock,
        *,
        on_added: Callable[[Entry], None],
        on_removed: Callable[[JobKey], None],
        on_change: Callable[[], None],
        keep_history_s: Callable[[], float] = lambda: inf,
    ) -> None:
        self._store = store
        self._keep_history_s = keep_history_s
        self._watch_file = watch_file
        self._state_file = state_file
        self._clock = clock
        self._on_added = on_added
        self._on_removed = on_removed
        self._on_change = on_change
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="files")
        self._wake = asyncio.Event()
        self._is_dirty = False
        self._saved = asyncio.Condition()
        self._asked = self._done = 0
        self._tidied_s = clock.monotonic()
        self._decoded = 0
        self._late: list[StoredPoll] = []
        self._pending: dict[JobKey, Entry] = {}
        self._dropped: set[JobKey] = set()

    async def in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        """Call what blocks on the files in their thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(*arguments))

    # -- reading -----------------------------------------------------------------------

    async def load(self) -> None:
        """Fill the store from the files; what cannot be read is said, not raised."""
        polls = await self._load_state()
        try:
            report = await self.in_thread(self._watch_file.load)
        except WatchFileError as error:
            _LOG.error("%s", error)
            self._store.flag(is_loading=False, list_problem=str(error))
            self._on_change()
            return
        now = Moment(self._clock.now(), self._clock.monotonic())
        if polls:
            last = max(poll.seen_at for poll in polls.values())
            self._store.flag(away=(last, now.wall))
        self._tell_problems(report)
        for number, watch in enumerate(report.watches):
            if number % STRIDE == 0:
                await asyncio.sleep(0)
            if self._store.get(watch.key) is None:
                self._take_up(watch, polls.get(watch.key), now)
        self._store.flag(is_loading=False, list_problem="")
        self._on_change()

    def _take_up(self, watch: Watch, poll: StoredPoll | None, now: Moment) -> None:
        """Put an entry that was read; of many, most replies are decoded later."""
        if poll is None or self._decoded < MOST_AT_ONCE:
            entry = restored(watch, poll, now)
            self._decoded += poll is not None
        else:
            entry = undecoded(watch, poll)
            self._late.append(poll)
        self._store.put(entry)
        self._on_added(entry)

    async def complete(self) -> None:
        """Decode the rest of the stored replies, with pauses for everybody else."""
        while self._late:
            now = Moment(self._clock.now(), self._clock.monotonic())
            for poll in self._late[:STRIDE]:
                entry = self._store.get(poll.key)
                if entry is not None and not entry.polls:
                    whole = restored(entry.watch, poll, now)
                    whole = replace(whole, is_news=entry.is_news)
                    self._store.put(whole)
                    if entry.is_news != poll.is_news:  # acknowledged meanwhile
                        self.note(whole)
            del self._late[:STRIDE]
            self._on_change()
            await asyncio.sleep(0)

    def _tell_problems(self, report: LoadReport) -> None:
        """Say which entries of the file are left alone because they are not usable."""
        for problem in report.problems:
            _LOG.warning("watchlist: %s", problem)
            at = self._clock.now()
            self._store.tell(Event(at, EventKind.LIST_PROBLEM, detail=str(problem)))

    async def _load_state(self) -> dict[JobKey, StoredPoll]:
        try:
            return {p.key: p for p in await self.in_thread(self._state_file.load)}
        except StateError as error:
            _LOG.error("starting without stored values: %s", error)
            at = self._clock.now()
            self._store.tell(Event(at, EventKind.NOT_SAVED, detail=str(error)))
            return {}

    async def recall(self) -> dict[str, Memory]:
        """What was learned from the jobs of earlier runs, by profile."""
        await self._tidy()
        try:
            return await self.in_thread(lambda: learned(self._state_file.past()))
        except StateError as error:
            _LOG.error("starting without history: %s", error)
            return {}

    # -- writing -----------------------------------------------------------------------

    def note(self, entry: Entry) -> None:
        """What we keep of an entry changed: it is stored within a second."""
        self._pending[entry.key] = entry
        self._dropped.discard(entry.key)

    def forget(self, key: JobKey) -> None:
        """A job left the list: its stored values go too."""
        self._pending.pop(key, None)
        self._dropped.add(key)

    def list_changed(self) -> None:
        """The list in memory is newer than the file."""
        self._asked += 1
        self._is_dirty = True
        self._wake.set()

    async def saved(self) -> bool:
        """Wait until the present list is on disk; False where it could not be saved."""
        wanted = self._asked
        async with self._saved:
            await self._saved.wait_for(
                lambda: self._done >= wanted or bool(self._problem())
            )
        return not self._problem()

    def _problem(self) -> str:
        flags = self._store.snapshot()
        return flags.list_problem or flags.save_problem

    async def run(self) -> None:
        """Save and look until cancelled."""
        looked_s = self._clock.monotonic()
        while True:
            await self._pause()
            self._take_polled()
            if self._is_dirty and not self._store.snapshot().list_problem:
                await self.save_list()
            if self._pending or self._dropped:
                await self.save_state()
            if self._clock.monotonic() - self._tidied_s >= TIDY_S:
                await self._tidy()
            if self._clock.monotonic() - looked_s >= LOOK_S:
                looked_s = self._clock.monotonic()
                await self._look()

    def _take_polled(self) -> None:
        for key in self._store.take_polled():
            entry = self._store.get(key)
            if entry is None:
                continue
            self.note(entry)
            if entry.has_ended:
                self.list_changed()  # its result belongs to the list

    async def _pause(self) -> None:
        self._wake.clear()
        if self._is_dirty and not self._problem():
            return
        wait_s = RETRY_S if self._is_dirty else FLUSH_S
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def save_list(self) -> None:
        """Write the list; a failure is told and tried again."""
        sent, number = self._store.watches(), self._asked
        self._is_dirty = False
        try:
            report = await self.in_thread(self._watch_file.save, sent)
        except WatchFileError as error:
            self._is_dirty = True
            self._failed(str(error))
        else:
            self._adopt(sent, report.watches)
            self._done = number
            if self._store.snapshot().save_problem:
                self._store.tell(Event(self._clock.now(), EventKind.SAVED))
            self._store.flag(save_problem="")
        async with self._saved:
            self._saved.notify_all()
        self._on_change()

    def _failed(self, problem: str) -> None:
        if self._store.snapshot().save_problem != problem:
            _LOG.error("list not saved: %s", problem)
            event = Event(self._clock.now(), EventKind.NOT_SAVED, detail=problem)
            self._store.tell(event)
        self._store.flag(save_problem=problem)

    async def save_state(self) -> None:
        """Write pending replies; a failure keeps them for the next time."""
        entries, dropped = self._pending, self._dropped
        self._pending, self._dropped = {}, set()
        polls = [p for e in entries.values() if (p := stored(e)) is not None]
        past = [j for e in entries.values() if (j := past_job(e)) is not None]
        try:
            await self.in_thread(self._state_file.save, polls, list(dropped))
            if past and self._keep_history_s():
                await self.in_thread(self._state_file.remember, past)
        except StateError as error:
            self._pending = {**entries, **self._pending}
            self._dropped |= dropped
            self._failed(str(error))
            self._on_change()

    async def _tidy(self) -> None:
        """Forget what is older than the operator wants to keep."""
        now = self._clock.now()
        self._tidied_s = self._clock.monotonic()
        forget_before = now - timedelta(seconds=min(self._keep_history_s(), _AGES_S))
        try:
            await self.in_thread(self._state_file.tidy, forget_before, now - THIN_AFTER)
        except StateError as error:
            _LOG.warning("history not tidied: %s", error)

    async def _look(self) -> None:
        """Take over what another copy or an editor wrote."""
        if self._is_dirty or not await self.in_thread(self._watch_file.has_changed):
            return
        base = self._store.watches()
        try:
            # A save of an unchanged list is a merge that takes the other side.
            report = await self.in_thread(self._watch_file.save, base)
        except WatchFileError as error:
            self._store.flag(list_problem=str(error))
            self._on_change()
            return
        self._store.flag(list_problem="")
        self._tell_problems(report)
        self._adopt(base, report.watches)
        self._on_change()

    def _adopt(self, sent: Sequence[Watch], merged: Sequence[Watch]) -> None:
        """Take over what the merge brought, but for what changed here meanwhile."""
        ours, theirs = ({w.key: w for w in side} for side in (sent, merged))
        now = Moment(self._clock.now(), self._clock.monotonic())
        for key in ours.keys() - theirs.keys():
            entry = self._store.get(key)
            if entry is not None and entry.watch == ours[key]:
                self._store.drop(key)
                self._on_removed(key)
        for key, watch in theirs.items():
            entry = self._store.get(key)
            if key not in ours and entry is None:
                entry = restored(watch, None, now)
                self._store.put(entry)
                self._on_added(entry)
            elif entry is not None and key in ours and ours[key] != watch:
                # What was changed here while the file was written counts too.
                for both in merge([ours[key]], [entry.watch], [watch]):
                    self._store.put_watch(both)

    async def close(self) -> None:
        """Write what is pending and end the thread."""
        self._take_polled()
        if self._is_dirty and not self._store.snapshot().list_problem:
            await self.save_list()
        if self._pending or self._dropped:
            await self.save_state()
        await self.in_thread(self._state_file.close)
        self._thread.shutdown(wait=True)
