"""A long run of the program: what it holds must stay flat, its screen a full repaint's.

`python -m tests.soak --hours 12` plays at 60 times life against a service with storms,
outages and tokens that end: the dashboard in tmux, with keys, sizes, focus, reloads,
archiving and toasts at random, and `watch` with its metrics scraped. An hour is a
minute. After each, memory, descriptors, threads, tasks and objects are counted, and the
screen is compared; tasks and objects are told by the stage, `tests.held_program`.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import psutil

from ims_tui.simulator.account import DEMO
from tests.bench.report import say
from tests.soaked_service import SPEED, SoakedService
from tests.tmux import PATIENCE_S, ROOT, Tmux
from tests.walks import KEYS, OTHERS, SIZES, difference

HOUR_S = 3600.0 / SPEED
JOBS = 300
NEW_AN_HOUR = 60
UNDER_WAY_S = 5.0
"""Replies of so many jobs come for so long once no more is asked."""

WARM_HOURS = 2
"""Until then caches fill: the hours after it are compared."""

MOST_GROWTH_MB = 8.0
MOST_MORE = 3
"""Descriptors, threads or tasks that may come after the first hours."""

CONFIG = """
default_profile = "prod"
[poll]
min_interval = "0.5s"
max_interval = "2s"
budget = "12000/5m"
[ui]
archive_after = "1m"
[profiles.prod]
region = "{region}"
endpoint = "{url}"
auth_url = "{url}/v3"
auth = "password"
domain = "{domain}"
user = "{user}"
password_env = "PW"
"""
PRESSED = tuple(key for key in KEYS if key != "p")  # a pause would last
FOCUSED, UNFOCUSED = "\x1b[I", "\x1b[O"


class Held(NamedTuple):
    """What the program holds at a moment."""

    rss_mb: float
    descriptors: int
    threads: int
    tasks: int
    objects: int

    def __str__(self) -> str:
        return (
            f"{self.rss_mb:6.1f} MB {self.descriptors:4} descriptors "
            f"{self.threads:3} threads {self.tasks:3} tasks {self.objects:8,} objects"
        )


def held_by(process: psutil.Process, home: Path) -> Held:
    """Count it."""
    counts = home / "held.counts"
    counts.unlink(missing_ok=True)
    process.send_signal(signal.SIGRTMIN)
    until_s = time.monotonic() + PATIENCE_S
    while not counts.exists() and time.monotonic() < until_s:
        time.sleep(0.05)
    tasks, objects = map(int, counts.read_text().split())
    with process.oneshot():
        rss_mb = process.memory_info().rss / 2**20
        held = process.num_fds(), process.num_threads()
    return Held(rss_mb, *held, tasks, objects)


def program_below(home: Path) -> psutil.Process:
    """The process that runs the program in this home."""
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if "tests.held_program" in words[:3] and str(home / "held") in words:
            return process
    raise AssertionError("the program does not run")


class Soaked:
    """A home with a list of jobs of such a service."""

    def __init__(self, home: Path, service: SoakedService) -> None:
        self.home, self.service = home, service
        self.environ = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PW": DEMO.password,
            **{f"XDG_{k}_HOME": f"{home}/{k}" for k in ("CONFIG", "DATA", "STATE")},
        }
        config = home / "CONFIG/ims-tui/config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(
            CONFIG.format(
                url=service.url,
                region=DEMO.project.name,
                domain=DEMO.domain,
                user=DEMO.user,
            )
        )
        self._listed: list[str] = []
        self._add(service.first_ids)
        self._add(service.begin(JOBS - len(self._listed)))

    def _add(self, ids: Sequence[str]) -> None:
        self._listed += ids
        self._run("add", ids)

    def renew(self) -> None:
        """New jobs come, and the oldest go, as by an operator's hand."""
        self._run("rm", self._listed[:NEW_AN_HOUR])
        del self._listed[:NEW_AN_HOUR]
        self._add(self.service.begin(NEW_AN_HOUR))

    def _run(self, word: str, ids: Sequence[str]) -> None:
        subprocess.run(
            [sys.executable, "-m", "ims_tui", word, *ids],
            env=self.environ,
            capture_output=True,
            check=word == "add",  # what is archived is on the list no more
        )

    def command(self, *words: str) -> list[str]:
        """The program on its stage."""
        held = str(self.home / "held")
        return [sys.executable, "-m", "tests.held_program", held, "brief", *words]


class Watched:
    """`watch`, whose metrics are scraped all the time."""

    def __init__(self, soaked: Soaked, port: int) -> None:
        self.home, self.url = soaked.home, f"http://127.0.0.1:{port}/metrics"
        with (self.home / "events").open("wb") as events:
            self._process = subprocess.Popen(
                soaked.command("watch", "--jsonl", "--metrics-port", str(port)),
                env=soaked.environ,
                stdout=events,
            )
        self.process = psutil.Process(self._process.pid)
        until_s = time.monotonic() + PATIENCE_S
        while self._scraped() and time.monotonic() < until_s:
            time.sleep(0.1)

    def _scraped(self) -> str:
        """What is wrong with the page."""
        try:
            with urlopen(self.url, timeout=10.0) as page:
                return "" if b"ims_tui_" in page.read() else "a page without metrics"
        except OSError as error:
            return str(error)

    def hour(self, chance: random.Random) -> str:
        """Scrape for an hour, with reloads; returns what was wrong with a page."""
        until_s = time.monotonic() + HOUR_S
        wrong = ""
        while time.monotonic() < until_s:
            time.sleep(0.5)
            assert self._process.poll() is None, "the program ended"
            wrong = self._scraped() or wrong
            if chance.random() < 0.05:
                self.process.send_signal(signal.SIGHUP)
        return wrong

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)


class Used:
    """The dashboard in tmux, with somebody at the keys."""

    def __init__(self, soaked: Soaked) -> None:
        self.home = soaked.home
        run = shlex.join(soaked.command())
        # What it says at its end stays on the screen.
        shell = ["env", "-u", "TMUX"]
        shell += [f"{name}={value}" for name, value in soaked.environ.items()]
        shell += ["sh", "-c", f"{run}; echo ended with $?; sleep 60"]
        self.tmux = Tmux(shell, self.home, SIZES[1])
        self.tmux.wait_for(lambda text: "LABEL" in text and "%" in text)
        self.process = program_below(self.home)

    def hour(self, chance: random.Random) -> str:
        """An hour of use; returns what differs from a full repaint."""
        until_s = time.monotonic() + HOUR_S
        while time.monotonic() < until_s:
            self.tmux.send(*chance.choices(PRESSED, k=3))
            self.tmux.send(chance.choice(["Escape", "M-x", "C-r", "R", "C-l"]))
            self.tmux.send("-l", chance.choice([FOCUSED, UNFOCUSED]))
            if chance.random() < 0.2:
                for columns, rows in (*chance.choices(OTHERS, k=3), SIZES[1]):
                    self.tmux.resize(columns, rows)
            time.sleep(chance.choice([0.2, 1.0]))
            assert "ended with" not in self.tmux.text, self.tmux.text
        self.tmux.send("-l", FOCUSED)  # else it is painted seldom
        self.tmux.send("Escape")
        found = difference(self.tmux, self.home, 0, ["an hour of keys"], UNDER_WAY_S)
        (self.home / "held").unlink()
        return found

    def close(self) -> None:
        """End it."""
        self.tmux.__exit__(None, None, None)


def soak(hours: int, seed: int, port: int) -> bool:
    """Run for simulated hours; whether all stayed as it should."""
    chance, bad = random.Random(seed), 0
    kept: list[Held] = []
    with tempfile.TemporaryDirectory() as folder, SoakedService(seed) as service:
        soaked = Soaked(Path(folder), service)
        run: Watched | Used = Watched(soaked, port) if port else Used(soaked)
        try:
            for number in range(hours):
                found = run.hour(chance)
                bad += bool(found)
                kept.append(held_by(run.process, soaked.home))
                say(
                    f"hour {number + 1:2}: {kept[-1]}" + (f"\n{found}" if found else "")
                )
                soaked.renew()
        finally:
            run.close()
    return not bad and is_flat(kept)


def is_flat(kept: list[Held]) -> bool:
    """Whether nothing grew once the program was warm."""
    rest = kept[min(WARM_HOURS, len(kept) - 1) :]
    first, last = rest[0], rest[-1]
    return last.rss_mb - first.rss_mb <= MOST_GROWTH_MB and all(
        after - before <= MOST_MORE
        for before, after in zip(first[1:4], last[1:4], strict=True)
    )


def main() -> int:
    """Returns 1 where something grew, or a screen differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--hours", type=int, default=12, help="a minute each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--watch", type=int, default=0, metavar="PORT", help="`watch`, scraped there"
    )
    args = parser.parse_args()
    is_well = soak(args.hours, args.seed, args.watch)
    say("flat, and each screen or page as it should be" if is_well else "NOT WELL")
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
