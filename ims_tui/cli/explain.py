"""`ims-tui explain`: what an error code, or the end of a job, means."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine, Iterator, Mapping

from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_utc
from ims_tui.cli.selection import add_asking, named_entries
from ims_tui.cli.style import plain_view
from ims_tui.core.errors import UsageError
from ims_tui.core.service.codes import Meaning, is_code
from ims_tui.core.service.job import JobError
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import outcome_line, poll_failure
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.wiring import explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the code or job."""
    parser.add_argument(
        "jobs", nargs=1, metavar="CODE|JOB", help="IMG.0057, a job id or a label"
    )
    add_asking(parser)
    add_utc(parser)


def run(call: Call) -> int | Coroutine[None, None, int]:
    """Print the explanation; returns the exit code. Asks where nothing is known yet."""
    word = call.args.jobs[0]
    if not is_code(word):
        return _job(call)
    lines = list(_code(word))
    if not lines:  # a job may be called like a code
        try:
            return _job(call)
        except UsageError:
            shown = printable(word, 40)
            text = f"no meaning of {shown} is known, and no job is called so"
            raise UsageError(text) from None
    call.out.writelines(f"{line}\n" for line in lines)
    return 0


def _code(code: str) -> Iterator[str]:
    if (meaning := explain(JobError(code))) is not None:
        yield from _told(meaning)


def _told(meaning: Meaning) -> Iterator[str]:
    yield f"{meaning.code}  {meaning.text}"
    yield f"  Try: {meaning.remedy}"
    yield f"  {meaning.text_zh}{meaning.remedy_zh}"
    yield f"  Source: {meaning.source}"


def _job(call: Call) -> int | Coroutine[None, None, int]:
    entries = named_entries(call)
    if any(entry.status is None for entry in entries.values()):
        return _asked(call, entries)
    _tell(call, entries, plain_view(call, call.saved.now()))
    return 0


async def _asked(call: Call, entries: Mapping[JobKey, Entry]) -> int:
    from ims_tui.cli.session import ask_once

    unknown = [key for key, entry in entries.items() if entry.status is None]
    asked = await ask_once(call, entries, unknown)
    _tell(call, asked.entries, asked.view)
    return asked.exit_code


def _tell(call: Call, entries: Mapping[JobKey, Entry], view: View) -> None:
    for entry in entries.values():
        call.out.writelines(f"{line}\n" for line in _about(entry, view))


def _about(entry: Entry, view: View) -> Iterator[str]:
    yield f"{name_of(entry, 99)}: {outcome_line(entry, view)}"
    job = entry_json(entry, view)
    code, reason = str(job["error_code"] or ""), str(job["fail_reason"] or "")
    if reason:
        yield f'  The service says: "{reason}"'
    meaning = view.meaning_of(entry)
    if meaning is not None:
        yield from (f"  {line}" for line in _told(meaning))
    elif code:
        yield f"  No meaning of {code} is known."
    if entry.failure is not None:
        yield f"  {poll_failure(entry.failure)}"
