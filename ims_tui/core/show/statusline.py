"""Line 1: what is watched, how it stands, how fresh it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from ims_tui.core.config.settings import Profile
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.expectation import MOST_RECKONED, all_done, all_done_text
from ims_tui.core.show.freshness import first_look, freshness, unclear
from ims_tui.core.show.view import Cell, Tone, View, cut_off
from ims_tui.core.state.order import Facet
from ims_tui.core.state.outage import offline_s
from ims_tui.core.state.store import EventKind, Snapshot
from ims_tui.core.state.tally import Tally, Trait
from ims_tui.core.text import age, cell_len, cut, duration, fit

_WIDE = 120
_NEAR_S = 6 * 3600.0
"""A credential that ends within this is shown at any width."""

_LEAST_PLACE = 0.2
"""Share of the line that the name of what is shown keeps where other parts must go."""


def counts(tally: Tally) -> list[Cell]:
    """How many jobs are in which state, in fixed order; zeros are left out."""
    errors = tally[Trait.ERROR]
    named = (
        (tally[Trait.RUNNING], "run", Tone.RUN),
        (tally[Trait.WAITING], "init", Tone.INIT),
        (tally[Facet.DONE], "ok", Tone.OK),
        (tally[Facet.FAILED], "FAIL", Tone.FAIL),
        (tally[Trait.STALLED], "stalled", Tone.WARN),
        (errors, "error" if errors == 1 else "errors", Tone.WARN),
    )
    return [Cell(f"{count} {word}", tone) for count, word, tone in named if count]


def place_of(profiles: Mapping[str, Profile], used: Collection[str]) -> str:
    """`prod/cn-north-4`, or `3 profiles` where there are jobs of several."""
    names = used or profiles.keys()
    if len(names) > 1:
        return f"{len(names)} profiles"
    name = next(iter(names), "")
    profile = profiles.get(name)
    if profile is None:
        return f"{name} (no such profile)" if name and profiles else name
    return f"{name}/{profile.region}" if profile.region else name


class _Part(Struct, frozen=True):
    """One part of line 1; where there is no room the highest rank goes first."""

    rank: int
    cell: Cell


def status_line(
    snapshot: Snapshot,
    profiles: Mapping[str, Profile],
    view: View,
    width: int,
    *,
    is_demo: bool = False,
) -> list[Cell]:
    """Line 1, exactly `width` cells: what is wrong, what runs until when, how fresh."""
    fresh = freshness(snapshot, view, is_demo=is_demo)
    parts = [*_numbers(snapshot), *_until(snapshot, view)]
    if not (snapshot.entries or snapshot.is_loading):
        parts.append(_Part(2, Cell("no jobs", Tone.DIM)))
    parts += _warnings(snapshot, view, width)
    parts += [_Part(0, cell) for cell in fresh]
    if snapshot.is_shared:
        parts.append(_Part(6, Cell("shared list", Tone.DIM)))
    if width >= 60 and not snapshot.is_loading:
        parts.append(_Part(5, _clock(snapshot, view, width)))
    place = place_of(profiles, snapshot.tally.profiles)
    return _spread(place, parts, width)


def troubles(snapshot: Snapshot) -> list[Cell]:
    """What is wrong and nobody has looked at yet, the worst first."""
    tally = snapshot.tally
    named = (
        (tally[Trait.BAD_NEWS], "FAIL", Tone.FAIL),
        (tally[Trait.FAILED_PART], "part FAIL", Tone.FAIL),
        (tally[Trait.STALLED], "stalled", Tone.WARN),
        (tally[Trait.GONE], "GONE", Tone.WARN),
        (unclear(snapshot), "unclear", Tone.WARN),
    )
    return [Cell(f"{count} {word}", tone) for count, word, tone in named if count]


def _numbers(snapshot: Snapshot) -> Iterator[_Part]:
    """What is wrong, then how many run; jobs that nobody asks about do not count."""
    tally, silent = snapshot.tally, cut_off(snapshot.health)
    yield from (_Part(1, cell) for cell in troubles(snapshot))
    named = ((Trait.RUNNING, "run", Tone.RUN, 2), (Trait.WAITING, "init", Tone.INIT, 4))
    for trait, word, tone, rank in named:
        count = tally[trait] - sum(tally.of(trait, lane) for lane in silent)
        if count:
            shown = Tone.DIM if snapshot.is_paused else tone
            yield _Part(rank, Cell(f"{count} {word}", shown))
    if done := tally[Facet.DONE]:
        tone = Tone.OK if tally[Trait.GOOD_NEWS] else Tone.DIM
        yield _Part(7, Cell(f"{done} ok", tone))


def title(snapshot: Snapshot) -> str:
    """The title of the window: the numbers of line 1."""
    words = " ".join(part.cell.text for part in _numbers(snapshot))
    return f"{words} - ims-tui" if words else "ims-tui"


def _until(snapshot: Snapshot, view: View) -> Iterator[_Part]:
    """When all will have been asked about once; then when all will have ended."""
    if look := first_look(snapshot, view):
        yield _Part(3, Cell(look, Tone.DIM))
    elif 0 < snapshot.tally[Facet.ACTIVE] <= MOST_RECKONED:
        silent = cut_off(snapshot.health)
        done = all_done(snapshot.entries.values(), view.now.wall, silent)
        if done is not None:
            yield _Part(3, Cell(all_done_text(done, view), Tone.DIM))


def _warnings(snapshot: Snapshot, view: View, width: int) -> Iterator[_Part]:
    offset = _clock_warning(snapshot, view)
    if offset:
        yield _Part(2, offset)
    if snapshot.tally[Facet.ACTIVE]:
        yield from (_Part(4, c) for c in _credential_life(snapshot, view, width))


def _clock(snapshot: Snapshot, view: View, width: int) -> Cell:
    """The time of day; without seconds where the line is painted once a minute."""
    clock = view.clock_time(view.now.wall)
    if view.held_s or not snapshot.tally[Facet.ACTIVE]:
        clock = clock.rpartition(":")[0]
    zone = f" {view.zone_name(view.now.wall)}" if width >= _WIDE else ""
    return Cell(clock + zone, Tone.DIM)


def _clock_warning(snapshot: Snapshot, view: View) -> Cell | None:
    """Where our clock is off by more than a minute: signing fails at fifteen."""
    for health in snapshot.health.values():
        if health.clock.base is None:
            continue
        off_s = -health.clock.offset_s(view.now)
        if abs(off_s) > 60:
            return Cell(f"clock {off_s / 60:+.0f}m", Tone.WARN)
    return None


def _credential_life(snapshot: Snapshot, view: View, width: int) -> list[Cell]:
    """How long the credential that ends first still lasts, where that matters."""
    now = view.now.wall
    known = [h.credential for h in snapshot.health.values() if h.credential]
    ending = [(left_s, c) for c in known if (left_s := c.left_s(now)) is not None]
    if not ending:
        return []
    left_s, first = min(ending, key=lambda pair: pair[0])
    is_near = left_s < _NEAR_S and first.is_at_risk
    if not is_near and width < _WIDE:
        return []
    tone = Tone.WARN if first.is_ending(now) else Tone.DIM
    return [Cell(f"auth {age(left_s)}", tone)]


def _spread(place: str, parts: Sequence[_Part], width: int) -> list[Cell]:
    """Put the place at the left and the parts at the right end of a line."""
    kept, least = list(parts), min(cell_len(place), int(_LEAST_PLACE * width))
    while len(kept) > 1 and _taken(kept) + least + 1 > width:
        last = max(range(len(kept)), key=lambda n: kept[n].rank)
        del kept[last]
    room = max(0, width - _taken(kept) - 1)
    whole = f"ims-tui  {place}"
    text = cut(whole if cell_len(whole) <= room else place, room)
    line = [Cell(text), Cell(" " * (room - cell_len(text)))]
    for part in kept:
        line += [Cell(" "), part.cell]
    return [*line, Cell(" ")]


def _taken(parts: Sequence[_Part]) -> int:
    return _length([part.cell for part in parts])


def _length(cells: Sequence[Cell]) -> int:
    return sum(cell_len(cell.text) + 1 for cell in cells)


def facet_line(
    numbers: Mapping[Facet, str],
    chosen: Facet,
    part: tuple[str, str],
    sort: str,
    width: int,
) -> list[Cell]:
    """The facets with their counts, which part of the rows is shown, and the order.

    Where there is no room the order goes first, then the names of the facets; what
    hides rows is always named.

    Args:
        numbers: the count of each facet.
        chosen: the facet that is shown.
        part: what hides rows; and how many are left and what shows all, never cut.
        sort: the order in words.
        width: cells of the line.
    """
    named, tail = part
    for has_names, order in ((True, f"   sort: {sort} "), (True, " "), (False, " ")):
        cells = _facet_cells(numbers, chosen, has_names=has_names)
        right = f"{named}{tail}{order}"
        room = width - _length(cells) + len(cells) - cell_len(right)
        if room > 0:
            return [*cells, Cell(" " * room), Cell(right, Tone.DIM)]
    left = max(0, cell_len(named) + room - 1)
    return [*cells, Cell(" "), Cell(f"{fit(named, left)}{tail} ", Tone.DIM)]


def _facet_cells(
    numbers: Mapping[Facet, str], chosen: Facet, *, has_names: bool
) -> list[Cell]:
    cells = []
    for digit, facet in enumerate(Facet, start=1):
        name = f"{facet.value.capitalize()} " if has_names else ""
        text = f" {digit} {name}{numbers[facet]} "
        cells.append(Cell(f"[{text.strip()}]" if facet is chosen else text))
    return cells


def away_line(snapshot: Snapshot, view: View) -> str:
    """What happened while nobody looked and is not acknowledged yet; else empty.

    Another copy may have found results before, which nobody acknowledged either: they
    are as new, so they are counted, too, as earlier ones.
    """
    since, until = snapshot.away or (view.now.wall, view.now.wall)
    if since == until:
        return ""
    entries = snapshot.entries.values() if snapshot.tally[Trait.NEWS] else ()
    new = [
        (result, result.job.ended_at + timedelta(seconds=entry.detection_s or 0.0))
        for entry in entries
        if entry.is_news and (result := entry.watch.result)
        if result.job.ended_at and result.job.ended_at <= until
    ]
    missed = [result for result, found in new if since < found]
    failed = sum(result.job.status is JobStatus.FAIL for result in missed)
    inside = [event for event in snapshot.events if since < event.at <= until]
    stalled = {event.key for event in inside if event.kind is EventKind.STALLED}
    gap_s = offline_s(snapshot.outages, since, until)
    parts = [
        f"{failed} failed" if failed else "",
        f"{len(missed) - failed} ok" if len(missed) > failed else "",
        f"{len(stalled)} stalled" if stalled else "",
        f"offline {age(gap_s)}" if gap_s >= 1 else "",
    ]
    told = ", ".join(filter(None, parts))
    if not told:
        return ""
    if earlier := len(new) - len(missed):
        told += f"; {earlier} new from before"
    away = duration((until - since).total_seconds())
    return f"Away {away}: {told}. N next, D page, x ends it."
