"""`ims-tui [ID...]`: the dashboard.

Imports stand inside the functions, so that `ims-tui --help` comes at once.
"""

from __future__ import annotations

import argparse
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ims_tui.cli.call import Call


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the ids."""
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="job ids to add; - reads standard input"
    )


def run(call: Call) -> Coroutine[None, None, int]:
    """Open the dashboard; gives the exit code."""
    gc.disable()  # what is loaded now stays; `stay_responsive` turns it on again
    return _open(call)


async def _open(call: Call) -> int:
    from ims_tui.cli.screen import (
        check_terminal,
        load_for_screen,
        show_screen,
    )
    from ims_tui.cli.style import has_colour
    from ims_tui.core.watchlist.watch import Watch
    from ims_tui.wiring import build_runtime

    ids = _ids(call)
    check_terminal(call.environ)
    setup, loaded = call.setup, load_for_screen(call)
    settings = loaded.settings
    problems = [*loaded.problems, *call.open_log(setup, settings.log_level)]
    profile = settings.default_profile
    return await show_screen(
        settings,
        lambda: build_runtime(settings, setup.places, setup.files),
        setup.places,
        call.environ,
        first=[Watch(job_id, profile) for job_id in ids],
        problems=problems,
        has_color=has_colour(call, call.out),
    )


def _ids(call: Call) -> list[str]:
    words: list[str] = call.args.ids
    if not words:
        return []
    from ims_tui.cli.screen import keys_from_terminal
    from ims_tui.cli.selection import FROM_PIPE, ids_from_pipe
    from ims_tui.core.errors import UsageError
    from ims_tui.core.watchlist.ids import check_id

    try:
        ids = [check_id(word) for word in words if word != FROM_PIPE]
    except ValueError as error:
        raise UsageError(str(error)) from error
    if FROM_PIPE in words:
        ids += ids_from_pipe(call)
        keys_from_terminal()
    return list(dict.fromkeys(ids))
