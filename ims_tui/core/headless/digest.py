"""What happened in a span of time, for a shift report or a morning mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from ims_tui.core.headless.changes import stamp
from ims_tui.core.notices.letter import Told
from ims_tui.core.notices.message import count_text
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import (
    failure_line,
    meaning_lines,
    outcome_line,
)
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import (
    Entry,
    ended,
    fail_reason,
    found_ended,
    name_of,
)
from ims_tui.core.state.outage import Outage, joined
from ims_tui.core.text import span

_ACTIVE = re.compile(r"([<\[`\\])")
"""What begins more than emphasis in Markdown; our own lines have none of it."""


class Digest(Struct, frozen=True):
    """The jobs of a span of time, the earliest end first."""

    since: datetime
    failed: Sequence[Entry]
    well: Sequence[Entry]
    live: Sequence[Entry]
    """Still going on, whenever they began."""
    unheard: Sequence[Entry] = ()
    """On the list, and no reply has told yet how they stand."""
    outages: Sequence[Outage] = ()
    """Where and when the service did not answer."""
    told: Sequence[Told] = ()
    """Whom of what."""


def digest_of(
    entries: Iterable[Entry],
    since: datetime,
    outages: Iterable[Outage] = (),
    told: Sequence[Told] = (),
) -> Digest:
    """What ended, or was found to have ended, since a time, and what goes on.

    Args:
        entries: all jobs.
        since: when the span begins.
        outages: as each copy saw them.
        told: what channels were told.
    """
    known = list(entries)
    live = [e for e in known if e.is_live]
    over = [e for e in known if e.has_ended and (found_ended(e) or since) > since]
    over.sort(key=lambda entry: ended(entry) or since)
    return Digest(
        since,
        [e for e in over if e.status is JobStatus.FAIL],
        [e for e in over if e.status is JobStatus.SUCCESS],
        [e for e in live if e.status is not None],
        [e for e in live if e.status is None],
        [outage for outage in joined(outages) if outage.until > since],
        told,
    )


def digest_lines(digest: Digest, view: View) -> list[str]:
    """The digest for people; with `as_markdown` its lines are Markdown, too."""
    since = view.clock_time(digest.since, with_date=True)
    counts = (
        f"{len(digest.failed)} failed, {len(digest.well)} ok, "
        f"{len(digest.live)} still running"
    )
    if digest.unheard:
        counts += f", {len(digest.unheard)} without a reply yet"
    lines = [f"# Since {since}: {counts}"]
    for title, entries in (
        ("Failed", digest.failed),
        ("Still running", digest.live),
        ("Without a reply yet", digest.unheard),
        ("Ended well", digest.well),
    ):
        if entries:
            lines += ["", f"## {title}", ""]
        for entry in entries:
            lines += _job(entry, view)
    channels = {told.channel.removeprefix("channels.") for told in digest.told}
    lines += _section("Outages", (_outage(one, view) for one in digest.outages))
    return lines + _section("Told", (_told(name, digest) for name in sorted(channels)))


def _section(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {item}" for item in items]
    return ["", f"## {title}", "", *lines] if lines else []


def _outage(outage: Outage, view: View) -> str:
    since, until = (
        view.clock_time(at, with_date=True) for at in (outage.since, outage.until)
    )
    lasted = f"offline {span(outage.length_s)}, from {since} to {until}"
    if not outage.is_over:
        lasted = f"offline since {since}, still so at {until}"
    return f"{outage.profile}: {lasted}{f' ({outage.cause})' if outage.cause else ''}"


def _told(name: str, digest: Digest) -> str:
    mine = (t for t in digest.told if t.channel.removeprefix("channels.") == name)
    return f"{name}: {', '.join(count_text(t.kind, t.count) for t in mine)}"


def _job(entry: Entry, view: View) -> list[str]:
    at = ended(entry)
    when = f" at {view.clock_time(at, with_date=True)}" if at else ""
    end = view.expected_end(entry)
    when += f", ends {end_text(end, view)}" if end else ""
    lines = [f"- {name_of(entry)}: {outcome_line(entry, view)}{when}"]
    if entry.status is JobStatus.FAIL:
        if entry.job is not None:
            lines.append(f"  {failure_line(entry.job)}")
        lines += [
            f"  {line}"
            for line in meaning_lines(view.meaning_of(entry), fail_reason(entry))
        ]
    return lines


def as_markdown(line: str) -> str:
    """A line of the digest in which no text of a job makes a link, picture or HTML."""
    return _ACTIVE.sub(r"\\\1", line)


def digest_json(digest: Digest, view: View) -> dict[str, object]:
    """The digest as a JSON document."""
    return {
        "schema": JSON_SCHEMA,
        "since": stamp(digest.since),
        "failed": [entry_json(entry, view) for entry in digest.failed],
        "succeeded": [entry_json(entry, view) for entry in digest.well],
        "running": [entry_json(entry, view) for entry in digest.live],
        "no_reply": [entry_json(entry, view) for entry in digest.unheard],
        "outages": [
            {
                "profile": outage.profile,
                "since": stamp(outage.since),
                "until": stamp(outage.until),
                "over": outage.is_over,
                "cause": outage.cause or None,
            }
            for outage in digest.outages
        ],
        "told": [
            {"channel": t.channel, "event": t.kind, "count": t.count}
            for t in digest.told
        ],
    }
