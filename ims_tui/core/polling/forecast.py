"""When a job will end: one mixture of lengths, for the polling schedule.

Either the value that a job shows (step and percent) is its last one, and the end comes
as it came before; or the next value comes first, and then what used to come after it.
Either may be slow this time: one job in twenty stalls. And a job may fail at any age.
A value never seen before is extrapolated from the percentage or, if that is tighter,
from the usual total; with neither, only the chance to fail remains, whose scale-free
tail is the best guess when nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import erfc, exp, log, pi, sqrt
from typing import TYPE_CHECKING

from ims_tui.core.polling.lognormal import fitted, rest, survival_ratio

if TYPE_CHECKING:  # the first frame needs no memory
    from ims_tui.core.polling.course import Course, Mark
    from ims_tui.core.polling.memory import Memory, TypeMemory, ValueMemory

STALL_RATIO = 0.05
"""Share of lengths that are much longer than usual."""
STALL_SHIFT = 1.0
"""Those are longer by this factor, as a logarithm."""
STALL_SD = 1.5
"""And they scatter by this much, as a logarithm."""
SMALLEST_WEIGHT = 0.001
"""Less likely ways to the end are left out."""

_ROOT_2 = sqrt(2.0)
_NORM = 1.0 / sqrt(2.0 * pi)
_NOTHING_S = 1e-9

Part = tuple[float, float, float, float]
"""A lognormal way to the end: weight, seconds of it that have passed, mu, sd."""


class Forecast:
    """The distribution of the end of one job, seen from one look at it."""

    __slots__ = ("_failure", "_parts", "age_s")

    def __init__(
        self,
        parts: list[Part],
        age_s: float,
        failure: tuple[float, float],
    ) -> None:
        """Take the ordinary ways to the end, and the share and scale of failures."""
        self._parts = parts
        self.age_s = age_s
        self._failure = failure

    def hazard_per_s(self, after_s: float) -> float:
        """Chance per second to end, if the job still runs so long after the look."""
        ratio, scale_s = self._failure
        length_s = scale_s + self.age_s + after_s
        alive = ratio * scale_s / length_s
        density = alive / length_s
        for weight, passed_s, mu, sd in self._parts:
            length_s = passed_s + after_s
            if length_s > _NOTHING_S:
                z = (log(length_s) - mu) / sd
                density += weight * _NORM * exp(-0.5 * z * z) / (length_s * sd)
                alive += weight * 0.5 * erfc(z / _ROOT_2)
            else:
                alive += weight
        return density / alive

    def running_ratio(self, after_s: float) -> float:
        """Chance that the job still runs so long after the look."""
        return self._alive(after_s) / self._alive(0.0)

    def gap_s(self, price_s: float, freshness_per_s: float, weight: float) -> float:
        """When to ask again: where sqrt((hazard + freshness) / 2 price) sums to one.

        ``weight`` multiplies hazard and freshness of a job that someone looks at.
        """
        scale = weight / (2.0 * price_s)
        at_s, width_s, total = 0.0, 1.0, 0.0
        here = sqrt((self.hazard_per_s(0.0) + freshness_per_s) * scale)
        while True:
            hazard = self.hazard_per_s(at_s + width_s)
            there = sqrt((hazard + freshness_per_s) * scale)
            added = (here + there) / 2.0 * width_s
            if total + added >= 1.0:
                # The density is taken as linear in between.
                left, slope = 1.0 - total, (there - here) / width_s
                root = sqrt(max(0.0, here * here + 2.0 * slope * left))
                return at_s + 2.0 * left / (here + root)
            total += added
            at_s += width_s
            here = there
            width_s = max(1.0, 0.3 * at_s)

    def _alive(self, after_s: float) -> float:
        alive = 0.0
        for weight, passed_s, mu, sd in self._parts:
            alive += weight * survival_ratio(passed_s + after_s, mu, sd)
        ratio, scale_s = self._failure
        return ratio * scale_s / (scale_s + self.age_s + after_s) + alive


def forecast(
    memory: Memory, job_type: str | None, course: Course, age_s: float
) -> Forecast:
    """Foresee the end of a job that still runs at this age and was seen like this."""
    kind = memory.of(job_type)
    failure = memory.failure_of(job_type)
    if not course.marks:
        return Forecast([], age_s, failure)
    mark = course.marks[-1]
    known = kind.find(mark.value)
    if known is not None:
        mark = mark.placed(known.usual_s)
        parts = _known_parts(known, mark, age_s)
    else:
        parts = _extrapolated_parts(kind, mark, age_s)
    ordinary = 1.0 - failure[0]
    weighted = [(ordinary * weight, at, mu, sd) for weight, at, mu, sd in parts]
    return Forecast(weighted, age_s, failure)


def _known_parts(known: ValueMemory, mark: Mark, age_s: float) -> list[Part]:
    """The ways to the end from a value that earlier jobs showed too."""
    last_ratio = (known.last_ratio * known.count + 0.3) / (known.count + 0.6)
    parts: list[Part] = []
    if known.until_end.is_known and last_ratio > SMALLEST_WEIGHT:
        parts += _last_parts(known, mark, age_s, last_ratio)
    if known.until_next.is_known and 1.0 - last_ratio > SMALLEST_WEIGHT:
        parts += _next_parts(known, mark, age_s, 1.0 - last_ratio)
    return parts


def _last_parts(
    known: ValueMemory, mark: Mark, age_s: float, weight: float
) -> Iterator[Part]:
    """This value is the last one, and ends as usual or after a stall."""
    passed_s = max(0.0, age_s - mark.start_s)
    mu, sd = known.until_end.expect(mark.yardsticks)
    sd = sqrt(sd * sd + mark.blur_s * mark.blur_s / 3.0 / exp(2.0 * mu))
    yield weight * (1.0 - STALL_RATIO), passed_s, mu, sd
    yield weight * STALL_RATIO, passed_s, mu + STALL_SHIFT, max(STALL_SD, sd)


def _next_parts(
    known: ValueMemory, mark: Mark, age_s: float, weight: float
) -> Iterator[Part]:
    """The next value comes first, as usual or after a stall, and then the rest."""
    passed_s = max(0.0, age_s - mark.start_s)
    mu, sd = known.until_next.expect(mark.yardsticks)
    after_mu, after_sd = known.after.expect(mark.yardsticks)
    after_s = exp(after_mu)
    blur = mark.blur_s * mark.blur_s / 3.0 + (after_s * after_sd) ** 2
    for share, next_mu, next_sd in (
        (1.0 - STALL_RATIO, mu, sd),
        (STALL_RATIO, mu + STALL_SHIFT, max(STALL_SD, sd)),
    ):
        waiting = weight * share * survival_ratio(passed_s, next_mu, next_sd)
        if waiting > 0.0:
            mean, variance = rest(passed_s, next_mu, next_sd)
            yield waiting, 0.0, *fitted(mean + after_s, variance + blur)


def _extrapolated_parts(kind: TypeMemory, mark: Mark, age_s: float) -> list[Part]:
    """The way to the end from a value that no earlier job showed."""
    parts, width_s = list[Part](), float("inf")
    ratio = mark.value[1]
    if ratio:
        since_s = mark.start_s + mark.blur_s  # as late as can be
        left_s = max(1.0, since_s * (1.0 - min(ratio, 0.995)) / ratio)
        sd = 1.1 - 0.6 * ratio
        width_s = left_s * sd
        passed_s = max(0.0, age_s - since_s)
        parts = [(1.0, passed_s, log(left_s), sd)]
    if kind.total.count:
        sd = kind.total.sd
        if exp(kind.total.mean) * sd < width_s:
            parts = [(1.0, age_s, kind.total.mean, sd)]
    return parts
