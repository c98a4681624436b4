"""The service of a soak: at 60 times life, with storms, outages and short tokens."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from itertools import count, islice
from threading import Event, Thread
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.fleet import fleet
from ims_tui.simulator.scenario import AUTH_FAULTS, STORM, STORM_FAULTS, Scenario
from ims_tui.simulator.server import SimulatorServer
from ims_tui.simulator.simulation import Simulation

SPEED = 60
TOKEN_LIFE_S = 900.0
"""Simulated."""


class SoakedService:
    """Serves on loopback from a thread of its own while the block lasts."""

    url = ""

    def __init__(self, seed: int) -> None:
        faults = (*STORM_FAULTS, *AUTH_FAULTS)
        scenario = Scenario("soak", seed, STORM, faults, token_life_s=TOKEN_LIFE_S)
        started, self._zero_s = datetime.now(UTC), time.monotonic()
        self._simulation = Simulation(scenario, started=started, speed=SPEED)
        self._plans = (plan for each in count(seed) for plan in fleet(each))
        self._is_up, self._ends = Event(), Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_up.wait(30.0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ends.set()
        self._thread.join(30.0)

    async def _serve(self) -> None:
        api = ImsApi(
            self._simulation,
            elapsed=self._elapsed,
            now=lambda: datetime.now(UTC),
        )
        async with SimulatorServer(api) as server:
            self.url = server.url
            self._is_up.set()
            await asyncio.to_thread(self._ends.wait)

    def _elapsed(self) -> float:
        """Simulated seconds since the start."""
        return (time.monotonic() - self._zero_s) * SPEED

    @property
    def first_ids(self) -> tuple[str, ...]:
        """The odd jobs of the scenario."""
        return self._simulation.job_ids

    def begin(self, number: int) -> list[str]:
        """Begin so many more jobs; returns their ids."""
        now_s = self._elapsed()
        return [
            self._simulation.submit(replace(plan, begin_s=plan.begin_s + now_s))
            for plan in islice(self._plans, number)
        ]
