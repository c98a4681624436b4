"""A simulator on loopback for the clients of other projects."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.server import SimulatorServer
from ims_tui.simulator.simulation import Simulation
from tests.simulator.stage import utc_now


@pytest.fixture
async def server(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SimulatorServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    api = ImsApi(simulation, elapsed=lambda: 30.0, now=utc_now)
    async with SimulatorServer(api) as running:
        yield running
