"""Sharing one machine with other copies: one budget, and one poller for a job.

`BookedSource` books every request before it goes out, some ahead where the limit is
large. `Follower` takes over what a running copy learns instead of asking the service
twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from msgspec.structs import replace

from ims_tui.core.errors import StateError
from ims_tui.core.moment import Clock, Moment
from ims_tui.core.polling.budget import Budget
from ims_tui.core.polling.lease import Lease
from ims_tui.core.polling.ledger import Ledger
from ims_tui.core.ports import JobSource
from ims_tui.core.service.errorcode import is_no_such_call
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.state.store import JobStore
from ims_tui.core.state.stored_reply import StoredPoll, stored_estimate
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.supervisor import Supervisor
from ims_tui.engine.tracker import Tracker

_LOG = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
"""A request that waits longer for the shared budget is put back."""

LOOK_S = 1.0
"""Seconds between two looks at what the other copy knows."""


class Neighbour(Protocol):
    """Another copy on this machine, running a dashboard or `watch`. Calls block."""

    def is_polling(self) -> bool:
        """Whether there is one."""

    def replies(self, keys: Collection[JobKey]) -> Sequence[StoredPoll]:
        """The last reply about each of these jobs that any copy stored.

        Raises:
            StateError: the stored replies cannot be read.
        """


def _has_turned(outcome: PollFailed) -> bool:
    return is_no_such_call(outcome.code) and outcome.kind is FailureKind.NOT_UNDERSTOOD


class BookedSource:
    """JobSource port: asks when the budget that all copies share allows."""

    def __init__(
        self,
        source: JobSource,
        ledger: Ledger,
        account: str,
        budget: Budget,
        clock: Clock,
    ) -> None:
        self._source = source
        self._ledger = ledger
        self._account = account
        self._budget = budget
        self._clock = clock
        self._requests: int | None = None
        self._lease: Lease | None = None
        self._waits_until_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """Seconds until the budget has room for the request that waits; 0: none."""
        return max(0.0, self._waits_until_s - now_s)

    @property
    def credential(self) -> CredentialState | None:
        """What is known of the credential; None before the first request."""
        return self._source.credential

    @property
    def call(self) -> str:
        """The call in use where it is not the documented one, else empty."""
        return self._source.call

    async def show(self, job_id: str) -> Outcome:
        """Ask once about one job, as soon as the budget has room.

        Where the source turns to another call, that is booked and sent at once: a
        command that asks once would end without an answer.
        """
        outcome = await self._show(job_id)
        if isinstance(outcome, PollFailed) and _has_turned(outcome):
            outcome = await self._show(job_id)
        return outcome

    async def _show(self, job_id: str) -> Outcome:
        until_s = self._clock.monotonic() + LONGEST_WAIT_S
        while wait_s := self._book():
            if self._clock.monotonic() + wait_s > until_s:
                cause = "other copies on this machine use the budget"
                return PollFailed(
                    FailureKind.THROTTLED, cause, retry_after_s=min(wait_s, 60.0)
                )
            self._waits_until_s = self._clock.monotonic() + wait_s
            await asyncio.sleep(wait_s)
        return await self._source.show(job_id)

    def _book(self) -> float:
        """Book a request; returns seconds to wait before it can be booked."""
        now_s, limit, lease = self._clock.monotonic(), self._budget.limit, self._lease
        if lease is not None and lease.spend(limit, now_s):
            return 0.0
        wished = 1 if lease is None else lease.next_size(limit, now_s)
        booking = self._ledger.book(self._account, limit, now_s, wished)
        if booking is None:
            return 0.0  # our own budget still holds
        self._lease = Lease(limit, booking.booked, now_s) if booking.booked else None
        if self._requests is not None:
            others = booking.requests - self._requests - booking.booked
            for _ in range(min(1000, others)):
                self._budget.charge(now_s)  # so that the plan counts what others sent
        self._requests = booking.requests
        return booking.wait_s

    async def reload(self) -> None:
        """Forget a refused credential, so that the next request reads it again."""
        await self._source.reload()

    async def has_changed(self) -> bool:
        """Whether another credential can be read than the one in use."""
        return await self._source.has_changed()

    async def close(self) -> None:
        """Close connections."""
        await self._source.close()
        self._ledger.close()


class Follower:
    """Keeps jobs that another copy polls up to date without a request.

    Args:
        store: the jobs; those that are live are followed where that is possible.
        tracker: polls those that are not.
        neighbour: the other copy.
        clock: ours.
        longest_gap_s: a reply older than this is not followed any longer.
        on_change: called when something new was taken over.
    """

    def __init__(
        self,
        store: JobStore,
        tracker: Tracker,
        neighbour: Neighbour,
        clock: Clock,
        *,
        longest_gap_s: float,
        on_change: Callable[[], None],
    ) -> None:
        self._store = store
        self._tracker = tracker
        self._neighbour = neighbour
        self._clock = clock
        self._longest_gap_s = longest_gap_s
        self._on_change = on_change
        self._faults = Supervisor(store, clock, on_change)
        self.has_looked = asyncio.Event()
        """Set by the first look, also where that met a fault."""
        self._followed: set[JobKey] = set()

    async def run(self) -> None:
        """Follow until cancelled. Where it dies, we ask about the jobs ourselves."""
        try:
            while True:
                await self.check()
                self.has_looked.set()
                await asyncio.sleep(LOOK_S)
        except Exception:
            self._follow_only(set())
            raise
        finally:
            self.has_looked.set()

    async def check(self) -> None:
        """Take over what is new, and ask ourselves where nothing comes any longer."""
        live = [entry.key for entry in self._store.entries() if entry.is_live]
        polls = await asyncio.to_thread(self._read, live) if live else ()
        now = self._clock.moment()
        has_news = [self._faults.attempt(p.key, self._take, p, now) for p in polls]
        fresh = {p.key for p in polls if is_fresh(p, now, self._longest_gap_s)}
        self._follow_only(fresh)
        if any(has_news):
            self._on_change()

    def _follow_only(self, fresh: set[JobKey]) -> None:
        """Ask about all jobs but these."""
        for key in fresh - self._followed:
            self._tracker.untrack(key)
        for key in self._followed - fresh:
            entry = self._store.get(key)
            if entry is not None:
                self._tracker.track(entry)
        self._followed = fresh

    def _read(self, keys: Collection[JobKey]) -> Sequence[StoredPoll]:
        if not self._neighbour.is_polling():
            return ()
        try:
            return self._neighbour.replies(keys)
        except StateError as error:
            _LOG.warning("cannot follow the other copy: %s", error)
            return ()

    def _take(self, poll: StoredPoll, now: Moment) -> bool:
        entry = self._store.get(poll.key)
        if entry is None or not entry.is_live:
            return False
        heard = overheard(entry, poll, now)
        if heard is None:
            return False
        self._store.put(self._tracker.foresee(heard))
        return True


def is_fresh(poll: StoredPoll, now: Moment, limit_s: float) -> bool:
    """Whether a stored reply is young enough to stand for one of our own."""
    return -limit_s <= (now.wall - poll.seen_at).total_seconds() <= limit_s


def overheard(entry: Entry, poll: StoredPoll, now: Moment) -> Entry | None:
    """The entry with a reply that another copy got; None where it is not newer."""
    seen = entry.seen
    if seen is not None and poll.seen_at <= seen.wall and not entry.is_stored:
        return None
    body = poll.exchange.body
    outcome = parse_reply(200, {}, body, entry.watch.job_id, now=now.wall)
    if not isinstance(outcome, PollOk):
        return None
    said = replace(outcome, exchange=poll.exchange)
    seen = now.at(poll.seen_at)
    heard = after_poll(entry, said, seen, poll.seen_at)
    if not heard.has_ended and (shown := stored_estimate(poll, outcome.job, seen)):
        heard = replace(heard, estimate=shown)
    return replace(heard, detection_s=poll.detection_s)
