"""Jobs that are over leave the list for the archive, and come back when asked for.

A job is on the disk in the archive before it leaves the list, and in the list before
the archive forgets it. A run that is killed in between leaves it in both: then the list
wins, and the move is made again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.errors import StateError
from ims_tui.core.moment import Clock
from ims_tui.core.ports import ArchiveFile
from ims_tui.core.state.archive import Archive, Pages
from ims_tui.core.state.archive_row import (
    Archived,
    ArchivePlace,
    archived,
    end_of,
    whole,
)
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import JobStore
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.saver import Saver
from ims_tui.engine.statewriter import kept_since
from ims_tui.engine.supervisor import Supervisor

_LOG = logging.getLogger(__name__)

EVERY_S = 600.0
"""Seconds between two looks for jobs that have become old."""

PAGE = 1000
"""Rows that are read in one go, 20 ms in the thread of the files."""

STRIDE = 100
"""Jobs that are moved in one go, at most 10 ms on the event loop."""

NOT_KEPT = "privacy.keep_history = 0 keeps no archive"


class AgeLimits(Struct, frozen=True):
    """When jobs move, as the settings say now; in seconds."""

    archive_after_s: float
    """Age from which a job that has ended leaves the list; 0: never."""
    keep_history_s: float
    """Age from which the archive forgets it; 0: there is no archive."""

    def is_due(self, entry: Entry, now: datetime) -> bool:
        """Whether a job that has ended is to leave the list.

        Not before it is acknowledged, nor soon after somebody added it; and not when
        the archive would forget it at once.
        """
        if not self.archive_after_s or entry.is_news or not entry.has_ended:
            return False
        end = end_of(entry)
        if end is None or self.is_forgotten(end, now):
            return False
        since = max(end, entry.watch.added or end)
        return (now - since).total_seconds() >= self.archive_after_s

    def is_forgotten(self, end: datetime, now: datetime) -> bool:
        """Whether what ended then is no longer kept."""
        return (now - end).total_seconds() >= self.keep_history_s


class Moved(Struct, frozen=True):
    """The result of moving jobs to or from the archive."""

    entries: tuple[Entry, ...] = ()
    problem: str = ""
    """Why nothing moved; empty too where there was nothing to move."""


class Archiver:
    """Moves jobs between the list and the archive."""

    def __init__(
        self,
        store: JobStore,
        saver: Saver,
        file: ArchiveFile,
        clock: Clock,
        *,
        limits: Callable[[], AgeLimits],
        on_added: Callable[[Entry], None],
        on_removed: Callable[[JobKey], None],
        on_change: Callable[[], None],
    ) -> None:
        self._store = store
        self._saver = saver
        self._file = file
        self._clock = clock
        self._limits = limits
        self._on_added = on_added
        self._on_removed = on_removed
        self._on_change = on_change
        self._faults = Supervisor(store, clock, on_change)
        self._may_read = asyncio.Event()
        self._wake = asyncio.Event()
        self._number: int | None = None
        """Of the latest row that was read; None where the archive was not."""

    async def run(self, *, is_shown: bool) -> None:
        """Read the archive if it is shown, then move what becomes old, for ever."""
        if is_shown:
            await self._may_read.wait()
            await self.read()
        while True:
            await self.move_due()
            self.forget_old()
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()
            await self._check()

    def start_reading(self) -> None:
        """The list is on the screen: now there is time for the archive."""
        self._may_read.set()

    def check_soon(self) -> None:
        """A job left the list elsewhere: another copy may have archived it."""
        self._wake.set()

    # -- reading -----------------------------------------------------------------------

    async def read(self) -> None:
        """Read all rows, with pauses for whoever else needs the files.

        The store's archive says that it is being read until then.
        """
        pages, place = Pages(), None
        try:
            _, number = await self._saver.in_thread(self._file.archive_newer, None)
            while place := await self._saver.in_thread(self._read_page, pages, place):
                pass
            archive = Archive(pages, list(pages.places.values()))
        except StateError as error:
            _LOG.error("the archive: %s", error)
            archive, number = Archive(problem=error.brief), None
        for key in pages.damaged:
            _LOG.warning("archived job %s cannot be read", key.job_id)
        self._store.put_archive(archive)
        self._number = number
        await self._check()  # what moved meanwhile
        self._on_change()

    def _read_page(
        self, pages: Pages, place: ArchivePlace | None
    ) -> ArchivePlace | None:
        rows, after = self._file.archive_page(place, PAGE)
        pages.grow(Pages.of(rows))
        return after

    async def _check(self) -> None:
        """Take over what was archived since, by whomever."""
        if self._number is None:
            return
        try:
            rows, self._number = await self._saver.in_thread(
                self._file.archive_newer, self._number
            )
        except StateError as error:
            _LOG.warning("the archive is not read again: %s", error)
            return
        if rows:
            more = await self._saver.in_thread(Pages.of, rows)
            self._store.put_archive(self._store.archive.plus(more))
            self._on_change()

    async def whole(self, key: JobKey) -> Entry | None:
        """An archived job with its reply; None where it is no longer there.

        Raises:
            StateError: it cannot be read.
        """
        jobs = await self._saver.in_thread(self._file.archived, [key])
        return next(iter(self._entries(jobs)), None)

    async def find(self, keys: Sequence[JobKey]) -> dict[JobKey, Entry]:
        """The jobs of these that are in the archive; none where it cannot be read."""
        try:
            jobs = await self._saver.in_thread(self._file.archived, keys)
        except StateError as error:
            self._saver.state.failed(error)
            return {}
        return {entry.key: entry for entry in self._entries(jobs)}

    def _entries(self, jobs: Iterable[Archived]) -> list[Entry]:
        now = self._clock.moment()
        found = []
        for job in jobs:
            entry = self._faults.attempt(job.key, whole, job, now)
            if entry is not None:
                found.append(entry)
        return found

    # -- moving ------------------------------------------------------------------------

    async def move_due(self) -> None:
        """Archive what has become old."""
        limits, now = self._limits(), self._clock.now()
        ended = [entry for entry in self._store.entries() if entry.has_ended]
        attempt = self._faults.attempt
        due = [e.key for e in ended if attempt(e.key, limits.is_due, e, now)]
        for start in range(0, len(due), STRIDE):
            if (await self.move(due[start : start + STRIDE])).problem:
                return

    async def move(self, keys: Iterable[JobKey]) -> Moved:
        """Archive those of these jobs that have ended."""
        known = [e for key in keys if (e := self._store.get(key)) is not None]
        entries = [entry for entry in known if entry.has_ended]
        problem = self._store.snapshot().problem
        if not self._limits().keep_history_s:
            problem = NOT_KEPT
        if problem or not entries:
            return Moved((), problem)
        now = self._clock.now()
        packed = [self._faults.attempt(e.key, archived, e, now) for e in entries]
        jobs = {job.key: job for job in packed if job is not None}
        entries = [entry for entry in entries if entry.key in jobs]
        problem = await self._write(jobs)
        if problem:
            return Moved((), problem)
        moved = tuple(entry for entry in entries if self._leaves(entry))
        for entry in moved:
            self._store.drop(entry.key)
            self._on_removed(entry.key)
        self._show([jobs[entry.key] for entry in moved])
        self._saver.list_changed()
        self._on_change()
        return Moved(moved)

    async def _write(self, jobs: Mapping[JobKey, Archived]) -> str:
        """Write jobs to the archive; returns why that failed."""
        transfers = self._saver.transfers
        transfers.archive(jobs)
        try:
            await self._saver.in_thread(self._file.archive, list(jobs.values()))
        except StateError as error:
            transfers.not_archived(jobs)
            self._saver.state.failed(error)
            self._on_change()
            return error.brief
        return ""

    def _leaves(self, entry: Entry) -> bool:
        """Whether an archived job leaves the list, where it is as it was archived."""
        now = self._store.get(entry.key)
        return self._saver.transfers.archived(
            entry.key, is_listed=now is not None, is_same=now is entry
        )

    def _show(self, jobs: Iterable[Archived]) -> None:
        if self._number is not None:
            pages = Pages.of(job.row for job in jobs)
            self._store.put_archive(self._store.archive.plus(pages))

    async def bring_back(self, keys: Sequence[JobKey]) -> Moved:
        """Put archived jobs on the list again, where they stay as if just added."""
        try:
            jobs = await self._saver.in_thread(self._file.archived, keys)
        except StateError as error:
            return Moved((), error.brief)
        now = self._clock.now()
        entries = [
            replace(entry, watch=replace(entry.watch, added=now))
            for entry in self._entries(jobs)
            if self._store.get(entry.key) is None
        ]
        self.put_back(entries)
        return Moved(tuple(entries))

    def put_back(self, entries: Sequence[Entry]) -> None:
        """Put entries on the list that were in the archive."""
        archive = self._store.archive
        self._store.put_archive(archive.without(entry.key for entry in entries))
        for entry in entries:
            self._store.put(entry)
            self._saver.transfers.come_back(entry)
            self._on_added(entry)
        self._saver.list_changed()
        self._on_change()

    # -- removing ----------------------------------------------------------------------

    async def remove(self, keys: Sequence[JobKey]) -> tuple[Moved, Sequence[Archived]]:
        """Remove jobs from the archive; returns also what `restore` brings back."""
        try:
            jobs = await self._saver.in_thread(self._file.archived, keys)
            await self._saver.in_thread(self._file.unarchive, keys)
        except StateError as error:
            return Moved((), error.brief), ()
        self._store.put_archive(self._store.archive.without(keys))
        self._on_change()
        return Moved(tuple(self._entries(jobs))), jobs

    async def restore(self, jobs: Sequence[Archived]) -> Moved:
        """Bring back what was removed."""
        try:
            await self._saver.in_thread(self._file.archive, jobs)
        except StateError as error:
            return Moved((), error.brief)
        self._show(jobs)
        self._on_change()
        return Moved(tuple(self._entries(jobs)))

    def forget_old(self) -> None:
        """Show no longer what the state file forgets at its next tidying."""
        archive = self._store.archive
        since = kept_since(self._clock.now(), self._limits().keep_history_s)
        old = archive.ended_before(since)
        if old:
            self._store.put_archive(archive.without(old))
            self._on_change()
