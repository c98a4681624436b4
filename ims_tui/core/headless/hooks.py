"""Which news run the operator's program, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from string import Template

from msgspec import Struct

from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.headless.changes import stamp, word_of
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.export import SCHEMA, entry_json
from ims_tui.core.show.sentences import event_line, event_meaning
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.text import cut
from ims_tui.core.watchlist.watch import JobKey

MAX_BODY = 200
"""Cells of the sentence a program is given, before what it means and what to try."""

_NAMES = {
    EventKind.SUCCEEDED: "success",
    EventKind.FAILED: "fail",
    EventKind.STALLED: "stalled",
    EventKind.STOPPED: "auth",
    EventKind.OFFLINE: "unreachable",
    EventKind.NOT_SAVED: "not_saved",
}
"""Events by their names in `notify.events`."""


class Notice(Struct, frozen=True):
    """One piece of news for a program."""

    environ: Mapping[str, str]
    document: bytes
    """The same as JSON, for its standard input."""


def notices(
    events: Sequence[Event],
    entries: Mapping[JobKey, Entry],
    view: View,
    settings: NotifySettings,
) -> Iterator[Notice]:
    """What to tell of new events; muted and very short jobs are left out."""
    for event in events:
        entry = entries.get(event.key) if event.key else None
        name = _name(event, entry)
        if name not in settings.events:
            continue
        if entry is not None and _is_quiet(entry, view, settings):
            continue
        yield _notice(name, event, entry, entries, view)


def _name(event: Event, entry: Entry | None) -> str:
    if event.kind is EventKind.ALREADY_ENDED and entry is not None:
        return "fail" if entry.status is JobStatus.FAIL else "success"
    return _NAMES.get(event.kind, "")


def _is_quiet(entry: Entry, view: View, settings: NotifySettings) -> bool:
    took_s = view.elapsed_s(entry)
    is_short = took_s is not None and took_s < settings.min_duration_s
    return entry.watch.muted or (entry.has_ended and is_short)


def _notice(
    name: str,
    event: Event,
    entry: Entry | None,
    entries: Mapping[JobKey, Entry],
    view: View,
) -> Notice:
    told = cut(event_line(event, entries, view), MAX_BODY)
    body = " ".join([told, *event_meaning(event, entries, view)])
    job = entry_json(entry, view) if entry else {}
    subject = f"{name_of(entry)} {word_of(entry)}" if entry else event.profile
    meaning = view.meaning_of(entry) if entry else None
    facts = {
        "EVENT": name,
        "JOB_ID": job.get("job_id"),
        "LABEL": job.get("label"),
        "STATE": job.get("status"),
        "CODE": job.get("error_code"),
        "REASON": job.get("fail_reason"),
        "MEANING": meaning.text if meaning else None,
        "TRY": meaning.remedy if meaning else None,
        "ELAPSED": job.get("elapsed_s"),
        "PROFILE": event.profile,
        "TITLE": f"ims-tui: {subject}",
        "BODY": body,
    }
    environ = {
        f"IMS_TUI_{key}": "" if value is None else str(value)
        for key, value in facts.items()
    }
    document = {
        "schema": SCHEMA,
        "ts": stamp(event.at, fine=True),
        "event": name,
        "profile": event.profile,
        "text": body,
        "meaning": meaning.text if meaning else None,
        "try": meaning.remedy if meaning else None,
        "job": job or None,
    }
    return Notice(environ, json.dumps(document, ensure_ascii=False).encode())


def filled(argv: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The program's arguments with `$IMS_TUI_...` replaced; no shell ever sees them."""
    return [Template(part).safe_substitute(environ) for part in argv]
