"""`ims-tui digest`: what happened lately, from stored values only."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta

from ims_tui.cli.call import Call, write_json
from ims_tui.cli.parser import add_since, add_utc
from ims_tui.cli.selection import listed_entries, of_profile, stored_of
from ims_tui.cli.style import plain_view
from ims_tui.core.headless.digest import (
    as_markdown,
    digest_json,
    digest_lines,
    digest_of,
)
from ims_tui.core.notices.letter import Told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the span and the form."""
    add = parser.add_argument
    add_since(parser, "8h")
    add_utc(parser)
    add("--json", action="store_true", help="as JSON, schema 2")


def run(call: Call) -> int:
    """Write it; returns the exit code."""
    saved = call.saved
    entries, now = of_profile(call, listed_entries(call)), saved.now()
    since = now.wall - timedelta(seconds=call.args.since)
    outages = stored_of(call, "outages", saved.outages)
    told: Sequence[Told] = ()
    if profile := call.args.profile:
        # Of whose jobs a channel was told is not kept.
        outages = [outage for outage in outages if outage.profile == profile]
    else:
        told = stored_of(call, "who was told", lambda: saved.told(since))
    digest = digest_of(entries.values(), since, outages, told)
    view = plain_view(call, now)
    if call.args.json:
        write_json(call.out, digest_json(digest, view))
    else:
        lines = map(as_markdown, digest_lines(digest, view))
        call.out.writelines(f"{line}\n" for line in lines)
    return 0
