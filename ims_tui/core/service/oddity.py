"""Oddities of a reply that is understood nevertheless."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class OddityKind(StrEnum):
    """One way of being odd."""

    TRAILING_COMMA = "trailing_comma"
    UNKNOWN_STATUS = "unknown_status"
    SUCCESS_BELOW_FULL = "success_below_full"
    END_OF_ACTIVE = "end_of_active"
    """An end time, though the status says that the job goes on."""
    END_BEFORE_BEGIN = "end_before_begin"
    BEGIN_CONTRADICTS_ID = "begin_contradicts_id"
    BEGIN_IN_FUTURE = "begin_in_future"
    PROGRESS_FELL = "progress_fell"
    PROGRESS_UNREADABLE = "progress_unreadable"
    PROGRESS_AS_PERCENT = "progress_as_percent"
    TIME_UNREADABLE = "time_unreadable"
    DATE_NOT_BELIEVED = "date_not_believed"
    """The reply's own date is more than a year from our clock."""
    NOT_TEXT = "not_text"
    """Another type than the manual has for the field."""
    SUB_JOB_FAILED = "sub_job_failed"
    """A sub-job failed and the job itself did not, or not yet."""
    SUB_JOBS_LEFT_OUT = "sub_jobs_left_out"
    """More sub-jobs than are read."""


class Oddity(Struct, frozen=True):
    """One odd thing in a reply."""

    kind: OddityKind
    field: str = ""
    """The field it stands in, as the API names it."""
    value: str = ""
    """What was there, printable."""
