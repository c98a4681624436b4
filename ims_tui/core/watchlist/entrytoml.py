"""One `[[jobs]]` table of the watchlist to a watch, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from msgspec.structs import replace

from ims_tui.core.service.job import JobError, JobStatus
from ims_tui.core.service.times import ZONES_S
from ims_tui.core.text import printable
from ims_tui.core.watchlist.ids import is_job_id
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
    return Watch(
        job_id=_job_id(table),
        profile=_text(table, "profile") or DEFAULT_PROFILE,
        label=_text(table, "label"),
        tags=_tags(table),
        note=_text(table, "note"),
        added=_time(table, "added"),
        muted=_flag(table, "muted"),
        result=_result(table),
    )


def write_entry(watch: Watch) -> dict[str, object]:
    """Turn a watch into a table; what is not said is left out."""
    table: dict[str, object] = {"id": watch.job_id}
    if watch.profile != DEFAULT_PROFILE:
        table["profile"] = watch.profile
    table |= _stated(
        label=watch.label,
        tags=list(watch.tags),
        note=watch.note,
        added=watch.added,
        muted=watch.muted,
    )
    if watch.result:
        table["result"] = _write_result(watch.result)
    return table


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


def _job_id(table: Table) -> str:
    value = table.get("id")
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


def _tags(table: Table) -> tuple[str, ...]:
    value = table.get("tags", ())
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(tag, str) for tag in value
    ):
        raise EntryError(f'tags = {shown(value)} is not a list such as ["a", "b"]')
    return tuple(dict.fromkeys(map(_clean, value)))


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
    raise EntryError(
        f"{key} = {shown(value)} is not a time such as 2026-11-23T11:42:40Z"
    )


def _flag(table: Table, key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise EntryError(f"{key} = {shown(value)} is not true or false")
    return value


def _seconds(table: Table, key: str) -> int:
    value = table.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > ZONES_S:
        raise EntryError(f"{key} = {shown(value)} is not the offset of a time zone")
    return value


def _result(table: Table) -> Result | None:
    value = table.get("result")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise EntryError(f"result = {shown(value)} is not a [jobs.result] table")
    status = value.get("status")
    if status not in (JobStatus.SUCCESS, JobStatus.FAIL):
        raise EntryError(f'result.status = {shown(status)} is not "SUCCESS" or "FAIL"')
    try:
        return kept_result(
            status=JobStatus(str(status)),
            job_type=_text(value, "type"),
            stated_begin=_time(value, "began"),
            stated_end=_time(value, "ended"),
            began_offset_s=_seconds(value, "began_offset_s"),
            ended_offset_s=_seconds(value, "ended_offset_s"),
            seen=_time(value, "seen"),
            error_code=_text(value, "error_code"),
            fail_reason=_text(value, "fail_reason"),
            image_id=_text(value, "image_id"),
        )
    except EntryError as error:
        raise EntryError(f"result.{error}") from None


def _write_result(result: Result) -> dict[str, object]:
    job = result.job
    error = job.error or JobError()
    return {"status": str(job.status)} | _stated(
        type=job.job_type,
        began=job.begin_time,
        ended=job.end_time,
        began_offset_s=job.begin_offset_s,
        ended_offset_s=job.end_offset_s,
        seen=result.seen,
        error_code=error.code,
        fail_reason=error.reason,
        image_id=job.image_id,
    )


_RESULT_KEYS = frozenset(
    (
        "status",
        "type",
        "began",
        "ended",
        "began_offset_s",
        "ended_offset_s",
        "seen",
        "error_code",
        "fail_reason",
        "image_id",
    )
)


def _clean_result(result: Result) -> Result:
    job = result.job
    error = job.error or JobError()
    return kept_result(
        job.status,
        _clean(job.job_type),
        job.begin_time and _utc(job.begin_time),
        job.end_time and _utc(job.end_time),
        result.seen and _utc(result.seen),
        _clean(error.code),
        _clean(error.reason),
        _clean(job.image_id),
        job.begin_offset_s,
        job.end_offset_s,
    )


def _stated(**values: object) -> dict[str, object]:
    return {key: value for key, value in values.items() if value}


def _clean(text: str) -> str:
    return printable(text, len(text))


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
