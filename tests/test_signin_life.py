"""A credential's life over days: real client, real simulator, virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from msgspec.structs import replace

from ims_tui.adapters.ims import DEPRECATED_CALL, ImsSource
from ims_tui.core.config.settings import AuthSpec, PasswordSpec, Profile, TokenSpec
from ims_tui.core.polling.budget import Budget, Limit
from ims_tui.core.polling.schedule import Scheduler
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.health import Link
from ims_tui.core.state.store import EventKind
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.simulator.account import DEMO
from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.message import Request, Response
from ims_tui.simulator.plan import JobPlan
from ims_tui.simulator.recipes import WHOLE
from ims_tui.simulator.scenario import Scenario
from ims_tui.simulator.server import SimulatorServer
from ims_tui.simulator.simulation import Simulation
from tests.simulator.transport import SimulatorTransport
from tests.virtual_time import START, virtual
from tests.world import World, loop_time

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
URL = "https://ims.example.com"
PASSWORD = PasswordSpec(
    "https://iam.example.com/v3",
    DEMO.user,
    DEMO.domain,
    Secret(DEMO.password),
    DEMO.project.name,
)


class Cloud(SimulatorTransport):
    """The simulator with a record of what came, an outage of IAM, a revocation."""

    def __init__(self, world: World, played: Scenario) -> None:
        self.simulation = Simulation(played, started=START)
        api = ImsApi(self.simulation, elapsed=loop_time, now=world.clock.now)
        super().__init__(api)
        self.sign_ins: list[float] = []
        self.turned_away = 0
        self.polls: list[tuple[float, int]] = []
        self.iam_away: tuple[float, float] = (0.0, 0.0)
        self.revoked_s = -1.0
        """Tokens that were issued before this are refused from then on."""
        self._issued: dict[str, float] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer after a moment, so that requests really overlap."""
        await asyncio.sleep(0.05)
        now_s = loop_time()
        if request.url.path == "/v3/auth/tokens":
            return await self._sign_in(request, now_s)
        issued_s = self._issued.get(request.headers["X-Auth-Token"], now_s)
        if issued_s < self.revoked_s <= now_s:
            request.headers["X-Auth-Token"] = "revoked"
        response = await super().handle_async_request(request)
        self.polls.append((now_s, response.status_code))
        return response

    async def _sign_in(self, request: httpx.Request, now_s: float) -> httpx.Response:
        begin_s, end_s = self.iam_away
        if begin_s <= now_s < end_s:
            self.turned_away += 1
            return httpx.Response(503, json={"error_msg": "away"})
        self.sign_ins.append(now_s)
        response = await super().handle_async_request(request)
        self._issued[response.headers["X-Subject-Token"]] = now_s
        return response

    @property
    def refused(self) -> int:
        """Polls that were refused."""
        return sum(status == 401 for _, status in self.polls)

    def longest_gap_s(self) -> float:
        """Longest time without a good answer."""
        good = [at_s for at_s, status in self.polls if status == 200]
        return max(b - a for a, b in pairwise(good))


def long_jobs(count: int, hours: float) -> tuple[JobPlan, ...]:
    return tuple(
        JobPlan(f"image-{n}", WHOLE, -60, hours * HOUR_S, label=f"job {n}")
        for n in range(count)
    )


@asynccontextmanager
async def watched(
    played: Scenario, auth: AuthSpec = PASSWORD, *, most_gap_s: float = 300.0
) -> AsyncIterator[tuple[World, Cloud]]:
    world = World()
    cloud = Cloud(world, played)
    profile = Profile("prod", region=DEMO.project.name, endpoint=URL, auth=auth)
    source = ImsSource(profile, now=world.clock.now, transport=cloud)
    scheduler: Scheduler[JobKey] = Scheduler(
        budget=Budget(Limit.per_window(2000, 300.0)),
        min_gap_s=most_gap_s / 2,
        max_gap_s=most_gap_s,
        chance=lambda: 0.5,
    )
    for job_id in cloud.simulation.job_ids:
        world.watch(job_id)
    world.open_lane(source, scheduler)
    async with world.running():
        yield world, cloud


@virtual
async def test_200_jobs_due_when_the_token_expires_share_one_sign_in() -> None:
    async with watched(Scenario("many", 1, long_jobs(200, 100.0))) as (world, cloud):
        await asyncio.sleep(HOUR_S)
        assert len(cloud.sign_ins) == 1
        # The machine sleeps past the end of the token: all 200 are due after it.
        world.clock.suspend(DAY_S)
        cloud.polls.clear()
        slept_s = loop_time()
        await asyncio.sleep(900)
        assert len(cloud.sign_ins) == 2
        assert cloud.refused == 0
        entries = list(world.store.entries())
        assert len(entries) == 200
        assert all(entry.failure is None for entry in entries)
        now = world.view().now
        assert all((entry.age_s(now) or 0.0) < 900 for entry in entries)
        assert len(cloud.polls) >= 200
        assert slept_s < cloud.sign_ins[-1]
        assert EventKind.STOPPED not in world.told()


@virtual
async def test_a_token_that_dies_early_is_not_seen_by_anybody() -> None:
    async with watched(Scenario("many", 1, long_jobs(200, 9.0))) as (world, cloud):
        await asyncio.sleep(HOUR_S)
        cloud.revoked_s = loop_time()
        await asyncio.sleep(HOUR_S)
        assert len(cloud.sign_ins) == 2
        assert 1 <= cloud.refused <= 4  # only what was under way
        assert all(entry.failure is None for entry in world.store.entries())
        assert not world.told(EventKind.STOPPED, EventKind.OFFLINE)


@pytest.mark.slow
@virtual
async def test_a_week_of_day_tokens_with_an_hour_without_iam() -> None:
    played = Scenario("week", 1, long_jobs(1, 300.0))
    async with watched(played, most_gap_s=600) as (world, cloud):
        # A token is renewed two hours before its end, the second one at hour 44.
        cloud.iam_away = (43.9 * HOUR_S, 44.9 * HOUR_S)
        await asyncio.sleep(7 * DAY_S)
        assert cloud.turned_away > 3
        assert cloud.refused == 0
        assert cloud.longest_gap_s() <= 600 + 60  # nobody noticed
        assert 7 <= len(cloud.sign_ins) <= 9
        assert world.health().link is Link.LIVE
        assert not world.told(EventKind.STOPPED, EventKind.OFFLINE)


@pytest.mark.slow
@virtual
async def test_a_dead_token_while_iam_is_away_for_an_hour() -> None:
    played = Scenario("week", 1, long_jobs(1, 300.0))
    async with watched(played, most_gap_s=600) as (world, cloud):
        begin_s = 3 * DAY_S + 4 * HOUR_S
        cloud.revoked_s, cloud.iam_away = begin_s, (begin_s, begin_s + HOUR_S)
        await asyncio.sleep(7 * DAY_S)
        assert HOUR_S <= cloud.longest_gap_s() <= HOUR_S + 600 + 60
        assert cloud.refused <= 2
        assert world.health().link is Link.LIVE
        assert world.told(EventKind.STOPPED, EventKind.OFFLINE, EventKind.BACK) == [
            EventKind.OFFLINE,
            EventKind.BACK,
        ]


@virtual
async def test_a_refused_token_stops_after_one_request_and_waits() -> None:
    wrong = TokenSpec(Secret("wrong"))
    played = Scenario("many", 1, long_jobs(50, 9.0))
    async with watched(played, wrong) as (world, cloud):
        await asyncio.sleep(DAY_S)
        assert len(cloud.polls) == 1
        assert world.health().link is Link.STOPPED
        assert world.told(EventKind.STOPPED) == [EventKind.STOPPED]


@virtual
async def test_the_older_call_is_tried_once_and_kept() -> None:
    played = Scenario("old", 1, long_jobs(5, 9.0), legacy=True)
    async with watched(played) as (world, cloud):
        await asyncio.sleep(HOUR_S)
        missing = [at_s for at_s, status in cloud.polls if status == 404]
        assert len(missing) == 1
        assert world.health().call == DEPRECATED_CALL
        assert world.told(EventKind.OTHER_CALL) == [EventKind.OTHER_CALL]
        assert all(entry.failure is None for entry in world.store.entries())
        assert all(entry.job is not None for entry in world.store.entries())


async def test_200_polls_over_a_socket_share_one_sign_in() -> None:
    played = Scenario("many", 1, long_jobs(200, 9.0))
    simulation = Simulation(played, started=START)
    now = START
    count = 0

    class Counted(ImsApi):
        def answer(self, request: Request) -> Response | None:
            nonlocal count
            count += request.path == "/v3/auth/tokens"
            return super().answer(request)

    api = Counted(simulation, elapsed=lambda: 0.0, now=lambda: now)
    async with SimulatorServer(api) as server:
        auth = replace(PASSWORD, auth_url=f"{server.url}/v3")
        profile = Profile(endpoint=server.url, auth=auth, region=DEMO.project.name)
        source = ImsSource(profile, now=lambda: now, max_in_flight=20)
        for _ in range(2):
            outcomes = await asyncio.gather(*map(source.show, simulation.job_ids))
            assert {type(outcome).__name__ for outcome in outcomes} == {"PollOk"}
            now += timedelta(hours=25)
        assert count == 2
        await source.close()
