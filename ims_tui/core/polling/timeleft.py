"""Time left of a running job, for the screen: a blend of what three voices say.

The milestone that the job passed last says what the rest took for earlier jobs, and a
regression how much of its own pace counts. The percent alone says how it goes on if it
goes on like this, with the error that this was learned to have. The usual length says
something where few jobs passed the milestone. Each is a range; the narrow ones count
for more. The polling schedule has a forecast of its own (`core.polling.forecast`),
since it asks another question: whether the job ends now.
"""

from __future__ import annotations

from math import erfc, exp, hypot, log, sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.course import LARGE_GAP_S, is_waiting
from ims_tui.core.polling.milestones import (
    PRIOR_VARIANCE,
    Expected,
    age_of,
    begun_s,
)
from ims_tui.core.polling.priors import ANY_TYPE, PRIORS, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ims_tui.core.polling.course import Course, Mark
    from ims_tui.core.polling.memory import Memory
    from ims_tui.core.polling.milestones import Milestones, Relation, Stay

Span = tuple[float, float, float]
"""Low, median and high of a time left: half of the jobs end between the outer two."""

QUARTILE_Z = 0.6745
FEW = 6
"""Where fewer jobs passed a milestone the usual length has a voice, too."""
ERROR_WEIGHT = 5.0
"""Weight, in jobs, of the error that an extrapolation has before one was learned."""
MOST_LOG = 1.5
"""The percent alone is not believed to say so many times the usual length (and two
deviations), as a logarithm: a job that stood still at 1 % is no giant."""
TYPE_WEIGHT = 3.0
"""Weight of what all types taught of it, against the jobs of one type."""
AGREED_WIDTH = 0.9
"""Width of what several voices say, against each alone."""
SCALE_FREE_Z = 2.0
"""Beyond so many deviations a length is expected to go on in proportion to itself."""
SCALE_FREE_SD = 1.0
"""But by no more than lengths with this deviation would."""
FAILS_BEFORE = 0.8
"""Share of the failures to come that come before a job of the type would end."""
LONGER_SEEN = 0.6
"""How much of this is taken back: of the looks at all jobs most fall on the long ones,
but an operator asks of each job, and counts it once."""
LONGER_SEEN_VARIANCE, OPENED_LATE_VARIANCE = 0.3, 0.8
"""Of a length that varies by more than this no more is taken back: of a job that was
watched, and of one opened late."""
PASSED_RATIO, LAST_PASSED_RATIO, PASSED_SD_RATIO = 0.5, 1.0, 0.35
"""How much of its stay a value has behind it whose begin nobody saw, and the deviation:
one half; all of it if it is the last one, as such a job may be near its end."""
SHORTEST_S = 1.0

_ROOT_2 = sqrt(2.0)


def span(expected: Expected) -> Span:
    """The quartiles of a length."""
    mu, sd = expected
    return exp(mu - QUARTILE_Z * sd), exp(mu), exp(mu + QUARTILE_Z * sd)


def left_of(expected: Expected, passed_s: float) -> Span:
    """What is left of a length that has lasted ``passed_s``."""
    if passed_s <= 0.0:
        return span(expected)
    mu, sd = expected
    z = (log(passed_s) - mu) / sd
    if z > SCALE_FREE_Z:
        sd = max(sd, min(SCALE_FREE_SD, sd * z / SCALE_FREE_Z))
        z = SCALE_FREE_Z
        mu = log(passed_s) - z * sd
    alive = 0.5 * erfc(z / _ROOT_2)
    low, median, high = (
        max(SHORTEST_S, exp(mu + sd * _upper_z(share * alive)) - passed_s)
        for share in (0.75, 0.5, 0.25)
    )
    return low, median, high


def _upper_z(chance: float) -> float:
    """The z that is exceeded with this chance; Abramowitz and Stegun, 26.2.23."""
    if chance > 0.5:
        return -_upper_z(1.0 - chance)
    t = sqrt(-2.0 * log(max(1e-12, chance)))
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    return t - above / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))


def one_after_other(first: Span, then: Span) -> Span:
    """Two lengths that follow each other; their errors do not add up."""
    median = first[1] + then[1]
    below = hypot(first[1] - first[0], then[1] - then[0])
    above = hypot(first[2] - first[1], then[2] - then[1])
    return max(SHORTEST_S, median - below), median, median + above


def blended(voices: Iterable[Span]) -> Span:
    """One range of several: in logarithms, the narrower ones count for more."""
    total = median = below = above = 0.0
    count = 0
    for low, middle, high in voices:
        weight = (log(high / low) + 0.01) ** -3
        total += weight
        count += 1
        median += weight * log(middle)
        below += weight * log(middle / low)
        above += weight * log(high / middle)
    at, width = median / total, AGREED_WIDTH if count > 1 else 1.0
    return exp(at - width * below / total), exp(at), exp(at + width * above / total)


def widened(found: Span, factor: float) -> Span:
    """The range made `factor` times as wide around its median, in logarithms."""
    low, median, high = found
    return median * (low / median) ** factor, median, median * (high / median) ** factor


def counted_once(found: Span, age_s: float, watched_s: float) -> Span:
    """The range where each job counts once, however long it is and was watched.

    A lognormal length that is weighted by its inverse is shorter by the variance of
    its logarithm. So is a time left of which most is still to be watched; and once
    more where a job is opened at any time of its life.
    """
    low, median, high = found
    variance = (log(high / low) / (2.0 * QUARTILE_Z)) ** 2
    watched_ratio = median / (median + max(0.0, watched_s))
    shift = min(LONGER_SEEN_VARIANCE, variance) * watched_ratio
    if age_s - watched_s > LARGE_GAP_S:
        shift += min(OPENED_LATE_VARIANCE, variance) * median / (median + age_s)
    factor = exp(-LONGER_SEEN * shift)
    low, median, high = (max(SHORTEST_S, each * factor) for each in found)
    return low, median, high


def with_failures(found: Span, ratio: float) -> Span:
    """The range where this share of such jobs fails on the way, at any time."""
    median = log(found[1])
    below, above = median - log(found[0]), log(found[2]) - median
    ends: list[float] = []
    for share in (0.25, 0.5, 0.75):
        z = -_upper_z(max(0.01, (share - FAILS_BEFORE * ratio) / (1.0 - ratio)))
        ends.append(exp(median + (below if z < 0.0 else above) * z / QUARTILE_Z))
    low, middle, high = ends
    return low, middle, high


class Grounds(Struct, frozen=True):
    """What earlier jobs did at the point that a job has reached."""

    step: str
    progress_ratio: float | None
    needed_s: float
    """What they still needed from here, at the median."""
    late_ratio: float
    """How many times as late as they the job got here."""
    jobs: int
    """How many of them passed this point."""


class Remaining(Struct, frozen=True):
    """Time left of a running job: half of the jobs end between low and high."""

    low_s: float
    median_s: float
    high_s: float
    basis: Basis
    jobs: int
    """Earlier jobs of the type that succeeded."""
    grounds: Grounds | None = None


def time_left(
    memory: Memory,
    job_type: str | None,
    course: Course,
    age_s: float,
    *,
    width: float | None = None,
) -> Remaining | None:
    """Time left of a job at this age; None where nothing can be said.

    Its width is corrected by what was measured of ended jobs, unless one is given.
    """
    if not course.marks:
        return None
    kind, mark = memory.of(job_type), course.marks[-1]
    known = kind.milestones
    if is_waiting(mark.value) and known.waiting.count:
        work_s, basis, grounds = age_s, Basis.HISTORY, None
        waiting = left_of(known.waiting.expect(0.0), age_s)
        found = one_after_other(waiting, span(known.work.expect(0.0)))
    else:
        work = known.work_began(course)
        work_s, total = work[0], _total(known, job_type)
        basis, voices, grounds = _voices(memory, known, total, course, age_s, work)
        if not voices:
            return None
        found = blended(voices)
    failing, _ = memory.failure_of(job_type)
    ahead_ratio = found[1] / (found[1] + max(0.0, age_s - work_s))
    first = course.marks[0]
    watched_s = age_s - first.start_s - first.blur_s
    if basis is not Basis.PERCENT:  # nothing is known of the lengths of such jobs
        found = counted_once(found, age_s, watched_s)
    found = with_failures(found, failing * ahead_ratio)
    low_s, median_s, high_s = widened(
        found, kind.cover.width if width is None else width
    )
    jobs = int(known.work.count)
    return Remaining(low_s, median_s, high_s, basis, jobs, grounds)


def _total(known: Milestones, job_type: str | None) -> Expected | None:
    """How long such jobs work; as published until enough were seen."""
    published = PRIORS.get(job_type or "")
    n = known.work.count
    if not n:
        return published
    mean, sd = known.work.expect(0.0)
    if published is None:
        return mean, sd
    share = WEIGHT / (n + WEIGHT)
    variance = (1.0 - share) * sd * sd + share * published[1] ** 2
    return mean + share * (published[0] - mean), sqrt(variance)


def _voices(
    memory: Memory,
    known: Milestones,
    total: Expected | None,
    course: Course,
    age_s: float,
    work: tuple[float, float],
) -> tuple[Basis, list[Span], Grounds | None]:
    """What the time left rests on, and what each voice says of it."""
    mark, voices = course.marks[-1], list[Span]()
    basis, grounds, is_vague = Basis.NONE, None, True
    work_s, blur_s = work
    start_s = _began_s(known, course, mark, age_s, work_s)
    since_s, still_s = start_s - work_s, age_s - start_s
    rest = known.rest_at(mark.value)
    if rest is not None:
        age_log = rest.likely_age(age_of(since_s), blur_s / max(1.0, since_s))
        since_s = exp(age_log) if blur_s else since_s
        expected = rest.expect(age_log)
        voices.append(_by_milestone(known, mark, expected, age_log, still_s))
        off_log = age_log - rest.age
        grounds = Grounds(*mark.value, exp(rest.length), exp(off_log), int(rest.count))
        basis = Basis.HISTORY
        is_vague = rest.count < FEW or mark.blur_s > LARGE_GAP_S
        if total is not None:  # as far off as this job is from the others here
            total = total[0], hypot(total[1], off_log)
    if ratio := mark.value[1]:
        voices.append(_by_percent(memory, known, ratio, since_s, still_s))
        if basis is Basis.NONE:
            basis, total = Basis.PERCENT, total or ANY_TYPE
            # The further on, the more a percent says of whether the total fits.
            off_log = ratio * (log(max(1.0, since_s) / ratio) - total[0])
            total = total[0], hypot(total[1], off_log)
    if is_vague and total is not None:
        voices.append(left_of(total, age_s - work_s))
        basis = Basis.TOTAL if basis is Basis.NONE else basis
    return basis, voices, grounds


def _began_s(
    known: Milestones, course: Course, mark: Mark, age_s: float, work_s: float
) -> float:
    """Age at which the shown value began, as well as can be known.

    Of a begin that nobody saw two things are known: when it came for others, and how
    long the value stays. The surer of both counts for more.
    """
    if mark.blur_s <= LARGE_GAP_S:
        return begun_s(course.marks[-2] if len(course.marks) > 1 else None, mark)
    seen_s = mark.start_s + mark.blur_s
    stay, rest = known.stay_at(mark.value), known.rest_at(mark.value)
    if stay is None or rest is None:
        return seen_s
    usual_s = exp(rest.age)
    usual_sd_s = hypot(1.0, usual_s * sqrt(rest.age_variance + PRIOR_VARIANCE))
    is_last = _is_last(stay)
    mean, sd = (rest if is_last else stay.length).expect(rest.age)
    stay_s = exp(mean + sd * sd / 2.0)
    passed_s = (LAST_PASSED_RATIO if is_last else PASSED_RATIO) * stay_s
    passed_sd_s = hypot(1.0, PASSED_SD_RATIO * stay_s)
    share = passed_sd_s**2 / (passed_sd_s**2 + usual_sd_s**2)
    began_s = share * (work_s + usual_s) + (1.0 - share) * (age_s - passed_s)
    return max(0.0, mark.start_s - mark.blur_s, min(began_s, seen_s))


def _is_last(stay: Stay) -> bool:
    """Whether a job that shows the value usually ends with it."""
    return stay.last_ratio > 0.5 or not stay.length.count


def _by_milestone(
    known: Milestones, mark: Mark, rest: Expected, age_log: float, still_s: float
) -> Span:
    """What earlier jobs needed from here, less the time that this one stood here."""
    stay = known.stay_at(mark.value)
    if stay is None or _is_last(stay):
        return left_of(rest, still_s)
    here = stay.length.expect(age_log)
    usual_s = exp(here[0])
    low, median, high = (max(SHORTEST_S, each - usual_s) for each in span(rest))
    return one_after_other(left_of(here, still_s), (low, median, high))


def _by_percent(
    memory: Memory, known: Milestones, ratio: float, since_s: float, still_s: float
) -> Span:
    """If it goes on as until now, and as far off as that was before.

    What a few jobs of the type taught is mixed with what all types taught.
    """
    tenth = int(min(ratio, 0.99) * 10.0 + 1e-9)
    every, own = memory.extrapolation[tenth], known.extrapolation[tenth]
    off, variance = _mixed(every, ERROR_WEIGHT, 0.0, (0.9 - 0.45 * ratio) ** 2)
    off, variance = _mixed(own, TYPE_WEIGHT, off, variance)
    ahead_log = log(max(SHORTEST_S, max(1.0, since_s) * (1.0 - ratio) / ratio)) + off
    if known.work.count:
        total, total_sd = known.work.expect(0.0)
        ahead_log = min(ahead_log, total + MOST_LOG + 2.0 * total_sd)
    expected = ahead_log, sqrt(variance)
    return left_of(expected, still_s)


def _mixed(learned: Relation, weight: float, off: float, variance: float) -> Expected:
    """Mean and variance of an error that was learned, and of the one before."""
    n = learned.count
    mean = (n * learned.length + weight * off) / (n + weight)
    apart = n * weight / (n + weight) ** 2 * (learned.length - off) ** 2
    both = (n * learned.length_variance + weight * variance) / (n + weight)
    return mean, both + (apart if n else 0.0)
