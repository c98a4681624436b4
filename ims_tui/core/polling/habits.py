"""What is usual for the jobs of one type: how long they take, how long they pause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ims_tui.core.polling.course import longest_pauses, step_lengths
from ims_tui.core.polling.lognormal import Lognormal

if TYPE_CHECKING:
    from ims_tui.core.polling.course import Course, Value
    from ims_tui.core.polling.memory import Memory, TypeMemory

QUARTILE_Z = 0.6745
DECILE_Z = 1.2816
FEWEST = 3.0
"""What fewer other jobs did is not called usual."""
FEWEST_STAYS = 5.0
"""Nor how long a value was shown that was seen less often."""
MOSTLY_LAST = 0.2
"""A value that is the last one so often may stay for as long as its step does."""


class Usual(Struct, frozen=True):
    """How long something usually takes: half of the times are between low and high."""

    low_s: float
    median_s: float
    high_s: float
    most_s: float
    """Nine of ten take less."""
    jobs: int
    """Earlier jobs that this rests on."""


class Held(Struct, frozen=True):
    """How often a range of time left held the end; one half is promised."""

    ratio: float
    """Share of the looks."""
    jobs: int
    """Ended jobs that were looked at for it."""


class Habits(Struct, frozen=True):
    """How jobs of one type usually go."""

    total: Usual | None = None
    """How long they take; None where none was seen to succeed."""
    steps: Mapping[str, Usual] = field(default_factory=dict)
    """How long each step takes."""
    pauses: Mapping[str, Usual] = field(default_factory=dict)
    """The longest time that a job stands still in each step."""

    held: Held | None = None
    """How often the ranges of time left of such jobs held."""
    stay: Usual | None = None
    """How long the value that this job shows usually stays; None where unsure."""

    def pause(self, step: str) -> Usual | None:
        """The longest pause in a step; of a step never seen, the longest of any."""
        if step in self.pauses:
            return self.pauses[step]
        return max(self.pauses.values(), key=lambda each: each.most_s, default=None)


NO_HABITS = Habits()
"""Nothing is known."""


def held_of(kind: TypeMemory) -> Held | None:
    """How often the ranges of a type held; None where none was said of a job."""
    cover = kind.cover
    return Held(cover.held_ratio, int(cover.jobs)) if cover.jobs else None


def habits(
    memory: Memory,
    job_type: str,
    itself: tuple[Course, float] | None = None,
    value: Value | None = None,
) -> Habits:
    """What was learned of a type: of three jobs at least, and of other ones only.

    Args:
        memory: what was learned.
        job_type: the type.
        itself: course and length of a job that is among those learned from, if one is.
        value: what a job that still runs shows.
    """
    kind = memory.of(job_type)
    lengths, pauses = kind.milestones.steps, kind.pauses
    own_lengths = step_lengths(*itself) if itself else {}
    own_pauses = longest_pauses(*itself) if itself else {}
    own_s = itself[1] if itself else None
    held = held_of(kind)
    usual_lengths = {k: _usual(s, own_lengths.get(k)) for k, s in lengths.items()}
    usual_pauses = {k: _pause(s, own_pauses.get(k)) for k, s in pauses.items()}
    return Habits(
        _usual(kind.total, own_s),
        {step: usual for step, usual in usual_lengths.items() if usual},
        {step: usual for step, usual in usual_pauses.items() if usual},
        held,
        None if value is None else _stay(kind, value),
    )


def _stay(kind: TypeMemory, value: Value) -> Usual | None:
    """How long a value stays that is soon followed by another one."""
    stay = kind.milestones.stay_at(value)
    if kind.total.count < FEWEST or stay is None or stay.last_ratio >= MOSTLY_LAST:
        return None
    known = stay.length
    if known.count < FEWEST_STAYS:
        return None
    mu, sd = known.expect(known.age)
    return _of(Lognormal(known.count, mu, sd * sd))


def _usual(spread: Lognormal, own_s: float | None) -> Usual | None:
    others = spread if own_s is None else spread.without(own_s)
    return _of(others) if others.count >= FEWEST else None


def _pause(spread: Lognormal, own_s: float | None) -> Usual | None:
    """A single pause is enough to judge a standstill by."""
    others = spread if own_s is None else spread.without(own_s)
    return _of(others) if others.count else None


def _of(spread: Lognormal) -> Usual:
    low_s, median_s, high_s, most_s = map(
        spread.quantile_s, (-QUARTILE_Z, 0.0, QUARTILE_Z, DECILE_Z)
    )
    return Usual(low_s, median_s, high_s, most_s, int(spread.count))
