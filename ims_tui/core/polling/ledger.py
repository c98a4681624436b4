"""One request budget for all copies of the program on a machine: the pure rule.

Every copy books each request before it goes out, in one row per account, so that the
limit holds however many dashboards, waits and scripts run side by side. Where the limit
is large a booking may be a `core.polling.lease`.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from ims_tui.core.polling.budget import Limit
from ims_tui.core.polling.lease import span_s

APART_S = 60.0
"""Bookings of copies that run side by side may arrive out of order by this much."""


class Spent(Struct, frozen=True):
    """What one account has used of its limit."""

    tokens: float
    """Requests left in the bucket at `at_s`."""
    at_s: float
    """Seconds since the machine started."""
    requests: int = 0
    """Requests in all, by every copy."""


class Booking(Struct, frozen=True):
    """The answer to one wish to send requests."""

    wait_s: float
    """0: a request is booked and may go out now. Else nothing is booked."""
    requests: int
    """Requests booked on the account in all."""
    booked: int
    """Requests that this booking gave, as many as the bucket held of the wish."""


class Ledger(Protocol):
    """Where the copies book."""

    def book(
        self, account: str, limit: Limit, now_s: float, wished: int = 1
    ) -> Booking | None:
        """Book `wished` requests or fewer; None where the ledger cannot be used."""

    def close(self) -> None:
        """Let go of it until the next booking."""


def book(
    spent: Spent | None, limit: Limit, now_s: float, wished: int = 1
) -> tuple[Spent, Booking]:
    """Book as many of the wished requests as the bucket holds."""
    most = limit.burst - limit.rate_per_s * span_s(limit)
    if spent is None or spent.at_s > now_s + APART_S:  # the machine was started anew
        spent = Spent(most, now_s, spent.requests if spent else 0)
    # Another copy may have looked at the clock later, and booked first.
    now_s = max(now_s, spent.at_s)
    gained = (now_s - spent.at_s) * limit.rate_per_s
    tokens = min(most, spent.tokens + gained)
    # The wait is computed from rounded numbers: hence the tolerance.
    booked = min(wished, int(tokens + 1e-9))
    if booked < 1:
        wait_s = (1.0 - tokens) / limit.rate_per_s
        return Spent(tokens, now_s, spent.requests), Booking(wait_s, spent.requests, 0)
    requests = spent.requests + booked
    return Spent(tokens - booked, now_s, requests), Booking(0.0, requests, booked)
