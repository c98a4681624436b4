"""What came of asking for jobs by hand, and the words for it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ims_tui.core.text import plural

SOON_S = 1.0
"""A shorter wait is not worth a word."""


class Obstacle(StrEnum):
    """Why jobs that were asked for are not asked about right now."""

    PAUSED = "paused"
    """The operator paused polling."""
    STOPPED = "stopped"
    """A refusal stopped the profile."""
    THROTTLED = "throttled"
    """The service asked for a pause."""
    BUDGET = "budget"
    """The request budget spreads the requests."""


class Asked(Struct, frozen=True):
    """What came of asking for jobs by hand."""

    count: int = 0
    """Jobs that are asked next."""
    obstacle: Obstacle | None = None
    wait_s: float = 0.0
    """Time until the last of the requests; when throttled, until the first."""

    def __add__(self, other: Asked) -> Asked:
        """Both together: the longest wait counts, or what holds all of them back."""
        worst = max(self, other, key=lambda asked: (asked.count > 0, asked.wait_s))
        obstacle = worst.obstacle or (other.obstacle if not worst.count else None)
        return Asked(self.count + other.count, obstacle, worst.wait_s)


def asked_line(asked: Asked) -> str:
    """What to answer the operator who asked."""
    jobs = plural(asked.count, "job", "jobs")
    match asked.obstacle:
        case Obstacle.PAUSED:
            return "Paused: nothing is sent. p goes on."
        case Obstacle.STOPPED:
            return "Polling is stopped; R goes on."
        case Obstacle.THROTTLED:
            wait = f"next request in {asked.wait_s:.0f}s"
            return f"The service asked for a pause: {wait}."
        case Obstacle.BUDGET:
            return f"Asking for {jobs}, as the budget allows."
    return f"Asking for {jobs}." if asked.count else "Nothing to ask: no active job."
