"""One job of the archive: what is kept of an entry, as one line of JSON, and back.

The line says what the row needs; the last reply is kept beside it and read when
somebody looks at the job.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.service.job import Job, Oddity, OddityKind
from ims_tui.core.service.replyfield import REPLY_FIELDS
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.stored_reply import StoredPoll, restored, stored
from ims_tui.core.state.stored_value import stored_json, stored_number, stored_time
from ims_tui.core.text import printable
from ims_tui.core.watchlist.entrytoml import read_entry, write_entry
from ims_tui.core.watchlist.watch import JobKey, Watch, result_of

MOST_ODD = 32
"""Oddities read of one archived job."""


class ArchivePlace(NamedTuple):
    """Where a page of the archive ended."""

    ended_at: str
    number: int


class ArchivedRow(Struct, frozen=True):
    """What the table shows of an archived job."""

    key: JobKey
    ended: datetime
    """End of the job on the service's clock, as far as known: the order."""
    line: str


class Archived(Struct, frozen=True):
    """All that is kept of an archived job."""

    row: ArchivedRow
    poll: StoredPoll | None = None
    """The last good reply; None where none was stored."""

    @property
    def key(self) -> JobKey:
        """The key of the job."""
        return self.row.key


def archived(entry: Entry, now: datetime) -> Archived:
    """What to keep of an entry that has ended."""
    watch = _with_result(entry, now)
    table = {name: _plain(value) for name, value in write_entry(watch).items()}
    if (job := entry.reply) is not None:
        table["job"] = {
            "raw_status": job.raw_status,
            "step": job.step,
            "image_name": job.image_name,
            **({"facts": dict(job.facts)} if job.facts else {}),
            "ratio": job.progress_ratio,
            "is_computed": job.is_progress_computed,
            "odd": [(odd.kind.value, odd.field, odd.value) for odd in job.oddities],
        }
    if entry.detection_s is not None:
        table["latency_s"] = entry.detection_s
    line = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    row = ArchivedRow(entry.key, end_of(entry) or now, line)
    return Archived(row, stored(replace(entry, is_news=False)))


def end_of(entry: Entry) -> datetime | None:
    """When a job ended, or when that was seen, or when it was added."""
    watch = entry.watch
    if entry.job is not None and entry.job.ended_at is not None:
        return entry.job.ended_at
    result = watch.result
    if result is None:
        return watch.added
    return result.seen or watch.added


def _with_result(entry: Entry, now: datetime) -> Watch:
    """The watch with the result that a killed run may not have written."""
    if entry.watch.result is not None or entry.job is None:
        return entry.watch
    seen = entry.seen.wall if entry.seen else now
    return replace(entry.watch, result=result_of(entry.job, seen))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return value


def as_row(line: str) -> Entry:
    """The entry of an archived job, without its reply.

    The line says what `[[jobs]]` says, with times as text, and more under `job`.

    Raises:
        TypeError: the line is damaged.
        ValueError: the line is damaged.
    """
    doc = stored_json(line)
    if not isinstance(doc, dict):
        raise ValueError(f"{printable(line, 40)} is no archived job")
    table = {k: v for k, v in doc.items() if k not in ("job", "latency_s")}
    watch = read_entry(_timed(table))
    latency_s = doc.get("latency_s")
    return Entry(
        watch,
        reply=_light(watch, doc.get("job")),
        detection_s=None if latency_s is None else stored_number(latency_s),
    )


def _timed(table: Mapping[str, object]) -> dict[str, object]:
    """The table with times where texts stand for them."""
    times = {
        name: stored_time(table[name])
        for name in ("added", "began", "ended", "seen")
        if name in table
    }
    result = table.get("result")
    nested = {"result": _timed(result)} if isinstance(result, Mapping) else {}
    return {**table, **times, **nested}


def _light(watch: Watch, said: object) -> Job | None:
    """As much of the reply as the columns show."""
    result = watch.result
    if result is None or not isinstance(said, Mapping):
        return None
    ratio = said.get("ratio")
    return replace(
        result.job,
        job_id=watch.job_id,
        raw_status=printable(str(said.get("raw_status", ""))),
        progress_ratio=None if ratio is None else stored_number(ratio, 1.0),
        is_progress_computed=bool(said.get("is_computed")),
        step=printable(str(said.get("step", ""))),
        image_name=printable(str(said.get("image_name", ""))),
        facts=_facts(said.get("facts")),
        oddities=tuple(_odd(*values) for values in said.get("odd", ())[:MOST_ODD]),
    )


def _facts(said: object) -> dict[str, str]:
    if not isinstance(said, Mapping):
        return {}
    names = (known.name for known in REPLY_FIELDS if known.name in said)
    return {name: printable(str(said[name])) for name in names}


def _odd(kind: object, field: object, value: object) -> Oddity:
    return Oddity(OddityKind(str(kind)), printable(str(field)), printable(str(value)))


def row_of(key: JobKey, line: str) -> Entry:
    """The entry of a row; only the key of one whose line is damaged."""
    try:
        entry = as_row(line)
    except (TypeError, ValueError):
        return Entry(Watch(key.job_id, key.profile))
    return entry if entry.key == key else Entry(Watch(key.job_id, key.profile))


def whole(job: Archived, now: Moment) -> Entry:
    """The entry of an archived job with its reply, where one was stored.

    Raises:
        TypeError: the line is damaged.
        ValueError: the line is damaged.
    """
    row = as_row(job.row.line)
    entry = restored(row.watch, job.poll, now)
    if entry.reply is None:
        return row
    return replace(entry, detection_s=row.detection_s, is_news=False)
