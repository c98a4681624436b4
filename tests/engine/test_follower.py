"""Sharing a machine: requests wait for the common budget, replies are overheard."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.moment import Clock, Moment
from ims_tui.core.polling.budget import DEFAULT_LIMIT, Budget, Limit
from ims_tui.core.polling.ledger import Booking, Spent, book
from ims_tui.core.service.outcome import Exchange, FailureKind, PollFailed, PollOk
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import JobStore
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.follower import (
    LONGEST_WAIT_S,
    BookedSource,
    Follower,
    is_fresh,
    overheard,
)
from ims_tui.engine.tracker import Tracker
from tests.core.entries import at, ending, id_of, job, moment
from tests.fakes import ScriptedSource
from tests.virtual_time import VirtualClock, virtual
from tests.windows import excess

KEY = JobKey("prod", id_of(1))
LIMIT = Limit(rate_per_s=0.1, burst=1.0)


@dataclass
class CommonLedger:
    """Ledger port in memory."""

    spent: dict[str, Spent] = field(default_factory=dict)
    is_broken: bool = False
    bookings: int = 0

    def book(
        self, account: str, limit: Limit, now_s: float, wished: int = 1
    ) -> Booking | None:
        if self.is_broken:
            return None
        self.bookings += 1
        spent = self.spent.get(account)
        self.spent[account], booking = book(spent, limit, now_s, wished)
        return booking

    def close(self) -> None:
        pass


def booked(
    source: ScriptedSource, ledger: CommonLedger, budget: Budget
) -> BookedSource:
    return BookedSource(source, ledger, "account", budget, VirtualClock())


@virtual
async def test_two_copies_send_no_more_than_one_may() -> None:
    ledger, clock = CommonLedger(), VirtualClock()
    source = ScriptedSource()
    source.add(1)
    copies = [booked(source, ledger, Budget(LIMIT)) for _ in range(2)]
    for copy in copies:
        assert isinstance(await copy.show(id_of(1)), PollOk)
    assert clock.monotonic() >= 10.0, "the second one waited for its token"
    first, second = (at_s for at_s, _ in source.sent)
    assert second - first >= 10.0 - 1e-6


@virtual
async def test_what_others_sent_counts_in_the_plan_of_this_copy() -> None:
    ledger = CommonLedger()
    limit = Limit(rate_per_s=0.1, burst=5.0)
    source, clock = ScriptedSource(), VirtualClock()
    source.add(1)
    ours, theirs = Budget(limit), Budget(limit)
    mine, other = booked(source, ledger, ours), booked(source, ledger, theirs)
    await mine.show(id_of(1))
    for _ in range(3):
        await other.show(id_of(1))
    before = ours.ready_at(clock.monotonic())
    assert before == clock.monotonic()
    await mine.show(id_of(1))
    for _ in range(2):  # what was charged leaves no room for two of our own
        ours.take(clock.monotonic())
    assert ours.ready_at(clock.monotonic()) > clock.monotonic()


@virtual
async def test_a_request_that_would_wait_too_long_is_put_back() -> None:
    ledger, source = CommonLedger(), ScriptedSource()
    source.add(1)
    slow = Limit(rate_per_s=1 / (2 * LONGEST_WAIT_S), burst=1.0)
    copy = booked(source, ledger, Budget(slow))
    await copy.show(id_of(1))
    outcome = await copy.show(id_of(1))
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.THROTTLED
    assert outcome.retry_after_s is not None
    assert len(source.sent) == 1


@virtual
async def test_without_a_ledger_our_own_budget_still_holds() -> None:
    source = ScriptedSource()
    source.add(1)
    copy = booked(source, CommonLedger(is_broken=True), Budget(LIMIT))
    assert isinstance(await copy.show(id_of(1)), PollOk)


LARGE = Limit(rate_per_s=100.0, burst=400.0)


async def ask(copy: BookedSource, times: int) -> None:
    for _ in range(times):
        assert isinstance(await copy.show(id_of(1)), PollOk)


def a_source() -> ScriptedSource:
    source = ScriptedSource()
    source.latency_s = lambda: 0.0
    source.add(1)
    return source


@virtual
async def test_a_large_limit_is_booked_ahead_and_a_small_one_is_not() -> None:
    for limit, most in ((LARGE, 20), (DEFAULT_LIMIT, 50)):
        ledger = CommonLedger()
        await ask(booked(a_source(), ledger, Budget(limit)), 50)
        assert ledger.bookings <= most
        assert ledger.spent["account"].requests < 60
    assert ledger.bookings == 50


@virtual
async def test_copies_that_book_ahead_keep_the_limit_together() -> None:
    ledger, source, clock = CommonLedger(), a_source(), VirtualClock()
    copies = [booked(source, ledger, Budget(LARGE)) for _ in range(3)]
    for _ in range(6):
        for number, copy in enumerate(copies):
            await ask(copy, 30 * number + 10)
        await asyncio.sleep(0.2)
    ended, copies[0] = copies[0], booked(source, ledger, Budget(LARGE))
    await ended.close()
    for copy in copies:
        await ask(copy, 200)
    sent = [at_s for at_s, _ in source.sent]
    assert len(sent) == 6 * 120 + 600
    assert excess(sent, LARGE) <= 1e-3
    assert clock.monotonic() < 1.1 * (len(sent) - LARGE.burst) / LARGE.rate_per_s


@virtual
async def test_a_limit_that_the_service_names_ends_what_was_booked_ahead() -> None:
    ledger, source, clock = CommonLedger(), a_source(), VirtualClock()
    budget = Budget(LARGE)
    copy = booked(source, ledger, budget)
    await ask(copy, 8)
    before = ledger.bookings
    await ask(copy, 1)
    assert ledger.bookings == before, "there is something left"
    budget.take(clock.monotonic())
    budget.throttled(clock.monotonic(), None, (60.0, 60.0))
    burst = int(budget.limit.burst)
    await ask(copy, burst + 5)
    assert ledger.bookings >= before + burst + 5
    assert source.sent[-1][0] - source.sent[-6][0] >= 4.0, "at the pace that was named"


@virtual
async def test_what_was_booked_ahead_is_sent_without_a_ledger() -> None:
    ledger = CommonLedger()
    copy = booked(a_source(), ledger, Budget(LARGE))
    await ask(copy, 4)
    ledger.is_broken = True
    await ask(copy, 50)
    ledger.is_broken = False
    await ask(copy, 50)
    assert ledger.spent["account"].requests >= 54


@virtual
async def test_what_is_booked_ahead_is_no_request_of_others() -> None:
    ledger, clock = CommonLedger(), VirtualClock()
    ours = Budget(LARGE)
    await ask(booked(a_source(), ledger, ours), 50)
    assert ours.ready_at(clock.monotonic(), int(LARGE.burst) - 1) <= clock.monotonic()


BODY = b'{"job_id": "%s", "status": "%s", "entities": {"process_percent": 0.5}}'


def reply(seconds: float, status: str = "RUNNING") -> StoredPoll:
    body = BODY % (id_of(1).encode(), status.encode())
    return StoredPoll(KEY, Exchange(200, body), at(seconds), detection_s=2.0)


def test_only_what_is_newer_is_overheard() -> None:
    entry = Entry(Watch(id_of(1), "prod"))
    heard = overheard(entry, reply(10), moment(12))
    assert heard is not None
    assert heard.seen == Moment(at(10), 10)
    assert overheard(heard, reply(10), moment(13)) is None
    ended = overheard(heard, reply(11, "SUCCESS"), moment(13))
    assert ended is not None
    assert ended.has_ended
    assert ended.detection_s == 2.0


def test_the_end_is_said_as_the_copy_said_it_that_asked() -> None:
    entry = ending(Entry(Watch(id_of(1), "prod")), 50.0)
    told = replace(reply(20), ahead=(100.0, 200.0, 300.0, 1))
    heard = overheard(entry, told, moment(25))
    assert heard is not None
    assert heard.estimate is not None
    assert (heard.estimate.at_s, heard.estimate.end_s) == (20.0, 220.0)
    older = overheard(entry, reply(20), moment(25))
    assert older is not None
    assert older.estimate == entry.estimate, "an older release says none"
    failed = replace(told, exchange=reply(20, "FAIL").exchange)
    ended = overheard(entry, failed, moment(25))
    assert ended is not None
    assert ended.estimate is None


def test_a_body_that_is_no_job_is_not_taken() -> None:
    broken = StoredPoll(KEY, Exchange(200, b"{"), at(10))
    assert overheard(Entry(Watch(id_of(1), "prod")), broken, moment(12)) is None


def test_freshness_bears_a_clock_that_was_set() -> None:
    assert is_fresh(reply(10), moment(60), 60.0)
    assert not is_fresh(reply(10), moment(71), 60.0)
    assert is_fresh(reply(70), moment(60), 60.0)
    assert not is_fresh(reply(1000), moment(60), 60.0)


@dataclass
class OtherCopy:
    """Neighbour port: what another copy stored."""

    stored: list[StoredPoll] = field(default_factory=list)
    is_running: bool = True

    def is_polling(self) -> bool:
        return self.is_running

    def replies(self, keys: Collection[JobKey]) -> Sequence[StoredPoll]:
        return [poll for poll in self.stored if poll.key in keys]


class FixedClock(Clock):
    """Clock port that the test sets."""

    seconds = 12.0

    def now(self) -> datetime:
        return at(self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class SpyTracker(Tracker):
    """Remembers which jobs are polled by this copy."""

    polled: set[JobKey]

    def track(self, entry: Entry) -> None:
        self.polled.add(entry.key)

    def untrack(self, key: JobKey) -> None:
        self.polled.discard(key)


async def test_a_job_is_polled_here_only_while_nobody_else_does() -> None:
    store, clock, other = JobStore(), FixedClock(), OtherCopy()
    store.put(Entry(Watch(id_of(1), "prod"), job(1)))
    tracker = SpyTracker(
        store,
        clock,
        stall=StallSettings(),
        on_change=lambda: None,
    )
    tracker.polled = {KEY}
    news: list[int] = []
    follower = Follower(
        store,
        tracker,
        other,
        clock,
        longest_gap_s=60.0,
        on_change=lambda: news.append(1),
    )
    await follower.check()
    assert (tracker.polled, news) == ({KEY}, []), "the other copy has no such job"
    other.stored = [reply(10)]
    await follower.check()
    assert (tracker.polled, news) == (set(), [1])
    await follower.check()
    assert len(news) == 1, "nothing new"
    clock.seconds = 71.0
    await follower.check()
    assert tracker.polled == {KEY}, "the other copy went silent"
    other.stored = [reply(71)]
    await follower.check()
    assert tracker.polled == set()
    other.is_running = False
    await follower.check()
    assert tracker.polled == {KEY}, "the other copy has ended"
