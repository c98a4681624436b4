"""A night in virtual time: what was sent, in one table.

400 jobs, 30 failures in three bursts, two outages and a short one, five flapping
stalls, three restarts, two copies; a chat room and somebody on call.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.news import Level, News
from ims_tui.core.notices.pace import Pace
from ims_tui.core.notices.rules import Candidate, Rule
from ims_tui.engine.notifier import Notifier, Route
from tests.core.notices.some_news import some_news
from tests.engine.test_reloader import AtOnce
from tests.virtual_time import VirtualClock, virtual

NIGHT_S = 10 * 3600.0
Happening = tuple[float, str, int]


def night() -> list[Happening]:
    """What happens, with its seconds, kind and number."""
    random = Random(17)
    failed = set(random.sample(range(400), 30))
    out: list[Happening] = []
    for number in range(400):
        if number in failed:
            burst_s = random.choice([3600.0, 4 * 3600.0, 7.5 * 3600.0])
            out.append((burst_s + random.uniform(0, 90), "fail", number))
        else:
            out.append((random.uniform(0, NIGHT_S), "success", number))
    for down_s, long_s in ((2 * 3600.0, 900.0), (6 * 3600.0, 240.0), (9000.0, 50.0)):
        out += [(down_s, "unreachable", -1), (down_s + long_s, "back", -1)]
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


class Copy:
    """One running copy; both tell what they see, some seconds apart."""

    def __init__(self, path: Path, team: Room, oncall: Room) -> None:
        routes = [
            Route("team", Rule(), Pace(), team),
            Route("oncall", Rule(Level.URGENT), Pace(), oncall),
        ]
        clock = VirtualClock()
        self.notifier = Notifier(routes, StateDb(path), clock, AtOnce(), self._fail)
        self._task = asyncio.create_task(self.notifier.run())

    def _fail(self, line: str) -> None:
        raise AssertionError(line)

    def see(self, kind: str, number: int, now_s: float) -> None:
        job_id = "" if number < 0 else None
        news = some_news(kind, number, seconds=now_s, job_id=job_id)
        self.notifier.tell([Candidate(news)])

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.notifier.close(5.0)


async def live_through(path: Path, team: Room, oncall: Room) -> None:
    happenings = night()
    copies = [Copy(path, team, oncall) for _ in range(2)]
    restarts = [1.5 * 3600.0, 3605.0 + 3 * 3600.0, 8 * 3600.0]
    loop = asyncio.get_running_loop()
    for at_s, kind, number in happenings:
        await asyncio.sleep(max(0.0, at_s - loop.time()))
        if restarts and at_s >= restarts[0]:
            restarts.pop(0)
            await copies[0].end()
            copies[0] = Copy(path, team, oncall)
            for past_s, was, which in happenings:  # what it finds on the list
                if past_s < at_s and was in ("fail", "success"):
                    copies[0].see(was, which, past_s)
        for copy in copies:
            copy.see(kind, number, at_s)
    await asyncio.sleep(7200)
    for copy in copies:
        await copy.end()


def most_in_an_hour(times: Sequence[float]) -> int:
    return max(sum(1 for s in times if t <= s < t + 3599) for t in times)


def test_a_night(tmp_path: Path) -> None:
    team, oncall = Room(), Room()

    @virtual
    async def test() -> None:
        await live_through(tmp_path / "state.db", team, oncall)

    test()
    happened = Counter(kind for _, kind, _ in night())
    assert (happened["fail"], happened["success"]) == (30, 370)
    table = f"team\n{team.table()}\noncall\n{oncall.table()}"
    told = Counter(news.kind for news in team.told)
    expected = {"fail": 30, "success": 370, "stalled": 5, "unreachable": 2, "back": 2}
    assert told == expected, table
    assert len({news.key for news in oncall.told}) == len(oncall.told) == 30, table
    for room in (team, oncall):
        assert most_in_an_hour([s for s, _ in room.rows]) <= Pace().most_per_hour
    for at_s, message in oncall.rows:
        late_s = at_s - min(
            s
            for s, kind, n in night()
            for news in message.news
            if kind == "fail" and news.name == f"job{n}"
        )
        assert late_s <= 120, table
