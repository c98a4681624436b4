"""`ims-tui demo`: the dashboard against a simulated service, in one process.

It has its own temporary files: the operator's are never touched.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.dashboard import add_wall
from ims_tui.cli.screen import check_terminal, load_for_screen, show_screen
from ims_tui.cli.simulate import add_simulation
from ims_tui.cli.style import has_colour
from ims_tui.core.config.places import Places
from ims_tui.core.config.settings import (
    PollSettings,
    Profile,
    Settings,
    StallSettings,
    TokenSpec,
)
from ims_tui.core.config.values import Rate
from ims_tui.core.errors import ConfigError, reason_of
from ims_tui.core.ports import FixedConfig
from ims_tui.core.signin.secret import Secret
from ims_tui.core.watchlist.watch import Watch
from ims_tui.simulator.account import DEMO
from ims_tui.simulator.prehistory import earlier_jobs
from ims_tui.simulator.scenario import scenario
from ims_tui.wiring import build_runtime, seed_history

PROFILE = "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the scenario and its speed."""
    add_simulation(parser, speed=20.0)
    add_wall(parser)


async def run(call: Call) -> int:
    """Open the dashboard on the demo; returns the exit code."""
    from ims_tui.simulator.service import simulator  # not for the help alone

    args = call.args
    check_terminal(call.environ, "ims-tui simulate")
    operator, loaded = call.setup, load_for_screen(call)
    mine = loaded.settings
    with _own_folder() as folder:
        places = _places(Path(folder), operator.places)
        async with simulator(args.scenario, args.seed, args.speed) as service:
            settings = demo_settings(mine, service.url, args.speed)
            no_log = call.open_log(replace(operator, places=places), "info")
            watches = [
                Watch(w.job_id, PROFILE, w.label, w.tags, w.note, service=w.service)
                for w in service.watches
            ]
            plans = scenario(args.scenario, args.seed).jobs
            now = datetime.now(UTC)
            past = earlier_jobs(plans, args.seed, PROFILE, now, args.speed)
            seed_history(places, past)
            return await show_screen(
                settings,
                lambda: build_runtime(settings, places, FixedConfig(settings)),
                places,
                call.environ,
                first=watches,
                problems=[*loaded.problems, *no_log],
                is_wall=call.args.wall,
                is_demo=True,
                has_color=has_colour(call, call.out),
            )


def _own_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="ims-tui-demo-")
    except OSError as error:
        why = reason_of(error)
        text = f"the demo needs a folder for temporary files: {why}; set TMPDIR"
        raise ConfigError(text) from error


def demo_settings(mine: Settings, endpoint: str, speed: float) -> Settings:
    """The operator's taste, the demo's service, and limits that fit its speed."""
    account = Profile(
        PROFILE,
        region=DEMO.project.name,
        endpoint=endpoint,
        auth=TokenSpec(Secret(DEMO.token), source="the demo"),
        project_id=DEMO.project.id,
    )
    poll = replace(
        PollSettings(),
        min_interval_s=1.0,
        max_interval_s=max(2.0, mine.poll.max_interval_s / speed),
        budget=Rate(int(mine.poll.budget.requests * speed), mine.poll.budget.window_s),
    )
    stall = StallSettings()
    return replace(
        mine,
        profiles={PROFILE: account},
        default_profile=PROFILE,
        poll=poll,
        stall=replace(stall, minimum_s=max(5.0, stall.minimum_s / speed)),
    )


def _places(folder: Path, operator: Places) -> Places:
    return replace(
        operator,
        watchlist=folder / "watchlist.toml",
        state=folder / "state.db",
        log=folder / "ims-tui.log",
    )
