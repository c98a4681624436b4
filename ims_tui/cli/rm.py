"""`ims-tui rm`: take jobs off the list."""

from __future__ import annotations

import argparse

from ims_tui.cli.call import Call
from ims_tui.cli.selection import (
    add_choice,
    chosen,
    entries_of,
    listed_watches,
    of_profile,
)
from ims_tui.core.errors import StateError
from ims_tui.core.watchlist.selection import jobs
from ims_tui.core.watchlist.watch import JobKey


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is to be removed."""
    add_choice(parser)
    parser.add_argument(
        "--finished", action="store_true", help="every job that has ended"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only print what would be removed"
    )


def run(call: Call) -> int:
    """Remove and say how many; returns the exit code."""
    args, saved = call.args, call.saved
    listed = listed_watches(call)
    keys: list[JobKey] = []
    if args.finished:
        entries = entries_of(call, of_profile(call, listed).values())
        keys += [key for key, entry in entries.items() if entry.has_ended]
    if args.jobs or args.tag is not None or not args.finished:
        keys += chosen(call, listed)
    gone = [key for key in listed if key in set(keys)]
    if args.dry_run:
        names = (f"{key.job_id}  {listed[key].label}".rstrip() for key in gone)
        call.out.writelines(f"{name}\n" for name in names)
        return 0
    if gone:
        saved.watch_file.save([w for key, w in listed.items() if key not in gone])
        try:
            saved.save((), gone)
        except StateError as error:
            call.say([f"stored values stay: {error}"])
    missing = [key.job_id for key in keys if key not in listed]
    call.say(f"{job_id} is not on the list" for job_id in missing)
    if gone or not missing:
        call.say([f"removed {jobs(len(gone))}; the jobs themselves go on"])
    return 0  # also for what was not there: now no job that was named is on the list
