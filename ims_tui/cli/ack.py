"""`ims-tui ack`: results of jobs are looked at; alerts about them end."""

from __future__ import annotations

import argparse

from ims_tui.cli.call import Call
from ims_tui.cli.selection import add_choice, chosen, listed_watches, of_profile
from ims_tui.core.errors import StateError, UsageError
from ims_tui.core.watchlist.selection import jobs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the jobs."""
    add_choice(parser)
    parser.add_argument("--all", action="store_true", help="every job on the list")


def run(call: Call) -> int:
    """Acknowledge and say how many results were new; returns the exit code."""
    args, saved = call.args, call.saved
    if args.all and (args.jobs or args.tag is not None):
        raise UsageError("--all is every job already; name none")
    listed = listed_watches(call)
    keys = list(of_profile(call, listed)) if args.all else chosen(call, listed)
    if missing := [key.job_id for key in keys if key not in listed]:
        raise UsageError(f"{missing[0]} is not on the list")
    try:
        saved.acknowledge_profiles(saved.now().wall)
        count = saved.acknowledge(keys)
    except StateError as error:
        call.say([f"not acknowledged: {error}"])
        return 7
    call.say([f"acknowledged {jobs(count)}"])
    return 0
