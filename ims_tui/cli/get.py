"""`ims-tui get`: some jobs, with one request each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_utc
from ims_tui.cli.selection import add_asking, named_entries
from ims_tui.cli.session import ask_once, tell_failures
from ims_tui.cli.style import has_colour, painted
from ims_tui.core.errors import UsageError
from ims_tui.core.headless.verdict import code_of_end, exit_code
from ims_tui.core.show.detail import error_block, heading, summary
from ims_tui.core.show.export import job_json, to_json
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry

_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the job and the form."""
    parser.add_argument(
        "jobs", nargs="+", metavar="JOB", help="job ids, or labels of jobs on the list"
    )
    add_asking(parser)
    add_utc(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help="JSON, schema 2; of several as list"
    )
    form.add_argument("--raw", action="store_true", help="the reply as received")
    parser.add_argument(
        "--exit-status", action="store_true", help="exit with 3 where the job failed"
    )


async def run(call: Call) -> int:
    """Ask and print; returns the exit code."""
    args = call.args
    known = named_entries(call)
    keys = list(known)
    is_one = len(args.jobs) == 1
    if is_one and len(keys) > 1:
        raise UsageError(f"{args.jobs[0]} is on the list of several profiles; give -p")
    if args.raw and not is_one:
        raise UsageError("--raw is the reply about one job; name only one")
    asked = await ask_once(call, known, [k for k in keys if not is_final(known[k])])
    entries = [asked.entries[key] for key in keys]
    tell_failures(call, entries)
    if args.raw:
        call.out.flush()
        exchange = entries[0].exchange
        sys.stdout.buffer.write(exchange.body if exchange else b"")
    elif args.json:
        one, view = entries[0], asked.view
        call.out.write(job_json(one, view) if is_one else to_json(entries, view))
    else:
        _print(call, [e for e in entries if e.reply is not None], asked.view)
    ends = map(code_of_end, entries) if args.exit_status else ()
    return exit_code((asked.exit_code, *ends))


def is_final(entry: Entry) -> bool:
    """An ended job never changes; without its reply there is still something to ask."""
    return entry.reply is not None and entry.has_ended


def _print(call: Call, entries: Sequence[Entry], view: View) -> None:
    colour = has_colour(call, call.out)
    for number, entry in enumerate(entries):
        call.out.write("\n" if number else "")
        lines = [heading(entry, view, _WIDTH), *error_block(entry, view, _WIDTH)]
        for line in [*lines, *summary(entry, view, _WIDTH, None)]:
            text = "".join(painted(c.text, c.tone, colour) for c in line)
            call.out.write(text.rstrip() + "\n")
