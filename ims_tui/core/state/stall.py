"""Whether a job stands still, told apart from a service that does not answer."""

from __future__ import annotations

from math import inf

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.polling.habits import Usual
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import duration

USUAL_S = 15 * 60.0
"""A pause longer than this is unusual for a type of which nothing is known."""

SLOW_S = 45 * 60.0
"""The longest usual pause of types that copy whole disks or cross regions."""

_SLOW_TYPES = frozenset(
    (
        "imsCreateWholeImageByInstanceJob",
        "imsCrossRegionCopyImageJob",
        "imsCopyImageCrossUserJob",
    )
)


_QUICK_TYPES = frozenset(
    ("imsAddImageMembersJob", "imsDelImageMembersJob", "imsUpdateImageMembersJob")
)
"""They finish in seconds; that they do not move for long is no news."""


def stalled_after_s(
    job_type: str, settings: StallSettings, pause: Usual | None = None
) -> float:
    """Seconds without any movement after which a job of a type counts as stalled.

    What the operator set for the type counts first, then the longest usual pause.
    """
    if job_type in settings.by_type_s:
        return settings.by_type_s[job_type]
    if job_type in _QUICK_TYPES:
        return inf
    if pause is not None:
        return max(settings.minimum_s, settings.factor * pause.most_s)
    return max(settings.minimum_s, SLOW_S if job_type in _SLOW_TYPES else USUAL_S)


def usual_pause(entry: Entry) -> Usual | None:
    """The longest usual pause of earlier jobs in the step that the job shows."""
    return entry.habits.pause(entry.job.step if entry.job else "")


def standstill(entry: Entry) -> str:
    """How long a job has not moved, against the usual.

    Such as `from 62% for 38:10; usual longest pause 9:00`.
    """
    job = entry.job
    ratio = job.progress_ratio if job else None
    at = "" if ratio is None else f" from {int(ratio * 100 + 1e-9)}%"
    pause = usual_pause(entry)
    usual = f"; usual longest pause {duration(pause.most_s)}" if pause else ""
    return f"has not moved{at} for {duration(entry.still_s)}{usual}"


def is_stalled(entry: Entry, settings: StallSettings) -> bool:
    """Whether the job did not move, as of its last good reply.

    `Entry.still_s` grows only from one good reply to the next. So a service that does
    not answer, or a job that is not asked, never makes a job look stalled.
    """
    if not settings.enabled or not entry.is_live or entry.failure is not None:
        return False
    after_s = stalled_after_s(entry.job_type, settings, usual_pause(entry))
    return entry.still_s > after_s
