"""What earlier jobs of a type still needed at every percent of every step.

A milestone is a step and a whole percent. Each job teaches one thing at every milestone
that it passed, also at those that no look fell on: how old its work was then, and how
long the rest took. Both are kept as running moments of their logarithms, so that a
regression says what a job may expect that came there earlier or later than the others.
Waiting before the first step is learned on its own: a queue says nothing of the pace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, expm1, hypot, log, sqrt
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field

from ims_tui.core.polling.course import LARGE_GAP_S, MOST_BLUR, step_lengths
from ims_tui.core.polling.lognormal import Lognormal

if TYPE_CHECKING:
    from ims_tui.core.polling.course import Course, Mark, Value

FADE_FROM = 40.0
"""From so many jobs on, each new one makes an old one fade."""
EARLIEST_S = 5.0
"""An age below this is one of this size: looks resolve no less."""
SHORTEST_S = 1.0
"""Shorter rests are below what polling can resolve."""
SLOPE, SLOPE_WEIGHT = 0.8, 0.6
"""Expected slope of rest on age before any job was seen (0: as long as the others, 1:
in proportion to the age), and how many squared units of spread it counts for."""
PRIOR_VARIANCE, PRIOR_JOBS = 0.1, 2.0
"""Variance that is expected before any job was seen, and its weight in jobs."""
FARTHEST = 2.0
"""No job is taken for further off than this: beyond, it stood still."""
OUTLIER_SD = 3.0
"""What is further off counts as this far, from the fifth job on."""
SEARCHED = 5
"""A milestone that nobody passed is looked up among so many percents on both sides."""
MOST_MILESTONES = 1024
"""Per type; what was first seen goes first."""

_K = TypeVar("_K")
_V = TypeVar("_V")

Expected = tuple[float, float]
"""Mean and standard deviation of the logarithm of a length."""


class Relation(Struct):
    """How a length goes with an age: the moments of a regression of logarithms."""

    count: float = 0.0
    age: float = 0.0
    """Mean logarithm of the age."""
    length: float = 0.0
    """Mean logarithm of the length."""
    age_variance: float = 0.0
    length_variance: float = 0.0
    covariance: float = 0.0

    def add(self, age_log: float, length_log: float) -> None:
        """Learn one job; old ones fade, and an outlier counts as a far one."""
        off_age, off = age_log - self.age, length_log - self.length
        if self.count >= 5.0:
            reach = OUTLIER_SD * sqrt(self.length_variance + PRIOR_VARIANCE / 4.0)
            if not -reach < off < reach:
                off = reach if off > 0.0 else -reach
        if self.count < FADE_FROM:
            self.count += 1.0
        share = 1.0 / self.count
        kept = 1.0 - share
        self.age += share * off_age
        self.length += share * off
        self.age_variance = kept * (self.age_variance + share * off_age * off_age)
        self.length_variance = kept * (self.length_variance + share * off * off)
        self.covariance = kept * (self.covariance + share * off_age * off)

    def likely_age(self, age_log: float, blur_log: float) -> float:
        """The age of a job of which it is known with this deviation only."""
        known = self.age_variance + PRIOR_VARIANCE
        share = known / (known + blur_log * blur_log)
        return self.age + share * (age_log - self.age)

    def expect(self, age_log: float) -> Expected:
        """What to expect at this age. Far from the others the range is wide."""
        n = self.count
        far = min(FARTHEST, max(-FARTHEST, age_log - self.age))
        squares = n * self.age_variance + SLOPE_WEIGHT
        slope = (n * self.covariance + SLOPE_WEIGHT * SLOPE) / squares
        unexplained = max(
            0.0,
            self.length_variance
            - 2.0 * slope * self.covariance
            + slope * slope * self.age_variance,
        )
        variance = (n * unexplained + PRIOR_JOBS * PRIOR_VARIANCE) / (n + 1.0)
        variance *= 1.0 + 1.0 / n + far * far / squares
        return self.length + slope * far, sqrt(variance)


class Stay(Struct):
    """How long one value is shown, and how often it is the last one."""

    length: Relation = field(default_factory=Relation)
    count: float = 0.0
    last_ratio: float = 0.0

    def add(self, age_log: float, length_log: float, *, is_last: bool) -> None:
        """Learn one job that showed the value."""
        self.count = min(FADE_FROM, self.count + 1.0)
        self.last_ratio += (is_last - self.last_ratio) / self.count
        if not is_last:
            self.length.add(age_log, length_log)


class Milestones(Struct):
    """What the jobs of one type taught."""

    waiting: Relation = field(default_factory=Relation)
    """How long they wait before the first step."""
    work: Relation = field(default_factory=Relation)
    """How long they take from there."""
    rests: dict[Value, Relation] = field(default_factory=dict)
    """Time to the end from each milestone."""
    stays: dict[Value, Stay] = field(default_factory=dict)
    """How long each shown value stays, by value and by tens of percent."""
    steps: dict[str, Lognormal] = field(default_factory=dict)
    """How long each step takes."""

    extrapolation: Sequence[Relation] = field(default_factory=lambda: tenths())
    """How the rest went with what the percent alone says, by tenth of the percent."""

    def work_began(self, course: Course) -> tuple[float, float]:
        """Age at which the work of a job began, and its deviation; 0 where it was seen.

        Where nobody saw it, it is placed by how long such jobs wait, and by the job's
        own pace since it was first seen: the surer of both counts for more.
        """
        first = course.work
        if first is None:
            return 0.0, 0.0  # no step so far, and perhaps never one
        if first.blur_s <= LARGE_GAP_S:
            return first.start_s, 0.0
        seen_waiting_s, seen_s = first.start_s - first.blur_s, first.start_s
        if not self.waiting.count:
            return seen_waiting_s, 0.0
        usual_log, sd = self.waiting.expect(0.0)
        at_s = min(exp(usual_log), seen_s)
        sd_s = exp(usual_log + sd * sd / 2.0) * sqrt(expm1(sd * sd))
        sd_s = min(sd_s, first.blur_s)
        if by_pace := self._began_by_pace(course):
            share = sd_s**2 / (sd_s**2 + by_pace[1] ** 2)
            at_s += share * (by_pace[0] - at_s)
            sd_s *= sqrt(1.0 - share)
            seen_s += first.blur_s
        return max(seen_waiting_s, min(at_s, seen_s)), sd_s

    def _began_by_pace(self, course: Course) -> tuple[float, float] | None:
        """When the work began if its pace was before as it was since, and deviation."""
        early = next((m for m in course.marks[1:] if m.blur_s <= LARGE_GAP_S), None)
        late = course.marks[-1]
        if early is None or late.blur_s > LARGE_GAP_S:
            return None
        rests = self.rests.get(early.value), self.rests.get(late.value)
        if rests[0] is None or rests[1] is None:
            return None
        before_s = exp(rests[0].age)
        usual_s = exp(rests[1].age) - before_s
        if usual_s < EARLIEST_S:
            return None
        times = before_s / usual_s  # as much again came before, in their pace
        unseen_s = (late.start_s - early.start_s) * times
        blur_s = (early.blur_s + late.blur_s) * times
        sd_s = hypot(1.0, unseen_s * sqrt(PRIOR_VARIANCE * (1.0 + times)), blur_s)
        return early.start_s - unseen_s, sd_s

    def rest_at(self, value: Value) -> Relation | None:
        """What is known at a milestone, or at the nearest one of its step."""
        found = self.rests.get(value)
        step, ratio = value
        if found is not None or ratio is None:
            return found
        for off in range(1, SEARCHED + 1):
            for near in (ratio - off / 100.0, ratio + off / 100.0):
                found = self.rests.get((step, round(near, 2)))
                if found is not None:
                    return found
        return None

    def stay_at(self, value: Value) -> Stay | None:
        """What is known of a value from three jobs on, else of its ten percent."""
        found = self.stays.get(value)
        if found is not None and found.count >= 3.0:
            return found
        return self.stays.get(_tenth(value)) or found

    def learn(self, course: Course, end_s: float) -> None:
        """Learn from a job that succeeded at the age ``end_s``."""
        if not course.marks:
            return
        work_s = self.work_began(course)[0]
        if course.work is not None and course.work.blur_s <= LARGE_GAP_S:
            self.waiting.add(0.0, log(max(SHORTEST_S, work_s)))
        self.work.add(0.0, log(max(SHORTEST_S, end_s - work_s)))
        self._learn_rests(course, end_s, work_s)
        self._learn_stays(course, end_s, work_s)
        for step, length_s in step_lengths(course, end_s).items():
            _entry(self.steps, step, Lognormal).add(length_s)

    def learn_extrapolation(
        self, course: Course, end_s: float, every: Sequence[Relation]
    ) -> None:
        """How far off the percent alone would have been; ``every``: over all types."""
        work_s = self.work_began(course)[0]
        before: Mark | None = None
        for mark in course.marks:
            ratio, start_s = mark.value[1], mark.start_s
            if mark.blur_s > LARGE_GAP_S:
                start_s = begun_s(before, mark)
            before, at_s = mark, start_s - work_s
            if ratio and ratio < 1.0 and at_s > 0.0:
                ahead_s = max(1.0, at_s) * (1.0 - ratio) / ratio
                off_log = log(max(SHORTEST_S, end_s - start_s) / max(1.0, ahead_s))
                for table in (self.extrapolation, every):
                    table[int(ratio * 10.0 + 1e-9)].add(0.0, off_log)

    def _learn_rests(self, course: Course, end_s: float, work_s: float) -> None:
        # Also from a gap as long as the rest: to learn only from the jobs that took
        # longer would teach that all do.
        for value, at_s in passed(course.marks):
            age_log, rest_s = age_of(at_s - work_s), max(SHORTEST_S, end_s - at_s)
            _entry(self.rests, value, Relation).add(age_log, log(rest_s))

    def _learn_stays(self, course: Course, end_s: float, work_s: float) -> None:
        for mark in course.marks:
            is_last = mark.end_s is None
            until_s = end_s if mark.end_s is None else mark.end_s
            if mark.blur_s > max(LARGE_GAP_S, MOST_BLUR * (until_s - mark.start_s)):
                continue
            age_log = age_of(mark.start_s - work_s)
            length_log = log(max(SHORTEST_S, until_s - mark.start_s))
            for key in (mark.value, _tenth(mark.value)):
                _entry(self.stays, key, Stay).add(age_log, length_log, is_last=is_last)


def tenths() -> tuple[Relation, ...]:
    """Nothing learned, for each tenth of the percent."""
    return tuple(Relation() for _ in range(10))


def age_of(work_age_s: float) -> float:
    """The logarithm of an age, as it is compared."""
    return log(max(EARLIEST_S, work_age_s))


def passed(marks: list[Mark]) -> Iterator[tuple[Value, float]]:
    """Every milestone of a course with the age of passing it.

    Between two looks the percent is taken to grow evenly; never over a plateau, for
    the age is sought only inside the gap that brought the new value.
    """
    before: Mark | None = None
    for mark in marks:
        if before is None and mark.blur_s > LARGE_GAP_S:
            before = mark
            continue
        yield from passed_in(before, mark)
        before = mark


def passed_in(before: Mark | None, mark: Mark) -> Iterator[tuple[Value, float]]:
    """The milestones that were passed when a value began."""
    step, ratio = mark.value
    first = before.value[1] if before is not None else None
    if ratio is None or first is None or ratio <= first:
        yield mark.value, mark.start_s
        return
    low, high = round(first * 100.0), round(ratio * 100.0)
    begin_s, length_s = mark.start_s - mark.blur_s, 2.0 * mark.blur_s
    if before is not None and before.end_s is not None:
        begin_s = min(begin_s, before.end_s)  # marks in between were dropped
        length_s = mark.start_s + mark.blur_s - begin_s
    for percent in range(low + 1, high + 1):
        share = (percent - low - 0.5) / (high - low)
        yield (step, percent / 100.0), begin_s + share * length_s


def begun_s(before: Mark | None, mark: Mark) -> float:
    """Age at which a value began: late in a gap, if the percent grew in it."""
    *_, (_, at_s) = passed_in(before, mark)
    return at_s


def _tenth(value: Value) -> Value:
    """A key for ten percents of a step at once; no value that is shown is like it."""
    step, ratio = value
    return f"{step} *", None if ratio is None else int(ratio * 10.0 + 1e-9) / 10.0


def _entry(table: dict[_K, _V], key: _K, new: type[_V]) -> _V:
    """The entry of a key, made if need be; a full table loses its oldest one."""
    found = table.get(key)
    if found is None:
        if len(table) >= MOST_MILESTONES:
            del table[next(iter(table))]
        found = table[key] = new()
    return found
