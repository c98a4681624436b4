"""How good the shown time left is, by group of jobs, over the benchmark's jobs.

Run with the directory that holds the benchmark on the path::

    PYTHONPATH=.:DIR python -m tests.bench.calibration [--jobs N] [--seed N]

A mean over all jobs hides where an estimate matters: so jobs with one to three earlier
ones, jobs four times as large and jobs opened late are judged on their own, by what the
screen shows. Exit status 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from estimate_bench import world
from estimate_bench.bench import run

from tests.bench.estimate_adapter import ProductEstimator

TARGETS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "base": {"cover": (0.45, 0.60), "off": (0.0, 0.24), "over": (0.0, 0.005)},
    "few": {"cover": (0.45, 0.62), "off": (0.0, 0.28)},
    "big4": {"cover": (0.40, 0.60), "off": (0.0, 0.42), "over": (0.0, 0.03)},
    "slow3": {"cover": (0.40, 0.60), "off": (0.0, 0.40), "over": (0.0, 0.03)},
    "fast3": {"off": (0.0, 0.48), "jump": (0.0, 0.15)},
    "late": {"cover": (0.40, 0.60), "off": (0.0, 0.27)},
    "gaps": {"cover": (0.40, 0.60), "off": (0.0, 0.28)},
}
"""By group: the least and the most of each share."""


def main(arguments: list[str]) -> int:
    """Print one line per group; 1 if one is off."""
    parser = argparse.ArgumentParser(prog="calibration")
    parser.add_argument("--jobs", type=int, default=12)
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
        for name, (least, most) in targets.items():
            if not least <= found[name] <= most:
                missed.append(f"{group}: {name} {found[name]:.1%}")
    sys.stdout.write("".join(f"missed: {line}\n" for line in missed) or "all reached\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
