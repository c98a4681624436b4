"""What changed between two looks at the jobs, as events for lines and JSON lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.polling.estimate import short_text
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import (
    event_line,
    failed_subs_text,
    meaning_lines,
    poll_failure,
)
from ims_tui.core.show.view import Times, View
from ims_tui.core.state.entry import Entry, fail_reason
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey


class ChangeKind(StrEnum):
    """What changed of a job."""

    STATE = "state"
    PROGRESS = "progress"
    STALLED = "stalled"
    MOVING = "moving"
    UNKNOWN = "unknown"
    GONE = "gone"
    NO_ANSWER = "no_answer"
    """The last poll brought nothing, for a reason that was not told before."""


class Change(Struct, frozen=True):
    """One change of one job."""

    kind: ChangeKind
    before: Entry | None
    entry: Entry


def changes(
    before: Mapping[JobKey, Entry],
    after: Mapping[JobKey, Entry],
    health: Mapping[str, Health],
) -> Iterator[Change]:
    """All changes, in the order of the list."""
    for key, entry in after.items():
        old = before.get(key)
        if old is not entry:
            kind = _kind(old, entry)
            if kind is not None:
                yield Change(kind, old, entry)
            if _fails_anew(old, entry) and _is_up(health.get(entry.watch.lane)):
                yield Change(ChangeKind.NO_ANSWER, old, entry)


def _fails_anew(old: Entry | None, new: Entry) -> bool:
    """Whether a poll failed for another reason than the one before; unknown is told."""
    failure, before = new.failure, old.failure if old else None
    if failure is None or failure.kind is FailureKind.NOT_KNOWN:
        return False
    return before is None or (before.kind, before.cause) != (
        failure.kind,
        failure.cause,
    )


def _is_up(health: Health | None) -> bool:
    """Whether it is for the job to say what is wrong: else the service's line does."""
    return health is None or health.link in (Link.IDLE, Link.LIVE)


def _kind(old: Entry | None, new: Entry) -> ChangeKind | None:
    if new.is_gone and not (old and old.is_gone):
        return ChangeKind.GONE
    if new.unknown_since is not None:
        is_told = old is not None and old.unknown_since is not None
        return None if is_told else ChangeKind.UNKNOWN
    if word_of(new) not in ("", word_of(old) if old else ""):
        return ChangeKind.STATE
    if old is not None and old.is_stalled != new.is_stalled:
        return ChangeKind.STALLED if new.is_stalled else ChangeKind.MOVING
    return ChangeKind.PROGRESS if old is not None and _at(old) != _at(new) else None


def word_of(entry: Entry) -> str:
    """The service's own word for the state; empty before the first reply."""
    if entry.reply is not None:
        return entry.reply.raw_status
    return entry.status.value if entry.status else ""


def _at(entry: Entry) -> tuple[str, float | None]:
    return (entry.job.step, entry.job.progress_ratio) if entry.job else ("", None)


def is_initial(change: Change) -> bool:
    """Whether it was so already, instead of happening while we looked.

    An end that the first reply brings is news all the same: nobody has told it.
    """
    if change.kind is not ChangeKind.STATE:
        return False
    was_known = change.before is not None and bool(word_of(change.before))
    return not was_known and not (change.entry.has_ended and change.entry.polls)


def is_worth_a_line(change: Change) -> bool:
    """Whether people want to read it: a small step of the percent they do not."""
    if change.kind in (ChangeKind.UNKNOWN, ChangeKind.NO_ANSWER):
        return True
    if change.kind is not ChangeKind.PROGRESS or change.before is None:
        return bool(word_of(change.entry))
    (old_step, old), (step, new) = _at(change.before), _at(change.entry)
    return step != old_step or int((old or 0.0) * 10) != int((new or 0.0) * 10)


def stamp(at: datetime, *, fine: bool = False) -> str:
    """ISO 8601 in UTC, to the second or to the millisecond."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds" if fine else "seconds")
    return text.removesuffix("+00:00") + "Z"


END_LIKE = "unknown status with an end time: it may have ended"
"""What is said of a job that seems to have ended, nobody knows how."""


def change_line(change: Change, view: View) -> str:
    """One change for people and for grep."""
    entry = change.entry
    parts = [stamp(view.now.wall), entry.watch.job_id, _word(change)]
    name = f"({entry.watch.label})" if entry.watch.label else ""
    if change.kind is ChangeKind.NO_ANSWER and entry.failure:
        return " ".join(filter(None, [*parts, name, poll_failure(entry.failure)]))
    step, ratio = _at(entry)
    if ratio is not None:
        computed = "=" if entry.job and entry.job.is_progress_computed else ""
        parts.append(f"{computed}{int(ratio * 100 + 1e-9)}%")
    parts.append(name)
    if entry.status is JobStatus.FAIL:
        job = entry_json(entry, view)
        reason = job["fail_reason"]
        parts += [str(job["error_code"] or ""), f'"{reason}"' if reason else ""]
        if entry.job and entry.job.failed_subs:
            parts.append(f"sub-jobs: {failed_subs_text(entry.job)}")
        parts += meaning_lines(view.meaning_of(entry), fail_reason(entry))
    elif entry.is_end_like:
        parts += [step, END_LIKE]
    elif not entry.has_ended:
        parts += [step, _left(entry, view)]
    return " ".join(filter(None, parts))


def _word(change: Change) -> str:
    word = word_of(change.entry)
    match change.kind:
        case ChangeKind.GONE | ChangeKind.UNKNOWN:
            return change.kind.value.upper()
        case ChangeKind.NO_ANSWER:
            return "NO ANSWER"
        case ChangeKind.STALLED:
            return f"{word} stalled"
        case _:
            return word or "-"


def _left(entry: Entry, view: View) -> str:
    end = view.expected_end(entry)
    if end is None or entry.estimate is None:
        return ""
    text = short_text(entry.estimate, view.now.mono_s)
    text = f"left{text}" if text.startswith("~") else text
    return f"{text} ends{end_text(end, replace(view, times=Times.UTC))}Z"


def change_json(change: Change, view: View, least_s: float = 0.0) -> dict[str, object]:
    """One change as a value for a JSON line.

    Args:
        change: what changed.
        view: how to look at it.
        least_s: what was told before of how long the job runs.
    """
    entry, elapsed_s = change.entry, view.elapsed_s(change.entry)
    job = entry_json(entry, view)
    return {
        **event_head(view.now.wall, change.kind, job),
        "initial": is_initial(change),
        "from": (word_of(change.before) or None) if change.before else None,
        "to": word_of(entry) or None,
        "percent": job["process_percent"],
        "step": job["current_task"],
        "error_code": job["error_code"],
        "fail_reason": job["fail_reason"],
        "meaning": job["meaning"],
        "try": job["try"],
        "cause": entry.failure.cause if entry.failure else None,
        "elapsed_s": None if elapsed_s is None else round(max(elapsed_s, least_s), 3),
        "remaining_s": job["remaining_s"],
        "expected_end": job["expected_end"],
        "latency_s": job["detection_latency_s"],
    }


def event_head(
    at: datetime, kind: ChangeKind, job: Mapping[str, object]
) -> dict[str, object]:
    """When something happened of a job, what, and which job that is."""
    names = ("job_id", "label", "profile", "job_type")
    return {
        "schema": JSON_SCHEMA,
        "ts": stamp(at, fine=True),
        "event": kind.value,
        **{name: job[name] for name in names},
    }


OF_SERVICE = frozenset(
    {
        EventKind.OFFLINE,
        EventKind.BACK,
        EventKind.THROTTLED,
        EventKind.STOPPED,
        EventKind.RESUMED,
        EventKind.NOT_SAVED,
        EventKind.SAVED,
        EventKind.FAULT,
        EventKind.JOB_FAULT,
        EventKind.WELL,
        EventKind.UNSEEN,
        EventKind.LIST_PROBLEM,
        EventKind.LIST_UNREAD,
        EventKind.STATE_PROBLEM,
    }
)
"""Events about the service or the files, not about a job."""


def news_since(before: Sequence[Event], after: Sequence[Event]) -> list[Event]:
    """Events that are newer than `before`."""
    last = before[-1] if before else None
    new: list[Event] = []
    for event in reversed(after):
        if event is last:
            break
        new.append(event)
    new.reverse()
    return new


def is_of_service(event: Event) -> bool:
    """Whether an event is about the service or the files, not about a job."""
    return event.kind in OF_SERVICE


def service_line(event: Event, view: View) -> str:
    """Such an event as a sentence."""
    return f"{stamp(event.at)} {event_line(event, {}, view)}"


def service_json(event: Event) -> dict[str, object]:
    """Such an event as a value for a JSON line."""
    return {
        "schema": JSON_SCHEMA,
        "ts": stamp(event.at, fine=True),
        "event": event.kind.value,
        "profile": event.profile,
        "detail": event.detail,
    }
