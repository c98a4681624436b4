"""The polling benchmark with the product's scheduler, against its targets.

Run with the directory that holds the benchmark on the path::

    PYTHONPATH=.:DIR python -m tests.bench.polling [--quick] [--reps N]

All workloads and four replicates take about twenty minutes on two cores; `--quick` runs
three workloads once. Seeded by the workloads. Exit status 1 where a target is missed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polling_bench
from polling_bench.cli import load
from polling_bench.cli import main as benchmark

SCHEDULER = "tests.bench.polling_adapter:ProductScheduler"
MEAN = 3.0
LAG_RATIOS = {
    "mixed": 4.0,
    "cold": 3.0,
    "smooth": 5.5,
    "steps": 3.2,
    "nopercent": 1.35,
    "stalls": 3.0,
    "failures": 2.2,
    "drift": 2.9,
    "opened-late": 3.2,
    "burst1000": 2.1,
    "throttle": 2.3,
    "minute-window": 2.3,
    "outage": 2.5,
    "sleep": 1.5,
    "stream10000": 2.4,
}
"""Lag of the fixed interval that sends as many requests, over ours, at least."""
REFUSED_RATIO = 0.005
MOST_NAMED = 3
"""Refused requests where the body names the limit."""
LONGEST_CPU_US = 100.0
QUICK = "mixed,cold,throttle"
LARGE = "stream10000"


def main(arguments: list[str]) -> int:
    """Run and judge; 1 where a target is missed."""
    is_quick = "--quick" in arguments
    reps = arguments[arguments.index("--reps") + 1] if "--reps" in arguments else "4"
    if is_quick:
        figures = _measured("--scenarios", QUICK, "--reps", "1")
    else:
        figures = _measured("--scenarios", LARGE, "--reps", "1")
        figures |= _measured("--reps", reps)
    missed = _missed(figures, is_whole=not is_quick)
    sys.stdout.write("".join(f"missed: {line}\n" for line in missed) or "all reached\n")
    return 1 if missed else 0


def _measured(*choice: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        words = ["--policies", "eta:0.1", "--scheduler", SCHEDULER, "--json", str(path)]
        benchmark([*words, *choice])
        return dict(json.loads(path.read_text()))


def _missed(figures: Mapping[str, Any], *, is_whole: bool) -> list[str]:
    _, scenarios = load(Path(polling_bench.__file__).with_name("default.toml"))
    lines = []
    for name, least in LAG_RATIOS.items():
        found = figures.get(f"{name}|@{SCHEDULER}")
        if found is None:
            continue
        if found["lag_ratio"] < least:
            lines.append(f"{name}: lag ratio {found['lag_ratio']:.2f} of {least}")
        if found["cpu"] > LONGEST_CPU_US:
            lines.append(f"{name}: {found['cpu']:.0f} us a request")
        if found["r429"] > REFUSED_RATIO * found["n"] * scenarios[name].jobs:
            lines.append(f"{name}: {found['r429']:.0f} requests refused")
    mean = figures[f"mean|@{SCHEDULER}"]["lag_ratio"]
    if is_whole and mean < MEAN:
        lines.append(f"mean lag ratio {mean:.2f} of {MEAN}")
    if (
        is_whole
        and (refused := figures[f"minute-window|@{SCHEDULER}"]["r429"]) > MOST_NAMED
    ):
        lines.append(f"window: {refused:.0f} refused though the limit was named")
    return lines


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
