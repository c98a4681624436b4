"""What is expected of live jobs, in words: why so long, and when all are done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.estimate import (
    Estimate,
    has_run_out,
    rounded,
    short_text,
)
from ims_tui.core.polling.last_end import all_ended_s
from ims_tui.core.service.job import short_step
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.show.view import View, is_likely_age
from ims_tui.core.state.entry import Entry, began
from ims_tui.core.text import duration, plural

if TYPE_CHECKING:
    from ims_tui.core.polling.timeleft import Grounds

MOST_RECKONED = 1000
"""Of more live jobs it is not said when all are done: it takes too long to reckon."""
AS_SOON = 1.15
"""Up to so many times as late or as early counts as at the usual time."""
TOLD_FROM = 10
"""Ended jobs from which on the share of ranges that held is told."""


class AllDone(Struct, frozen=True):
    """When all live jobs are expected to have ended."""

    at: datetime
    but_for: int
    """Live jobs whose end nobody can tell; they are not reckoned with."""


def all_done(
    entries: Iterable[Entry], wall: datetime, cut_off: Collection[str] = ()
) -> AllDone | None:
    """When all that run are done, and not before the time given.

    None where nothing is known of any. Of jobs without a usable answer, of those of
    lanes that get none, and of those that cannot have begun when they are said to have,
    nothing is known.
    """
    known, unknown = [], 0
    for entry in entries:
        if not entry.is_live:
            continue
        found, seen = entry.estimate, entry.seen
        is_fresh = entry.failure is None and entry.watch.lane not in cut_off
        at = began(entry)
        is_odd = at is not None and not is_likely_age((wall - at).total_seconds())
        is_lost = entry.is_stalled or is_odd or not is_fresh
        if found is None or seen is None or is_lost:
            unknown += 1
        else:
            passed_s = (wall - seen.wall).total_seconds()
            known.append(found.left_s(found.at_s + passed_s))
    if not known:
        return None
    return AllDone(wall + timedelta(seconds=all_ended_s(known)), unknown)


def all_done_text(found: AllDone, view: View) -> str:
    """`all done ~03:40`, or `all but 2 done ~03:40`: of those no end is foreseen."""
    those = f"all but {found.but_for} done" if found.but_for else "all done"
    return f"{those} {end_text(found.at, view)}"


def end_text(at: datetime, view: View) -> str:
    """An expected end as a clock time: `~03:40`, with the date on another day."""
    return f"~{view.clock_time(at + timedelta(seconds=30))[:-3]}"


def reason(entry: Entry, found: Estimate, view: View) -> str:
    """What a time left rests on, in one sentence with its figure."""
    figure = short_text(found, view.now.mono_s)
    jobs = plural(found.jobs, "earlier job", "earlier jobs")
    whose = f"{plain_type(entry.job_type)}, {entry.watch.profile}"
    if found.basis is Basis.PERCENT:
        text = f"From the percent alone, without an earlier job ({whose}): {figure}"
    elif found.basis is Basis.TOTAL and not found.jobs:
        text = f"From published lengths of such jobs ({whose}): {figure}"
    elif found.basis is Basis.TOTAL:
        text = f"From the total of {jobs} ({whose}): {figure}"
    elif found.grounds is None:
        text = f"It waits. From how {jobs} waited and worked ({whose}): {figure}"
    else:
        passed_s = max(0.0, view.now.mono_s - found.at_s)
        text = f"{_by_milestone(found.grounds, whose, passed_s)}: {figure}"
    beyond_s = found.beyond_s(view.now.mono_s)
    if beyond_s > 0.0:
        text += f"; longer than nine of ten ({duration(beyond_s)})"
    held = entry.habits.held
    if held is not None and held.jobs >= TOLD_FROM:
        text += f". Such ranges held {held.ratio:.0%} of the time"
    return text


def _by_milestone(grounds: Grounds, whose: str, passed_s: float) -> str:
    """What earlier jobs did, and when this one was seen there if that matters.

    Where most of what they needed has passed since, no figure is left, and without that
    age the sentence would contradict itself.
    """
    if grounds.progress_ratio is not None:
        place = f"At {int(grounds.progress_ratio * 100 + 1e-9)}%"
    else:
        place = f"From the begin of {short_step(grounds.step) or 'the job'} on"
    jobs = plural(grounds.jobs, "earlier job", "earlier jobs")
    less = "less than " if has_run_out(grounds.needed_s) else ""
    needed = f"{less}{rounded(grounds.needed_s)}"
    late = _lateness(grounds.late_ratio)
    if passed_s >= grounds.needed_s / 4.0 and passed_s >= 1.0:
        late += f", {duration(passed_s)} ago"
    return f"{place} {jobs} ({whose}) still needed {needed}; this one {late}"


def _lateness(ratio: float) -> str:
    if ratio > AS_SOON:
        return f"got there {ratio:.1f} times as late"
    if ratio < 1.0 / AS_SOON:
        return f"got there {1.0 / ratio:.1f} times as early"
    return "got there as soon"
