"""Loads and saves the list and the last replies: what survives a restart.

Files block, so they are read and written in one thread of their own. The list on disk
and the list in memory are merged whenever somebody else wrote the file. The list is
saved at once, replies (see `statewriter`) within three seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import TypeVar

from msgspec.structs import replace

from ims_tui.core.errors import UnreadableListError, UnseenError, WatchFileError
from ims_tui.core.moment import Clock, Moment, to_tick_s
from ims_tui.core.ports import StateFile, WatchFile
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind, JobStore
from ims_tui.core.state.stored_reply import StoredPoll, restored, undecoded
from ims_tui.core.state.transfers import Transfers
from ims_tui.core.watchlist.merge import merge
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch
from ims_tui.engine.statewriter import StateWriter
from ims_tui.engine.supervisor import Supervisor, log_fault
from ims_tui.engine.threads import DaemonThreads

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

RETRY_S = 30.0
"""Pause before a list that could not be saved is tried again."""

MOST_AT_ONCE = 200
"""Stored replies that are decoded before the rows are shown, which takes 20 ms."""

STRIDE = 100
"""Entries between two pauses for everybody else, at most 10 ms."""

LOOK_S = 2.0
"""Seconds between two looks whether somebody else wrote the list. Replies are written
on the way: whoever wakes less often costs a resting machine less."""

STORED_S = 1.5 * LOOK_S
"""Within this a reply is in the state file: a look may be put off by half."""

LAST_S = 1.5
"""Longest time that the end waits for files, all together: a disk may hang."""

NOT_IN_TIME = "the disk did not answer in time"


class Saver:
    """Loads a store from its files, and takes changes of each over to the other."""

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
        is_shared: Callable[[], bool] = lambda: False,
        thread: ThreadPoolExecutor | None = None,
    ) -> None:
        self.transfers = Transfers()
        """Jobs on their way between the list, the archive and the state file."""
        self.state = StateWriter(
            store,
            state_file,
            self.transfers,
            self.in_thread,
            clock,
            on_change=on_change,
            keep_history_s=keep_history_s,
        )
        self._store = store
        self._is_shared = is_shared
        self._watch_file = watch_file
        self._clock = clock
        self._on_added = on_added
        self._on_removed = on_removed
        self._on_change = on_change
        self._faults = Supervisor(store, clock, on_change)
        self._thread = thread or DaemonThreads(1, "files")
        self._ends_s: float | None = None
        """When the end no longer waits for files, on the loop's clock."""
        self._unread: Sequence[Watch] = ()
        """The list as it was read, while not all of it is in the store."""
        self._taken = 0
        """How many of those are."""
        self._is_broken = False
        """Whether the last save met a fault of ours."""
        self._unseen = ""
        """Why other copies are not seen."""
        self._is_unseen = False
        """Whether it was said that other copies are not seen."""
        self._wake = asyncio.Event()
        self._saved = asyncio.Condition()
        self._asked = self._done = 0
        self._failure: WatchFileError | None = None
        self._tried_s = self._looked_s = clock.monotonic()
        self._decoded = 0
        self._late: list[StoredPoll] = []
        """Stored replies that are not decoded yet."""

    async def in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        """Call what blocks on the files in their thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(*arguments))

    # -- reading -----------------------------------------------------------------------

    async def load(self) -> None:
        """Fill the store from the files; what cannot be read is said, not raised.

        Whoever calls it says when the list is whole.
        """
        polls = await self.state.load()
        report = await self._load_list()
        now = self._clock.moment()
        if polls:
            last = min(now.wall, max(poll.seen_at for poll in polls.values()))
            self._store.flag(away=(last, now.wall))
        self._tell_problems(report)
        self._unread = report.watches
        for number, watch in enumerate(report.watches):
            if number % STRIDE == 0:
                await asyncio.sleep(0)
            if self._store.get(watch.key) is None:
                self._take_up(watch, polls.get(watch.key), now)
            self._taken = number + 1
        self._unread, self._taken = (), 0
        self._on_change()

    async def _load_list(self) -> LoadReport:
        """Read the list; where it cannot be read, the last good copy."""
        try:
            return await self.in_thread(self._watch_file.load)
        except WatchFileError as error:
            self._failed(error)
        try:
            report = await self.in_thread(self._watch_file.load_backup)
        except WatchFileError as error:
            _LOG.error("%s", error)
            return LoadReport()
        self._store.flag(copy_of=report.written)
        return report

    def _take_up(self, watch: Watch, poll: StoredPoll | None, now: Moment) -> None:
        """Put an entry that was read; of many, most replies are decoded later."""
        if poll is None:
            entry = Entry(watch)
        elif self._decoded < MOST_AT_ONCE:
            entry = self._restored(watch, poll, now)
            self._decoded += 1
        else:
            entry = undecoded(watch, poll)
            self._late.append(poll)
        self._store.put(entry)
        self._on_added(entry)

    def _restored(self, watch: Watch, poll: StoredPoll, now: Moment) -> Entry:
        """An entry with its stored reply; without it where that meets a fault."""
        entry = self._faults.attempt(watch.key, restored, watch, poll, now)
        return entry or Entry(watch)

    async def complete(self) -> None:
        """Decode the rest of the stored replies, with pauses for everybody else."""
        while self._late:
            now = self._clock.moment()
            for poll in self._late[:STRIDE]:
                entry = self._store.get(poll.key)
                if entry is not None and not entry.polls:
                    whole = self._restored(entry.watch, poll, now)
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
            detail = f"watchlist {problem}"
            _LOG.warning("%s", detail)
            at = self._clock.now()
            self._store.tell(Event(at, EventKind.LIST_PROBLEM, detail=detail))

    # -- writing -----------------------------------------------------------------------

    def note(self, entry: Entry) -> None:
        """What we keep of an entry changed: it is stored at once."""
        self.transfers.keep(entry)
        self._wake.set()

    def forget(self, key: JobKey) -> None:
        """A job was removed from the list: its stored values go, too."""
        self.transfers.drop(key)
        self._wake.set()

    def list_changed(self) -> None:
        """The list in memory is newer than the file."""
        self._asked += 1
        self._wake.set()

    def keep_view(self, view: Mapping[str, str]) -> None:
        """What the operator chose to see is stored for the next run."""
        self.state.keep_view(view)
        self._wake.set()

    @property
    def is_dirty(self) -> bool:
        """Whether the list in memory has changes that are not in the file."""
        return self._asked > self._done

    @property
    def unsaved(self) -> str:
        """Why changes of the list are not in the file; empty when they are."""
        if not self.is_dirty:
            return ""
        if self._failure is not None:
            return str(self._failure)
        if self._is_broken:
            return "a fault of ims-tui; the log has the details"
        return NOT_IN_TIME if self._left_s == 0.0 else ""

    @property
    def unkept(self) -> str:
        """Why the last replies are not stored, once closed; empty where they are."""
        if self._ends_s is None or not self.state.has_work:
            return ""
        return self._store.snapshot().state_problem or NOT_IN_TIME

    @property
    def _left_s(self) -> float | None:
        """Seconds that the end still waits for files; None before the end."""
        if self._ends_s is None:
            return None
        return max(0.0, self._ends_s - asyncio.get_running_loop().time())

    async def saved(self) -> bool:
        """Wait until the present list is on disk; False where it could not be saved."""
        wanted = self._asked
        async with self._saved:
            await self._saved.wait_for(
                lambda: (
                    self._done >= wanted or self._failure is not None or self._is_broken
                )
            )
        return self._failure is None and self._done >= wanted

    async def run(self) -> None:
        """Save and look until cancelled, which is the beginning of the end."""
        try:
            while True:
                await self._pause()
                self._wake.clear()
                await self.step()
        except asyncio.CancelledError:
            if _is_ended():
                self._begin_end()
            raise

    async def step(self) -> None:
        """Do what is due."""
        self._take_polled()
        now_s = self._clock.monotonic()
        if self._is_save_due(now_s):
            await self.save_list()
        await self.state.step()
        if now_s - self._looked_s >= LOOK_S / 2:  # else a tick a moment early is lost
            self._looked_s = now_s
            await self._check()

    def _is_save_due(self, now_s: float) -> bool:
        """Whether there is something new to save, or a failure is to be tried again."""
        if self._failure is None:
            return self.is_dirty
        return now_s - self._tried_s >= RETRY_S

    def _take_polled(self) -> None:
        for key in self._store.take_polled():
            entry = self._store.get(key)
            if entry is None:
                continue
            self.transfers.keep(entry)
            if entry.has_ended:
                self.list_changed()  # its result belongs to the list

    async def _pause(self) -> None:
        """Wait for something to write, or for the next look."""
        now_s = self._clock.monotonic()
        if self._is_save_due(now_s):
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(to_tick_s(now_s, LOOK_S)):
                await self._wake.wait()

    async def save_list(self) -> LoadReport | None:
        """Merge with the file and write it; a failure is told and tried again.

        Returns the merged list, None where that failed.
        """
        # Cut off after the file was written, we would take what others added for
        # what we removed: a cancellation waits a while.
        task = asyncio.ensure_future(self._save_list())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if _is_ended():
                await self._wait_at_end(task)
            raise

    async def _save_list(self) -> LoadReport | None:
        is_fault = True
        try:
            report = await self._merge_and_save()
            is_fault = False
            return report
        finally:
            self._is_broken = is_fault
            async with self._saved:
                self._saved.notify_all()
            self._on_change()

    async def _merge_and_save(self) -> LoadReport | None:
        sent, number = self._store.watches(), self._asked
        rest = self._unread[self._taken :]  # it stays in the list
        sent += [watch for watch in rest if self._store.get(watch.key) is None]
        moving = self.transfers.list_sent()
        self._tried_s = self._clock.monotonic()
        try:
            report = await self.in_thread(self._watch_file.save, sent)
        except WatchFileError as error:
            self._failed(error)
            return None
        self._adopt(sent, report.watches)
        self._done = number
        if moving:
            on_disk = {watch.key for watch in report.watches}
            listed = {key for key in moving if self._store.get(key) is not None}
            self.transfers.list_saved(moving, on_disk, listed)
        self._succeeded()
        return report

    def _begin_end(self) -> None:
        if self._ends_s is None:
            self._ends_s = asyncio.get_running_loop().time() + LAST_S

    async def _wait_at_end(self, task: asyncio.Future[T]) -> None:
        """Wait for the files as long as the end may still take."""
        self._begin_end()
        await asyncio.wait([task], timeout=self._left_s)
        if task.done():
            log_fault(task)
        else:
            _LOG.error("the files did not answer within %.1f s of the end", LAST_S)

    def _failed(self, error: WatchFileError) -> None:
        """Say what stands between the list and its file."""
        is_unread = isinstance(error, UnreadableListError)
        if self._failure is None or self._failure.brief != error.brief:
            _LOG.error("the list: %s", error)
            kind = EventKind.LIST_UNREAD if is_unread else EventKind.NOT_SAVED
            self._store.tell(Event(self._clock.now(), kind, detail=error.brief))
        self._failure = error
        self._store.flag(
            list_problem=error.brief if is_unread else "",
            save_problem="" if is_unread else error.brief,
        )

    def _succeeded(self) -> None:
        if self._failure is not None:
            self._failure = None
            now = self._clock.now()
            self._store.tell(Event(now, EventKind.SAVED, detail="the list is saved"))
            self._store.flag(list_problem="", save_problem="")

    def _sees_others(self) -> bool:
        try:
            return self._is_shared()
        except UnseenError as error:
            self._unseen = str(error)
            return False

    async def _check(self) -> None:
        """Take over what another copy or an editor wrote."""
        is_shared, has_changed = await self.in_thread(
            lambda: (self._sees_others(), self._watch_file.has_changed())
        )
        if self._unseen and not self._is_unseen:
            self._is_unseen = True
            _LOG.warning("other copies are not seen: %s", self._unseen)
            now = self._clock.now()
            self._store.tell(Event(now, EventKind.UNSEEN, detail=self._unseen))
            self._on_change()
        if is_shared != self._store.snapshot().is_shared:
            self._store.flag(is_shared=is_shared)
            self._on_change()
        await self.state.check()
        if has_changed:
            # A save of an unchanged list is a merge that takes the other side.
            report = await self.save_list()
            if report is not None:
                self._tell_problems(report)

    def _adopt(self, sent: Sequence[Watch], merged: Sequence[Watch]) -> None:
        """Take over what the merge brought, but for what changed here meanwhile."""
        sent, merged = differing(sent, merged)
        ours, theirs = ({w.key: w for w in side} for side in (sent, merged))
        for key in ours.keys() - theirs.keys():
            entry = self._store.get(key)
            if entry is not None and entry.watch == ours[key]:
                self._store.drop(key)
                self.transfers.leave_elsewhere(key)
                self._on_removed(key)
        for key, watch in theirs.items():
            entry = self._store.get(key)
            if key not in ours and entry is None:
                self._adopt_one(watch, None)
            elif key in ours and ours[key] != watch:
                # What was changed here while the file was written counts too.
                now = [entry.watch] if entry is not None else []
                for both in merge([ours[key]], now, [watch]):
                    self._adopt_one(both, entry)

    def _adopt_one(self, watch: Watch, entry: Entry | None) -> None:
        if entry is not None:
            moved = self._store.put_watch(watch)
            if watch.lane != entry.watch.lane:
                self._on_added(moved)  # another lane asks about it
            return
        added = Entry(watch)
        self._store.put(added)
        self._on_added(added)

    async def close(self) -> None:
        """Write what is pending, within the time that the end may take.

        What is not written then is told by `unsaved` and `unkept`.
        """
        await self._wait_at_end(asyncio.ensure_future(self._write_last()))
        self._thread.shutdown(wait=False)

    async def _write_last(self) -> None:
        self._take_polled()
        try:
            if self.is_dirty:
                await self.save_list()
        finally:
            await self.state.close()


def _is_ended() -> bool:
    """Whether somebody cancels this task, not only what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def differing(
    sent: Sequence[Watch], merged: Sequence[Watch]
) -> tuple[Sequence[Watch], Sequence[Watch]]:
    """Both lists without the watches that did not change, found by identity."""
    if len(sent) != len(merged):
        return sent, merged
    pairs = [(a, b) for a, b in zip(sent, merged, strict=True) if a is not b]
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
