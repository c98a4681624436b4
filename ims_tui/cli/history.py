"""`ims-tui history`: the jobs that ended, of the list and the archive."""

from __future__ import annotations

import argparse
from datetime import timedelta

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_since
from ims_tui.cli.selection import of_profile, with_archived
from ims_tui.cli.style import plain_view
from ims_tui.cli.table import add_forms, add_rows, check_state, choice_of, print_jobs
from ims_tui.core.state.archive_row import end_of
from ims_tui.core.text import age

_COLUMNS = ("ended", "state", "label", "type", "elapsed", "code")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the span, what to show, and how."""
    add_since(parser, "30d")
    add_rows(parser, "-ended")
    add_forms(parser)


def run(call: Call) -> int:
    """Print them; returns the exit code."""
    args = call.args
    choice, columns = choice_of(args, _COLUMNS)
    now = call.saved.now()
    since = now.wall - timedelta(seconds=args.since)
    entries = {
        key: entry
        for key, entry in of_profile(call, with_archived(call, since)).items()
        if entry.has_ended and ((at := end_of(entry)) is None or at > since)
    }
    check_state(args.state, entries.values())
    nothing = f"no job ended in the last {age(args.since)}"
    print_jobs(call, entries, plain_view(call, now), choice, columns, nothing)
    return 0
