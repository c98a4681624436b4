"""`ims-tui explain`: what an error code, or the end of a job, means."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ims_tui.cli.call import Call
from ims_tui.cli.selection import chosen, entries_of, listed_watches
from ims_tui.cli.style import plain_view
from ims_tui.core.errors import UsageError
from ims_tui.core.service.codes import find_code, is_code, read_codes
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import outcome_line, poll_failure
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.text import printable
from ims_tui.wiring import packaged_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the code or job."""
    parser.add_argument(
        "jobs", nargs=1, metavar="CODE|JOB", help="IMG.0057, a job id or a label"
    )
    parser.set_defaults(tag=None)


def run(call: Call) -> int:
    """Print the explanation; returns the exit code."""
    word = call.args.jobs[0]
    if is_code(word):
        lines = list(_code(word))
        if not lines:
            raise UsageError(f"no meaning of {printable(word, 40)} is known")
    else:
        lines = list(_job(call))
    call.out.writelines(f"{line}\n" for line in lines)
    return 0


def _code(code: str) -> Iterator[str]:
    meaning = find_code(read_codes(packaged_text("service/codes.toml")), code)
    if meaning is not None:
        yield f"{meaning.code}  {meaning.text}"
        yield f"  {meaning.remedy}"


def _job(call: Call) -> Iterator[str]:
    saved = call.saved()
    listed = listed_watches(call, saved)
    keys = [key for key in chosen(call, listed, "") if key in listed]
    if not keys:
        raise UsageError(f"{call.args.jobs[0]} is not on the list; add it first")
    entries = entries_of(call, saved, [listed[key] for key in keys])
    view = plain_view(call, saved.now())
    for entry in entries.values():
        yield from _about(entry, view)


def _about(entry: Entry, view: View) -> Iterator[str]:
    yield f"{name_of(entry, 99)}: {outcome_line(entry, view)}"
    job = entry_json(entry, view)
    code, reason = str(job["error_code"]), str(job["fail_reason"])
    if reason:
        yield f'  The service says: "{reason}"'
    if code:
        known = list(_code(code))
        yield from (f"  {line}" for line in known)
        if not known:
            yield f"  No meaning of {code} is known."
    if entry.failure is not None:
        yield f"  {poll_failure(entry.failure)}"
