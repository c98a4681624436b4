"""The jobs of a command line: ids, labels, `-`, `--tag`, and what is known of them."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from ims_tui.cli.call import Call
from ims_tui.cli.parser import time_span
from ims_tui.core.errors import StateError, UsageError
from ims_tui.core.polling.memory import Memory
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.state.history import foreseen, learned
from ims_tui.core.state.stored_reply import restored
from ims_tui.core.text import printable
from ims_tui.core.watchlist.ids import IdReport, find_ids
from ims_tui.core.watchlist.operator_input import merged
from ims_tui.core.watchlist.selection import (
    UnknownNameError,
    pick,
    placement,
    tagged,
)
from ims_tui.core.watchlist.watch import JobKey, Watch

T = TypeVar("T")

FROM_PIPE = "-"


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add ids, labels, `-` and `--tag`."""
    parser.add_argument(
        "jobs",
        nargs="*",
        metavar="JOB",
        help="job ids, their URLs, or names as LABEL shows them; - reads ids from "
        "standard input",
    )
    parser.add_argument("--tag", metavar="TAG", help="every job with this tag")


def add_service(parser: argparse.ArgumentParser) -> None:
    """Add `--service`."""
    parser.add_argument(
        "--service",
        choices=[str(service) for service in JobService],
        help="whose jobs new ids are; default: as their URL says, else ims",
    )


def service_of(
    call: Call, job_id: str, services: Mapping[str, JobService]
) -> JobService:
    """Whose job an id is: as the command line says, else its URL."""
    if call.args.service:
        return JobService(call.args.service)
    return services.get(job_id, JobService.IMS)


def add_timeout(parser: argparse.ArgumentParser) -> None:
    """Add how long answers are waited for."""
    parser.add_argument(
        "--timeout",
        type=time_span,
        metavar="TIME",
        help="longest wait for all answers, such as 90 or 1m30s; default: none",
    )


def add_asking(parser: argparse.ArgumentParser) -> None:
    """Add whose jobs new ids are, and how long answers about them are waited for."""
    parser.set_defaults(tag=None)
    add_service(parser)
    add_timeout(parser)


def chosen_watches(call: Call, listed: Mapping[JobKey, Watch]) -> list[Watch]:
    """The jobs that the command line names, on the list or not, at least one.

    Raises:
        UsageError: as of `chosen`.
    """
    found = _named(call, listed)
    return [
        listed.get(key)
        or Watch(
            key.job_id,
            key.profile,
            service=service_of(call, key.job_id, found.services),
        )
        for key in found.keys
    ]


def chosen(call: Call, listed: Mapping[JobKey, Watch]) -> Sequence[JobKey]:
    """The keys that the command line names, at least one.

    Args:
        call: with the arguments of `add_choice`.
        listed: the watchlist.

    Raises:
        UsageError: nothing is named, or something that is no job.
    """
    return _named(call, listed).keys


class _Named(Struct, frozen=True):
    """The jobs that the command line names."""

    keys: Sequence[JobKey]
    services: Mapping[str, JobService]
    """Whose jobs the ids of URLs are."""


def _named(call: Call, listed: Mapping[JobKey, Watch]) -> _Named:
    args = call.args
    labels = {watch.label for watch in listed.values()}
    urls = [word for word in args.jobs if is_url(word) and word not in labels]
    names = [word for word in args.jobs if word not in (FROM_PIPE, *urls)]
    profile = args.profile or ""
    report = ids_from_texts(call, [*urls, *(w for w in args.jobs if w == FROM_PIPE)])
    try:
        found = pick(names, listed, profile, lambda: _shown_names(call, listed))
        found += pick(report.found, listed, profile)
    except UnknownNameError as error:
        raise UsageError(str(error)) from error
    if args.tag is not None:
        found += _with_tag(args.tag, listed, profile)
    if not found:
        raise UsageError("no job is named; give ids, labels, - or --tag")
    profile = profile or call.settings.default_profile
    keys = (
        JobKey(profile_of(call, f, report, profile), f) if isinstance(f, str) else f
        for f in found
    )
    return _Named(tuple(dict.fromkeys(keys)), report.services)


def is_url(word: str) -> bool:
    """Whether a word is the address of a job, not its id or name."""
    return "://" in word


def ids_from_texts(call: Call, words: Sequence[str]) -> IdReport:
    """What the URLs among words, and standard input where they name it, hold.

    Raises:
        UsageError: a URL or standard input has no job id.
    """
    report = IdReport()
    for url in filter(is_url, words):
        in_url = find_ids(url)
        if not in_url.found:
            raise UsageError(f"no job id is in {printable(url, 90)}")
        report = merged(report, in_url)
    return merged(report, ids_from_pipe(call)) if FROM_PIPE in words else report


def profile_of(call: Call, job_id: str, report: IdReport, usual: str) -> str:
    """Of which profile a new id is: the one whose project its URL names, else usual.

    A project of the URL that no profile has is said.
    """
    projects, project_id = call.settings.projects, report.projects.get(job_id, "")
    is_chosen = bool(call.args.profile)
    place = placement(project_id, usual, projects, is_chosen=is_chosen)
    if place.stray:
        call.say([f"{job_id}: {place.stray}"])
    return place.profile


def _shown_names(call: Call, listed: Mapping[JobKey, Watch]) -> dict[JobKey, str]:
    """What the table shows under LABEL."""
    entries = entries_of(call, listed.values())
    return {key: name_of(entry) for key, entry in entries.items()}


def _with_tag(
    tag: str, listed: Mapping[JobKey, Watch], profile: str
) -> Sequence[JobKey]:
    found = tagged(tag, listed, profile)
    if not found:
        raise UsageError(f"no job on the list has the tag {tag!r}")
    return found


def read_pipe(call: Call) -> str:
    """All of standard input."""
    if call.inp.isatty():
        call.say(["reading ids from the terminal; end with ctrl+d"])
    if isinstance(call.inp, io.TextIOWrapper):
        call.inp.reconfigure(errors="surrogateescape")  # any bytes may hold an id
    return call.inp.read()


def ids_from_pipe(call: Call) -> IdReport:
    """The ids in standard input.

    Raises:
        UsageError: there is none.
    """
    report = find_ids(read_pipe(call))
    for text, why in report.rejected:
        call.say([f"left out {text}: {why}"])
    if not report.found:
        raise UsageError("no job id in standard input")
    return report


def entries_of(call: Call, watches: Collection[Watch]) -> dict[JobKey, Entry]:
    """What is known of jobs without asking: the list and the stored replies."""
    saved = call.saved
    try:
        polls = {p.key: p for p in saved.replies([w.key for w in watches])}
        past = saved.past() if polls else ()
    except StateError as error:
        call.say([f"stored values are left out: {error}"])
        polls, past = {}, ()
    call.say(saved.notices())
    now = saved.now()
    entries = {w.key: restored(w, polls.get(w.key), now) for w in watches}
    live = {e.job_type for e in entries.values() if e.is_live and e.job is not None}
    memories = learned(past, live) if live else {}
    for key, poll in polls.items():
        if entries[key].is_live:
            memory = memories.get(key.profile) or Memory()
            entries[key] = foreseen(entries[key], memory, poll.seen_at)
    return entries


def named_entries(call: Call) -> dict[JobKey, Entry]:
    """What is known of the jobs that the command line names, on the list or not.

    Raises:
        UsageError: as of `chosen`.
        WatchFileError: the list cannot be read or understood.
    """
    return entries_of(call, chosen_watches(call, listed_watches(call)))


def listed_entries(call: Call) -> dict[JobKey, Entry]:
    """What is known of the jobs on the list.

    Raises:
        WatchFileError: it cannot be read or understood.
    """
    return entries_of(call, listed_watches(call).values())


def of_profile(call: Call, jobs: Mapping[JobKey, T]) -> dict[JobKey, T]:
    """Those of the profile that the command line names; all where it names none."""
    profile = call.args.profile or ""
    return {key: one for key, one in jobs.items() if profile in ("", key.profile)}


def stored_of(call: Call, what: str, read: Callable[[], Sequence[T]]) -> Sequence[T]:
    """Stored values; none, and a line that says why, where they cannot be read."""
    try:
        return read()
    except StateError as error:
        call.say([f"{what} cannot be read: {error}"])
        return []


def with_archived(call: Call, since: datetime) -> dict[JobKey, Entry]:
    """What is known of the list, and of the archived jobs that ended since a time.

    Raises:
        WatchFileError: the list cannot be read or understood.
    """
    from ims_tui.core.state.archive_row import whole

    saved, listed = call.saved, listed_entries(call)
    found: dict[JobKey, Entry] = {}
    try:
        archived = saved.archived_since(since)
    except StateError as error:
        call.say([f"the archive is left out: {error}"])
        archived = []
    for job in archived:
        try:
            found[job.key] = whole(job, saved.now())
        except (TypeError, ValueError) as error:
            call.say([f"archived job {job.key.job_id} is left out: {error}"])
    return {**found, **listed}


def listed_watches(call: Call) -> dict[JobKey, Watch]:
    """The watchlist by key; entries that are of no use are said.

    Raises:
        WatchFileError: it cannot be read or understood.
    """
    report = call.saved.watch_file.load()
    call.say(f"watchlist {problem}" for problem in report.problems)
    return {watch.key: watch for watch in report.watches}
