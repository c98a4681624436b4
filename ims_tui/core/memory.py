"""What earlier jobs taught: how long each type and each shown value takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, sqrt

Value = tuple[str, float | None]
"""What a reply shows of a running job: step and percent, rounded to 0.01."""
Yardsticks = tuple[float, float, float]

FULL = 50.0
PRIOR_VARIANCE = 0.25
LEAST_S = 0.5
COMBINE = 0
COARSE = 1


@dataclass(slots=True)
class Spread:
    """Mean and variance of a logarithm."""

    count: float = 0.0
    mean: float = 0.0
    variance: float = 0.0

    def add(self, x: float) -> None:
        if self.count >= 5.0:
            reach = 3.0 * sqrt(self.expected_variance())
            x = min(self.mean + reach, max(self.mean - reach, x))
        self.count = min(FULL, self.count + 1.0)
        share = 1.0 / self.count
        off = x - self.mean
        self.mean += share * off
        self.variance = (1.0 - share) * (self.variance + share * off * off)

    def expected_variance(self) -> float:
        n = self.count
        return (n * self.variance + PRIOR_VARIANCE) / (n + 1.0) * (1.0 + 1.0 / n)


@dataclass(slots=True)
class Gauge:
    """A length in three measures: seconds, ages, paces."""

    spreads: tuple[Spread, Spread, Spread] = field(
        default_factory=lambda: (Spread(), Spread(), Spread())
    )

    def add(self, length_s: float, yardsticks: Yardsticks) -> None:
        x = log(max(LEAST_S, length_s))
        for spread, yardstick in zip(self.spreads, yardsticks, strict=True):
            spread.add(x - log(yardstick))

    def best(self, yardsticks: Yardsticks) -> tuple[float, float]:
        if COMBINE:
            ws = [
                (
                    1 / s.expected_variance() ** COMBINE,
                    s.mean + log(y),
                    s.expected_variance(),
                )
                for s, y in zip(self.spreads, yardsticks)
            ]
            t = sum(w for w, _, _ in ws)
            return sum(w * m for w, m, _ in ws) / t, sqrt(min(v for _, _, v in ws))
        best, mu = 1e9, 0.0
        for spread, yardstick in zip(self.spreads, yardsticks, strict=True):
            v = spread.expected_variance()
            if v < best:
                best, mu = v, spread.mean + log(yardstick)
        return mu, sqrt(best)


@dataclass(slots=True)
class ValueMemory:
    count: float = 0.0
    last_share: float = 0.0
    last: Gauge = field(default_factory=Gauge)
    more: Gauge = field(default_factory=Gauge)
    rest: Gauge = field(default_factory=Gauge)


@dataclass(slots=True)
class TypeMemory:
    jobs: float = 0.0
    surprises: float = 0.0
    failures: float = 0.0
    failed_log: float = 0.0
    duration: Spread = field(default_factory=Spread)
    values: dict[Value, ValueMemory] = field(default_factory=dict)


@dataclass(slots=True)
class Mark:
    value: Value
    start_s: float
    blur: float
    yardsticks: Yardsticks


class Course:
    """The course of one job as far as it was seen."""

    __slots__ = ("age_s", "marks")

    def __init__(self) -> None:
        self.age_s = 0.0
        self.marks: list[Mark] = []

    def look(self, age_s: float, step: str, ratio: float | None) -> None:
        before, self.age_s = self.age_s, age_s
        if ratio is None and self.marks:
            ratio = self.marks[-1].value[1]
        elif ratio is not None:
            ratio = round(ratio, 2)
        value = (step, ratio)
        if self.marks and self.marks[-1].value == value:
            return
        start_s = max(0.0, (before + age_s) / 2.0)
        self.marks.append(
            Mark(
                value,
                start_s,
                (age_s - before) / 2.0,
                (1.0, max(1.0, start_s), self._pace_s(start_s, ratio)),
            )
        )

    def _pace_s(self, start_s: float, p: float | None) -> float:
        if not p:
            return max(1.0, start_s)
        rest = max(0.005, 1.0 - p)
        base = p - max(0.05, rest)
        for mark in reversed(self.marks):
            q = mark.value[1]
            if q is not None and q <= base:
                return max(1.0, rest * (start_s - mark.start_s) / (p - q))
        return max(1.0, rest * start_s / p)


class Memory:
    """What was learned of job types; survives a restart as plain values."""

    __slots__ = ("all", "types")

    def __init__(self) -> None:
        self.types: dict[str, TypeMemory] = {}
        self.all = TypeMemory()

    def learn(self, job_type: str, course: Course, age_s: float, failed: bool) -> None:
        kind = self.types.setdefault(job_type, TypeMemory())
        log_age = log(max(1.0, age_s))
        for m in (kind, self.all):
            m.jobs += 1.0
            if failed:
                m.failures += 1
                m.surprises += 1
                m.failed_log += log_age
        if failed:
            return
        d = kind.duration
        if d.count >= 5 and abs(log_age - d.mean) > 3 * sqrt(d.expected_variance()):
            kind.surprises += 1
            self.all.surprises += 1
        d.add(log_age)
        marks = course.marks
        for i, mark in enumerate(marks):
            is_last = i + 1 == len(marks)
            end = age_s if is_last else marks[i + 1].start_s
            for key in (mark.value, coarse(mark.value))[: 1 + COARSE]:
                v = kind.values.setdefault(key, ValueMemory())
                v.count = min(FULL, v.count + 1.0)
                v.last_share += (is_last - v.last_share) / v.count
                (v.last if is_last else v.more).add(end - mark.start_s, mark.yardsticks)
                if not is_last:
                    v.rest.add(age_s - end, mark.yardsticks)


def coarse(value: Value):
    step, p = value
    return (step, None if p is None else round(p, 1), True)
