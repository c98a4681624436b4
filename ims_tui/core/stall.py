"""Whether a job stands still, told apart from a service that does not answer."""

from __future__ import annotations

from ims_tui.core.entry import Entry
from ims_tui.core.settings import StallSettings

USUAL_S = 15 * 60.0
"""A pause longer than this is unusual for a type of which nothing is known."""

SLOW_S = 45 * 60.0
"""The same for types that copy whole disks or cross regions."""

_SLOW_TYPES = frozenset(
    (
        "imsCreateWholeImageByInstanceJob",
        "imsCrossRegionCopyImageJob",
        "imsCopyImageCrossUserJob",
    )
)


def stalled_after_s(job_type: str, settings: StallSettings) -> float:
    """Seconds without any movement after which a job of a type counts as stalled."""
    if job_type in settings.by_type_s:
        return settings.by_type_s[job_type]
    return max(settings.minimum_s, SLOW_S if job_type in _SLOW_TYPES else USUAL_S)


def is_stalled(entry: Entry, settings: StallSettings) -> bool:
    """Whether the job did not move, as of its last good reply.

    `Entry.still_s` grows only from one good reply to the next. So a service that does
    not answer, or a job that is not asked, never makes a job look stalled.
    """
    if not settings.enabled or not entry.is_live or entry.failure is not None:
        return False
    return entry.still_s > stalled_after_s(entry.job_type, settings)
