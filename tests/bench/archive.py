"""The archive of a year: what it costs in memory, and how soon a key is painted."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from ims_tui.cli.process import stay_responsive
from ims_tui.core.config.settings import Profile, Settings, TokenSpec
from ims_tui.core.ports import FixedConfig
from ims_tui.core.signin.secret import Secret
from ims_tui.wiring import build_runtime
from tests.bench.home import PROGRAM, home, places
from tests.bench.load import PROFILE
from tests.bench.pressing import Key, click, painted_figures, press
from tests.bench.report import Figure
from tests.bench.saving import Pulse
from tests.bench.start import Case, beside, in_turn

STARTED_S = 1.0
"""By then everything else that a start brings is done."""

LISTED = 100
"""Finished jobs in the list. None is active, so that only keys change the screen."""

ROW = "-000000"
"""Stands in the label of the archived job that ended last."""


HEADING = 3
ROUND = (
    Key(b"1", "facet: list"),
    Key(b"6", "facet: archive"),
    Key(b"/"),
    Key(b"s", "filter: a letter"),
    Key(b"a", "filter: a second letter"),
    Key(b"\x1b"),
    Key(b"/"),
    Key(b"state:ok -label:sap /win.*5"),
    Key(b"/", "filter: a pattern"),
    Key(b"\x1b"),
    Key(click(12, HEADING), "sort: label"),
    Key(b"S", "sort: turned around"),
    Key(click(4, HEADING), "sort: state"),
    Key(b"S"),
    Key(b"S"),
)
"""Ends as it began, but for the sorted column."""


async def longest_pause_s(environ: Mapping[str, str]) -> float:
    """How long the event loop stands still at most while the archive is read."""
    auth = TokenSpec(Secret("x"), source="")
    profile = Profile(PROFILE, endpoint="http://127.0.0.1:9", auth=auth)
    settings = Settings({PROFILE: profile}, PROFILE)
    runtime = build_runtime(settings, places(dict(environ)), FixedConfig(settings))
    runtime.archives = runtime.shows_archive = True
    stay_responsive()
    changed = asyncio.Event()
    runtime.on_change = changed.set

    async def until(is_so: Callable[[], bool]) -> None:
        while not is_so():
            changed.clear()
            await changed.wait()

    run = asyncio.create_task(runtime.run())
    await until(lambda: not runtime.snapshot().is_loading)
    await asyncio.sleep(STARTED_S)
    runtime.archiver.start_reading()
    pulse = Pulse()
    beats = asyncio.create_task(pulse.beat())
    await until(lambda: not runtime.snapshot().archive.is_reading)
    beats.cancel()
    run.cancel()
    await asyncio.wait([run])
    return pulse.longest_s


def measure(rows: int = 100_000, runs: int = 12, rounds: int = 7) -> list[Figure]:
    """Start with and without an archive in turn, then press keys."""
    with ExitStack() as stack:
        none, full = (
            stack.enter_context(home(finished=LISTED, archived=count))
            for count in (0, rows)
        )
        label = "win2019-golden-00001"
        cases = [Case("none", PROGRAM, none, label), Case("full", PROGRAM, full, label)]
        found = in_turn(cases, runs)
        pauses = [asyncio.run(longest_pause_s(full)) for _ in range(3)]
        painted, rss_mb = press(full, Key(b"6"), ROW, ROUND, rounds)
    pause_ms = statistics.median(pauses) * 1000
    dashboard_ratio = beside(found["full"].screen_ms, found["none"].screen_ms)
    rows_ratio = beside(found["full"].rows_ms, found["none"].rows_ms)
    what = f"{rows} archived"
    return [
        Figure(f"{what}: resident", rss_mb, 150, "MB"),
        Figure(f"{what}: dashboard beside none", dashboard_ratio, 1.05),
        Figure(f"{what}: rows of the list beside none", rows_ratio, 1.05),
        Figure(f"{what}: loop blocked while it is read", pause_ms, 10, "ms"),
        *painted_figures(what, painted),
    ]
