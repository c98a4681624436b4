"""Whether a job stands still, told apart from a service that does not answer."""

from __future__ import annotations

from itertools import pairwise
from math import inf

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.polling.habits import Usual
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import duration

USUAL_S = 15 * 60.0
"""A pause longer than this is unusual for a type of which nothing is known."""

SLOW_S = 45 * 60.0
"""The longest usual pause of types that copy whole disks or cross regions."""

STAY_FACTOR = 2.0
"""A percent that usually stays for seconds may stay so many times as long, and that as
often as pauses may: fewer were measured to call jobs stalled that were not."""

FEWEST_PAUSES = 3
"""From so many on, a job's own earlier pauses say how long it may pause again."""

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
    job_type: str,
    settings: StallSettings,
    pause: Usual | None = None,
    stay: Usual | None = None,
) -> float:
    """Seconds without any movement after which a job of a type counts as stalled.

    What the operator set for the type counts first, then what earlier jobs did.

    Args:
        job_type: the type.
        settings: what the operator set.
        pause: the longest usual pause of the step that the job shows.
        stay: how long the very percent that it shows usually stays.
    """
    if job_type in settings.by_type_s:
        return settings.by_type_s[job_type]
    if job_type in _QUICK_TYPES:
        return inf
    if pause is None:
        return max(settings.minimum_s, SLOW_S if job_type in _SLOW_TYPES else USUAL_S)
    usual_s = pause.most_s
    if stay is not None:
        usual_s = min(usual_s, STAY_FACTOR * stay.most_s)
    return max(settings.minimum_s, settings.factor * usual_s)


def usual_pause(entry: Entry) -> Usual | None:
    """The longest usual pause of earlier jobs in the step that the job shows."""
    return entry.habits.pause(entry.job.step if entry.job else "")


def own_pause_s(entry: Entry) -> float:
    """The longest pause that the job itself made before; 0 where it made too few.

    A job of eight times the usual size pauses for longer at each percent, too.
    """
    pauses_s = [
        (after.at - before.at).total_seconds() - after.gap_s
        for before, after in pairwise(entry.sightings)
        if before.step or before.progress_ratio
    ]
    return max(pauses_s) if len(pauses_s) >= FEWEST_PAUSES else 0.0


def standstill(entry: Entry) -> str:
    """How long a job has not moved, against the usual.

    Such as `from 62% for 38:10; usual longest pause 9:00`, or `usual there 0:20`.
    """
    job = entry.job
    ratio = job.progress_ratio if job else None
    at = "" if ratio is None else f" from {int(ratio * 100 + 1e-9)}%"
    pause, stay = usual_pause(entry), entry.habits.stay
    usual = f"; usual longest pause {duration(pause.most_s)}" if pause else ""
    if pause and stay and STAY_FACTOR * stay.most_s < pause.most_s:
        usual = f"; usual there {duration(max(1.0, stay.median_s))}"
    return f"has not moved{at} for {duration(entry.still_s)}{usual}"


def is_stalled(entry: Entry, settings: StallSettings) -> bool:
    """Whether the job did not move, as of its last good reply.

    `Entry.still_s` grows only from one good reply to the next. So a service that does
    not answer, or a job that is not asked, never makes a job look stalled.
    """
    if not settings.enabled or not entry.is_live or entry.failure is not None:
        return False
    pause, stay = usual_pause(entry), entry.habits.stay
    if entry.still_s <= stalled_after_s(entry.job_type, settings, pause, stay):
        return False
    is_set = entry.job_type in settings.by_type_s
    return is_set or entry.still_s > settings.factor * own_pause_s(entry)
