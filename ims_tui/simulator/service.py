"""The simulated service as a whole: a scenario that runs, behind its socket."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from msgspec import Struct

from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.scenario import scenario
from ims_tui.simulator.server import SimulatorServer
from ims_tui.simulator.simulation import DemoWatch, Simulation


class SimulatedService(Struct, frozen=True):
    """A running simulator."""

    url: str
    watches: Sequence[DemoWatch]
    """The jobs of its scenario."""


@asynccontextmanager
async def simulator(
    scenario_name: str, seed: int, speed: float, port: int = 0
) -> AsyncIterator[SimulatedService]:
    """Serve a simulated IMS on loopback while the block lasts.

    Raises:
        ValueError: there is no such scenario.
        OSError: the port cannot be had.
    """
    started, zero_s = datetime.now(UTC), time.monotonic()
    simulation = Simulation(scenario(scenario_name, seed), started=started, speed=speed)
    api = ImsApi(
        simulation,
        elapsed=lambda: (time.monotonic() - zero_s) * speed,
        now=lambda: datetime.now(UTC),
    )
    async with SimulatorServer(api, port=port) as server:
        yield SimulatedService(server.url, simulation.watches)
