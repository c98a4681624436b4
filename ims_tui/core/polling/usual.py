"""What is usual for the jobs of one type: how long they take, how long they pause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from ims_tui.core.polling.memory import Memory
    from ims_tui.core.polling.spread import Spread

QUARTILE_Z = 0.6745
DECILE_Z = 1.2816


class Usual(Struct, frozen=True):
    """How long something usually takes: half of the times are between low and high."""

    low_s: float
    median_s: float
    high_s: float
    most_s: float
    """Nine of ten take less."""
    jobs: int
    """Earlier jobs that this rests on."""


class Habits(Struct, frozen=True):
    """How jobs of one type usually go."""

    total: Usual | None = None
    """How long they take; None where none was seen to succeed."""
    steps: Mapping[str, Usual] = field(default_factory=dict)
    """How long each step takes."""
    pauses: Mapping[str, Usual] = field(default_factory=dict)
    """The longest time that a job stands still in each step."""

    def pause(self, step: str) -> Usual | None:
        """The longest pause in a step; of a step never seen, the longest of any."""
        if step in self.pauses:
            return self.pauses[step]
        return max(self.pauses.values(), key=lambda each: each.most_s, default=None)


NO_HABITS = Habits()
"""Nothing is known."""


def habits(memory: Memory, job_type: str) -> Habits:
    """What was learned of a type."""
    kind = memory.of(job_type)
    if not kind.total.count:
        return NO_HABITS
    succeeded = kind.failures.jobs - kind.failures.failed
    return Habits(
        _usual(kind.total, succeeded),
        {k: _usual(s.length, int(s.length.count)) for k, s in kind.steps.items()},
        {k: _usual(s.pause, int(s.pause.count)) for k, s in kind.steps.items()},
    )


def _usual(spread: Spread, jobs: int) -> Usual:
    low_s, median_s, high_s, most_s = map(
        spread.quantile_s, (-QUARTILE_Z, 0.0, QUARTILE_Z, DECILE_Z)
    )
    return Usual(low_s, median_s, high_s, most_s, jobs)
