"""The timeline of one job as lines: steps against the usual, then every change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from ims_tui.core.polling.habits import Usual
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.state.entry import Entry, Sighting, ended
from ims_tui.core.text import duration, fit

FAR_OVER = 2.0
"""A step is far over the usual at so many times the median, and beyond nine of ten."""

_NAME_WIDTH = 37


class StepTime(Struct, frozen=True):
    """How long a job was in one step."""

    step: str
    """Empty while it showed none."""
    is_init: bool
    length_s: float
    is_cut: bool
    """Whether it began before we looked."""

    def is_far_over(self, usual: Usual | None) -> bool:
        """Whether it took much longer than usual."""
        if usual is None:
            return False
        return self.length_s > max(usual.most_s, FAR_OVER * usual.median_s)


def step_times(entry: Entry, service_now: datetime) -> list[StepTime]:
    """The steps in the order in which we first saw them."""
    found: dict[str, StepTime] = {}
    for seen, until in spans(entry, service_now):
        length_s = max(0.0, (until - sighting_began(seen)).total_seconds())
        before = found.get(seen.step)
        if before is None:
            is_first = seen is entry.sightings[0]
            found[seen.step] = StepTime(
                seen.step,
                seen.status is JobStatus.INIT,
                length_s,
                is_first and not seen.gap_s and not _is_young(entry, seen),
            )
        else:
            found[seen.step] = StepTime(
                seen.step,
                before.is_init and seen.status is JobStatus.INIT,
                before.length_s + length_s,
                before.is_cut,
            )
    return list(found.values())


def spans(entry: Entry, service_now: datetime) -> Iterator[tuple[Sighting, datetime]]:
    """What was seen of the job while it ran, each with its end."""
    after = [*entry.sightings[1:], None]
    for seen, following in zip(entry.sightings, after, strict=False):
        if seen.status.has_ended:
            return
        if following is None:
            yield seen, service_now
        elif following.status.has_ended:
            yield seen, ended(entry) or sighting_began(following)
        else:
            yield seen, sighting_began(following)


def sighting_began(seen: Sighting) -> datetime:
    """The middle of the time when a change may have happened."""
    return seen.at - timedelta(seconds=seen.gap_s / 2.0)


def _is_young(entry: Entry, seen: Sighting) -> bool:
    """Whether the job had hardly begun when we first saw it."""
    began = entry.job.began_at if entry.job else None
    return began is not None and (seen.at - began).total_seconds() < 30.0


def timeline(entry: Entry, view: View) -> list[Line]:
    """Steps with their length here and usually, then the changes as we saw them."""
    if not entry.sightings:
        return [(Cell("No change seen yet.", Tone.DIM),)]
    lines = step_lines(entry, view)
    if lines:
        lines.append((Cell(""),))
    head = f"{'SEEN':<21}{'LASTED':<9}{'STATE':<9}{'%':<6}STEP"
    lines.append((Cell(head, Tone.DIM),))
    after = [*entry.sightings[1:], None]
    for seen, following in zip(entry.sightings, after, strict=True):
        until = following.at if following else None
        if until is None and not entry.has_ended:
            until = view.service_now(entry)
        lasted = duration((until - seen.at).total_seconds()) if until else ""
        ratio = seen.progress_ratio
        percent = "" if ratio is None else f"{int(ratio * 100)}%"
        when = view.clock_time(seen.at)
        text = f"{when:<21}{lasted:<9}{seen.status.value:<9}{percent:<6}{seen.step}"
        lines.append((Cell(text),))
    return lines


def step_lines(entry: Entry, view: View) -> list[Line]:
    """Each step with its length here and usually; none where none was seen."""
    times = step_times(entry, view.service_now(entry))
    if not times:
        return []
    head = f"{'STEP':<{_NAME_WIDTH}}{'HERE':>7}   {'USUAL':>7}"
    lines: list[Line] = [(Cell(head, Tone.DIM),)]
    for time in times:
        usual = entry.habits.steps.get(time.step)
        name = time.step or ("INIT" if time.is_init else "no step")
        here = f"{'>' if time.is_cut else ''}{duration(time.length_s)}"
        is_far = time.is_far_over(usual)
        normal = duration(usual.median_s) if usual else "-"
        tone = Tone.WARN if is_far else Tone.NORMAL
        text = f"{here:>7} {'x' if is_far else ' '} {normal:>7}"
        lines.append((Cell(fit(name, _NAME_WIDTH)), Cell(text, tone)))
    return lines
