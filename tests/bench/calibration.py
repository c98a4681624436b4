"""How good the shown time left is, by group of jobs, over the benchmark's jobs.

Run with the directory that holds the benchmark on the path::

    PYTHONPATH=.:DIR python -m tests.bench.calibration [--jobs N] [--seed N]

A mean over all jobs hides where an estimate matters: so jobs with one to three earlier
ones, jobs four times as large and jobs opened late are judged on their own, by what the
screen shows. Exit status 1 where a target is missed. The last line is what a look and a
learned job cost, against what the polling schedule asks of its own forecast at a look.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from time import process_time

from estimate_bench import world
from estimate_bench.bench import run

from ims_tui.core.polling.course import Course
from ims_tui.core.polling.estimate import estimate
from ims_tui.core.polling.forecast import forecast
from ims_tui.core.polling.lesson import learn
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.schedule import COST_S
from ims_tui.core.polling.timeleft import time_left
from tests.bench.estimate_adapter import ProductEstimator

TARGETS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "base": {"cover": (0.45, 0.58), "off": (0.0, 0.24), "over": (0.0, 0.005)},
    "few": {"cover": (0.45, 0.60), "off": (0.0, 0.28)},
    "big4": {"cover": (0.42, 0.60), "off": (0.0, 0.42), "over": (0.0, 0.03)},
    "slow3": {"cover": (0.40, 0.60), "off": (0.0, 0.40), "over": (0.0, 0.03)},
    "fast3": {"off": (0.0, 0.48), "jump": (0.0, 0.15)},
    "late": {"cover": (0.40, 0.60), "off": (0.0, 0.27)},
    "gaps": {"cover": (0.40, 0.60), "off": (0.0, 0.28)},
    "failures": {"cover": (0.40, 0.60), "off": (0.0, 0.34)},
}
"""By group: the least and the most of each share."""
MOST_WIS: Mapping[str, float] = {
    "base": 26.0,
    "few": 29.0,
    "big4": 105.0,
    "slow3": 75.0,
    "fast3": 26.0,
    "late": 28.0,
    "gaps": 32.0,
    "failures": 29.0,
}
"""By group: the most of the score that judges middle and width together."""


LOOK_S, LENGTH_S, JOBS = 12, 600, 40
"""The jobs whose cost is measured: so many of one length, looked at so often."""


def looks() -> Iterable[tuple[float, str, float]]:
    """Age, step and percent of one such job."""
    for age_s in range(1, LENGTH_S, LOOK_S):
        ratio = age_s / LENGTH_S
        yield float(age_s), "get" if ratio < 0.4 else "put", ratio


def costs_us() -> tuple[float, float, float]:
    """Of a look, of the polling forecast at it, and of a learned job: microseconds."""
    memory, begun_s = Memory(), process_time()
    for _ in range(JOBS):
        course = Course()
        for seen in looks():
            course.record(*seen)
        learn(memory, "copy", course, LENGTH_S, has_failed=False)
    learned_s = process_time() - begun_s
    spent_s = [0.0, 0.0]
    for _ in range(JOBS):
        course, found = Course(), None
        for age_s, step, ratio in looks():
            course.record(age_s, step, ratio)
            begun_s = process_time()
            left = time_left(memory, "copy", course, age_s)
            found = estimate(found, left, None, age_s, age_s)
            looked_s = process_time()
            forecast(memory, "copy", course, age_s).gap_s(COST_S, 1e-4, 1.0)
            spent_s[0] += looked_s - begun_s
            spent_s[1] += process_time() - looked_s
    count = JOBS * len(list(looks()))
    return 1e6 * spent_s[0] / count, 1e6 * spent_s[1] / count, 1e6 * learned_s / JOBS


def main(arguments: list[str]) -> int:
    """Print one line per group; 1 if one is off."""
    parser = argparse.ArgumentParser(prog="calibration")
    parser.add_argument("--jobs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    missed = []
    for group, targets in TARGETS.items():
        made = run(
            world.DEFAULT, group, lambda: [ProductEstimator()], args.jobs, args.seed
        )
        found = made[ProductEstimator.__name__]
        shares = "  ".join(
            f"{name} {found[name]:6.1%}" for name in ("cover", "off", "over", "jump")
        )
        sys.stdout.write(f"{group:8} {shares}  wis {found['wis']:6.1f}\n")
        if found["wis"] > MOST_WIS[group]:
            missed.append(f"{group}: wis {found['wis']:.1f}")
        for name, (least, most) in targets.items():
            if not least <= found[name] <= most:
                missed.append(f"{group}: {name} {found[name]:.1%}")
    look_us, forecast_us, learned_us = costs_us()
    sys.stdout.write(
        f"cost     look {look_us:.0f} us, {look_us / forecast_us:.2f} forecasts; "
        f"learned job {learned_us:.0f} us, {learned_us / look_us:.0f} looks\n"
    )
    sys.stdout.write("".join(f"missed: {line}\n" for line in missed) or "all reached\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
