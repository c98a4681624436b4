"""`ims-tui get`: one job, with one request."""

from __future__ import annotations

import argparse
import sys

from ims_tui.cli.call import Call
from ims_tui.cli.selection import chosen, entries_of, listed_watches
from ims_tui.cli.session import ask_once
from ims_tui.cli.style import has_colour, painted
from ims_tui.core.errors import UsageError
from ims_tui.core.headless.verdict import code_of_end, exit_code
from ims_tui.core.show.detail import error_block, heading, summary
from ims_tui.core.show.export import job_json
from ims_tui.core.show.sentences import poll_failure
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.watchlist.watch import Watch

_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the job and the form."""
    parser.add_argument(
        "jobs", nargs=1, metavar="JOB", help="job id, or label of a job on the list"
    )
    parser.set_defaults(tag=None)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON, schema 1")
    form.add_argument("--raw", action="store_true", help="the reply as received")
    parser.add_argument(
        "--exit-status", action="store_true", help="exit with 3 where the job failed"
    )


async def run(call: Call) -> int:
    """Ask and print; returns the exit code."""
    args, saved = call.args, call.saved()
    listed = listed_watches(call, saved)
    profile = call.settings.default_profile
    keys = chosen(call, listed, profile)
    if len(keys) > 1:
        raise UsageError(f"{args.jobs[0]} is on the list of several profiles; give -p")
    key = keys[0]
    known = entries_of(call, saved, [listed.get(key) or Watch(key.job_id, key.profile)])
    # An ended job never changes; without its reply there is still something to ask.
    is_final = known[key].reply is not None and known[key].has_ended
    asked = await ask_once(call, known, [] if is_final else [key])
    entry = asked.entries[key]
    if entry.failure is not None and not entry.has_ended:
        call.err.write(f"ims-tui: {name_of(entry)}: {poll_failure(entry.failure)}\n")
    _print(call, entry, asked.view)
    ends = code_of_end(entry) if args.exit_status else 0
    return exit_code((asked.exit_code, ends))


def _print(call: Call, entry: Entry, view: View) -> None:
    args = call.args
    if args.raw:
        call.out.flush()
        sys.stdout.buffer.write(entry.exchange.body if entry.exchange else b"")
    elif args.json:
        call.out.write(job_json(entry, view))
    elif entry.reply is not None:
        colour = has_colour(call, call.out)
        lines = [heading(entry, view, _WIDTH), *error_block(entry, view, _WIDTH)]
        for line in [*lines, *summary(entry, view, _WIDTH, None)]:
            text = "".join(painted(c.text, c.tone, colour) for c in line)
            call.out.write(text.rstrip() + "\n")
