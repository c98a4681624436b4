"""How often the shown range of time left holds the truth, over the benchmark's jobs.

Run with the directory that holds the benchmark on the path::

    PYTHONPATH=.:DIR python -m tests.bench.calibration [--quick] [CONFIG] [SCENARIO ...]

At every look at a running job the range that promises one half is noted and, once the
job has ended, compared with what was really left: as foreseen, and as the screen shows
it, which takes back no promise before its time. Seeded by the workloads. `--quick`
measures two workloads.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polling_bench
from msgspec.structs import replace
from polling_bench.cli import load
from polling_bench.sim import simulate

from ims_tui.core.moment import Moment
from ims_tui.core.polling.estimate import Estimate, Quartiles, estimate
from ims_tui.core.polling.forecast import Remaining
from ims_tui.core.polling.usual import habits
from tests.bench.polling_adapter import ProductScheduler

SCENARIOS = ("mixed", "cold", "five", "smooth", "steps", "nopercent", "stalls", "drift")
QUICK = ("mixed", "cold")
PROMISED = (0.45, 0.70)
START = datetime(2026, 1, 1, tzinfo=UTC)


class Watched(ProductScheduler):
    """The scheduler, with a note of every range that a look would have shown."""

    def __init__(self, budget: float | None = None) -> None:
        super().__init__(budget)
        self.shown: list[tuple[Any, float, Remaining | None, Quartiles | None]] = []
        self._estimates: dict[Any, Estimate | None] = {}

    def result(self, key: Any, now: float, reply: Any) -> None:
        super().result(key, now, reply)
        course = self.scheduler.course(key)
        if course is not None and reply.code == 200:
            memory, age_s = self.scheduler.memory, course.looked_s
            left, at = self.scheduler.remaining(key), Moment(START, now)
            usual = habits(memory, reply.kind).total
            found = estimate(self._estimates.get(key), left, usual, age_s, at)
            self._estimates[key] = found
            is_range = found is not None and not found.over_s(at)
            on_screen = found.left_s(at) if found and is_range else None
            self.shown.append((key, age_s, left, on_screen))


def measure(types: Any, scenario: Any) -> Counter[str]:
    """Count the looks of one workload by what the range said."""
    scheduler = Watched(scenario.budget)
    if scenario.history:
        calm = replace(scenario, server_rate=None, outage=None, sleep=None)
        simulate(scenario.build_history(types, 0), scheduler, calm, measure=False)
        scheduler.reset()
    scheduler.shown.clear()
    jobs = scenario.build(types, 0)
    simulate(jobs, scheduler, scenario)
    end_s = {job.id: job.T for job in jobs}
    looks: Counter[str] = Counter()
    for key, age_s, left, on_screen in scheduler.shown:
        if left is None:
            looks["silent"] += 1
        else:
            truth_s = end_s[key] - age_s
            if on_screen is not None:
                looks["screen"] += 1
                looks["screen held"] += on_screen[0] <= truth_s <= on_screen[2]
                looks["screen early"] += truth_s < on_screen[0]
            is_held = left.low_s <= truth_s <= left.high_s
            looks["held" if is_held else "missed"] += 1
            looks["early"] += truth_s < left.low_s
    return looks


def main(arguments: list[str]) -> int:
    """Print one line per workload and one for all; 1 if the whole is off."""
    config = Path(polling_bench.__file__).with_name("default.toml")
    if arguments and arguments[0].endswith(".toml"):
        config, arguments = Path(arguments[0]), arguments[1:]
    if "--quick" in arguments:
        arguments = list(QUICK)
    types, scenarios = load(config)
    every: Counter[str] = Counter()
    for name in arguments or SCENARIOS:
        looks = measure(types, scenarios[name])
        every += looks
        say(name, looks)
    return 0 if PROMISED[0] <= say("all", every) <= PROMISED[1] else 1


def say(name: str, looks: Counter[str]) -> float:
    """Write one line; returns the share of ranges that held the truth."""
    shown = looks["held"] + looks["missed"]
    ratio = looks["held"] / shown
    sys.stdout.write(
        f"{name:14} {shown:7} looks  held {ratio:6.1%}"
        f"  ended before {looks['early'] / shown:6.1%}"
        f"  nothing said {looks['silent'] / (shown + looks['silent']):6.1%}"
        f"  on screen: held {looks['screen held'] / looks['screen']:6.1%}"
        f"  ended before {looks['screen early'] / looks['screen']:6.1%}\n"
    )
    return ratio


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
