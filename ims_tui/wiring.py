"""Builds a runtime from files, clocks and the network; the only user of adapters."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.adapters.places import find_places
from ims_tui.core.errors import ConfigError
from ims_tui.core.places import Places
from ims_tui.core.provenance import Loaded
from ims_tui.core.settings import Profile, Settings
from ims_tui.core.theme import ThemeSpec
from ims_tui.runtime import Ports, Runtime

if TYPE_CHECKING:
    from ims_tui.adapters.ims import ImsSource
    from ims_tui.simulator.simulation import DemoWatch

_LOG = logging.getLogger(__name__)
LOG_BYTES = 2_000_000
LOG_FILES = 3


@dataclass(frozen=True, slots=True)
class Setup:
    """What one call of the program works with."""

    places: Places
    files: ConfigFiles

    def load(self) -> Loaded:
        """Read configuration and credentials; blocks."""
        return self.files.load()

    def reload(self) -> Settings:
        """Read them again; a wrong value keeps the one before.

        Raises:
            ConfigError: config.toml is of no use as it stands.
        """
        loaded = self.files.load()
        for problem in loaded.problems:
            _LOG.warning("%s", problem)
            if problem.whole_file:
                raise ConfigError(str(problem))
        return loaded.settings


def set_up(
    environ: Mapping[str, str],
    options: Mapping[str, object],
    config: str,
    watchlist: str,
) -> Setup:
    """Settle where the files are; reads none of them."""
    places = find_places(environ, config, watchlist)
    home = Path(environ.get("HOME") or Path.home())
    files = ConfigFiles(
        environ, options, places.config, home, is_named=places.config_is_named
    )
    return Setup(places, files)


def build_runtime(
    settings: Settings, places: Places, reload_settings: Callable[[], Settings]
) -> Runtime:
    """A runtime on this machine's files and clocks; nothing is opened yet."""
    from ims_tui.adapters.clock import SystemClock
    from ims_tui.adapters.statedb import StateDb
    from ims_tui.adapters.watchfile import WatchFile

    clock = SystemClock()

    def open_source(profile: Profile, settings: Settings) -> ImsSource:
        from ims_tui.adapters.ims import ImsSource  # httpx costs 50 ms: not earlier

        return ImsSource(
            profile,
            now=clock.now,
            timeout_s=settings.poll.request_timeout_s,
            max_in_flight=settings.poll.max_in_flight,
        )

    return Runtime(
        settings,
        Ports(
            clock=clock,
            watch_file=WatchFile(places.watchlist),
            state_file=StateDb(places.state),
            open_source=open_source,
            reload_settings=reload_settings,
            chance=random.Random().random,
        ),
    )


def all_themes(places: Places) -> tuple[list[ThemeSpec], list[str]]:
    """The operator's themes and ours, with a line for each file that is skipped."""
    from ims_tui.adapters.themefiles import packaged, read_themes

    return read_themes((places.themes, packaged()))


def open_log(path: Path, level: str) -> None:
    """Log into a rotating file, mode 600. Nothing ever goes to the terminal.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)
    log = RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
    )
    log.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    root = logging.getLogger("ims_tui")
    root.handlers = [log]
    root.setLevel(level.upper())
    root.propagate = False


@dataclass(frozen=True, slots=True)
class SimulatedService:
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
    import time

    from ims_tui.simulator.api import ImsApi
    from ims_tui.simulator.scenario import scenario
    from ims_tui.simulator.server import SimulatorServer
    from ims_tui.simulator.simulation import Simulation

    started, zero_s = datetime.now(UTC), time.monotonic()
    simulation = Simulation(scenario(scenario_name, seed), started=started, speed=speed)
    api = ImsApi(
        simulation,
        elapsed=lambda: (time.monotonic() - zero_s) * speed,
        now=lambda: datetime.now(UTC),
    )
    async with SimulatorServer(api, port=port) as server:
        yield SimulatedService(server.url, simulation.watches)
