"""What a measurement prints, and whether it counts as a gross regression."""

from __future__ import annotations

import sys
from dataclasses import dataclass

GROSS = 3.0
"""Only a figure worse than its goal by this factor fails: machines are noisy."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside its goal; less is better."""

    name: str
    value: float
    goal: float
    unit: str = ""
    slack: float = 0.0
    """Noise where the goal is next to nothing."""
    is_worst: bool = False
    """The worst of many: what else the machine does decides it, so it never fails."""

    @property
    def is_gross(self) -> bool:
        """Whether it is far beyond what noise explains."""
        return not (self.is_worst or self.value <= self.goal * GROSS + self.slack)

    def __str__(self) -> str:
        mark = "ok" if self.value <= self.goal else "GROSS" if self.is_gross else "over"
        value = f"{self.value:9.2f} {self.unit:5}"
        return f"{mark:5} {self.name:45} {value} goal {self.goal:g}"


def say(text: object) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def verdict(figures: list[Figure]) -> int:
    """Print the figures; returns 1 where one is a gross regression."""
    for figure in figures:
        say(figure)
    return int(any(figure.is_gross for figure in figures))
