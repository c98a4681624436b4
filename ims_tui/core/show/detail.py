"""The detail of one job as lines: summary, entities, timeline, raw, and the strip."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from math import inf

from ims_tui.core.polling.estimate import basis_text, short_text, usual_text
from ims_tui.core.service.job import Job, JobStatus
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.service.jsontext import Json
from ims_tui.core.service.payload import sub_jobs_name
from ims_tui.core.service.replyfield import REPLY_FIELDS
from ims_tui.core.show.cells import percent_text, state_of
from ims_tui.core.show.expectation import end_text, reason
from ims_tui.core.show.jsonlines import reply_lines, value_lines
from ims_tui.core.show.sentences import (
    failed_subs_text,
    failure_line,
    meaning_lines,
    odd_line,
    outcome_line,
    poll_failure,
)
from ims_tui.core.show.side_by_side import beside
from ims_tui.core.show.timeline import timeline
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.show.viewstate import Tab
from ims_tui.core.state.entry import (
    Entry,
    begin_offset_s,
    fail_reason,
    name_of,
    stated_begin,
    stated_end,
)
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.stall import standstill
from ims_tui.core.text import cut, duration, fit, plural, sentences, span, wrapped


def _line(text: str, tone: Tone = Tone.NORMAL) -> Line:
    return (Cell(text, tone),)


def _fact(name: str, value: str, tone: Tone = Tone.NORMAL) -> Line:
    return (Cell(f"{name:<10}", Tone.DIM), Cell(value, tone))


def heading(entry: Entry, view: View, width: int) -> Line:
    """Name, id and state of the job in one line."""
    name, job_id = name_of(entry, 99), entry.watch.job_id
    left = job_id if name == job_id else f"{name}  {job_id}"
    right = outcome_line(entry, view)
    room = width - len(right) - 1
    if room < 16:
        return (Cell(cut(left, width)),)
    return (Cell(fit(left, room) + " "), Cell(right, state_of(entry)[1]))


def error_block(entry: Entry, view: View, width: int) -> list[Line]:
    """Why the job failed, what that means and what to try; else empty.

    Stands first in every tab.
    """
    job = entry.job
    if job is None or job.status is not JobStatus.FAIL:
        return []
    told = wrapped(failure_line(job), width)
    lines = [_line(part, Tone.FAIL) for part in told if part]
    for text in meaning_lines(view.meaning_of(entry), fail_reason(entry)):
        lines += [_line(part) for part in wrapped(text, width)]
    place = job.error.place if job.error else ""
    if place:
        lines.append(_line(f"Found in {place}", Tone.DIM))
    return lines


def tab_lines(
    tab: Tab,
    entry: Entry,
    view: View,
    width: int,
    next_poll_s: float | None,
    unread: str = "",
    height: int = 0,
    folded: Set[str] = frozenset(),
) -> list[Line]:
    """All lines of one tab, the error first.

    With the summary comes the timeline, where there is room beside it or below.

    Args:
        tab: which one.
        entry: the job.
        view: the point of view.
        width: in cells.
        next_poll_s: until it is asked next; None where it is not.
        unread: why its reply is not there, where it is stored and not read.
        height: lines there is room for.
    """
    error = error_block(entry, view, width)
    if error:
        error.append(_line(""))
    if unread and tab is not Tab.SUMMARY:
        return [*error, _line(unread, Tone.DIM)]
    match tab:
        case Tab.SUMMARY:
            room = height - len(error)
            body = _with_timeline(entry, view, width, room, next_poll_s)
        case Tab.ENTITIES:
            body = entities(entry, view, folded)
        case Tab.TIMELINE:
            body = timeline(entry, view)
        case Tab.RAW:
            body = raw(entry, folded)
    return [*error, *body]


TIMELINE_WIDTH = 72
"""What a timeline needs beside the summary."""


def _with_timeline(
    entry: Entry, view: View, width: int, room: int, next_poll_s: float | None
) -> list[Line]:
    """The summary, and the timeline beside it, or below it where all of it fits."""
    if not entry.sightings:
        return summary(entry, view, width, next_poll_s)
    left = width - TIMELINE_WIDTH
    if left >= TIMELINE_WIDTH - 10:
        lines = summary(entry, view, left - 2, next_poll_s)
        return beside(lines, timeline(entry, view), left)
    lines, below = summary(entry, view, width, next_poll_s), timeline(entry, view)
    fits = len(lines) + 1 + len(below) <= room
    return [*lines, _line(""), *below] if fits else lines


def summary(
    entry: Entry, view: View, width: int, next_poll_s: float | None
) -> list[Line]:
    """What the service says, what we computed, and how we ask."""
    return [
        *course_lines(entry, view, width),
        *fact_lines(entry, view, width, next_poll_s),
    ]


def course_lines(entry: Entry, view: View, width: int) -> list[Line]:
    """How the job stands, the state first, and what that tells of its end."""
    lines = [*_progress(entry), *_times(entry, view)]
    if entry.is_live and not entry.is_stalled and entry.estimate is not None:
        because = reason(entry, entry.estimate, view)
        lines += _wrapped_fact("Because", because, width)
    return lines


def fact_lines(
    entry: Entry, view: View, width: int, next_poll_s: float | None
) -> list[Line]:
    """What it is about, how we ask, and what is odd."""
    job, lines = entry.job, _kind(entry, width)
    if job is not None:
        lines += _subject(job, width)
    lines += _wrapped_fact("Polling", _polling(entry, view, next_poll_s), width)
    lines += _profile(view.health_of(entry), width)
    if entry.failure is not None:
        lines += _wrapped_fact(
            "Last poll", poll_failure(entry.failure), width, Tone.WARN
        )
    if entry.watch.tags:
        lines += _wrapped_fact("Tags", ", ".join(entry.watch.tags), width)
    if entry.watch.note:
        lines += _wrapped_fact("Note", entry.watch.note, width)
    if job is not None:
        for odd in job.oddities:
            lines += _wrapped_fact("Odd", odd_line(odd, job), width, Tone.WARN)
        if job.error is not None and job.status is not JobStatus.FAIL:
            lines += _wrapped_fact("Warning", failure_line(job), width, Tone.WARN)
    return lines


def _kind(entry: Entry, width: int) -> list[Line]:
    """Type of the job, and whose it is where not of IMS."""
    lines = []
    if entry.reply is not None:
        plain, told = plain_type(entry.job_type), entry.job_type
        text = plain if plain == told else f"{plain} ({told})"
        lines += _wrapped_fact("Type", text or "not told", width)
    service = entry.watch.service
    if service is not JobService.IMS:
        lines += _wrapped_fact("Service", service.word, width)
    return lines


def _subject(job: Job, width: int) -> list[Line]:
    """The image, server or disk that the job is about."""
    others = ", ".join(image for image in job.data_images if image != job.image_id)
    facts = {
        "Image": f"{job.image_id}  {job.image_name}".strip(),
        "Images": others,
        **{known.title: job.facts.get(known.name, "") for known in REPLY_FIELDS},
    }
    return [
        line
        for name, text in facts.items()
        if text
        for line in _wrapped_fact(name, text, width)
    ]


def _profile(health: Health, width: int) -> list[Line]:
    """What is unusual about the way to the service."""
    lines = []
    if health.call:
        text = f"GET {health.call}, since the documented one is not offered here"
        lines += _wrapped_fact("Call", text, width, Tone.WARN)
    if health.link is Link.STOPPED and health.failure is not None:
        failure = health.failure
        text = sentences(f"{health.profile}: {failure.cause}", failure.remedy)
        lines += _wrapped_fact("Profile", text, width, Tone.WARN)
    return lines


def _wrapped_fact(
    name: str, text: str, width: int, tone: Tone = Tone.NORMAL
) -> list[Line]:
    first, *rest = wrapped(text, max(20, width - 10))
    return [_fact(name, first, tone), *(_fact("", more, tone) for more in rest)]


def _progress(entry: Entry) -> list[Line]:
    job = entry.job
    word, tone = state_of(entry)
    percent = percent_text(entry).strip()
    lines = [_fact("State", f"{word}  {percent}".strip(), tone)]
    if job is None:
        return lines
    if job.is_progress_computed:
        ended = sum(sub.status.has_ended for sub in job.sub_jobs)
        text = f"{percent} computed from {ended} of {job.sub_count} sub-jobs ended"
        lines.append(_fact("Progress", text))
    if job.failed_subs:
        lines.append(_fact("Sub-jobs", failed_subs_text(job), Tone.FAIL))
    if job.step:
        word = "Last step" if job.status.has_ended else "Step"
        lines.append(_fact(word, job.step))
    if entry.is_stalled:
        words = standstill(entry)
        lines.append(_fact("Stalled", words[0].upper() + words[1:], Tone.WARN))
    return lines


def _times(entry: Entry, view: View) -> list[Line]:
    began, ended = stated_begin(entry), stated_end(entry)
    elapsed_s = view.elapsed_s(entry)
    lines = []
    if began is not None:
        is_told = entry.job is None or entry.job.begin_time is not None
        source = "" if is_told else " (from the id)"
        elapsed = f"   elapsed {duration(elapsed_s)}" if elapsed_s is not None else ""
        total = entry.habits.total
        usual = f"   usual total {usual_text(total)}" if total else ""
        text = f"{_clock(began, entry, view)}{source}{elapsed}{usual}"
        lines.append(_fact("Started", text))
    if ended is not None:
        seen = (
            f"   seen {span(entry.detection_s, 1)} later" if entry.detection_s else ""
        )
        lines.append(_fact("Ended", f"{_clock(ended, entry, view)}{seen}"))
    elif entry.has_ended:
        lines.append(_fact("Ended", "the service gives no end time"))
    if entry.is_live and entry.job is not None:
        lines.append(_fact("Left", _left(entry, view)))
    return lines


def _clock(at: datetime, entry: Entry, view: View) -> str:
    """A time with its zone; as the service wrote it where the id contradicts it."""
    if begin_offset_s(entry):
        return f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{view.clock_time(at)} {view.zone_name(at)}"


def _left(entry: Entry, view: View) -> str:
    """Time left with its basis, or why there is none."""
    found = entry.estimate
    if entry.is_stalled:
        return "no estimate while stalled"
    if found is None:
        return "nothing known: no earlier job of this type, too little progress"
    if view.is_cut_off(entry) and found.has_passed(view.now.mono_s):
        return "due by now; the service does not answer"
    end = view.expected_end(entry)
    ends = f", ends {end_text(end, view)}" if end else ""
    return f"{short_text(found, view.now.mono_s)}{ends}, {basis_text(found)}"


def _polling(entry: Entry, view: View, next_poll_s: float | None) -> str:
    polls = plural(entry.polls, "poll", "polls")
    parts = [f"{polls}, {entry.errors} failed"]
    if entry.has_ended:
        parts.append("ended, no longer asked")
    elif entry.is_gone:
        parts.append("given up; r asks again")
    elif next_poll_s == inf:
        parts.append("next when the budget allows")
    elif next_poll_s is not None:
        wait_s = round(next_poll_s)
        parts.append(f"next in {span(wait_s)}" if wait_s else "next now")
    age_s = entry.age_s(view.now)
    if age_s is not None:
        stored = ", stored" if entry.is_stored else ""
        parts.append(
            f"values {view.age_text(age_s)} old{stored}" if entry.is_live else ""
        )
    exchange = entry.exchange
    if exchange is not None and exchange.latency_s:
        parts.append(
            f"HTTP {exchange.http_status} in {exchange.latency_s * 1000:.0f} ms"
        )
    return ", ".join(filter(None, parts))


def entities(entry: Entry, view: View, folded: Set[str] = frozenset()) -> list[Line]:
    """Every key of `entities`, and the sub-jobs as a table."""
    job = entry.reply
    if job is None:
        return [_line(outcome_line(entry, view), Tone.DIM)]
    lines: list[Line] = []
    table = sub_jobs_name(job.entities) if job.sub_jobs else ""
    shown = {sub.job_id for sub in job.sub_jobs}
    rest = {
        name: value
        for name, value in job.entities.items()
        if name != table and not _repeats(value, shown)
    }
    if job.sub_jobs:
        lines += [*_sub_job_table(job.sub_jobs, view), _line("")]
    if rest:
        lines += value_lines(rest, folded)
    elif not job.sub_jobs:
        lines.append(_line("entities is empty", Tone.DIM))
    if job.extra:
        lines += [_line(""), _line("Other fields of the reply", Tone.DIM)]
        lines += value_lines(job.extra, folded)
    return lines


def _repeats(value: Json, job_ids: Set[str]) -> bool:
    """Whether a value is a list of ids that the table shows: `sub_jobs_list`."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return all(isinstance(item, str) and item in job_ids for item in value)


def _sub_job_table(subs: Sequence[Job], view: View) -> list[Line]:
    lines = [_line(f"{'SUB-JOB':<34}{'STATE':<10}{'TYPE':<20}IMAGE", Tone.DIM)]
    for sub in subs:
        tone = {JobStatus.FAIL: Tone.FAIL, JobStatus.SUCCESS: Tone.OK}.get(
            sub.status, Tone.RUN
        )
        image = "  ".join(filter(None, (sub.image_name, sub.image_id)))
        lines.append(
            (
                Cell(fit(sub.job_id or "-", 34)),
                Cell(fit(sub.raw_status or "-", 10), tone),
                Cell(fit(plain_type(sub.job_type), 20) + image),
            )
        )
        if sub.error is not None:
            lines.append(_line(f"  {failure_line(sub)}", Tone.FAIL))
    return lines


def raw(entry: Entry, folded: Set[str] = frozenset()) -> list[Line]:
    """The last reply as received, with the headers worth keeping."""
    exchange = entry.exchange
    if exchange is None:
        text = "No reply is stored." if entry.has_ended else "No reply yet."
        return [_line(text, Tone.DIM)]
    date = f"{exchange.date:%Y-%m-%d %H:%M:%S} UTC" if exchange.date else "none"
    return [
        _fact("HTTP", f"{exchange.http_status}   date {date}"),
        _fact("Request", exchange.request_id or "no request id"),
        _line(""),
        *reply_lines(exchange.body, folded),
    ]


def strip(
    entry: Entry, view: View, width: int, next_poll_s: float | None
) -> list[Line]:
    """The detail in five lines, for screens without room for a pane."""
    lines = [heading(entry, view, width), *error_block(entry, view, width)[:3]]
    job = entry.job
    if job is not None and job.error and job.status is not JobStatus.FAIL:
        lines.append(_line(cut(failure_line(job), width), Tone.WARN))
    if entry.failure is not None and not entry.has_ended:
        lines.append(_line(cut(poll_failure(entry.failure), width), Tone.WARN))
    if job is not None and entry.reply is not None:
        step = f"{job.step or 'no step'} {percent_text(entry).strip()}".strip()
        lines.append(_line(cut(f"{plain_type(job.job_type)}, {step}", width)))
        odd = (cut(odd_line(odd, job), width) for odd in job.oddities)
        lines += [_line(text, Tone.WARN) for text in odd]
    lines += _times(entry, view)
    lines.append(_line(cut(_polling(entry, view, next_poll_s), width), Tone.DIM))
    return lines[:5]
