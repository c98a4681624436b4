"""A night in virtual time: what was sent, in one table.

400 jobs, 30 failures in three bursts, two outages and a short one, a refused sign-in,
five flapping stalls, three restarts, two copies; a chat room, somebody on call who
acknowledges every other failure and is quiet for half an hour during one burst, and a
lead who hears of what nobody acknowledged.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.news import Level, News
from ims_tui.core.notices.pace import Pace
from ims_tui.core.notices.rules import Candidate, Rule
from ims_tui.core.notices.silence import EVERYTHING, Silence
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.notifier import Notifier, Route
from tests.core.entries import at, id_of
from tests.core.notices.some_news import some_news
from tests.engine.test_reloader import AtOnce
from tests.virtual_time import VirtualClock, virtual

NIGHT_S = 10 * 3600.0
BURSTS_S = (3600.0, 4 * 3600.0, 7.5 * 3600.0)
ESCALATES_S = 900.0
SNOOZE_S = (BURSTS_S[1] - 30.0, BURSTS_S[1] + 1770.0)
REFUSED_S = 5.5 * 3600.0
RESTARTS_S = (1.5 * 3600.0, 3605.0 + 3 * 3600.0, 8 * 3600.0)
Happening = tuple[float, str, int]


def night() -> list[Happening]:
    """What happens, with its seconds, kind and number."""
    random = Random(17)
    failed = set(random.sample(range(400), 30))
    out: list[Happening] = []
    for number in range(400):
        if number in failed:
            failed_s = random.choice(BURSTS_S) + random.uniform(0, 90)
            out.append((failed_s, "fail", number))
            if number % 2:
                ack_s = failed_s + random.uniform(200, ESCALATES_S - 10)
                out.append((ack_s, "acknowledged", number))
        else:
            out.append((random.uniform(0, NIGHT_S), "success", number))
    for down_s, long_s in ((2 * 3600.0, 900.0), (6 * 3600.0, 240.0), (9000.0, 50.0)):
        out += [(down_s, "unreachable", -1), (down_s + long_s, "back", -1)]
    out += [(REFUSED_S, "auth", -1), (REFUSED_S + 2400.0, "signed in", -1)]
    out.append((SNOOZE_S[0], "snooze", -1))
    for number in range(1000, 1005):
        start_s = random.uniform(0, NIGHT_S / 2)
        out += [(start_s + n * 600.0, "stalled", number) for n in range(20)]
    return sorted(out)


class Room:
    """A channel that writes down what it is told, and when."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, Message]] = []

    async def send(self, message: Message) -> None:
        self.rows.append((asyncio.get_running_loop().time(), message))

    @property
    def told(self) -> list[News]:
        return [news for _, message in self.rows for news in message.news]

    def table(self) -> str:
        return "\n".join(
            f"{int(s) // 3600:02d}:{int(s) // 60 % 60:02d}:{int(s) % 60:02d}  "
            f"{message.level:<8} {message.title}"
            for s, message in self.rows
        )


Rooms = Mapping[str, Room]
ENDS = {"back": "unreachable", "signed in": "auth"}
OF_ONE_COPY = ("acknowledged", "snooze")


class Copy:
    """One running copy; both tell what they see, some seconds apart."""

    def __init__(self, path: Path, rooms: Rooms) -> None:
        pace, urgent = Pace(), Rule(Level.URGENT)
        routes = [
            Route("team", Rule(), pace, rooms["team"]),
            Route("oncall", urgent, pace, rooms["oncall"]),
            Route("lead", urgent, pace, rooms["lead"], escalates_s=ESCALATES_S),
        ]
        self._db = StateDb(path)
        clock = VirtualClock()
        self.notifier = Notifier(
            NotifySettings(), lambda _: routes, self._db, clock, AtOnce(), self._fail
        )
        self._task = asyncio.create_task(self.notifier.run())

    def _fail(self, line: str) -> None:
        raise AssertionError(line)

    def see(self, kind: str, number: int, now_s: float) -> None:
        key = JobKey("default", id_of(number))
        if kind == "acknowledged":
            self._db.acknowledge([key])
        elif kind == "snooze":
            self.notifier.silence(Silence(EVERYTHING, at(SNOOZE_S[1])))
        else:
            if kind == "fail":
                poll = StoredPoll(key, Exchange(200, b"FAIL"), at(now_s), is_news=True)
                self._db.save([poll], ())
            ends = ENDS.get(kind, "")
            news = some_news(
                "back" if ends else kind,
                number,
                seconds=now_s,
                job_id="" if number < 0 else None,
                ends=ends,
            )
            self.notifier.tell([Candidate(news)])

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.notifier.close(5.0)


async def live_through(path: Path, rooms: Rooms) -> None:
    happenings = night()
    copies = [Copy(path, rooms) for _ in range(2)]
    restarts = [*RESTARTS_S]
    loop = asyncio.get_running_loop()
    for at_s, kind, number in happenings:
        await asyncio.sleep(max(0.0, at_s - loop.time()))
        if restarts and at_s >= restarts[0]:
            restarts.pop(0)
            await copies[0].end()
            copies[0] = Copy(path, rooms)
            for past_s, was, which in happenings:  # what it finds on the list
                if past_s < at_s and was in ("fail", "success"):
                    copies[0].see(was, which, past_s)
        for copy in copies[:1] if kind in OF_ONE_COPY else copies:
            copy.see(kind, number, at_s)
    await asyncio.sleep(7200)
    for copy in copies:
        await copy.end()


def counts(room: Room) -> Counter[str]:
    return Counter(news.kind for news in room.told)


def most_in_an_hour(times: Sequence[float]) -> int:
    return max(sum(1 for s in times if t <= s < t + 3599) for t in times)


def test_a_night(tmp_path: Path) -> None:
    rooms = {name: Room() for name in ("team", "oncall", "lead")}

    @virtual
    async def test() -> None:
        await live_through(tmp_path / "state.db", rooms)

    test()
    happened = Counter(kind for _, kind, _ in night())
    assert (happened["fail"], happened["success"]) == (30, 370)
    table = "\n".join(f"{name}\n{room.table()}" for name, room in rooms.items())
    expected = {"fail": 30, "success": 370, "stalled": 5, "unreachable": 2}
    assert counts(rooms["team"]) == expected | {"auth": 1, "back": 3}, table
    assert counts(rooms["oncall"]) == {"fail": 30, "auth": 1, "back": 1}, table
    acknowledged = {n for _, kind, n in night() if kind == "acknowledged"}
    left = {n for _, kind, n in night() if kind == "fail"} - acknowledged
    lead = rooms["lead"].told
    failures = {news.name for news in lead if news.kind == "fail"}
    assert failures == {f"job{n}" for n in left}, table
    assert counts(rooms["lead"]) == {
        "fail": len(left),
        "auth": 1,
        "back": 1,
    }, table
    for name, room in rooms.items():
        once = {(news.key, news.at) for news in room.told}
        assert len(once) == len(room.told), table
        assert most_in_an_hour([s for s, _ in room.rows]) <= Pace().most_per_hour
        assert not [s for s, _ in room.rows if SNOOZE_S[0] < s < SNOOZE_S[1]], table
        wait_s = ESCALATES_S if name == "lead" else 0.0
        for told_s, message in room.rows:
            for news in message.news:
                due_s = (news.at - at(0)).total_seconds() + wait_s
                due_s = SNOOZE_S[1] if SNOOZE_S[0] < due_s < SNOOZE_S[1] else due_s
                assert news.level is not Level.URGENT or told_s - due_s <= 120, table
