"""Several requests booked at once where the limit is large: the pure rule.

A booking costs a third of a request. Where hundreds may go out at once, a copy that
sends one after another books some ahead, for a moment: a lease. What is sent in a
window was booked in it or within `span_s` before it, so `core.polling.ledger` keeps
what comes in during `span_s` out of the bucket, and the promise holds exactly:

    (burst - rate * span) + rate * (window + span) = burst + rate * window

whatever the number of copies, and however many end with a lease unspent: it is lost.
"""

from __future__ import annotations

from ims_tui.core.polling.budget import Limit

LEAST_BURST = 200.0
"""A smaller limit is booked one by one: no request of it may be lost."""
LEAST_RATE_PER_S = 1.0
"""So is a slower one, where a lost request would cost the others seconds."""
MOST = 64
"""Largest lease, in requests: its booking costs next to nothing for each of them."""
BURST_RATIO = 0.02
"""Largest lease, as a share of the burst."""
HELD_RATIO = 0.1
"""Share of the burst that may stay unused for the sake of leases."""
LONGEST_S = 1.0
"""Longest time from a booking to its last request."""


def span_s(limit: Limit) -> float:
    """How long a lease is good for; 0 where there are none."""
    if limit.burst < LEAST_BURST or limit.rate_per_s < LEAST_RATE_PER_S:
        return 0.0
    return min(LONGEST_S, HELD_RATIO * limit.burst / limit.rate_per_s)


class Lease:
    """What one booking gave, the request it was made for included."""

    __slots__ = ("_began_s", "_left", "_limit", "_size", "_until_s")

    def __init__(self, limit: Limit, size: int, now_s: float) -> None:
        """Spend the first of `size` requests that were booked at `now_s`."""
        self._limit = limit
        self._size = size
        self._left = size - 1
        self._began_s = now_s
        self._until_s = now_s + span_s(limit)

    def spend(self, limit: Limit, now_s: float) -> bool:
        """Use one of them; False where none is left or good any longer.

        `limit` is the one that holds now: another one ends the lease.
        """
        is_good = self._began_s <= now_s < self._until_s and limit == self._limit
        if not (self._left and is_good):
            return False
        self._left -= 1
        return True

    def next_size(self, limit: Limit, now_s: float) -> int:
        """How many to book next, under the limit that holds now.

        Twice as many where these were used up in time, else as many as were used: a
        single look books a single request, and little is lost when a sweep ends.
        """
        if limit != self._limit or now_s >= 2.0 * self._until_s - self._began_s:
            return 1
        is_short = self._left == 0 and now_s < self._until_s and limit == self._limit
        wished = 2 * self._size if is_short else self._size - self._left
        return min(MOST, int(BURST_RATIO * limit.burst), wished)
