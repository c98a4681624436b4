"""What happened in a span of time, for a shift report or a morning mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from ims_tui.core.headless.changes import stamp
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.export import SCHEMA, entry_json
from ims_tui.core.show.sentences import failure_line, meaning_lines, outcome_line
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, ended, name_of


class Digest(Struct, frozen=True):
    """The jobs of a span of time, the earliest end first."""

    since: datetime
    failed: Sequence[Entry]
    well: Sequence[Entry]
    live: Sequence[Entry]
    """Still going on, whenever they began."""


def digest_of(entries: Iterable[Entry], since: datetime) -> Digest:
    """What ended since a time, and what goes on."""
    known = list(entries)
    over = [e for e in known if e.has_ended and (ended(e) or since) > since]
    over.sort(key=lambda entry: ended(entry) or since)
    return Digest(
        since,
        [e for e in over if e.status is JobStatus.FAIL],
        [e for e in over if e.status is JobStatus.SUCCESS],
        [e for e in known if e.is_live],
    )


def digest_lines(digest: Digest, view: View) -> list[str]:
    """The digest as Markdown that reads well as plain text, too."""
    since = view.clock_time(digest.since, with_date=True)
    counts = (
        f"{len(digest.failed)} failed, {len(digest.well)} ok, "
        f"{len(digest.live)} still running"
    )
    lines = [f"# Since {since}: {counts}"]
    for title, entries in (
        ("Failed", digest.failed),
        ("Still running", digest.live),
        ("Ended well", digest.well),
    ):
        if entries:
            lines += ["", f"## {title}", ""]
        for entry in entries:
            lines += _job(entry, view)
    return lines


def _job(entry: Entry, view: View) -> list[str]:
    at = ended(entry)
    when = f" at {view.clock_time(at, with_date=True)}" if at else ""
    lines = [f"- {name_of(entry)}: {outcome_line(entry, view)}{when}"]
    if entry.status is JobStatus.FAIL:
        if entry.job is not None:
            lines.append(f"  {failure_line(entry.job)}")
        lines += [f"  {line}" for line in meaning_lines(view.meaning_of(entry))]
    return lines


def digest_json(digest: Digest, view: View) -> dict[str, object]:
    """The digest as a JSON document."""
    return {
        "schema": SCHEMA,
        "since": stamp(digest.since),
        "failed": [entry_json(entry, view) for entry in digest.failed],
        "succeeded": [entry_json(entry, view) for entry in digest.well],
        "running": [entry_json(entry, view) for entry in digest.live],
    }
