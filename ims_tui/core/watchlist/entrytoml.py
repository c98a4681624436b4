"""One `[[jobs]]` table of the watchlist to a watch, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.values import list_of
from ims_tui.core.service.job import JobError, JobStatus
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.times import ZONES_S
from ims_tui.core.text import printable
from ims_tui.core.watchlist.ids import is_job_id
from ims_tui.core.watchlist.mark import is_mark
from ims_tui.core.watchlist.watch import Result, Watch, kept_result

_ROOM = timedelta(days=1)
"""To both ends of the calendar, so that a time can be moved to another zone."""

Table = Mapping[str, object]
"""A TOML table as `tomllib` gives it."""

DEFAULT_PROFILE = "default"


class EntryError(ValueError):
    """An entry that cannot be used; the text says what is wrong and what is allowed."""


def read_entry(table: object) -> Watch:
    """Turn a table into a watch; keys we do not know are left alone.

    Text is made printable, but never cut: it is the operator's own. A time without a
    zone counts as UTC.

    Raises:
        EntryError: a key is missing or has a value that is not allowed.
    """
    if not isinstance(table, Mapping):
        raise EntryError(f"{shown(table)} is not a [[jobs]] entry")
    return Watch(**{key.field: key.read(table, key.name) for key in ENTRY})


def write_entry(watch: Watch) -> dict[str, object]:
    """Turn a watch into a table; what is not said is left out."""
    is_default = watch.profile == DEFAULT_PROFILE
    is_ims = watch.service is JobService.IMS
    return _stated(
        id=watch.job_id,
        profile="" if is_default else watch.profile,
        service="" if is_ims else str(watch.service),
        label=watch.label,
        tags=list(watch.tags),
        note=watch.note,
        added=watch.added,
        muted=watch.muted,
        marks=list(watch.marks),
        result=watch.result and _write_result(watch.result),
    )


def changes(raw: Table, old: Watch, new: Watch) -> dict[str, object]:
    """What to set in the table of `old` so that it says `new`; None removes a key.

    Keys of the result that we do not know are kept.
    """
    have, want = write_entry(old), write_entry(new)
    changed = {k: want.get(k) for k in have | want if have.get(k) != want.get(k)}
    had, result = raw.get("result"), changed.get("result")
    if isinstance(had, Mapping) and isinstance(result, Mapping):
        unknown = {k: v for k, v in had.items() if k not in _RESULT_KEYS}
        changed["result"] = {**result, **unknown}
    return changed


def clean(watch: Watch) -> Watch:
    """Make every text printable and every time UTC, as it would be read back."""
    result = watch.result
    return replace(
        watch,
        profile=_clean(watch.profile) or DEFAULT_PROFILE,
        label=_clean(watch.label),
        tags=tuple(dict.fromkeys(map(_clean, watch.tags))),
        note=_clean(watch.note),
        marks=tuple(dict.fromkeys(mark for mark in watch.marks if is_mark(mark))),
        added=watch.added and _utc(watch.added),
        result=result and _clean_result(result),
    )


def shown(value: object) -> str:
    """A value as it stands in the file, short enough for one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{printable(value, 40)}"'
    return printable(str(value), 40)


def _job_id(table: Table, key: str) -> str:
    value = table.get(key)
    if value is None:
        raise EntryError('id is missing; an entry has id = "32 hex digits"')
    if not isinstance(value, str) or not is_job_id(value.strip()):
        raise EntryError(
            f"id = {shown(value)} is not a job id, which has 32 hex digits"
        )
    return value.strip().lower()


def _text(table: Table, key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise EntryError(f'{key} = {shown(value)} is not a text in quotes such as "a"')
    return _clean(value)


def _profile(table: Table, key: str) -> str:
    return _text(table, key) or DEFAULT_PROFILE


def _service(table: Table, key: str) -> JobService:
    value = table.get(key, JobService.IMS)
    if value in JobService.__members__.values():
        return JobService(str(value))
    allowed = ", ".join(f'"{service}"' for service in JobService)
    raise EntryError(f"{key} = {shown(value)} is none of {allowed}")


def _tags(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key, ())
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(tag, str) for tag in value
    ):
        raise EntryError(f'{key} = {shown(value)} is not a list such as ["a", "b"]')
    return tuple(dict.fromkeys(map(_clean, value)))


def _marks(table: Table, key: str) -> tuple[str, ...]:
    marks = _tags(table, key)
    for mark in marks:
        if not is_mark(mark):
            raise EntryError(
                f'{key} = {shown(mark)} is neither a percent such as "90%" nor a time '
                'before the end such as "10m"'
            )
    return marks


def _time(table: Table, key: str) -> datetime | None:
    value = table.get(key)
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            at = _utc(value)
            return at - _ROOM + _ROOM + _ROOM - _ROOM
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
    except OverflowError:  # the ends of the calendar
        pass
    allowed = f"a time such as 2026-11-23T11:42:40Z{_bare(value)}"
    raise EntryError(f"{key} = {shown(value)} is not {allowed}")


def _bare(value: object) -> str:
    """What helps where a value that TOML has without quotes stands in some."""
    return ", without quotes" if isinstance(value, str) else ""


def _flag(table: Table, key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise EntryError(f"{key} = {shown(value)} is not true or false{_bare(value)}")
    return value


def _seconds(table: Table, key: str) -> int:
    value = table.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > ZONES_S:
        raise EntryError(f"{key} = {shown(value)} is not the offset of a time zone")
    return value


def _status(table: Table, key: str) -> JobStatus:
    value = table.get(key)
    if value not in (JobStatus.SUCCESS, JobStatus.FAIL):
        raise EntryError(f'{key} = {shown(value)} is not "SUCCESS" or "FAIL"')
    return JobStatus(str(value))


def _result(table: Table, key: str) -> Result | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise EntryError(f"result = {shown(value)} is not a [jobs.result] table")
    try:
        return kept_result(**{key.field: key.read(value, key.name) for key in RESULT})
    except EntryError as error:
        raise EntryError(f"result.{error}") from None


def _write_result(result: Result) -> dict[str, object]:
    said = _said(result)
    texts = {key.name: said[key.field] for key in RESULT}
    return _stated(**texts | {"status": str(result.job.status)})


def _said(result: Result) -> dict[str, Any]:
    """What `kept_result` made the result of."""
    job = result.job
    error = job.error or JobError()
    return {
        "status": job.status,
        "job_type": job.job_type,
        "stated_begin": job.begin_time,
        "stated_end": job.end_time,
        "seen": result.seen,
        "error_code": error.code,
        "fail_reason": error.reason,
        "image_id": job.image_id,
        "began_offset_s": job.begin_offset_s,
        "ended_offset_s": job.end_offset_s,
    }


class EntryKey(Struct, frozen=True):
    """One key of a table of the watchlist."""

    name: str
    """As the file has it."""
    field: str
    """As the value has it."""
    read: Callable[[Table, str], Any]
    """What takes it out of a table; raises EntryError."""
    words: str
    schema: Mapping[str, object]
    """What a JSON Schema can say of it; never stricter than `read`."""


_TEXT = {"type": "string"}
_TIME = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?$",
}
_OFFSET = {"type": "integer", "minimum": -ZONES_S, "maximum": ZONES_S}
_ENDS = {"enum": [JobStatus.SUCCESS.value, JobStatus.FAIL.value]}

RESULT = (
    EntryKey("status", "status", _status, "how the job ended", _ENDS),
    EntryKey("type", "job_type", _text, "the service's name of the type", _TEXT),
    EntryKey("began", "stated_begin", _time, "begin, as the service said", _TIME),
    EntryKey("ended", "stated_end", _time, "end, as the service said", _TIME),
    EntryKey(
        "began_offset_s",
        "began_offset_s",
        _seconds,
        "seconds that begin is ahead of the time in the id",
        _OFFSET,
    ),
    EntryKey(
        "ended_offset_s",
        "ended_offset_s",
        _seconds,
        "seconds that end is ahead of its true time",
        _OFFSET,
    ),
    EntryKey("seen", "seen", _time, "when the end was seen", _TIME),
    EntryKey("error_code", "error_code", _text, "code of a failure", _TEXT),
    EntryKey("fail_reason", "fail_reason", _text, "reason of a failure", _TEXT),
    EntryKey("image_id", "image_id", _text, "id of the image", _TEXT),
)
"""Every key of `[jobs.result]`, which ims-tui writes when a job has ended."""

_RESULT_KEYS = frozenset(key.name for key in RESULT)
_RESULT_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "required": ["status"],
    "properties": {k.name: {"description": k.words, **k.schema} for k in RESULT},
}

ENTRY = (
    EntryKey(
        "id",
        "job_id",
        _job_id,
        "id of the job, 32 hex digits",
        {"type": "string", "pattern": r"^\s*[0-9A-Fa-f]{32}\s*$"},
    ),
    EntryKey("profile", "profile", _profile, "profile it is asked with", _TEXT),
    EntryKey(
        "service",
        "service",
        _service,
        "whose job it is",
        {"enum": [str(service) for service in JobService]},
    ),
    EntryKey("label", "label", _text, "name of your choice", _TEXT),
    EntryKey("tags", "tags", _tags, "words to filter by", list_of(_TEXT)),
    EntryKey("note", "note", _text, "a line of yours", _TEXT),
    EntryKey("added", "added", _time, "when it was added", _TIME),
    EntryKey("muted", "muted", _flag, "true: nothing is notified", {"type": "boolean"}),
    EntryKey(
        "marks",
        "marks",
        _marks,
        'it is told there: "90%", or "10m" before the expected end',
        list_of(_TEXT),
    ),
    EntryKey("result", "result", _result, "how it ended", _RESULT_SCHEMA),
)
"""Every key of `[[jobs]]`; others are left alone."""


def _clean_result(result: Result) -> Result:
    said = _said(result)
    return kept_result(**{name: _clean_value(value) for name, value in said.items()})


def _clean_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return _utc(value)
    is_text = isinstance(value, str) and not isinstance(value, JobStatus)
    return _clean(value) if is_text else value


def _stated(**values: object) -> dict[str, object]:
    return {key: value for key, value in values.items() if value}


def _clean(text: str) -> str:
    return printable(text, len(text))


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
