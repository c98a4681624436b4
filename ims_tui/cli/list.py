"""`ims-tui list`: the list with its last known values."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine, Mapping, Sequence

from ims_tui.cli.call import Call, write_json
from ims_tui.cli.selection import add_timeout, listed_entries, of_profile
from ims_tui.cli.style import plain_view
from ims_tui.cli.table import add_forms, add_rows, check_state, choice_of, print_jobs
from ims_tui.core.show.columns import DEFAULT_COLUMNS
from ims_tui.core.show.rows import ATTENTION, Choice
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to show, and how."""
    parser.add_argument(
        "--refresh", action="store_true", help="ask the service once about live jobs"
    )
    add_timeout(parser)
    add_rows(parser, ATTENTION)
    add_forms(parser).add_argument(
        "--schema", action="store_true", help="the JSON Schema of all JSON output"
    )


def run(call: Call) -> int | Coroutine[None, None, int]:
    """Print the list; returns the exit code."""
    if call.args.schema:
        from ims_tui.core.headless.documents import documents_schema

        write_json(call.out, documents_schema())
        return 0
    choice, columns = choice_of(call.args, DEFAULT_COLUMNS)
    entries = of_profile(call, listed_entries(call))
    check_state(call.args.state, entries.values())
    if call.args.refresh:
        return _refreshed(call, entries, choice, columns)
    view = plain_view(call, call.saved.now())
    print_jobs(call, entries, view, choice, columns, _nothing(call.args))
    return 0


async def _refreshed(
    call: Call,
    entries: Mapping[JobKey, Entry],
    choice: Choice,
    columns: Sequence[str],
) -> int:
    from ims_tui.cli.session import ask_once, tell_failures

    live = [key for key, entry in entries.items() if not entry.has_ended]
    asked = await ask_once(call, entries, live)
    tell_failures(call, map(asked.entries.__getitem__, live))
    print_jobs(call, asked.entries, asked.view, choice, columns, _nothing(call.args))
    return asked.exit_code


def _nothing(args: argparse.Namespace) -> str:
    """What is said of no jobs: the list may be empty, or hold others."""
    if args.profile:
        return f"the list holds no job of profile {args.profile!r}"
    return "the list holds no job; ims-tui add ID puts one on it"
