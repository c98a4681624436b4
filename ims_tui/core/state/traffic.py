"""Statistics of one profile's requests since the start."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed

KEPT = 100
"""Latencies that are kept, the newest."""

_REFUSED = frozenset(
    {FailureKind.THROTTLED, FailureKind.AUTH_REJECTED, FailureKind.ACCESS_DENIED}
)


class Traffic(Struct, frozen=True):
    """Requests counted by result, and how long the last answers took."""

    answers: int = 0
    """Answers of any kind."""
    refused: int = 0
    """Of these: the service said 401, 403 or 429."""
    unanswered: int = 0
    latencies_s: tuple[float, ...] = ()
    """Oldest first."""

    def after(self, outcome: Outcome) -> Traffic:
        """With one more request."""
        if isinstance(outcome, PollFailed) and outcome.exchange is None:
            sent = outcome.kind is FailureKind.UNREACHABLE
            return replace(self, unanswered=self.unanswered + sent)
        refused = isinstance(outcome, PollFailed) and outcome.kind in _REFUSED
        took_s = outcome.exchange.latency_s if outcome.exchange else 0.0
        kept = (*self.latencies_s, took_s)[-KEPT:] if took_s else self.latencies_s
        return Traffic(self.answers + 1, self.refused + refused, self.unanswered, kept)


def quantile(values: Sequence[float], ratio: float) -> float | None:
    """The value below which this share of the others lie; None where there is none."""
    if not values:
        return None
    return sorted(values)[min(len(values) - 1, int(ratio * len(values)))]
