"""Clocks: a closed lid, a wall clock set by anybody, a service in another year."""

from __future__ import annotations

import asyncio
import random

from tests.fakes import ScriptedJob
from tests.faults.room import Room
from tests.virtual_time import virtual
from tests.world import BUDGET, World, most_in_window, service

DAY_S = 86_400.0
SKEWS_S = (0.0, 1.0, -1.0, 240.0, -3_600.0, DAY_S, -400 * DAY_S, 9e8, -1.2e9)
SETS_S = (0.5, -0.5, 60.0, -3_600.0, 7 * DAY_S, -400 * DAY_S, 2e9)
REST_S = 180.0
"""Within this each job is asked about again, once nothing happens any more."""


def attempt(seed: int) -> str:
    """Some hours in which clocks do what they like; then all is asked about again."""
    chance = random.Random(seed)
    happened = chance.choice(["closed lids", "wall clocks set", "a service's clock"])

    @virtual
    async def play() -> None:
        world = World()
        source = service(chance.randrange(1, 12), ScriptedJob(end_s=9e9))
        source.skew_s = chance.choice(SKEWS_S)
        world.profile(source)
        async with world.running():
            for _ in range(chance.randrange(1, 6)):
                await asyncio.sleep(chance.choice([1.0, 40.0, 900.0]))
                if happened == "closed lids":
                    world.clock.suspend(chance.choice([1.0, 60.0, 9 * 3_600.0, DAY_S]))
                elif happened == "wall clocks set":
                    world.clock.set_wall(chance.choice(SETS_S))
                else:
                    source.skew_s = chance.choice(SKEWS_S)
            asked = len(source.sent)
            await asyncio.sleep(REST_S)
            again = {job_id for _, job_id in source.sent[asked:]}
            assert again == source.jobs.keys(), "some are never asked about again"
        assert most_in_window(source.sent) <= BUDGET
        world.store.snapshot()

    play()
    return happened


ROOM = Room(
    "clocks",
    attempt,
    frozenset({"closed lids", "wall clocks set", "a service's clock"}),
    short=12,
    long=1_000,
)
