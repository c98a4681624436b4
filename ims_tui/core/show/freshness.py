"""Whether what stands below line 1 is fresh, and which profile is in trouble."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec import Struct

from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.sentences import link_word
from ims_tui.core.show.view import Cell, Tone, View, cut_off
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import Tally, Trait
from ims_tui.core.text import age

_MOST_NAMED = 2
"""Profiles in trouble that line 1 names; the banner names all."""
LONG_S = 60.0
"""A first look that takes less is over before one has read how long."""
_WORST_FIRST = (Link.STOPPED, Link.OFFLINE, Link.THROTTLED, Link.LIVE, Link.IDLE)


class _Standing(Struct, frozen=True):
    """How one profile stands."""

    name: str
    word: str
    tone: Tone

    @property
    def is_good(self) -> bool:
        return self.tone in (Tone.OK, Tone.DIM)


def freshness(snapshot: Snapshot, view: View, *, is_demo: bool) -> list[Cell]:
    """What is wrong with all of it, else how the profiles stand: `live`.

    Of several profiles those in trouble are named: `prod live, dr SIGN-IN`.
    """
    whole = _whole(snapshot)
    if whole is not None:
        return [whole]
    healths = sorted(snapshot.health.values(), key=_soundness)
    standings = [_standing(health, snapshot.tally, view) for health in healths]
    bad = [standing for standing in standings if not standing.is_good]
    if bad and len(standings) > 1:
        return list(_named(bad, [s for s in standings if s.is_good]))
    if bad:
        return [Cell(bad[0].word, bad[0].tone)]
    active, checked = snapshot.tally[Facet.ACTIVE], snapshot.tally[Trait.CHECKED]
    if checked < active:
        return [Cell(f"checking {checked} of {active}", Tone.DIM)]
    word, tone = "idle", Tone.DIM
    if standings:
        word, tone = standings[0].word, standings[0].tone
    if word == "idle" and active:  # no answer settles how it stands
        return [Cell("asking", Tone.DIM)]
    return [Cell("demo" if is_demo and word in ("live", "idle") else word, tone)]


def first_look(snapshot: Snapshot, view: View) -> str:
    """`first look done ~04:40 at 30/min`: until all were asked about once.

    Empty where that takes no minute.
    """
    tally, slowest_s, per_min = snapshot.tally, 0.0, 0
    for lane, health in snapshot.health.items():
        left = tally.of(Facet.ACTIVE, lane) - tally.of(Trait.CHECKED, lane)
        is_asked = health.link in (Link.IDLE, Link.LIVE) and health.allowed_per_min
        if is_asked and 60.0 * left / health.allowed_per_min > slowest_s:
            slowest_s = 60.0 * left / health.allowed_per_min
            per_min = health.allowed_per_min
    if slowest_s < LONG_S or snapshot.is_paused:
        return ""
    at = view.now.wall + timedelta(seconds=slowest_s)
    return f"first look done {end_text(at, view)} at {per_min}/min"


def unclear(snapshot: Snapshot) -> int:
    """Active jobs of which the last answer is of no use, or whose profile gets none."""
    tally, silent = snapshot.tally, cut_off(snapshot.health)
    others = (
        tally.of(Facet.ACTIVE, lane) - tally.of(Trait.UNANSWERED, lane)
        for lane in silent
    )
    return tally[Trait.UNANSWERED] + sum(others)


def _whole(snapshot: Snapshot) -> Cell | None:
    if snapshot.is_loading:
        return Cell("reading the list", Tone.DIM)
    if snapshot.list_problem:
        return Cell("LIST UNREADABLE", Tone.FAIL)
    if snapshot.save_problem:
        return Cell("NOT SAVED", Tone.FAIL)
    if snapshot.faults:
        return Cell("FAULT", Tone.FAIL)
    return Cell("paused", Tone.WARN) if snapshot.is_paused else None


def _soundness(health: Health) -> tuple[int, bool]:
    """The order of links, the worst first."""
    return _WORST_FIRST.index(health.link), health.slowed_per_min is None


def _standing(health: Health, tally: Tally, view: View) -> _Standing:
    name, word = health.profile, link_word(health, view)
    if health.link in (Link.STOPPED, Link.OFFLINE):
        return _Standing(name, word, Tone.FAIL)
    active = tally.of(Facet.ACTIVE, name)
    if health.link is Link.LIVE and active:
        if tally.of(Trait.REFUSED, name) == active:  # it answers, and says nothing
            last = health.last_good
            since = f" {age(view.now.since_s(last))}" if last else ""
            return _Standing(name, f"NO USABLE ANSWER{since}", Tone.FAIL)
        if word == "live" and tally.of(Trait.UNANSWERED, name):
            return _Standing(name, "partly live", Tone.WARN)
    if health.link is Link.IDLE:
        return _Standing(name, word, Tone.DIM)
    return _Standing(name, word, Tone.WARN if " " in word else Tone.OK)


def _named(bad: list[_Standing], good: list[_Standing]) -> Iterator[Cell]:
    cells = list(_good(good))
    cells += [
        Cell(f"{s.name} {s.word.removesuffix(' NEEDED')}", s.tone)
        for s in bad[:_MOST_NAMED]
    ]
    if len(bad) > _MOST_NAMED:
        cells.append(Cell(f"+{len(bad) - _MOST_NAMED}", bad[-1].tone))
    for cell in cells[:-1]:
        yield Cell(f"{cell.text},", cell.tone)
    yield cells[-1]


def _good(good: Iterable[_Standing]) -> Iterator[Cell]:
    live = [standing for standing in good if standing.tone is Tone.OK]
    if len(live) == 1:
        yield Cell(f"{live[0].name} {live[0].word}", live[0].tone)
    elif live:
        yield Cell(f"{len(live)} live", Tone.OK)
