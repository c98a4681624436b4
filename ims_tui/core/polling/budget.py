"""The request budget of one profile: may a request go out now, and if not, when?

Three independent reasons can hold a request back:

======== ================================================== =========================
the limit   a token bucket that keeps every window            always
a pause     the service said 429, with or without Retry-After until the pause is over
an outage   three failures in a row                           one probe at a time
======== ================================================== =========================

A bucket of ``burst`` requests refilled at ``rate_per_s`` lets at most
``burst + rate_per_s * window_s`` requests through in any window, so
`Limit.per_window` splits the allowed number into a burst and a refill and the promise
holds for every window, not only for those that start on the minute.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

INF = float("inf")

BURST_RATIO = 0.25
"""Share of a configured limit that may be spent at once."""
MARGIN_RATIO = 0.05
"""Share of a limit named by the service that is left unused but for bursts."""
PAUSE_S = 2.0
"""Pause after a 429 without Retry-After."""
LONGEST_PAUSE_S = 3600.0
"""A Retry-After beyond this is not believed."""
SPARE_RATIO = 0.5
"""Share of the burst that is kept for what cannot wait."""
CUT_RATIO = 0.85
"""Rate after a 429 that names no limit, relative to the rate that was refused."""
RECOVERY_PER_S, CAREFUL_PER_S = 0.02, 0.001
"""Growth of a cut rate: at first, and near the rate that was refused."""
NEAR_RATIO = 0.93
"""This share of the refused rate is near it."""
RECOVERY_AFTER_S = 10.0
"""Quiet time after a refusal before the rate grows again."""
SLOWEST_RATE_PER_S = 0.05
"""Refusals never cut the rate below one request in twenty seconds."""
CUT_BURST = 3.0
"""Burst allowed while the rate is cut."""
PROBES_S = (2.0, 4.0, 8.0, 10.0)
"""Gaps between probes during an outage; the last one repeats."""
HASTE_S = 1.0
"""Gap between probes that someone asks for."""
SLOWED_RATIO = 0.95
"""A rate that is nearly the configured one does not count as slowed."""
FAILURES_TO_OPEN = 3
"""Failures in a row that count as an outage of the service."""


class Limit(Struct, frozen=True):
    """So many requests a second in the long run, and so many at once."""

    rate_per_s: float
    burst: float

    def __post_init__(self) -> None:
        """Raise ValueError for a limit that would let nothing through."""
        if not (0.0 < self.rate_per_s < INF and 1.0 <= self.burst < INF):
            raise ValueError(f"not a request limit: {self}")

    @classmethod
    def per_window(
        cls, requests: float, window_s: float, burst_ratio: float = BURST_RATIO
    ) -> Limit:
        """At most ``requests`` (1 or more) in any window of ``window_s``.

        Raises ValueError if either is not positive.
        """
        if not (requests >= 1.0 and window_s > 0.0):
            raise ValueError(f"not a request limit: {requests} in {window_s} s")
        return cls(
            rate_per_s=(1.0 - burst_ratio) * requests / window_s,
            burst=max(1.0, burst_ratio * requests),
        )

    def within(self, other: Limit) -> Limit:
        """The limit that keeps both."""
        return Limit(
            min(self.rate_per_s, other.rate_per_s), min(self.burst, other.burst)
        )


DEFAULT_LIMIT = Limit.per_window(200, 300.0)
"""What a sibling service's gateway was seen to allow one user."""


class Budget:
    """Says when the next request may go out and learns from refusals.

    The caller asks `ready_at`, reports each request with `take` and each answer with
    one of `answered`, `throttled`, `failed` or `abandoned`. Requests that other
    processes send on the same profile are reported with `charge`.
    """

    __slots__ = (
        "_bad_rate_per_s",
        "_clock",
        "_configured_per_s",
        "_cut_at",
        "_failures",
        "_flying",
        "_limit",
        "_paused_until",
        "_probe_at",
        "_rate_per_s",
        "_recent",
        "_tokens",
    )

    def __init__(self, limit: Limit = DEFAULT_LIMIT) -> None:
        """Start with a full bucket."""
        self._limit = limit
        self._configured_per_s = limit.rate_per_s
        self._recent: deque[float] = deque(maxlen=32)
        self._rate_per_s = limit.rate_per_s
        self._tokens = limit.burst
        self._clock = -INF
        self._paused_until = self._probe_at = self._cut_at = -INF
        self._bad_rate_per_s = INF
        self._failures = self._flying = 0

    # -- facts for the screen ---------------------------------------------------------

    @property
    def limit(self) -> Limit:
        """The configured limit, or the tighter one that the service named."""
        return self._limit

    @property
    def rate_per_s(self) -> float:
        """Requests a second that are allowed in the long run, as things stand."""
        return self._rate_per_s

    @property
    def has_outage(self) -> bool:
        """Whether the service stopped answering and is only probed."""
        return self._failures >= FAILURES_TO_OPEN

    def throttled_until(self, now: float) -> float | None:
        """End of the pause that the service asked for; None outside a pause."""
        return self._paused_until if self._paused_until > now else None

    @property
    def is_slowed(self) -> bool:
        """Whether refusals keep the rate below the configured one."""
        return self._rate_per_s < SLOWED_RATIO * self._configured_per_s

    # -- before a request -------------------------------------------------------------

    def ready_at(self, now: float, before: int = 0) -> float:
        """Earliest time, not before ``now``, at which one request may go out.

        ``before`` others go first. Infinite while the single probe of an outage is
        under way.
        """
        ready = max(now, self._paused_until)
        if self.has_outage:
            if self._flying:
                return INF
            ready = max(ready, self._probe_at)
        # After a wait computed here the bucket must hold a whole token, whatever the
        # rounding of `now`: hence the tolerance.
        lack = before + 1.0 - 1e-9 - self._level(now)
        return ready if lack <= 0.0 else max(ready, now + lack / self._rate_per_s)

    def spare_at(self, now: float) -> float:
        """When so much is saved up that a request costs the others nothing."""
        kept = SPARE_RATIO * (self._burst() - 1.0)
        lack = kept + 1.0 - 1e-9 - self._level(now)
        ready = self.ready_at(now)
        return ready if lack <= 0.0 else max(ready, now + lack / self._rate_per_s)

    def probe_now(self, now: float) -> None:
        """Someone asks: an outage is probed at once, a second after the last try."""
        last = self._recent[-1] if self._recent else -INF
        self._probe_at = min(self._probe_at, max(now, last + HASTE_S))

    def take(self, now: float) -> None:
        """Book one request of ours."""
        self._recover(now)
        self._recent.append(now)
        self._flying += 1
        self.charge(now)

    def charge(self, at: float) -> None:
        """Book one request spent at ``at``, by us or by another process."""
        self._tokens = self._level(at) - 1.0
        self._clock = max(self._clock, at)

    # -- after a request --------------------------------------------------------------

    def answered(self) -> None:
        """The service answered."""
        self._failures = 0
        self._flying -= 1

    def abandoned(self) -> None:
        """A request was given up without an answer and without a verdict."""
        self._flying -= 1

    def failed(self, now: float) -> None:
        """No answer, or a fault of the service."""
        self._flying -= 1
        self._failures += 1
        if self.has_outage:
            probe = min(self._failures - FAILURES_TO_OPEN, len(PROBES_S) - 1)
            self._probe_at = now + PROBES_S[probe]

    def throttled(
        self,
        now: float,
        retry_after_s: float | None,
        named: tuple[float, float] | None,
    ) -> None:
        """The service refused a request (429), perhaps naming (requests, window_s).

        A named limit that is tighter than ours replaces it. Any other refusal means
        that requests went out too fast: the rate falls, once per burst of refusals.
        """
        self._flying -= 1
        self._failures = 0
        pause_s = PAUSE_S if retry_after_s is None else max(0.0, retry_after_s)
        pause_s = min(pause_s, LONGEST_PAUSE_S)
        self._paused_until = max(self._paused_until, now + pause_s)
        tokens = min(self._level(now), 0.0)
        if not self._obey(named) and now - self._cut_at > PAUSE_S:
            self._cut(now)
        self._cut_at = now
        self._tokens, self._clock = tokens, max(self._clock, now)

    def wake(self, now: float) -> None:
        """The process was suspended until ``now``: no burst to make up for it."""
        self._tokens = min(self._level(now), 1.0)
        self._clock = max(self._clock, now)

    # -- inside -----------------------------------------------------------------------

    def _obey(self, named: tuple[float, float] | None) -> bool:
        """Take over a named limit; returns whether it is tighter than ours."""
        if named is None or not (named[0] >= 1.0 and named[1] > 0.0):
            return False
        limit = Limit.per_window(*named, burst_ratio=MARGIN_RATIO)
        is_tighter = limit.rate_per_s < self._limit.rate_per_s
        self._limit = self._limit.within(limit)
        self._rate_per_s = min(self._rate_per_s, self._limit.rate_per_s)
        return is_tighter

    def _burst(self) -> float:
        """What the bucket holds; little while the rate is cut."""
        burst = self._limit.burst
        if self._rate_per_s < self._limit.rate_per_s:
            burst = min(burst, CUT_BURST)
        return burst

    def _level(self, now: float) -> float:
        """Requests in the bucket; negative while other spenders are ahead."""
        burst = self._burst()
        if self._clock == -INF:
            return min(burst, self._tokens)
        gained = max(0.0, now - self._clock) * self._rate_per_s
        return min(burst, self._tokens + gained)

    def _cut(self, now: float) -> None:
        """Fall below the rate at which requests went out when one was refused."""
        span_s = max(1.0, now - self._recent[0]) if self._recent else 1.0
        self._bad_rate_per_s = min(self._rate_per_s, len(self._recent) / span_s)
        floor = min(SLOWEST_RATE_PER_S, self._limit.rate_per_s)
        self._rate_per_s = max(floor, CUT_RATIO * self._bad_rate_per_s)

    def _recover(self, now: float) -> None:
        """Raise a cut rate again, slowly near the rate that was refused."""
        full = self._limit.rate_per_s
        if self._rate_per_s >= full or now - self._cut_at < RECOVERY_AFTER_S:
            return
        level = self._level(now)
        elapsed_s = min(10.0, max(0.0, now - self._clock))
        is_near = self._rate_per_s > NEAR_RATIO * self._bad_rate_per_s
        growth = (CAREFUL_PER_S if is_near else RECOVERY_PER_S) * elapsed_s
        self._rate_per_s = min(full, self._rate_per_s * (1.0 + growth))
        self._tokens, self._clock = level, max(self._clock, now)
