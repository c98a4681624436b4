"""`ims-tui add`: put jobs on the list."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.selection import (
    FROM_PIPE,
    add_service,
    is_url,
    listed_watches,
    profile_of,
    read_pipe,
    service_of,
)
from ims_tui.core.errors import UsageError, reason_of
from ims_tui.core.text import printable
from ims_tui.core.watchlist.ids import IdReport, check_id, find_ids
from ims_tui.core.watchlist.operator_input import merged
from ims_tui.core.watchlist.selection import jobs
from ims_tui.core.watchlist.watch import Watch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ids and what is said of them."""
    add = parser.add_argument
    add(
        "texts",
        nargs="*",
        metavar="TEXT",
        help="job ids, or text that holds them; - reads standard input",
    )
    add("--from", dest="file", metavar="FILE", help="take the ids out of a file")
    add("--label", metavar="NAME", default="", help="name of the job")
    add("--tag", metavar="TAG", action="append", default=[], help="may be repeated")
    add("--note", metavar="TEXT", default="", help="note for people")
    add_service(parser)


def run(call: Call) -> int:
    """Add what is new and print every id that was found; returns the exit code."""
    args = call.args
    saved = call.saved
    listed = listed_watches(call)
    report = IdReport()
    for text in _texts(call):
        report = merged(report, find_ids(text))
    for rejected in report.rejected:
        if rejected.text not in report.found:
            call.say([f"left out {rejected.text}: {rejected.why}"])
    if not report.found:
        raise UsageError("no job id was found; a job id has 32 hex digits")
    named = [_watch(call, job_id, report) for job_id in report.found]
    fresh = [watch for watch in named if watch.key not in listed]
    if args.label and len(fresh) > 1:
        raise UsageError(f"--label is for one job, and these are {jobs(len(fresh))}")
    if fresh:
        now = saved.now().wall
        new = [replace(watch, added=now) for watch in fresh]
        saved.watch_file.save([*listed.values(), *new])
    call.say(_told(len(fresh), len(named) - len(fresh)))
    for watch in named:
        call.say(_doubts(call, watch, report, listed.get(watch.key)))
    call.out.writelines(f"{job_id}\n" for job_id in report.found)
    return 0


def _watch(call: Call, job_id: str, report: IdReport) -> Watch:
    """What is said of a job that was found."""
    args = call.args
    profile = profile_of(call, job_id, report, call.settings.default_profile)
    service = service_of(call, job_id, report.services)
    return Watch(
        job_id, profile, args.label, tuple(args.tag), args.note, service=service
    )


def _doubts(
    call: Call, watch: Watch, report: IdReport, listed: Watch | None
) -> Iterator[str]:
    """Where what a URL says of a job is not what one would take for granted."""
    job_id = watch.job_id
    if not call.args.profile and watch.profile != call.settings.default_profile:
        yield f"{job_id}: of profile {watch.profile}, whose project its URL names"
    is_named = bool(call.args.service) or job_id in report.services
    if listed and is_named and listed.service is not watch.service:
        change = f"ims-tui set {job_id} --service {watch.service}"
        yield f"{job_id}: listed as a job of {listed.service.word}; change: {change}"


def _told(added: int, known: int) -> Iterator[str]:
    if added:
        yield f"added {jobs(added)}"
    if known:
        yield f"{jobs(known)} known already"


def _texts(call: Call) -> Iterator[str]:
    args = call.args
    if not args.texts and not args.file:
        raise UsageError("nothing to add; give ids, - or --from FILE")
    for text in args.texts:
        if text == FROM_PIPE:
            yield read_pipe(call)
            continue
        # Of a URL it is said below what its ids are.
        if not is_url(text) and not find_ids(text).found:
            try:
                check_id(text)
            except ValueError as error:
                raise UsageError(str(error)) from error
        yield text
    if args.file:
        yield _content(args.file)


def _content(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        why = reason_of(error)
        raise UsageError(f"{printable(name)} cannot be read: {why}") from error
