"""`ims-tui set`: change what is said of jobs on the list."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.selection import add_choice, chosen, listed_watches
from ims_tui.core.errors import UsageError
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.watchlist.selection import jobs
from ims_tui.core.watchlist.watch import Watch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the jobs and what is to be changed."""
    add_choice(parser)
    add = parser.add_argument
    add("--label", metavar="NAME", help="name of the job; empty: none")
    add("--note", metavar="TEXT", help="note for people; empty: none")
    add("--add-tag", metavar="TAG", action="append", default=[], help="may be repeated")
    add("--drop-tag", metavar="TAG", action="append", default=[], help="the opposite")
    add(
        "--service",
        choices=[str(service) for service in JobService],
        help="whose jobs they are",
    )
    mute = parser.add_mutually_exclusive_group()
    mute.add_argument(
        "--mute",
        dest="muted",
        action="store_true",
        default=None,
        help="send no notices about these jobs",
    )
    mute.add_argument("--unmute", dest="muted", action="store_false", default=None)


def run(call: Call) -> int:
    """Change and save; returns the exit code."""
    args, saved = call.args, call.saved
    given = (args.label, args.note, args.muted, args.service)
    if not (args.add_tag or args.drop_tag) and all(value is None for value in given):
        raise UsageError(
            "nothing to change; give --label, --note, --add-tag, --drop-tag, --service"
            " or --mute"
        )
    listed = listed_watches(call)
    keys = chosen(call, listed)
    if missing := [key.job_id for key in keys if key not in listed]:
        raise UsageError(f"{missing[0]} is not on the list; add it first")
    if args.label and len(keys) > 1:
        raise UsageError(f"--label is for one job, and these are {jobs(len(keys))}")
    changed = {key: changed_by(args, listed[key]) for key in keys}
    saved.watch_file.save([changed.get(key, w) for key, w in listed.items()])
    call.say([f"changed {jobs(len(keys))}"])
    return 0


def changed_by(args: argparse.Namespace, watch: Watch) -> Watch:
    """A watch with the changes of the command line."""
    tags = [tag for tag in (*watch.tags, *args.add_tag) if tag not in args.drop_tag]
    return replace(
        watch,
        label=watch.label if args.label is None else args.label,
        note=watch.note if args.note is None else args.note,
        muted=watch.muted if args.muted is None else args.muted,
        tags=tuple(dict.fromkeys(tags)),
        service=JobService(args.service) if args.service else watch.service,
    )
