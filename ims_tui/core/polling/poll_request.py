"""The result of asking for jobs by hand: how many, and what holds them back."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

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


class PollRequest(Struct, frozen=True):
    """The result of asking for jobs by hand."""

    count: int = 0
    """Jobs that are asked next."""
    obstacle: Obstacle | None = None
    wait_s: float = 0.0
    """Time until the last of the requests; when throttled, until the first."""

    def __add__(self, other: PollRequest) -> PollRequest:
        """Both together: the longest wait counts, or what holds all of them back."""
        worst = max(self, other, key=lambda asked: (asked.count > 0, asked.wait_s))
        obstacle = worst.obstacle or (other.obstacle if not worst.count else None)
        return PollRequest(self.count + other.count, obstacle, worst.wait_s)
