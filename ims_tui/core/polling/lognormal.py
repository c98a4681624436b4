"""How lengths of time spread: learning a lognormal, and reading one.

Lengths of jobs, steps and pauses scatter by factors, not by seconds, so everything here
works on their logarithms.
"""

from __future__ import annotations

from math import erfc, exp, inf, log, sqrt

from msgspec import Struct

FULL = 50.0
"""From so many observations on, each new one makes an old one fade."""
PRIOR_VARIANCE = 0.25
"""Variance that one observation alone is believed to have."""
SHORTEST_S = 0.5
"""Shorter lengths are below what polling can resolve."""

_ROOT_2 = sqrt(2.0)


class Lognormal(Struct):
    """Mean and variance of the logarithm of a length; old observations fade."""

    count: float = 0.0
    mean: float = 0.0
    variance: float = 0.0

    def add(self, length_s: float, yardstick_s: float = 1.0) -> None:
        """Learn one length, measured in yardsticks.

        From the fifth on an outlier counts as three standard deviations: one stall must
        not spoil what is usual, but lasting change is followed.
        """
        off = log((length_s if length_s > SHORTEST_S else SHORTEST_S) / yardstick_s)
        off -= self.mean
        if self.count >= 5.0:
            reach = 3.0 * sqrt(self.variance + PRIOR_VARIANCE / self.count)
            if not -reach < off < reach:
                off = reach if off > 0.0 else -reach
        if self.count < FULL:
            self.count += 1.0
        share = 1.0 / self.count
        self.mean += share * off
        self.variance = (1.0 - share) * (self.variance + share * off * off)

    def without(self, length_s: float) -> Lognormal:
        """The distribution as if one of the lengths had not been learned.

        Exact where none has faded and it was no outlier.
        """
        if self.count <= 1.0:
            return Lognormal()
        share = 1.0 / self.count
        x = log(max(SHORTEST_S, length_s))
        mean = (self.mean - share * x) / (1.0 - share)
        variance = self.variance / (1.0 - share) - share * (x - mean) ** 2
        return Lognormal(self.count - 1.0, mean, max(0.0, variance))

    @property
    def expected_variance(self) -> float:
        """Variance to expect of the next one; infinite before the first."""
        n = self.count
        if not n:
            return inf
        return (n * self.variance + PRIOR_VARIANCE) / n

    @property
    def sd(self) -> float:
        """Standard deviation to expect of the next one."""
        return sqrt(self.expected_variance)

    def quantile_s(self, z: float) -> float:
        """The length ``z`` standard deviations above the median, in yardsticks."""
        return exp(self.mean + z * self.sd)


def survival_ratio(length_s: float, mu: float, sd: float) -> float:
    """Chance that a lognormal length exceeds ``length_s``."""
    return 0.5 * erfc((log(length_s) - mu) / (sd * _ROOT_2)) if length_s > 0.0 else 1.0


def rest(passed_s: float, mu: float, sd: float) -> tuple[float, float]:
    """Mean and variance of what is left of a length that has lasted ``passed_s``."""
    if passed_s <= 0.0:
        mean = exp(mu + sd * sd / 2.0)
        return mean, mean * mean * (exp(sd * sd) - 1.0)
    z = (mu - log(passed_s)) / sd
    alive = 0.5 * erfc(-z / _ROOT_2)
    if alive < 1e-6:  # the far tail falls almost like an exponential
        mean = max(SHORTEST_S, passed_s * sd * sd)
        return mean, mean * mean
    first = exp(mu + sd * sd / 2.0) * 0.5 * erfc(-(z + sd) / _ROOT_2) / alive
    second = exp(2.0 * mu + 2.0 * sd * sd) * 0.5 * erfc(-(z + 2.0 * sd) / _ROOT_2)
    mean = max(SHORTEST_S, first - passed_s)
    return mean, max(SHORTEST_S * SHORTEST_S, second / alive - first * first)


def fitted(mean: float, variance: float) -> tuple[float, float]:
    """Mu and sd of the lognormal with this mean and variance."""
    square = log(1.0 + variance / (mean * mean))
    return log(mean) - square / 2.0, sqrt(square)
