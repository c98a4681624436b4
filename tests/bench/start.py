"""How soon the first frame stands, and the rows in it.

Ours with no job, 1,000 and 10,000, beside a bare Textual app with one widget. The
peers are measured where they are installed; they are no dependency of the project.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.bench import parsing
from tests.bench.home import PROGRAM, home
from tests.bench.report import Figure, say
from tests.bench.terminal import Terminal, frames, text_of

PEERS = {
    "posting": ["posting"],
    "harlequin": ["harlequin"],
    "dolphie": ["dolphie"],
}
DASHBOARD = "6 Archive"
BARE = "bare Textual app"
BESIDE_HERE = {"PYTHONPATH": str(Path(__file__).parent)}
PARSING = "tomllib of 10,000"
LEAST_CELLS = 10
"""A frame with fewer printed characters is not one yet."""
LONGEST_S = 6.0
"""Some peers never stop to paint; their first frame stands long before this."""


FEW = 3
"""Starts that count of each; of twenty, that many are undisturbed."""

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
    quiet_s: float = 1.0
    """Without a word for so long it has said all; some peers pause before a frame."""


def start(case: Case) -> Start:
    """Start once; a program that paints nothing has infinite times."""
    rows = case.rows.encode()
    with Terminal(case.command, environ=case.environ) as terminal:
        if rows:
            terminal.wait_for(rows)
        terminal.settle(case.quiet_s, limit_s=LONGEST_S)
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


class Starts(NamedTuple):
    """The milliseconds of several starts, in the order of the turns."""

    frame_ms: Sequence[float]
    screen_ms: Sequence[float]
    rows_ms: Sequence[float]

    def __str__(self) -> str:
        frame, screen, rows = (statistics.median(times) for times in self)
        return f"frame {frame:5.0f} ms  dashboard {screen:5.0f} ms  rows {rows:5.0f} ms"


def in_turn(cases: Sequence[Case], runs: int) -> dict[str, Starts]:
    """Start all, each time in another order; the medians are printed."""
    found: dict[str, list[Start]] = {case.name: [] for case in cases}
    for number in range(runs + 1):
        for case in random.sample(cases, len(cases)):  # each lies beside each other
            one = start(case)
            if number:  # the first fills the caches of the disk
                found[case.name].append(one)
    starts = {name: Starts(*zip(*many, strict=True)) for name, many in found.items()}
    for name, times in starts.items():
        say(f"  {name:17} {times}")
    return starts


def quickest_ms(times: Sequence[float], *, may_fail: bool = False) -> float:
    """What the quickest few take: all else that the machine does only adds.

    Times lie in two heaps, a third apart, as the host pleases for some seconds. A
    median is in one of them by chance, and the single least is a matter of luck. Where
    one start has failed, all have, unless it may.
    """
    if not may_fail and max(times) == float("inf"):
        return float("inf")
    return statistics.mean(sorted(times)[:FEW])


def beside(times: Sequence[float], others: Sequence[float]) -> float:
    """The ratio of what the quickest few take.

    Raises:
        RuntimeError: the others never started.
    """
    others_ms = quickest_ms(others, may_fail=True)
    if others_ms == float("inf"):
        raise RuntimeError("what a start is measured beside did not start")
    return quickest_ms(times) / others_ms


def measure(runs: int = 20) -> list[Figure]:
    """Start them in turn."""
    with ExitStack() as stack:
        none, thousand, many = (
            stack.enter_context(home(finished=count)) for count in (0, 1000, 10_000)
        )
        cases = [
            # Not as a module of this package, which loads what our program needs.
            Case(BARE, [sys.executable, "-m", "bare"], {**none, **BESIDE_HERE}),
            Case("no job", PROGRAM, none),
            Case("1,000 jobs", PROGRAM, thousand, "win2019-golden-00001"),
            Case("10,000 jobs", PROGRAM, many, "win2019-golden-00001"),
            Case(
                PARSING,
                [sys.executable, "-m", "tests.bench.parsing"],
                many,
                parsing.DONE,
            ),
        ]
        cases += [case for name in PEERS if (case := peer(name, none)) is not None]
        found = in_turn(cases, runs)
    bare, empty, parsed = found[BARE], found["no job"], found[PARSING]
    some, large = found["1,000 jobs"], found["10,000 jobs"]
    rows_ms = quickest_ms(large.rows_ms) - quickest_ms(large.screen_ms)
    parsing_ms = quickest_ms(parsed.rows_ms) - quickest_ms(parsed.frame_ms)
    first, whole = (beside(t, bare.frame_ms) for t in (some.frame_ms, some.screen_ms))
    figures = [
        Figure("1,000 jobs: first frame beside bare", first, 1.2),
        Figure("1,000 jobs: dashboard beside bare", whole, 1.2),
        Figure(
            "10,000: dashboard beside none",
            beside(large.screen_ms, empty.screen_ms),
            1.1,
        ),
        Figure("10,000: rows beside parsing", rows_ms / parsing_ms, 1.1),
    ]
    for name in (name for name in PEERS if name in found):
        if min(found[name].frame_ms) == float("inf"):
            say(f"  {name}: did not start here")
            continue
        ratio = beside(some.screen_ms, found[name].frame_ms)
        figures.append(Figure(f"1,000 jobs: dashboard beside {name}", ratio, 1))
    return figures


def peer(name: str, environ: Mapping[str, str]) -> Case | None:
    """A peer to start, where it is installed."""
    program = Path(peers_in) / PEERS[name][0]
    if peers_in and program.exists():
        command = [str(program), *PEERS[name][1:]]
        return Case(name, command, environ, quiet_s=3.0)
    say(f"  {name}: skipped, not installed where --peers says")
    return None
