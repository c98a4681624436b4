"""Line 1: what is watched, how it stands, how fresh it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ims_tui.core.config.settings import Profile
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.expectation import all_done, all_done_text
from ims_tui.core.show.sentences import link_word
from ims_tui.core.show.view import Cell, Tone, View
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import Tally, Trait
from ims_tui.core.text import age, cell_len, cut, fit

_WIDE = 120
_MOST_RECKONED = 1000
"""Of more live jobs it is not said when all are done: it takes too long to reckon."""
_NEAR_S = 6 * 3600.0
"""A credential that ends within this is shown at any width."""

_BROKEN = (Link.STOPPED, Link.OFFLINE, Link.THROTTLED, Link.LIVE, Link.IDLE)


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


def link_cell(snapshot: Snapshot, view: View, *, is_demo: bool) -> Cell:
    """The state of the worst link, which is the one to look at."""
    if snapshot.is_loading:
        return Cell("reading the list", Tone.DIM)
    if snapshot.list_problem:
        return Cell("LIST UNREADABLE", Tone.FAIL)
    if snapshot.save_problem:
        return Cell("NOT SAVED", Tone.FAIL)
    if snapshot.faults:
        return Cell("FAULT", Tone.FAIL)
    if snapshot.is_paused:
        return Cell("paused", Tone.WARN)
    health = min(snapshot.health.values(), key=_soundness, default=Health(""))
    word = link_word(health, view)
    bad = health.link in (Link.STOPPED, Link.OFFLINE)
    if health.link in (Link.LIVE, Link.IDLE):
        active, checked = snapshot.tally[Facet.ACTIVE], snapshot.tally[Trait.CHECKED]
        if checked < active:
            return Cell(f"checking {checked} of {active}", Tone.DIM)
        if health.link is Link.IDLE and active:  # no answer settles how it stands
            return Cell("asking", Tone.DIM)
        if is_demo and word in ("live", "idle"):
            word = "demo"
    tone = Tone.FAIL if bad else Tone.WARN if " " in word else Tone.OK
    return Cell(word, tone)


def _soundness(health: Health) -> tuple[int, bool]:
    """The order of links, the worst first."""
    return _BROKEN.index(health.link), health.slowed_per_min is None


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


def status_line(
    snapshot: Snapshot,
    profiles: Mapping[str, Profile],
    view: View,
    width: int,
    *,
    is_demo: bool = False,
) -> list[Cell]:
    """Line 1, exactly `width` cells. What does not fit goes, the counts last."""
    left = f"ims-tui  {place_of(profiles, snapshot.tally.profiles)}"
    right: list[Cell] = counts(snapshot.tally)
    if not (snapshot.entries or snapshot.is_loading):
        right.append(Cell("no jobs", Tone.DIM))
    offset = _clock_warning(snapshot, view)
    right += [offset] if offset else []
    if snapshot.tally[Facet.ACTIVE]:  # else nothing is painted when time passes
        right += _credential_life(snapshot, view, width)
    if width >= _WIDE:
        rate = sum(health.rate_per_s for health in snapshot.health.values())
        right.append(Cell(f"{rate:.1f} req/s", Tone.DIM))
    right.append(link_cell(snapshot, view, is_demo=is_demo))
    if snapshot.is_shared:
        right.append(Cell("shared list", Tone.DIM))
    if width >= 60 and snapshot.tally[Facet.ACTIVE]:  # else nothing moves, nor it
        clock = view.clock_time(view.now.wall)
        if view.held_s:  # seconds would stand still
            clock = clock.rpartition(":")[0]
        zone = f" {view.zone_name(view.now.wall)}" if width >= _WIDE else ""
        right.append(Cell(clock + zone, Tone.DIM))
    if 0 < snapshot.tally[Facet.ACTIVE] <= _MOST_RECKONED:
        done = all_done(snapshot.entries.values(), view.now.wall)
        cell = Cell(all_done_text(done, view) if done else "", Tone.DIM)
        if done and cell_len(left) + 1 + _length([*right, cell]) <= width:
            right.append(cell)
    return _spread(left, right, width)


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


def _spread(left: str, right: Sequence[Cell], width: int) -> list[Cell]:
    """Put texts at both ends of a line."""
    kept = list(right)
    while len(kept) > 1 and _length(kept) > width - 8:
        kept.pop()
    room = width - _length(kept) - 1
    text = cut(left, max(0, room))
    cells = [Cell(text), Cell(" " * max(0, room - cell_len(text)))]
    for cell in kept:
        cells += [Cell(" "), cell]
    return cells[: 2 + 2 * len(kept)]


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
    """What ended while nothing watched and is not acknowledged yet; else empty."""
    if snapshot.away is None or not snapshot.tally[Trait.NEWS]:
        return ""
    since, until = snapshot.away
    missed = [
        result
        for entry in snapshot.entries.values()
        if entry.is_news and (result := entry.watch.result)
        if (at := result.ended_at) and since < at <= until
    ]
    if not missed:
        return ""
    failed = sum(result.status is JobStatus.FAIL for result in missed)
    counts = f"{len(missed) - failed} ok, {failed} failed"
    when = view.clock_time(since)
    return f"While you were away (since {when}): {counts}. X acknowledges all."
