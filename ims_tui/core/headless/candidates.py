"""Events in the words in which they leave the program: news with their documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from ims_tui.core.headless.changes import stamp, word_of
from ims_tui.core.notices.message import MOST_CELLS, WORDS
from ims_tui.core.notices.news import News
from ims_tui.core.notices.rules import Candidate
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.service.codes import Meaning
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import event_line
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, ended, name_of
from ims_tui.core.state.happening import EARLIER, kind_of_end
from ims_tui.core.state.searchtext import search_text
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.text import cut
from ims_tui.core.watchlist.watch import JobKey

_KINDS = {
    EventKind.SUCCEEDED: "success",
    EventKind.FAILED: "fail",
    EventKind.STALLED: "stalled",
    EventKind.NEAR_END: "near_end",
    EventKind.STOPPED: "auth",
    EventKind.OFFLINE: "unreachable",
    EventKind.BACK: "back",
    EventKind.RESUMED: "back",
    EventKind.SAVED: "back",
    EventKind.EXPIRING: "expiring",
    EventKind.NOT_SAVED: "not_saved",
    EventKind.LIST_UNREAD: "not_saved",
}
"""What leaves the program, by its name in the settings."""

_RECOVERIES = {
    EventKind.BACK: "unreachable",
    EventKind.RESUMED: "auth",
    EventKind.SAVED: "not_saved",
}
"""Which bad news end."""

_ENDS = (EventKind.SUCCEEDED, EventKind.FAILED, EventKind.ALREADY_ENDED)
LEAST_DONE = 2
"""Of so many jobs it is told that all are done; of one its end says so."""


def late_ends(entries: Iterable[Entry], now: datetime) -> Iterator[Event]:
    """What ended in the last day, as events."""
    for entry in entries:
        at = ended(entry)
        if at is None or entry.status is None or not entry.has_ended:
            continue
        if now - at > EARLIER:
            continue
        yield Event(at, kind_of_end(entry.status), entry.key, entry.watch.profile)


def late_failures(entries: Iterable[Entry], now: datetime) -> list[Event]:
    """Those of the last day that nobody has acknowledged.

    Whoever saw them may have ended before it told them; what was told stays told.
    """
    unheeded = (entry for entry in entries if entry.is_news)
    return [e for e in late_ends(unheeded, now) if e.kind is EventKind.FAILED]


def candidates(
    events: Sequence[Event], entries: Mapping[JobKey, Entry], view: View
) -> Iterator[Candidate]:
    """News of events, with what the rules of channels ask."""
    for event in events:
        entry = entries.get(event.key) if event.key else None
        kind = _kind(event, entry)
        if not kind:
            continue
        news = _news(kind, event, entry, entries, view)
        if entry is None:
            yield Candidate(news)
            continue
        took_s = view.elapsed_s(entry) if entry.has_ended else None
        watch = entry.watch
        yield Candidate(
            news,
            search_text(entry),
            watch.muted,
            watch.tags,
            is_marked=bool(watch.marks),
            took_s=took_s,
        )
    if any(event.kind in _ENDS for event in events):
        yield from _all_done(entries, view)


def _all_done(entries: Mapping[JobKey, Entry], view: View) -> Iterator[Candidate]:
    """Of several jobs the last one has ended."""
    over = [entry for entry in entries.values() if entry.has_ended]
    if len(over) < LEAST_DONE or any(entry.is_live for entry in entries.values()):
        return
    begin = datetime.min.replace(tzinfo=UTC)
    last = max(over, key=lambda entry: (ended(entry) or begin, entry.key))
    bad = sum(entry.status is JobStatus.FAIL for entry in over)
    counts = f"{len(over) - bad} ok, {bad} failed" if bad else f"{len(over)} ok"
    text = f"No job of the list runs any longer: {counts}."
    title, at = "ims-tui: all done", view.now.wall
    news = News(
        "all_done",
        "",
        at,
        title=title,
        sentence=text,
        facts={"EVENT": "all_done", "TITLE": title, "BODY": text},
        document=_document("all_done", at, None, text),
        subject=last.key.job_id,
    )
    yield Candidate(news)


def _document(
    kind: str,
    at: datetime,
    profile: str | None,
    text: str,
    meaning: Meaning | None = None,
    job: Mapping[str, object] | None = None,
) -> str:
    """What a program or a webhook is given of one piece of news."""
    document = {
        "schema": JSON_SCHEMA,
        "ts": stamp(at, fine=True),
        "event": kind,
        "profile": profile,
        "text": text,
        "meaning": meaning.text if meaning else None,
        "try": meaning.remedy if meaning else None,
        "job": job or None,
    }
    return json.dumps(document, ensure_ascii=False)


def leaves(event: Event) -> bool:
    """Whether channels are told of such an event."""
    return event.kind in _KINDS or event.kind is EventKind.ALREADY_ENDED


def _kind(event: Event, entry: Entry | None) -> str:
    if event.kind is EventKind.ALREADY_ENDED and entry is not None:
        return "fail" if entry.status is JobStatus.FAIL else "success"
    return _KINDS.get(event.kind, "")


def _news(
    kind: str,
    event: Event,
    entry: Entry | None,
    entries: Mapping[JobKey, Entry],
    view: View,
) -> News:
    sentence = cut(event_line(event, entries, view), MOST_CELLS)
    job = entry_json(entry, view) if entry else {}
    name = name_of(entry) if entry else event.profile
    words = filter(None, [name, word_of(entry) if entry else WORDS[kind]])
    title = f"ims-tui: {' '.join(words)}"
    meaning = view.meaning_of(entry) if entry else None
    facts = {
        "EVENT": kind,
        "JOB_ID": job.get("job_id"),
        "LABEL": job.get("label"),
        "STATE": job.get("status"),
        "CODE": job.get("error_code"),
        "REASON": job.get("fail_reason"),
        "MEANING": meaning.text if meaning else None,
        "TRY": meaning.remedy if meaning else None,
        "ELAPSED": job.get("elapsed_s"),
        "PROFILE": event.profile,
        "TITLE": title,
        "BODY": sentence,
    }
    return News(
        kind,
        event.key.profile if event.key else event.profile,
        event.at,
        job_id=event.key.job_id if event.key else "",
        name=name,
        code=str(job.get("error_code") or ""),
        title=title,
        sentence=sentence,
        facts={key: "" if v is None else str(v) for key, v in facts.items()},
        document=_document(kind, event.at, event.profile, sentence, meaning, job),
        advice_zh=f"{meaning.text_zh} {meaning.remedy_zh}" if meaning else "",
        subject=event.detail if event.kind is EventKind.NEAR_END else "",
        ends=_RECOVERIES.get(event.kind, ""),
    )
