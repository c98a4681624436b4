"""How soon the first frame stands, and the rows in it.

Ours with no job, 1,000 and 10,000, beside a bare Textual app with one widget. The
peers are measured where they are installed; they are no dependency of the project.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.bench.home import PROGRAM, home, places
from tests.bench.report import Figure, say
from tests.bench.terminal import Terminal, frames, text_of

PEERS = {
    "posting": ["posting"],
    "harlequin": ["harlequin"],
    "dolphie": ["dolphie"],
}
DASHBOARD = "6 Archive"
BARE = "bare Textual app"
LEAST_CELLS = 10
"""A frame with fewer printed characters is not one yet."""
LONGEST_S = 6.0
"""Some peers never stop to paint; their first frame stands long before this."""


peers_in = ""
"""Directory of the peers' programs."""


class Start(NamedTuple):
    """Milliseconds from the start of the process."""

    frame_ms: float
    """The first that says anything."""
    screen_ms: float
    """The dashboard."""
    rows_ms: float
    """The jobs."""


class Case(NamedTuple):
    """What is started."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    rows: str = ""
    """Shown with the rows."""


def start(case: Case) -> Start:
    """Start once; a program that paints nothing has infinite times."""
    rows = case.rows.encode()
    with Terminal(case.command, environ=case.environ) as terminal:
        if rows:
            terminal.wait_for(rows)
        terminal.settle(1.0, limit_s=LONGEST_S)
    frame_ms = screen_ms = rows_ms = float("inf")
    for at_s, text in frames(terminal, text_of):
        after_ms = (at_s - terminal.started_s) * 1000
        if frame_ms > after_ms and sum(not c.isspace() for c in text) >= LEAST_CELLS:
            frame_ms = after_ms
        if screen_ms > after_ms and DASHBOARD in text:
            screen_ms = after_ms
        if rows_ms > after_ms and case.rows and case.rows in text:
            rows_ms = after_ms
    return Start(frame_ms, screen_ms, rows_ms)


def least(cases: Sequence[Case], runs: int) -> dict[str, Start]:
    """The least of each, started in turn: what else the machine does only adds.

    The times of one program lie in two heaps, a third apart, as the host pleases; their
    median is in one of them by chance.
    """
    found: dict[str, list[Start]] = {case.name: [] for case in cases}
    for number in range(runs + 1):
        for case in cases:
            one = start(case)
            if number:  # the first fills the caches of the disk
                found[case.name].append(one)
    return {
        name: Start(*(min(column) for column in zip(*many, strict=True)))
        for name, many in found.items()
    }


def parse_ms(environ: Mapping[str, str]) -> float:
    """How long `tomllib` takes for the list."""
    text = places(dict(environ)).watchlist.read_text(encoding="utf-8")
    took = []
    for _ in range(3):
        began = time.perf_counter()
        tomllib.loads(text)
        took.append((time.perf_counter() - began) * 1000)
    return min(took)


def measure(runs: int = 9) -> list[Figure]:
    """Start them in turn."""
    bare_app = [sys.executable, "-m", "tests.bench.bare"]
    with ExitStack() as stack:
        none, thousand, many = (
            stack.enter_context(home(finished=count)) for count in (0, 1000, 10_000)
        )
        cases = [
            Case(BARE, bare_app, none),
            Case("no job", PROGRAM, none),
            Case("1,000 jobs", PROGRAM, thousand, "win2019-golden-00001"),
            Case("10,000 jobs", PROGRAM, many, "win2019-golden-00001"),
        ]
        cases += [case for name in PEERS if (case := peer(name, none)) is not None]
        found = least(cases, runs)
        parsing_ms = parse_ms(many)
    for name, times in found.items():
        say(
            f"  {name:18} first frame {times.frame_ms:5.0f} ms  "
            f"dashboard {times.screen_ms:5.0f} ms  rows {times.rows_ms:5.0f} ms"
        )
    say(f"  tomllib alone takes {parsing_ms:.0f} ms for the list of 10,000")
    bare_ms, empty = found[BARE].frame_ms, found["no job"]
    some, large = found["1,000 jobs"], found["10,000 jobs"]
    later_ms = large.rows_ms - large.screen_ms
    figures = [
        Figure("1,000 jobs: first frame beside bare", some.frame_ms / bare_ms, 1.3),
        Figure("1,000 jobs: dashboard beside bare", some.screen_ms / bare_ms, 1.3),
        Figure("10,000: dashboard beside none", large.screen_ms / empty.screen_ms, 1.1),
        Figure("10,000: rows beside parsing", later_ms / parsing_ms, 1.1),
    ]
    return figures + [
        Figure(
            f"1,000 jobs: dashboard beside {name}", some.screen_ms / times.frame_ms, 1
        )
        for name, times in found.items()
        if name in PEERS and times.frame_ms < float("inf")  # one may not start here
    ]


def peer(name: str, environ: Mapping[str, str]) -> Case | None:
    """A peer to start, where it is installed."""
    program = Path(peers_in) / PEERS[name][0]
    if peers_in and program.exists():
        return Case(name, [str(program), *PEERS[name][1:]], environ)
    say(f"  {name}: skipped, not installed where --peers says")
    return None
