"""How long the event loop stands still while a list of 10,000 jobs is saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from ims_tui.cli.screen import stay_responsive
from ims_tui.core.config.settings import Profile, Settings, TokenSpec
from ims_tui.core.ports import FixedConfig
from ims_tui.core.signin.secret import Secret
from ims_tui.engine.runtime import Runtime
from ims_tui.wiring import build_runtime
from tests.bench.home import home, places
from tests.bench.load import PROFILE
from tests.bench.report import Figure, say

BEAT_S = 0.001
SETTLED_S = 6.0
"""By then the list and the stored replies are read."""


class Pulse:
    """Beats on the event loop; remembers the longest pause between two beats."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        last_s = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_S)
            now_s = time.monotonic()
            self.longest_s = max(self.longest_s, now_s - last_s - BEAT_S)
            last_s = now_s


@contextmanager
def listed(jobs: int) -> Iterator[Runtime]:
    """A runtime on real files with so many finished jobs."""
    with home(finished=jobs) as environ:
        profile = Profile(
            PROFILE,
            endpoint="http://127.0.0.1:9",
            auth=TokenSpec(Secret("x"), source=""),
        )
        settings = Settings({PROFILE: profile}, PROFILE)
        yield build_runtime(settings, places(environ), FixedConfig(settings))


async def save_once(runtime: Runtime, changes: int) -> list[float]:
    """Longest pauses of the loop, one for each save after one change."""
    run = asyncio.create_task(runtime.run())
    await asyncio.sleep(SETTLED_S)
    stay_responsive()
    pauses = []
    keys = list(runtime.snapshot().entries)
    for number, key in enumerate(keys[:changes], 1):
        pulse = Pulse()
        beats = asyncio.create_task(pulse.beat())
        began_s = time.monotonic()
        await runtime.annotate(
            [key], lambda watch: replace(watch, note=watch.note + "x")
        )
        took_ms, pause_ms = (time.monotonic() - began_s) * 1000, pulse.longest_s * 1000
        say(
            f"  save {number}: {took_ms:.0f} ms, loop blocked {pause_ms:.1f} ms at most"
        )
        beats.cancel()
        pauses.append(pulse.longest_s)
    run.cancel()
    await asyncio.wait([run])
    return pauses


def measure(jobs: int = 10_000, changes: int = 5) -> list[Figure]:
    """Save some times after one change each."""
    with listed(jobs) as runtime:
        pauses = asyncio.run(save_once(runtime, changes))
    middle_ms, worst_ms = sorted(pauses)[len(pauses) // 2] * 1000, max(pauses) * 1000
    what = f"save at {jobs}: loop blocked"
    return [
        Figure(f"{what}, median", middle_ms, 10, "ms"),
        Figure(f"{what}, worst", worst_ms, 10, "ms", is_worst=True),
    ]
