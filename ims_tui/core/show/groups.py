"""How a group of jobs stands as a whole: counts, the worst job, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.arrangement import Arrangement, arrange
from ims_tui.core.show.expectation import (
    MOST_RECKONED,
    AllDone,
    all_done,
    all_done_text,
)
from ims_tui.core.show.grouping import GroupBy, Grouping, GroupKey, membership
from ims_tui.core.show.view import Cell, Tone, View, cut_off
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import rank_of
from ims_tui.core.text import plural
from ims_tui.core.watchlist.watch import JobKey


class RollUp(Struct, frozen=True):
    """How some jobs stand as a whole. The counts are of different jobs."""

    count: int
    done: int
    """What succeeded."""
    failed: int
    stalled: int
    gone: int
    active: int
    """Neither over nor stalled."""
    worst: Entry
    """What needs a person most; of several the first."""
    end: AllDone | None
    """When all are expected to have ended; None where nothing is known of it."""


def roll_up(entries: Sequence[Entry], view: View) -> RollUp:
    """Roll jobs up, of which there is at least one."""
    done = failed = stalled = gone = active = 0
    for entry in entries:
        if entry.has_ended:
            is_bad = entry.status is JobStatus.FAIL
            failed, done = failed + is_bad, done + (not is_bad)
        elif entry.is_gone:
            gone += 1
        elif entry.is_stalled:
            stalled += 1
        else:
            active += 1
    end = None
    if 0 < active + stalled <= MOST_RECKONED:
        end = all_done(entries, view.now.wall, cut_off(view.health))
    worst = min(entries, key=rank_of)
    return RollUp(len(entries), done, failed, stalled, gone, active, worst, end)


class Part(Struct, frozen=True):
    """One part of how a group stands."""

    rank: int
    """Where there is little room the highest goes first."""
    cell: Cell
    brief: str = ""
    """In a few letters; empty: as it is."""

    def at(self, *, is_brief: bool) -> Cell:
        """What is shown, where there is little room or not."""
        is_short = is_brief and self.brief
        return Cell(self.brief, self.cell.tone) if is_short else self.cell


def parts(found: RollUp, view: View) -> list[Part]:
    """`12 of 40 done`, `3 failed`, ...; where all have failed, only that."""
    if found.failed == found.count:
        text = f"{plural(found.failed, 'job', 'jobs')} failed"
        return [Part(0, Cell(text, Tone.FAIL), f"{found.failed} failed")]
    done = Cell(f"{found.done} of {found.count} done")
    told = [Part(0, done, f"{found.done}/{found.count}")]
    counts = (
        (1, found.failed, "failed", Tone.FAIL),
        (2, found.stalled, "stalled", Tone.WARN),
        (3, found.gone, "gone", Tone.WARN),
        (5, found.active, "active", Tone.NORMAL),
    )
    told += [Part(r, Cell(f"{n} {word}", tone)) for r, n, word, tone in counts if n]
    if found.end is not None:
        told.append(Part(4, Cell(all_done_text(found.end, view), Tone.DIM)))
    return told


def rolled_up(title: str, entries: Sequence[Entry], view: View) -> str:
    """`weekly: 12 of 40 done, 3 failed, 25 active, all done ~03:40`."""
    told = ", ".join(part.cell.text for part in parts(roll_up(entries, view), view))
    return f"{title}: {told}"


def grouped(entries: Iterable[Entry], by: GroupBy) -> list[tuple[str, list[Entry]]]:
    """Name and jobs of each group as the table arranges them.

    A job is in the group of each of its tags. By cause there are only failed jobs.
    """
    known = {entry.key: entry for entry in entries}
    of = membership(by)
    found = arrange(list(known), known, Grouping(by), lambda key, entry: of(entry))
    return [
        (group.title(by), [known[key] for key in keys])
        for group, keys in found.groups.items()
        if group.name or by is not GroupBy.CAUSE
    ]


class RollUps:
    """The roll-up of each group, worked out again where a job or the minute changed."""

    def __init__(self) -> None:
        self._known: dict[GroupKey, tuple[list[Entry], object, RollUp]] = {}

    def of(
        self,
        group: GroupKey,
        arranged: Arrangement,
        entries: Mapping[JobKey, Entry],
        view: View,
    ) -> RollUp | None:
        """The roll-up of a group; the same object as long as it holds.

        None where none of its jobs is left.
        """
        jobs = [e for key in arranged.groups[group] if (e := entries.get(key))]
        if not jobs:
            return None
        minute = view.now.wall.replace(second=0, microsecond=0)
        rests_on = minute, cut_off(view.health)
        known = self._known.get(group)
        if known and known[1] == rests_on and _are_same(known[0], jobs):
            return known[2]
        if len(self._known) > 2 * len(arranged.groups):
            self._known.clear()
        found = roll_up(jobs, view)
        self._known[group] = jobs, rests_on, found
        return found


def _are_same(before: Sequence[Entry], after: Sequence[Entry]) -> bool:
    pairs = zip(before, after, strict=False)
    return len(before) == len(after) and all(old is new for old, new in pairs)
