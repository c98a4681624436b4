"""Jobs as JSON (schema 2), CSV, Markdown and plain lines, for files and the shell.

JSON and CSV carry values under the API's own names and are never translated; Markdown
and plain lines carry the cells of the table.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import NoneType

from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.service.job import JobError, JobStatus
from ims_tui.core.service.jsontext import Json
from ims_tui.core.service.replyfield import REPLY_FIELDS
from ims_tui.core.show.columns import COLUMNS, Column
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, begin_offset_s
from ims_tui.core.state.order import needs_attention

FLAT = (
    "job_id",
    "profile",
    "label",
    "status",
    "raw_status",
    "process_percent",
    "current_task",
    "job_type",
    "begin_time",
    "end_time",
    "elapsed_s",
    "remaining_s",
    "expected_end",
    "stalled",
    "error_code",
    "fail_reason",
    "image_id",
    "tags",
    "note",
    "seen_at",
    "detection_latency_s",
)
"""Columns of a CSV."""


def entry_json(entry: Entry, view: View) -> dict[str, object]:
    """One job as a value for JSON: the API's names, and ours beside them."""
    job, watch = entry.job, entry.watch
    error = (job and job.error) or JobError()
    status = entry.status
    if job is not None and (status is JobStatus.OTHER or job.is_unpaid):
        word: str | None = job.raw_status
    else:
        word = status.value if status else None
    meaning = view.meaning_of(entry)
    elapsed_s, remaining_s = view.elapsed_s(entry), view.remaining_s(entry)
    return {
        "job_id": watch.job_id,
        "job_type": entry.job_type or None,
        "status": word,
        "begin_time": _iso(job.begin_time if job else None),
        "end_time": _iso(job.end_time if job else None),
        "error_code": _or_null(error.code),
        "fail_reason": _or_null(error.reason),
        "meaning": meaning and {"en": meaning.text, "zh": meaning.text_zh},
        "try": meaning and {"en": meaning.remedy, "zh": meaning.remedy_zh},
        "entities": _plain(job.entities) if job else {},
        "image_id": entry.image_id or None,
        **{known.name: job and job.facts.get(known.name) for known in REPLY_FIELDS},
        "label": watch.label or None,
        "tags": list(watch.tags),
        "note": watch.note or None,
        "profile": watch.profile,
        "service": str(watch.service),
        "process_percent": job.progress_ratio if job else None,
        "current_task": _or_null(job and job.step),
        "elapsed_s": None if elapsed_s is None else round(elapsed_s, 3),
        "remaining_s": None if remaining_s is None else round(remaining_s, 3),
        "expected_end": _iso(view.expected_end(entry)),
        "stalled": entry.is_stalled,
        "seen_at": _iso(_seen_at(entry)),
        "detection_latency_s": entry.detection_s,
        "raw_status": _or_null(job and job.raw_status),
        "begin_time_offset_s": begin_offset_s(entry),
        "error": error_json(entry, view),
        "attention": needs_attention(entry),
        "muted": watch.muted,
        "acknowledged": not entry.is_news if entry.has_ended else None,
        "added_at": _iso(watch.added),
    }


def _or_null(text: object) -> object:
    """Null where nothing is known: an empty word would be one of the service's."""
    return text or None


def error_json(entry: Entry, view: View) -> dict[str, object] | None:
    """Why there is no news of a job; None where the last request brought a reply.

    `kind` is `never_asked`, `gone`, or a kind of `FailureKind`, such as `not_known`,
    `auth_rejected`, `not_understood`.
    """
    if entry.has_ended:
        return None
    failure = entry.failure or view.health_of(entry).failure
    since = entry.unknown_since or entry.failing_since
    if since is None and failure is not None:
        since = view.health_of(entry).since
    if entry.is_gone:
        kind, message = "gone", "The service does not know this job; given up."
    elif failure is not None:
        from ims_tui.core.show.sentences import poll_failure

        kind, message = failure.kind.value, poll_failure(failure)
    elif entry.job is None:
        kind, message = "never_asked", "There was no request about this job yet."
    else:
        return None
    return {
        "kind": kind,
        "message": message,
        "code": _or_null(failure and failure.code),
        "since": _iso(since.wall if since else None),
    }


def _seen_at(entry: Entry) -> datetime | None:
    if entry.seen is not None:
        return entry.seen.wall
    return entry.watch.result.seen if entry.watch.result else None


def _iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, as the service writes it."""
    if at is None:
        return None
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def _plain(value: Json) -> object:
    if isinstance(value, (str, int, float, NoneType)):
        return value  # most are: to ask for a mapping takes ten times as long
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value]


def to_json(entries: Iterable[Entry], view: View) -> str:
    """A document with all jobs."""
    jobs = [entry_json(entry, view) for entry in entries]
    return _dump({"schema": JSON_SCHEMA, "jobs": jobs})


def job_json(entry: Entry, view: View) -> str:
    """A document with one job."""
    return _dump({"schema": JSON_SCHEMA, **entry_json(entry, view)})


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def to_csv(entries: Iterable[Entry], view: View, *, guards: bool) -> str:
    """Values under a heading.

    Args:
        entries: the jobs.
        view: how to look at them.
        guards: whether a `'` stands before what a spreadsheet takes for a formula.
    """
    import csv  # no other form needs it

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FLAT)
    for entry in entries:
        values = entry_json(entry, view)
        values["tags"] = ", ".join(entry.watch.tags)
        writer.writerow([_csv_cell(values[name], guards=guards) for name in FLAT])
    return out.getvalue()


def _csv_cell(value: object, *, guards: bool) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    # A spreadsheet runs what begins like a formula, also behind blanks.
    is_formula = guards and str(value).lstrip().startswith(("=", "+", "-", "@"))
    if isinstance(value, str) and is_formula:
        return f"'{value}"
    return value


def to_markdown(entries: Iterable[Entry], view: View, columns: Sequence[str]) -> str:
    """The table as shown, as a Markdown table."""
    shown = [COLUMNS[key] for key in columns if key != "sign"]
    marks = ["---:" if column.right else "---" for column in shown]
    rows = [[column.title for column in shown], marks]
    for entry in entries:
        rows.append([_marked(text) for text in cells(entry, view, columns)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def to_plain(entries: Iterable[Entry], view: View, columns: Sequence[str]) -> str:
    """One job a line, tabs between cells, no heading; times in UTC."""
    keys = [key for key in columns if key != "sign"]
    return "".join(
        "\t".join(_plain_cell(entry, view, COLUMNS[key]) for key in keys) + "\n"
        for entry in entries
    )


def _plain_cell(entry: Entry, view: View, column: Column) -> str:
    if column.at is None:
        return column.whole(entry, view)
    return _iso(column.at(entry, view)) or "-"


def cells(entry: Entry, view: View, columns: Sequence[str]) -> list[str]:
    """Texts of a row's cells, whole: nothing is cut to a width."""
    return [COLUMNS[key].whole(entry, view) for key in columns if key != "sign"]


_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")


def _marked(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


FORMATS: dict[str, Callable[[Sequence[Entry], View, Sequence[str]], str]] = {
    ".csv": lambda entries, view, columns: to_csv(entries, view, guards=True),
    ".json": lambda entries, view, columns: to_json(entries, view),
    ".md": to_markdown,
}
"""How a file is written, by the ending of its name."""
