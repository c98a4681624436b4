"""`ims-tui [ID...]`: the dashboard.

Imports stand inside the functions, so that `ims-tui --help` comes at once.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ims_tui.cli.process import begin_loading

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ims_tui.cli.call import Call
    from ims_tui.core.watchlist.ids import IdReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the ids."""
    parser.add_argument(
        "ids",
        nargs="*",
        metavar="ID",
        help="job ids or URLs to add; - reads standard input",
    )
    add_wall(parser)


def add_wall(parser: argparse.ArgumentParser) -> None:
    """Add the option of a screen that nobody types at."""
    what = "large, for a screen that nobody types at; w goes back"
    parser.add_argument("--wall", action="store_true", help=what)


def run(call: Call) -> Coroutine[None, None, int]:
    """Open the dashboard; gives the exit code."""
    begin_loading()  # `stay_responsive` ends it
    return _open(call)


async def _open(call: Call) -> int:
    from ims_tui.cli.screen import (
        check_terminal,
        load_for_screen,
        show_screen,
    )
    from ims_tui.cli.style import has_colour
    from ims_tui.core.watchlist.operator_input import new_watches
    from ims_tui.core.watchlist.selection import placed
    from ims_tui.wiring import build_runtime

    report = _report(call)
    check_terminal(call.environ)
    setup, loaded = call.setup, load_for_screen(call)
    settings = loaded.settings
    problems = [*loaded.problems, *call.open_log(setup, settings.log_level)]
    new = new_watches(report.found, settings.default_profile, services=report.services)
    first, strays = placed(
        new, report.projects, settings.projects, is_chosen=bool(call.args.profile)
    )
    return await show_screen(
        settings,
        lambda: build_runtime(settings, setup.places, setup.files),
        setup.places,
        call.environ,
        first=first,
        problems=[*problems, *strays],
        has_color=has_colour(call, call.out),
        is_wall=call.args.wall,
    )


def _report(call: Call) -> IdReport:
    from ims_tui.core.watchlist.ids import IdReport, check_id

    words: list[str] = call.args.ids
    if not words:
        return IdReport()
    from ims_tui.cli.screen import keys_from_terminal
    from ims_tui.cli.selection import FROM_PIPE, ids_from_texts, is_url
    from ims_tui.core.errors import UsageError
    from ims_tui.core.watchlist.operator_input import merged

    ids = (word for word in words if word != FROM_PIPE and not is_url(word))
    try:
        report = IdReport(tuple(check_id(word) for word in ids))
    except ValueError as error:
        raise UsageError(str(error)) from error
    report = merged(report, ids_from_texts(call, words))
    if FROM_PIPE in words:
        keys_from_terminal()
    return report
