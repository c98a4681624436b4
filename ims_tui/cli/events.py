"""`ims-tui events`: what was seen since a time, from stored values only."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_since
from ims_tui.cli.selection import of_profile, stored_of, with_archived
from ims_tui.cli.style import plain_view
from ims_tui.core.headless.changes import service_json, service_line
from ims_tui.core.headless.happenings import happening_json, happening_line
from ims_tui.core.service.jobservice import lane_parts
from ims_tui.core.state.happening import happenings, outage_events


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the span, the jobs and the form."""
    add = parser.add_argument
    add_since(parser, "8h")
    add("--tag", metavar="TAG", help="only jobs with this tag, and no outages")
    add("--jsonl", action="store_true", help="each event as a JSON line, schema 2")


def run(call: Call) -> int:
    """Tell them, the earliest first; returns the exit code."""
    args, saved = call.args, call.saved
    now = saved.now()
    since = now.wall - timedelta(seconds=args.since)
    entries = [
        entry
        for entry in of_profile(call, with_archived(call, since)).values()
        if args.tag is None or args.tag in entry.watch.tags
    ]
    stored = stored_of(call, "outages", saved.outages) if args.tag is None else ()
    outages = [
        outage
        for outage in stored
        if args.profile in (None, lane_parts(outage.profile)[0])
    ]
    view = plain_view(call, now)
    told = [
        (one.now.at, happening_line(one), happening_json(one, view))
        for one in happenings(entries, since)
    ]
    told += [
        (event.at, service_line(event, view), service_json(event))
        for event in outage_events(outages, since)
    ]
    for _, line, document in sorted(told, key=lambda one: one[0]):
        text = json.dumps(document, ensure_ascii=False) if args.jsonl else line
        call.out.write(f"{text}\n")
    return 0
