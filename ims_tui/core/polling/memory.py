"""What earlier jobs taught of each job type: lengths, steps, failures.

Per type: how long its jobs take; per step, how long it pauses; per value (step and
percent) how often that value was the last one before the end, how long it lasted, and
how long the rest took once it was over. Lengths are kept in three
measures (seconds, ages, paces, see `Yardsticks`); the one that scattered least is
believed. A value that was never seen is looked up among its neighbours of ten percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, sqrt
from typing import TypeVar

from msgspec import Struct, field

from ims_tui.core.polling.course import (
    MOST_BLUR,
    Course,
    Mark,
    Value,
    Yardsticks,
    longest_pauses,
)
from ims_tui.core.polling.coverage import Coverage
from ims_tui.core.polling.lognormal import FULL, SHORTEST_S, Lognormal
from ims_tui.core.polling.milestones import Milestones, tenths

_K = TypeVar("_K")
_V = TypeVar("_V")

MAX_TYPES = 64
MAX_VALUES = 256
"""Per type; what was longest unseen goes first."""
FAILURE_RATIO = 0.1
"""Share of jobs that fail, as long as nothing is known."""
FAILURE_AFTER_S = 60.0
"""Half of the failures come before this age, as long as nothing is known."""


class Length:
    """A length in three measures."""

    __slots__ = ("spreads",)

    def __init__(self, spreads: tuple[Lognormal, ...] | None = None) -> None:
        """Nothing was learned yet."""
        self.spreads = spreads or (Lognormal(), Lognormal(), Lognormal())

    @property
    def is_known(self) -> bool:
        """Whether one was ever seen."""
        return self.spreads[0].count > 0.0

    def add(self, length_s: float, yardsticks: Yardsticks) -> None:
        """Learn one length."""
        for spread, yardstick_s in zip(self.spreads, yardsticks, strict=True):
            spread.add(length_s, yardstick_s)

    def expect(self, yardsticks: Yardsticks) -> tuple[float, float]:
        """Mu and sd of the logarithm, by the measure that scattered least."""
        variances = [spread.expected_variance for spread in self.spreads]
        variance = min(variances)
        best = variances.index(variance)
        return self.spreads[best].mean + log(yardsticks[best]), sqrt(variance)


class ValueMemory(Struct):
    """What followed when jobs of a type showed one value."""

    count: float = 0.0
    last_ratio: float = 0.0
    """Share of the jobs that ended without showing another value."""
    until_end: Length = field(default_factory=Length)
    """From this value to the end, if it was the last."""
    until_next: Length = field(default_factory=Length)
    """From this value to the next one, if there was one."""
    after: Length = field(default_factory=Length)
    """From the next value to the end."""

    @property
    def usual_s(self) -> float:
        """How long this value is usually shown."""
        is_last = self.last_ratio > 0.5
        length = self.until_end if is_last else self.until_next
        return length.spreads[0].quantile_s(0.0)

    def learn(self, mark: Mark, end_s: float) -> None:
        """Learn from a successful job that ended at the age ``end_s``."""
        self.count = min(FULL, self.count + 1.0)
        is_last = mark.end_s is None
        self.last_ratio += (is_last - self.last_ratio) / self.count
        if mark.end_s is None:
            self.until_end.add(end_s - mark.start_s, mark.yardsticks)
        else:
            self.until_next.add(mark.end_s - mark.start_s, mark.yardsticks)
            self.after.add(end_s - mark.end_s, mark.yardsticks)


class Failures(Struct):
    """How many jobs ended, how many of them failed, and at what age."""

    jobs: int = 0
    failed: int = 0
    failed_log_s: float = 0.0
    """Sum of the logarithms of the ages of failed jobs."""

    def add(self, age_s: float, *, has_failed: bool) -> None:
        """One more job ended."""
        self.jobs += 1
        if has_failed:
            self.failed += 1
            self.failed_log_s += log(max(1.0, age_s))


class TypeMemory(Struct):
    """What was learned of one job type; the oldest keys of each table come first."""

    failures: Failures = field(default_factory=Failures)
    total: Lognormal = field(default_factory=Lognormal)
    values: dict[Value, ValueMemory] = field(default_factory=dict)
    neighbours: dict[Value, ValueMemory] = field(default_factory=dict)
    """As `values`, by step and the percent rounded to tens."""
    pauses: dict[str, Lognormal] = field(default_factory=dict)
    """The longest time that each step stands still."""
    milestones: Milestones = field(default_factory=Milestones)
    cover: Coverage = field(default_factory=Coverage)
    """How often the ranges of these jobs held."""

    def find(self, value: Value) -> ValueMemory | None:
        """What is known of this value, or else of its neighbours."""
        return self.values.get(value) or self.neighbours.get(_rounded(value))

    def learn(self, course: Course, end_s: float) -> None:
        """Learn from a job that succeeded at the age ``end_s``."""
        self.total.add(end_s)
        for mark in course.marks:
            length_s = (end_s if mark.end_s is None else mark.end_s) - mark.start_s
            if mark.blur_s <= MOST_BLUR * max(SHORTEST_S, length_s):
                _freshened(self.values, mark.value, ValueMemory).learn(mark, end_s)
                rounded = _rounded(mark.value)
                _freshened(self.neighbours, rounded, ValueMemory).learn(mark, end_s)
        for step, pause_s in longest_pauses(course, end_s).items():
            _freshened(self.pauses, step, Lognormal).add(pause_s)
        self.milestones.learn(course, end_s)


class Memory:
    """What was learned of all job types; made anew at a start, from the history."""

    __slots__ = ("_failures", "_types", "extrapolation")

    def __init__(self) -> None:
        """Nothing was learned yet."""
        self._types: dict[str, TypeMemory] = {}
        self._failures = Failures()
        self.extrapolation = tenths()
        """By tenth of the percent: how the rest went with its extrapolation."""

    def of(self, job_type: str | None) -> TypeMemory:
        """What is known of a type; an empty memory if nothing is."""
        return self._types.get(job_type or "") or TypeMemory()

    @property
    def types(self) -> Mapping[str, TypeMemory]:
        """What is known, by type."""
        return self._types

    def add(
        self,
        job_type: str,
        course: Course,
        end_s: float,
        *,
        has_failed: bool,
        held: tuple[float, float] | None,
    ) -> None:
        """Add a job that ended at the age ``end_s``.

        A failed job teaches only that and when jobs fail.

        Args:
            job_type: of the job.
            course: of the job.
            end_s: its age at the end.
            has_failed: whether it did.
            held: how often what was said of it held, see `Coverage.add`; None where
                nothing was said.
        """
        memory = _freshened(self._types, job_type, TypeMemory, MAX_TYPES)
        if held is not None:
            memory.cover.add(*held)
        memory.failures.add(end_s, has_failed=has_failed)
        self._failures.add(end_s, has_failed=has_failed)
        if not has_failed:
            memory.learn(course, end_s)
            memory.milestones.learn_extrapolation(course, end_s, self.extrapolation)

    def failure_of(self, job_type: str | None) -> tuple[float, float]:
        """Expected share of failures, and the age by which half of them came.

        A type with few jobs is expected to fail like all types together.
        """
        every, own = self._failures, self.of(job_type).failures
        usual_ratio = (1.0 + every.failed) / (1.0 / FAILURE_RATIO + every.jobs)
        ratio = (8.0 * usual_ratio + own.failed) / (8.0 + own.jobs)
        log_s = 3.0 * log(FAILURE_AFTER_S) + own.failed_log_s
        return ratio, exp(log_s / (3.0 + own.failed))


def _freshened(
    table: dict[_K, _V], key: _K, new: type[_V], most: int = MAX_VALUES
) -> _V:
    """The entry of a key, made if need be, moved to the end of a bounded table."""
    entry = table.pop(key, None)
    if entry is None:
        entry = new()
        if len(table) >= most:
            del table[next(iter(table))]
    table[key] = entry
    return entry


def _rounded(value: Value) -> Value:
    step, ratio = value
    return step, None if ratio is None else round(ratio, 1)
