"""`ims-tui events`: what was seen of jobs since a time, from stored values only."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_since
from ims_tui.cli.selection import with_archived
from ims_tui.cli.style import plain_view
from ims_tui.core.headless.happenings import happening_json, happening_line
from ims_tui.core.state.happening import happenings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the span, the jobs and the form."""
    add = parser.add_argument
    add_since(parser, "8h")
    add("--tag", metavar="TAG", help="only jobs with this tag")
    add("--jsonl", action="store_true", help="each event as a JSON line, schema 2")


def run(call: Call) -> int:
    """Tell them, the earliest first; returns the exit code."""
    args, saved = call.args, call.saved()
    now = saved.now()
    since = now.wall - timedelta(seconds=args.since)
    entries = [
        entry
        for key, entry in with_archived(call, saved, since).items()
        if args.profile in (None, key.profile)
        and (args.tag is None or args.tag in entry.watch.tags)
    ]
    view = plain_view(call, now)
    for one in happenings(entries, since):
        if args.jsonl:
            line = json.dumps(happening_json(one, view), ensure_ascii=False)
        else:
            line = happening_line(one)
        call.out.write(f"{line}\n")
    return 0
