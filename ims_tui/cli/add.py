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
    listed_watches,
    read_pipe,
    service_of,
)
from ims_tui.core.errors import UsageError, reason_of
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.text import printable
from ims_tui.core.watchlist.ids import check_id, find_ids
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
    saved = call.saved()
    listed = listed_watches(call, saved)
    profile = call.settings.default_profile
    known = {key.job_id for key in listed if key.profile == profile}
    ids: dict[str, bool] = {}
    services: dict[str, JobService] = {}
    for text in _texts(call):
        report = find_ids(text, known)
        for rejected, why in report.rejected:
            call.say([f"left out {rejected}: {why}"])
        services |= report.services
        ids |= dict.fromkeys(report.found, True) | dict.fromkeys(report.known, False)
    if not ids:
        raise UsageError("no job id was found; a job id has 32 hex digits")
    fresh = [job_id for job_id, is_new in ids.items() if is_new]
    if args.label and len(fresh) > 1:
        raise UsageError(f"--label is for one job, and these are {jobs(len(fresh))}")
    if fresh:
        about = Watch(
            "", profile, args.label, tuple(args.tag), args.note, saved.now().wall
        )
        new = [
            replace(about, job_id=job_id, service=service_of(call, job_id, services))
            for job_id in fresh
        ]
        saved.watch_file.save([*listed.values(), *new])
    call.say(_told(len(fresh), len(ids) - len(fresh)))
    call.out.writelines(f"{job_id}\n" for job_id in ids)
    return 0


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
        if "://" not in text and not find_ids(text).found:
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
