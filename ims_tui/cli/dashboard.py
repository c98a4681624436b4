"""`ims-tui [ID...]`: the dashboard."""

from __future__ import annotations

import argparse

from ims_tui.cli.call import Call
from ims_tui.cli.screen import check_terminal, show_screen
from ims_tui.core.errors import UsageError
from ims_tui.core.ids import check_id
from ims_tui.core.watch import Watch
from ims_tui.wiring import build_runtime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the ids."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="job ids to add")


async def run(call: Call) -> int:
    """Open the dashboard; returns the exit code."""
    ids = _ids(call.args.ids)
    check_terminal()
    setup = call.set_up()
    loaded = setup.load()
    settings = loaded.settings
    call.open_log(setup, settings.log_level)
    profile = settings.default_profile
    return await show_screen(
        build_runtime(settings, setup.places, setup.files),
        setup.places,
        first=[Watch(job_id, profile) for job_id in ids],
        problems=loaded.problems,
    )


def _ids(texts: list[str]) -> list[str]:
    try:
        return list(dict.fromkeys(check_id(text) for text in texts))
    except ValueError as error:
        raise UsageError(str(error)) from error
