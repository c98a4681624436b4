"""What the state file keeps for the next run: replies, the view, how jobs went."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from ims_tui.core.errors import StateError
from ims_tui.core.moment import Clock
from ims_tui.core.polling.memory import Memory
from ims_tui.core.ports import StateFile
from ims_tui.core.state.history import learned, past_job
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.store import Event, EventKind, JobStore, keep_latest
from ims_tui.core.state.stored_reply import StoredPoll, stored
from ims_tui.core.state.transfers import StateWrite, Transfers
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.supervisor import Supervisor
from ims_tui.engine.threads import InThread

_LOG = logging.getLogger(__name__)

TIDY_S = 86400.0
"""Seconds between two prunings of the history."""

_AGES_S = 3.0e9
"""About a century: longer than any history is kept."""


def kept_since(now: datetime, keep_s: float) -> datetime:
    """What ended before this is forgotten; `keep_s` may be infinite."""
    return now - timedelta(seconds=min(keep_s, _AGES_S))


class StateWriter:
    """Reads the state file at the start, and writes what the transfers send there."""

    def __init__(
        self,
        store: JobStore,
        file: StateFile,
        transfers: Transfers,
        in_thread: InThread,
        clock: Clock,
        *,
        on_change: Callable[[], None],
        keep_history_s: Callable[[], float],
    ) -> None:
        self._store = store
        self._file = file
        self._transfers = transfers
        self._in_thread = in_thread
        self._clock = clock
        self._on_change = on_change
        self._keep_history_s = keep_history_s
        self._faults = Supervisor(store, clock, on_change)
        self._view: Mapping[str, str] | None = None
        self._outages: dict[tuple[str, datetime], Outage] = {}
        self._tidied_s = clock.monotonic()

    # -- reading -----------------------------------------------------------------------

    async def load(self) -> dict[JobKey, StoredPoll]:
        """Every stored reply; none where the file cannot be read, which is said.

        What is stored of outages is in the store then.
        """
        try:
            self._store.put_outages(await self._in_thread(self._file.outages))
            return {p.key: p for p in await self._in_thread(self._file.load)}
        except StateError as error:
            self.failed(error)
            return {}
        finally:
            self._tell_notices()

    async def recall(self) -> dict[str, Memory]:
        """What was learned from the jobs of earlier runs, by profile."""
        await self._tidy()
        try:
            return await self._in_thread(lambda: learned(self._file.past()))
        except StateError as error:
            _LOG.error("starting without history: %s", error)
            return {}

    def _tell_notices(self) -> None:
        """Say what of the stored values was damaged and set aside."""
        for notice in self._file.notices():
            now = self._clock.now()
            self._store.tell(Event(now, EventKind.STATE_PROBLEM, detail=notice))

    # -- writing -----------------------------------------------------------------------

    def keep_view(self, view: Mapping[str, str]) -> None:
        """Store what the operator chose to see with the next write."""
        self._view = view

    @property
    def has_work(self) -> bool:
        """Whether something waits to be written."""
        return bool(
            self._transfers.has_state or self._view is not None or self._outages
        )

    async def step(self) -> None:
        """Write what waits, and once a day forget what is old."""
        self._take_outages()
        if self.has_work:
            await self.write()
        if self._clock.monotonic() - self._tidied_s >= TIDY_S:
            await self._tidy()

    def _take_outages(self) -> None:
        new = self._store.take_outages()
        if self._keep_history_s():
            self._outages |= new
            keep_latest(self._outages)  # a disk may take none for days

    async def check(self) -> None:
        """Take over what somebody acknowledged in another copy."""
        news = {e.key: e for e in self._store.entries() if e.is_news and e.seen}
        if not news or self._store.snapshot().state_problem:
            return
        try:
            found = await self._in_thread(self._file.acknowledged, list(news))
        except StateError as error:
            _LOG.warning("what other copies acknowledged is not known: %s", error)
            return
        for key, at in found.items():
            entry = self._store.get(key)
            # A stored reply from before the end never was news.
            if entry is news[key] and entry.seen and at >= entry.seen.wall:
                self._store.put(replace(entry, is_news=False))
                self._on_change()

    async def write(self) -> None:
        """Write what waits; a failure keeps it for the next time."""
        sent = self._transfers.state_sent()
        view, self._view = self._view, None
        outages, self._outages = self._outages, {}
        is_written = False
        try:
            await self._in_thread(self._writing(sent, view, [*outages.values()]))
            is_written = True
            self._transfers.state_saved()
            self._succeeded()
        except StateError as error:
            self.failed(error)
            self._on_change()
        finally:
            if not is_written:
                self._transfers.state_failed(sent)
                self._view = view if self._view is None else self._view
                self._outages = {**outages, **self._outages}
            self._tell_notices()

    def _writing(
        self,
        sent: StateWrite,
        view: Mapping[str, str] | None,
        outages: Sequence[Outage],
    ) -> Callable[[], None]:
        """What the thread does, with values that nobody changes meanwhile."""
        attempt, entries = self._faults.attempt, sent.entries.items()
        polls = [poll for key, e in entries if (poll := attempt(key, stored, e))]
        past = [job for key, e in entries if (job := attempt(key, past_job, e))]

        def write() -> None:
            # At once: what is archived from now on must come after it in the thread.
            self._file.unarchive(sent.forgotten)
            self._file.save(polls, sent.dropped)
            if past and self._keep_history_s():
                self._file.remember(past)
            if view is not None:
                self._file.save_view(dict(view))
            if outages:
                self._file.save_outages(outages)

        return write

    def failed(self, error: StateError) -> None:
        """Say that the next run will not know what this one learns."""
        if self._store.snapshot().state_problem != error.brief:
            _LOG.error("replies are not kept: %s", error)
            event = Event(self._clock.now(), EventKind.NOT_SAVED, detail=error.brief)
            self._store.tell(event)
        self._store.flag(state_problem=error.brief)

    def _succeeded(self) -> None:
        if self._store.snapshot().state_problem:
            detail = "the last replies are kept"
            self._store.tell(Event(self._clock.now(), EventKind.SAVED, detail=detail))
        self._store.flag(state_problem="")

    async def _tidy(self) -> None:
        """Forget what is older than the operator wants to keep."""
        self._tidied_s = self._clock.monotonic()
        since = kept_since(self._clock.now(), self._keep_history_s())
        try:
            await self._in_thread(self._file.tidy, since)
        except StateError as error:
            _LOG.warning("history not tidied: %s", error)

    async def close(self) -> None:
        """Write what waits and let go of the file."""
        self._take_outages()
        try:
            if self.has_work:
                await self.write()
        finally:
            await self._in_thread(self._file.close)
