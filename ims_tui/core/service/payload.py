"""A decoded reply to a job.

Every field is optional in the manual, so every field may be absent here. What is odd in
a reply is kept beside the value and never corrected silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from ims_tui.core.service.envelope import PAIRS, error_in
from ims_tui.core.service.fieldvalue import count_of, ids_in, ratio_of
from ims_tui.core.service.job import UNPAID, Job, JobError, JobStatus
from ims_tui.core.service.jsontext import Json, as_text, left_out
from ims_tui.core.service.oddity import Oddity, OddityKind
from ims_tui.core.service.replyfield import REPLY_FIELDS
from ims_tui.core.service.times import id_time, is_legacy, parse_time, zone_offset_s
from ims_tui.core.text import printable

_KNOWN = frozenset(
    {
        "status",
        "job_id",
        "job_type",
        "begin_time",
        "end_time",
        "error_code",
        "fail_reason",
        "entities",
    }
)
_CODES = ("error_code", "addition_error_code", "alarm_code")
_REASONS = ("fail_reason", "error", "addition_error_msg", "errorcode_message")
MAX_SUB_JOBS = 256
"""Sub-jobs read of one reply, on all levels; more are counted only."""

_MOST_SUBS = 100_000
"""A larger `sub_jobs_total` counts nothing."""

_AHEAD_S = 60.0
"""A begin time may be this far ahead of the service's clock unremarked."""


def sub_jobs_name(entities: Mapping[str, Json]) -> str:
    """The field that holds the sub-jobs: the ECS framework has the shorter name."""
    return "sub_jobs_result" if entities.get("sub_jobs_result") else "sub_jobs"


def parse_job(payload: Mapping[str, Json], job_id: str, now: datetime) -> Job:
    """Turn a decoded reply into a job; `job_id` stands in where the reply has none.

    Accepts anything: what cannot be read is an oddity, never an error.
    """
    return _Reading(payload, now).job(job_id)


class _Reading:
    """One pass over one payload, collecting oddities."""

    def __init__(
        self,
        payload: Mapping[str, Json],
        now: datetime,
        parent: _Reading | None = None,
    ):
        self.payload, self.now = payload, now
        self.depth: int = parent.depth + 1 if parent else 0
        self.outermost: _Reading = parent.outermost if parent else self
        self.room = MAX_SUB_JOBS
        self.subs_left_out = 0
        self.odd: list[Oddity] = []
        entities = payload.get("entities")
        self.entities = entities if isinstance(entities, Mapping) else {}
        if entities not in (None, "") and not isinstance(entities, Mapping):
            self._note(OddityKind.NOT_TEXT, "entities", entities)
        self.subs_name = sub_jobs_name(self.entities)

    def job(self, job_id: str) -> Job:
        own_id = self._text(self.payload, "job_id") or job_id
        if _hex_digits(own_id) == _hex_digits(job_id):
            own_id = job_id
        status, raw_status = self._status()
        subs = self._sub_jobs()
        stated = self._progress(status)
        ratio = self._roll_up(status, subs) if stated is None and subs else stated
        made = id_time(own_id, self.now)
        begin, end = self._time("begin_time"), self._time("end_time")
        offset_s = self._offset_s(begin, made)
        image = next((sub for sub in subs if sub.image_id), None)
        data_images = tuple(ids_in(self.entities.get("__data_images")))
        job = Job(
            job_id=own_id,
            status=status,
            raw_status=raw_status,
            job_type=self._text(self.payload, "job_type"),
            begin_time=begin,
            end_time=end,
            begin_offset_s=offset_s,
            end_offset_s=offset_s if self._is_legacy("end_time") else 0,
            id_time=made,
            error=self._error(status, subs),
            entities=self.entities,
            extra={k: v for k, v in self.payload.items() if k not in _KNOWN},
            progress_ratio=ratio,
            is_progress_computed=stated is None and ratio is not None,
            step=self._text(self.entities, "current_task"),
            # As the clients of the service read it: packer, terraform.
            image_id=self._text(self.entities, "image_id")
            or next(iter(data_images), "")
            or (image.image_id if image else ""),
            image_name=self._text(self.entities, "image_name")
            or (image.image_name if image else ""),
            data_images=data_images,
            facts=self._facts(subs),
            sub_jobs=subs,
            subs_stated=self._subs_stated(len(subs)),
        )
        self._contradictions(job)
        return replace(job, oddities=tuple(self.odd)) if self.odd else job

    def _note(self, kind: OddityKind, name: str, value: Json = "") -> None:
        self.odd.append(Oddity(kind, name, printable(as_text(value), 80)))

    def _text(self, source: Mapping[str, Json], name: str) -> str:
        value = source.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._note(OddityKind.NOT_TEXT, name, value)
        return as_text(value).strip()

    def _facts(self, subs: Sequence[Job]) -> dict[str, str]:
        found = {}
        for name in (known.name for known in REPLY_FIELDS):
            texts = (sub.facts[name] for sub in subs if name in sub.facts)
            if text := self._text(self.entities, name) or next(texts, ""):
                found[name] = text
        return found

    def _status(self) -> tuple[JobStatus, str]:
        raw = self._text(self.payload, "status")
        word = raw.upper()
        if word in JobStatus.__members__ and word != JobStatus.OTHER:
            return JobStatus(word), raw
        if word == UNPAID:
            return JobStatus.INIT, raw
        self._note(OddityKind.UNKNOWN_STATUS, "status", raw)
        return JobStatus.OTHER, raw

    def _time(self, name: str) -> datetime | None:
        text = self._text(self.payload, name)
        parsed = parse_time(text)
        if text and parsed is None:
            self._note(OddityKind.TIME_UNREADABLE, name, text)
        return parsed

    def _is_legacy(self, name: str) -> bool:
        stated = self.payload.get(name)
        return isinstance(stated, str) and is_legacy(stated)

    def _offset_s(self, begin: datetime | None, made: datetime | None) -> int:
        if not begin or not made:
            return 0
        offset_s = zone_offset_s(begin, made)
        if offset_s:
            self._note(OddityKind.BEGIN_CONTRADICTS_ID, "begin_time", offset_s)
        # A stated zone is not overruled by a hint.
        return offset_s if self._is_legacy("begin_time") else 0

    def _progress(self, status: JobStatus) -> float | None:
        value = self.entities.get("process_percent")
        if value is None or value == "":
            return None
        ratio = ratio_of(value)
        if ratio is None:
            self._note(OddityKind.PROGRESS_UNREADABLE, "process_percent", value)
            return None
        if ratio > 1:
            # The manual's prose says percentage, every sample is a fraction.
            self._note(OddityKind.PROGRESS_AS_PERCENT, "process_percent", value)
            ratio /= 100
        elif isinstance(value, str):
            self._note(OddityKind.NOT_TEXT, "process_percent", value)
        if status is JobStatus.SUCCESS and ratio < 1:
            self._note(OddityKind.SUCCESS_BELOW_FULL, "process_percent", ratio)
        return ratio

    def _sub_jobs(self) -> tuple[Job, ...]:
        listed = self.entities.get(self.subs_name)
        if isinstance(listed, Mapping):  # some gateways unwrap a list of one
            listed = (listed,)
        if not isinstance(listed, (list, tuple)):
            return ()
        if self.depth >= 2:  # jobs have sub-jobs, and those have none
            return ()
        tables = [item for item in listed if isinstance(item, Mapping)]
        read = tables[: self.outermost.room]
        self.outermost.room -= len(read)
        self.subs_left_out = len(tables) - len(read) + left_out(listed)
        if self.subs_left_out:
            count = self.subs_left_out
            self._note(OddityKind.SUB_JOBS_LEFT_OUT, self.subs_name, count)
        return tuple(_Reading(table, self.now, self).job("") for table in read)

    def _subs_stated(self, read: int) -> int:
        """How many sub-jobs the reply counts or names, those left out included."""
        ids, total = (self.entities.get(n) for n in ("sub_jobs_list", "sub_jobs_total"))
        named = len(ids) if isinstance(ids, (list, tuple)) else 0
        stated = count_of(total)
        stated = stated if stated <= _MOST_SUBS else 0
        return max(named, read + self.subs_left_out, stated)

    def _roll_up(self, status: JobStatus, subs: Sequence[Job]) -> float | None:
        count = self._subs_stated(len(subs))
        has_failed = any(sub.status is JobStatus.FAIL for sub in subs)
        if status is not JobStatus.FAIL:
            is_done = status is JobStatus.SUCCESS
            done = 1.0 if is_done else roll_up(subs, count)
            if not (has_failed and done == 1):
                return done
        # Where a part failed only what succeeded is done, and never all of it.
        done = sum(sub.status is JobStatus.SUCCESS for sub in subs) / count
        return done if done < 1 else None

    def _error(self, status: JobStatus, subs: Sequence[Job]) -> JobError | None:
        found = self._stated_error()
        if status is JobStatus.SUCCESS or (found and found.reason):
            return found
        for other in self._other_errors(subs):
            found = _completed(found, other)
            if found.reason:
                break
        return found

    def _stated_error(self) -> JobError | None:
        code = self._text(self.payload, "error_code")
        reason = self._first(self.payload, ("fail_reason",))
        place = "" if code or reason else "entities"
        # The one may stand above and the other below.
        code = code or self._first(self.entities, _CODES)
        reason = reason or self._first(self.entities, _REASONS)
        return JobError(code, reason, place) if code or reason else None

    def _other_errors(self, subs: Sequence[Job]) -> Iterator[JobError]:
        """As the replies to refused requests have them, of sub-jobs, further down."""
        for place, table in (("", self.payload), ("entities", self.entities)):
            pairs = ({name: table.get(name) for name in pair} for pair in PAIRS)
            found = [(place, error_in(pair)) for pair in pairs]
            for name in ("error", "fail_reason"):
                found.append((f"{place}.{name}", error_in(table.get(name))))
            found.append((place, ("", self._first(table, _REASONS))))
            for path, (code, reason) in found:
                if code or reason:
                    yield JobError(code, reason, path.strip("."))
        for number, sub in enumerate(subs):
            if sub.error and sub.status is not JobStatus.SUCCESS:
                path = f"entities.{self.subs_name}[{number}]"
                place = f"{path}.{sub.error.place}" if sub.error.place else path
                yield JobError(sub.error.code, sub.error.reason, place)
        rest = {k: v for k, v in self.entities.items() if k != self.subs_name}
        code, reason = error_in(rest)
        if code or reason:
            yield JobError(code, reason, "entities")

    def _first(self, source: Mapping[str, Json], names: Sequence[str]) -> str:
        texts = (n for n in names if not isinstance(source.get(n), Mapping))
        return next(filter(None, (self._text(source, n) for n in texts)), "")

    def _contradictions(self, job: Job) -> None:
        if job.begin_time and job.end_time and job.ended_at:
            began = job.begin_time - timedelta(seconds=job.begin_offset_s)
            if job.ended_at < began:
                stated = job.end_time.isoformat()
                self._note(OddityKind.END_BEFORE_BEGIN, "end_time", stated)
        if job.begin_time and not job.begin_offset_s:
            ahead_s = (job.begin_time - self.now).total_seconds()
            if ahead_s > _AHEAD_S:
                stated = job.begin_time.isoformat()
                self._note(OddityKind.BEGIN_IN_FUTURE, "begin_time", stated)
        if job.end_time and job.status in (JobStatus.INIT, JobStatus.RUNNING):
            self._note(OddityKind.END_OF_ACTIVE, "end_time", job.end_time.isoformat())
        if job.failed_subs and job.status is not JobStatus.FAIL:
            counted = f"{len(job.failed_subs)} of {job.sub_count}"
            self._note(OddityKind.SUB_JOB_FAILED, self.subs_name, counted)


def _hex_digits(job_id: str) -> str:
    """An id without what its forms differ in: case, and the hyphens of a UUID."""
    return job_id.replace("-", "").lower()


def _completed(found: JobError | None, other: JobError) -> JobError:
    """An error that lacks its reason, with that of another place."""
    if found is None:
        return other
    if not other.reason:
        return found
    is_same = other.code in ("", found.code)
    reason = other.reason if is_same else f"{other.code} {other.reason}"
    return JobError(found.code, reason, other.place)


def roll_up(subs: Sequence[Job], count: int) -> float:
    """Progress of a parent from its sub-jobs: their mean, the unknown counting as 0."""
    done = sum(
        1.0 if sub.status.has_ended else (sub.progress_ratio or 0.0) for sub in subs
    )
    return done / max(count, 1)
