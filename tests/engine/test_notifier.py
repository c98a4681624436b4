"""The notifier: notes, tells, tries again; no channel waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.errors import ChannelError, StateError
from ims_tui.core.notices.letter import PAUSES_S, Letter
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.pace import Pace
from ims_tui.core.notices.rules import Candidate, Rule
from ims_tui.core.notices.silence import EVERYTHING, Silence, of_profile, of_tag
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.notifier import MOST_AT_ONCE, Notifier, Route
from tests.core.entries import at, id_of
from tests.core.notices.some_news import some_news
from tests.engine.test_reloader import AtOnce
from tests.virtual_time import VirtualClock, virtual


class Ear:
    """A channel that keeps what it is told, or fails as often as it should."""

    most_at_once = 0

    def __init__(self, failures: int = 0, slow_s: float = 0.0) -> None:
        self.heard: list[tuple[float, str]] = []
        self.tries: list[float] = []
        self._failures = failures
        self._slow_s = slow_s
        self._at_once = 0

    async def send(self, message: Message) -> None:
        loop = asyncio.get_running_loop()
        self.tries.append(loop.time())
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self._slow_s)
        finally:
            self._at_once -= 1
        if len(self.tries) <= self._failures:
            raise ChannelError("it was refused")
        self.heard.append((loop.time(), message.title))

    @property
    def titles(self) -> list[str]:
        return [title for _, title in self.heard]


def silent(routes: Sequence[Route], db: StateDb, clock: VirtualClock) -> Notifier:
    """A notifier whose problems nobody hears of."""
    given, at_once = NotifySettings(), AtOnce()
    return Notifier(given, lambda _: routes, db, clock, at_once, lambda line: None)


class Told:
    """A notifier on a state file, with what it said."""

    def __init__(self, db: StateDb, pace: Pace | None = None, **ears: Ear) -> None:
        self.said: list[str] = []
        pace = pace or Pace()
        self.routes = [Route(name, Rule(), pace, ear) for name, ear in ears.items()]
        self.notifier = Notifier(
            NotifySettings(),
            lambda settings: self.routes,
            db,
            VirtualClock(),
            AtOnce(),
            self.said.append,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Callable[..., None]]:
        task = asyncio.create_task(self.notifier.run())
        try:
            yield self.tell
        finally:
            task.cancel()
            await asyncio.wait([task])

    def tell(self, kind: str, number: int = 1) -> None:
        """As it happens now."""
        now_s = asyncio.get_running_loop().time()
        self.notifier.tell([Candidate(some_news(kind, number, seconds=now_s))])


def test_a_failure_at_once_and_good_news_together(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        ear = Ear()
        told = Told(StateDb(tmp_path / "state.db"), team=ear)
        async with told.running() as tell:
            tell("fail")
            await asyncio.sleep(1)
            assert ear.titles == ["ims-tui: job1 fail"]
            await asyncio.sleep(600)
            tell("success", 2)
            tell("success", 3)
            await asyncio.sleep(6)
        assert ear.titles[1:] == ["ims-tui: 2 ok"]
        assert told.said == []

    test()


def test_a_slow_channel_holds_up_no_other(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        slow, quick = Ear(slow_s=100.0), Ear()
        told = Told(StateDb(tmp_path / "state.db"), slow=slow, quick=quick)
        async with told.running() as tell:
            tell("fail")
            await asyncio.sleep(1)
            assert (len(slow.tries), slow.heard, len(quick.heard)) == (1, [], 1)
            await asyncio.sleep(200)
            assert len(slow.heard) == 1

    test()


def test_three_more_tries_and_then_it_is_said(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        ear = Ear(failures=99)
        told = Told(StateDb(tmp_path / "state.db"), team=ear)
        async with told.running() as tell:
            tell("fail")
            await asyncio.sleep(3600)
        pauses = [b - a for a, b in zip(ear.tries, ear.tries[1:], strict=False)]
        assert len(pauses) == len(PAUSES_S)
        assert all(a <= b < a + 61 for a, b in zip(PAUSES_S, pauses, strict=True))
        assert told.said == [
            "notify.team: it was refused",
            "notify.team: it was refused; given up after three more tries",
        ]
        assert told.notifier.failures == len(ear.tries)

    test()


def test_what_a_channel_did_not_take_the_next_run_tells(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        first = Told(StateDb(tmp_path / "state.db"), team=Ear(failures=99))
        async with first.running() as tell:
            tell("fail")
            await asyncio.sleep(1)
        await first.notifier.close(60.0)
        ear = Ear()
        second = Told(StateDb(tmp_path / "state.db"), team=ear)
        async with second.running() as tell:
            tell("fail")  # as the next run finds it, too
            await asyncio.sleep(3600)
        assert ear.titles == ["ims-tui: job1 fail"]

    test()


def test_two_copies_tell_once_between_them(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        ears = Ear(), Ear()
        one, two = (Told(StateDb(tmp_path / "state.db"), team=ear) for ear in ears)
        async with one.running() as tell_one, two.running() as tell_two:
            for number in range(20):
                for tell in (tell_one, tell_two):
                    tell("fail", number)
                    tell("success", 100 + number)
                await asyncio.sleep(30)
            await asyncio.sleep(7200)
        news = [title for ear in ears for title in ear.titles]
        assert sum(map(count_of, news)) == 40

    test()


def count_of(title: str) -> int:
    """How many news a title tells."""
    words = title.removeprefix("ims-tui: ").split(", ")
    counts = [int(word.split()[0]) for word in words if word[0].isdigit()]
    return sum(counts) or 1


def test_the_end_tells_what_waits_and_forgets_nothing(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        ear = Ear()
        told = Told(StateDb(tmp_path / "state.db"), team=ear)
        async with told.running() as tell:
            tell("success")
        assert ear.titles == []
        await told.notifier.close(60.0)
        assert ear.titles == ["ims-tui: job1 success"]

    test()


EACH = Pace(is_each=True)


@virtual
async def tell_nine(told: Told, running_s: float) -> None:
    async with told.running() as tell:
        for number in range(9):
            tell("fail", number)
        await asyncio.sleep(running_s)
    await told.notifier.close(1000.0)


def test_only_a_few_programs_run_at_once(tmp_path: Path) -> None:
    ear = Ear(slow_s=10.0)
    tell_nine(Told(StateDb(tmp_path / "state.db"), EACH, hook=ear), 600.0)
    assert (len(ear.heard), ear.most_at_once) == (9, MOST_AT_ONCE)


def test_a_program_that_hangs_holds_up_no_news(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        ear = Ear(slow_s=300.0)
        told = Told(StateDb(tmp_path / "state.db"), EACH, hook=ear)
        async with told.running() as tell:
            for number in range(MOST_AT_ONCE):
                tell("fail", number)
                await asyncio.sleep(1)
                assert len(ear.tries) == number + 1
            told.notifier.stop()
        await told.notifier.close(0.0)

    test()


def test_what_runs_when_polling_ends_may_end_by_itself(tmp_path: Path) -> None:
    ear = Ear(slow_s=10.0)
    tell_nine(Told(StateDb(tmp_path / "state.db"), EACH, hook=ear), 1.0)
    assert (len(ear.heard), len(ear.tries)) == (9, 9), "none twice"


def test_once_stopped_no_program_is_started_and_those_that_run_end_in_time(
    tmp_path: Path,
) -> None:
    @virtual
    async def test() -> None:
        ear = Ear(slow_s=3600.0)
        told = Told(StateDb(tmp_path / "state.db"), EACH, hook=ear)
        async with told.running() as tell:
            for number in range(9):
                tell("fail", number)
            await asyncio.sleep(1)
            told.notifier.stop()
        begun_s = asyncio.get_running_loop().time()
        await told.notifier.close(1.0)
        assert asyncio.get_running_loop().time() == begun_s + 1.0
        assert (len(ear.tries), ear.heard) == (MOST_AT_ONCE, [])
        later = Ear()
        second = Told(StateDb(tmp_path / "state.db"), EACH, hook=later)
        async with second.running():
            await asyncio.sleep(3600)
        assert len(later.heard) == 9, "the next run tells them"

    test()


class FullDisk(StateDb):
    """A state file that cannot be written for a while."""

    is_full = True

    def post(self, letters: Sequence[Letter], now: datetime) -> None:
        if self.is_full:
            raise StateError("state.db: disk full")
        super().post(letters, now)


def test_news_wait_in_memory_while_the_outbox_cannot_be_written(
    tmp_path: Path,
) -> None:
    @virtual
    async def test() -> None:
        ear, db = Ear(), FullDisk(tmp_path / "state.db")
        told = Told(db, team=ear)
        async with told.running() as tell:
            tell("fail")
            await asyncio.sleep(60)
            assert ear.titles == []
            assert told.said == ["notify.outbox: state.db: disk full"]
            db.is_full = False
            await asyncio.sleep(10)
        assert ear.titles == ["ims-tui: job1 fail"]

    test()


def test_other_channels_take_the_place_of_those_of_before(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        before, after, other = Ear(slow_s=5.0), Ear(), Ear()
        told = Told(StateDb(tmp_path / "state.db"), team=before)
        async with told.running() as tell:
            tell("fail", 1)
            await asyncio.sleep(1)  # it is being told
            tell("success", 2)
            await asyncio.sleep(1)  # it waits, and is not lost
            told.routes = [
                Route(name, Rule(), Pace(), ear)
                for name, ear in (("team", after), ("other", other))
            ]
            told.notifier.follow(NotifySettings())
            await asyncio.sleep(60)
            tell("fail", 3)
            await asyncio.sleep(60)
            told.routes = []
            told.notifier.follow(NotifySettings())
            tell("fail", 4)
            await asyncio.sleep(60)
        assert before.titles == ["ims-tui: job1 fail"]
        assert after.titles == ["ims-tui: job2 success", "ims-tui: job3 fail"]
        assert other.titles == ["ims-tui: job3 fail"]

    test()


def test_a_snooze_holds_all_channels_of_all_copies_and_drops_nothing(
    tmp_path: Path,
) -> None:
    @virtual
    async def test() -> None:
        ear = Ear()
        one = Told(StateDb(tmp_path / "state.db"))
        two = Told(StateDb(tmp_path / "state.db"), team=ear)
        async with one.running(), two.running() as tell:
            one.notifier.silence(Silence(EVERYTHING, at(1800)))
            await asyncio.sleep(1)
            tell("fail", 1)
            tell("fail", 2)
            await asyncio.sleep(1)
            assert two.notifier.snoozed_until(at(2)) == at(1800)
            await asyncio.sleep(1700)
            assert ear.titles == []
            await asyncio.sleep(100)
            assert ear.titles == ["ims-tui: 2 failed"]
            two.notifier.silence(Silence(EVERYTHING, at(9999)))
            tell("fail", 3)
            await asyncio.sleep(60)
            two.notifier.lift(EVERYTHING)
            await asyncio.sleep(60)
            assert ear.titles[1:] == ["ims-tui: job3 fail"]

    test()


@pytest.mark.parametrize("scope", [of_tag("prod"), of_profile("default")])
def test_what_is_muted_is_not_told_till_it_is_unmuted(
    tmp_path: Path, scope: str
) -> None:
    @virtual
    async def test() -> None:
        ear = Ear()
        told = Told(StateDb(tmp_path / "state.db"), team=ear)
        async with told.running():
            told.notifier.silence(Silence(scope))
            for number in (1, 2):
                await asyncio.sleep(60)
                news = some_news("fail", number, seconds=60.0 * number)
                told.notifier.tell([Candidate(news, tags=["a", "prod"])])
                await asyncio.sleep(60)
                told.notifier.lift(scope)
        assert ear.titles == ["ims-tui: job2 fail"]

    test()


def test_a_failure_goes_on_only_where_nobody_acknowledged_it(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        db, team, oncall = StateDb(tmp_path / "state.db"), Ear(), Ear()
        routes = [
            Route("team", Rule(only_away=True), Pace(), team),
            Route("oncall", Rule(Level.URGENT), Pace(), oncall, escalates_s=900.0),
        ]
        notifier = silent(routes, db, VirtualClock())
        task = asyncio.create_task(notifier.run())
        for number in (1, 2):
            key = JobKey("default", id_of(number))
            poll = StoredPoll(key, Exchange(200, b"{}"), at(0), is_news=number == 1)
            db.save([poll], ())
            news = some_news("fail", number)
            notifier.tell([Candidate(news)], is_away=False)
        await asyncio.sleep(3600)
        task.cancel()
        await asyncio.wait([task])
        late = "ims-tui: job1 fail, nobody acknowledged it in 15m"
        assert (team.titles, oncall.titles) == ([], [late])
        assert oncall.heard[0][0] == pytest.approx(900.0)

    test()


@pytest.mark.parametrize("stopped_by", ["nobody", "an end", "a key"])
def test_a_refusal_goes_on_unless_it_ends_or_somebody_looks(
    tmp_path: Path, stopped_by: str
) -> None:
    @virtual
    async def test() -> None:
        team, oncall = Ear(), Ear()
        routes = [
            Route("team", Rule(kinds=("auth",)), Pace(), team),
            Route("oncall", Rule(only_away=True), Pace(), oncall, escalates_s=900.0),
        ]
        db, clock = StateDb(tmp_path / "state.db"), VirtualClock()
        notifier = silent(routes, db, clock)
        task = asyncio.create_task(notifier.run())
        notifier.tell([Candidate(some_news("auth", job_id=""))])
        await asyncio.sleep(60)
        if stopped_by == "an end":  # which somebody saw, so that nobody is told
            end = some_news("back", job_id="", ends="auth", seconds=60.0)
            notifier.tell([Candidate(end)], is_away=False)
        if stopped_by == "a key":
            notifier.acknowledge()
        await asyncio.sleep(3600)
        task.cancel()
        await asyncio.wait([task])
        late = ["ims-tui: job1 auth, nobody acknowledged it in 15m"]
        assert team.titles == ["ims-tui: job1 auth"]
        assert oncall.titles == (late if stopped_by == "nobody" else [])

    test()


def test_who_heard_bad_news_hears_their_end_though_somebody_saw_it(
    tmp_path: Path,
) -> None:
    @virtual
    async def test() -> None:
        ear, db = Ear(), StateDb(tmp_path / "state.db")
        routes = [Route("team", Rule(only_away=True), Pace(), ear)]
        notifier = silent(routes, db, VirtualClock())
        task = asyncio.create_task(notifier.run())
        for is_away in (True, False):
            bad = some_news(
                "auth", job_id="", seconds=asyncio.get_running_loop().time()
            )
            notifier.tell([Candidate(bad)], is_away=is_away)
            await asyncio.sleep(60)
            end = some_news("back", job_id="", ends="auth")
            notifier.tell([Candidate(end)], is_away=False)
            await asyncio.sleep(60)
        task.cancel()
        await asyncio.wait([task])
        assert ear.titles == ["ims-tui: job1 auth", "ims-tui: job1 back"]

    test()


def test_each_channel_hears_what_its_rule_lets_through(tmp_path: Path) -> None:
    @virtual
    async def test() -> None:
        loud, calm = Ear(), Ear()
        routes = [
            Route("loud", Rule(), Pace(is_each=True), loud),
            Route("calm", Rule(Level.URGENT), Pace(), calm),
        ]
        db = StateDb(tmp_path / "state.db")
        notifier = silent(routes, db, VirtualClock())
        notifier.tell([Candidate(some_news(kind)) for kind in ("success", "fail")])
        await notifier.close(60.0)
        assert sorted(loud.titles) == ["ims-tui: job1 fail", "ims-tui: job1 success"]
        assert calm.titles == ["ims-tui: job1 fail"]

    test()
