"""A long run in tmux: what it holds must stay flat, and the screen a full repaint's.

`python -m tests.soak --hours 12` plays the demo at 60 times its speed, with keys,
sizes, reloads, archiving and toasts at random. After each simulated hour, which is a
minute, the screen is compared, and memory, descriptors and threads are counted.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench.report import say
from tests.tmux import Tmux
from tests.walks import KEYS, OTHERS, SIZES, difference

SPEED = 60
HOUR_S = 3600.0 / SPEED
WARM_HOURS = 2
"""Until then caches fill."""

MOST_GROWTH_MB = 8.0
MOST_MORE = 3
"""Descriptors or threads that may come after the first hours."""


class Held(NamedTuple):
    """What the program holds at a moment."""

    rss_mb: float
    descriptors: int
    threads: int


def held_by(process: psutil.Process) -> Held:
    """Count it."""
    with process.oneshot():
        rss_mb = process.memory_info().rss / 2**20
        return Held(rss_mb, process.num_fds(), process.num_threads())


def program_below(home: Path) -> psutil.Process:
    """The process that runs the program in this home."""
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if "tests.held_program" in words and str(home / "held") in words:
            return process
    raise AssertionError("the program does not run")


def hour(tmux: Tmux, home: Path, chance: random.Random) -> str:
    """One simulated hour of use; returns what differs from a full repaint."""
    until_s = time.monotonic() + HOUR_S
    size = SIZES[1]
    while time.monotonic() < until_s:
        tmux.send(*chance.choices(KEYS, k=3))
        tmux.send(chance.choice(["Escape", "M-x", "C-r", "R"]))
        if chance.random() < 0.2:
            for columns, rows in (*chance.choices(OTHERS, k=3), size):
                tmux.resize(columns, rows)
        time.sleep(chance.choice([0.2, 1.0]))
    tmux.send("Escape")
    found = difference(tmux, home, 0, ["an hour of keys"])
    (home / "held").unlink()
    return found


def soak(hours: int, seed: int) -> bool:
    """Run for simulated hours; whether all stayed as it should."""
    chance, bad = random.Random(seed), 0
    kept: list[Held] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        run = [sys.executable, "-m", "tests.held_program", str(home / "held"), "1"]
        command = [*run, "demo", "--scenario", "storm", "--speed", f"{SPEED}x"]
        with Tmux(command, home, SIZES[1]) as tmux:
            tmux.wait_for(lambda text: "LABEL" in text and "%" in text)
            process = program_below(home)
            for number in range(hours):
                found = hour(tmux, home, chance)
                bad += bool(found)
                kept.append(held_by(process))
                say(f"hour {number + 1}: {kept[-1]}" + (f"\n{found}" if found else ""))
    return not bad and is_flat(kept)


def is_flat(kept: list[Held]) -> bool:
    """Whether nothing grew once the program was warm."""
    rest = kept[min(WARM_HOURS, len(kept) - 1) :]
    first, last = rest[0], rest[-1]
    return (
        last.rss_mb - first.rss_mb <= MOST_GROWTH_MB
        and last.descriptors - first.descriptors <= MOST_MORE
        and last.threads - first.threads <= MOST_MORE
    )


def main() -> int:
    """Returns 1 where something grew, or a screen differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--hours", type=int, default=12, help="a minute each")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    is_well = soak(args.hours, args.seed)
    say("flat, and each screen that of a full repaint" if is_well else "NOT WELL")
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
