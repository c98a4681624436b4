"""One image job as the service describes it.

Field list: ims-api manual, ShowJobProgress (`GET /v1/cloudimages/job/{job_id}`) and its
deprecated sibling ShowJob.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.service.oddity import Oddity as Oddity
from ims_tui.core.service.oddity import OddityKind as OddityKind

if TYPE_CHECKING:  # it loads json, which the first frame does without
    from ims_tui.core.service.jsontext import Json


class JobStatus(StrEnum):
    """The four documented status words, and one for all others."""

    INIT = "INIT"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    OTHER = "OTHER"

    @property
    def has_ended(self) -> bool:
        """Whether a job in this status never changes again."""
        return self in (JobStatus.SUCCESS, JobStatus.FAIL)


UNPAID = "PENDING_PAYMENT"
"""The order behind an ECS job is not paid yet (ECS manual, job status): it waits."""


class JobError(Struct, frozen=True):
    """Why a job failed, and where in the reply that was found."""

    code: str = ""
    """Error code such as `IMG.0057`; empty where the service gave none."""
    reason: str = ""
    """The service's own words; empty where it gave none."""
    place: str = ""
    """Path of the field, empty for the top level."""


class Job(Struct, frozen=True):
    """The last good reply about one job, or what is kept of it after its end."""

    job_id: str
    status: JobStatus
    raw_status: str = ""
    """The status word as received."""
    job_type: str = ""
    begin_time: datetime | None = None
    """As stated by the service; the legacy form counts as UTC."""
    end_time: datetime | None = None
    begin_offset_s: int = 0
    """How far a legacy begin time is ahead of the time inside the id."""
    id_time: datetime | None = None
    """Creation time inside a time-ordered id."""
    error: JobError | None = None
    entities: Mapping[str, Json] = field(default_factory=dict)
    """All of `entities`, untouched but for escapes."""
    extra: Mapping[str, Json] = field(default_factory=dict)
    """Top-level fields that no manual has."""
    progress_ratio: float | None = None
    """`process_percent`, 0 to 1."""
    is_progress_computed: bool = False
    """Whether the progress is our roll-up of the sub-jobs."""
    step: str = ""
    """`current_task` as received."""
    image_id: str = ""
    """Of the job, else of its first sub-job that has one."""
    image_name: str = ""
    data_images: tuple[str, ...] = ()
    """Ids of data images that the reply lists (`entities.__data_images`)."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Those of `REPLY_FIELDS` that it has, by their names."""
    sub_jobs: tuple[Job, ...] = ()
    subs_stated: int = 0
    """How many sub-jobs the reply counts; 0 where it has none."""
    oddities: tuple[Oddity, ...] = ()
    end_offset_s: int = 0
    """The offset of the end time, where that is in the legacy form."""

    @property
    def began_at(self) -> datetime | None:
        """Begin in true UTC on the service's clock, by the id where that knows it."""
        if self.begin_time is None or self.begin_offset_s:
            return self.id_time
        return self.begin_time

    @property
    def ended_at(self) -> datetime | None:
        """End on the same clock as `began_at`."""
        if self.end_time is None:
            return None
        return self.end_time - timedelta(seconds=self.end_offset_s)

    @property
    def is_unpaid(self) -> bool:
        """Whether the job waits until its order is paid."""
        return self.raw_status.upper() == UNPAID

    @property
    def sub_count(self) -> int:
        """How many sub-jobs there are, also those that are not described."""
        return max(self.subs_stated, len(self.sub_jobs))

    @property
    def failed_subs(self) -> tuple[int, ...]:
        """Places of the sub-jobs that failed, from 0."""
        return tuple(
            place
            for place, sub in enumerate(self.sub_jobs)
            if sub.status is JobStatus.FAIL
        )

    def has(self, kind: OddityKind) -> bool:
        """Whether the reply is odd in this way."""
        return any(odd.kind is kind for odd in self.oddities)

    def with_oddity(self, odd: Oddity) -> Job:
        """Return this job with one more oddity."""
        return replace(self, oddities=(*self.oddities, odd))


def short_step(step: str) -> str:
    """Shorten a step for a narrow column: `ImportImageTask:ConvertTask` to `Convert`.

    The part after the colon says what is done now; a bare colon means no sub-task.
    """
    task, _, sub_task = step.partition(":")
    part = sub_task or task
    return part.removesuffix("Task") or part
