"""What the program costs while nobody types, beside htop in the same run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from ims_tui.engine.saver import LOOK_S
from tests.bench.home import PROGRAM, home
from tests.bench.report import Figure, say
from tests.bench.service import running
from tests.bench.terminal import Cost, Terminal

UNFOCUSED = b"\x1b[O"
KIB = 1024
HTOP_PERCENT = 0.6
"""Where htop is not installed."""


def at_rest(command: list[str], environ: Mapping[str, str], seconds: float) -> Cost:
    """The cost of a program in a terminal of 140x40 that was left alone."""
    with Terminal(command, columns=140, rows=40, environ=environ) as terminal:
        terminal.record_all(2.0 + seconds / 5)
        return terminal.cost(seconds)


def seen_and_unseen(environ: Mapping[str, str], seconds: float) -> tuple[Cost, Cost]:
    """The cost while somebody looks, and then while nobody does, in one run.

    Each time a while is waited first: the start asks for all jobs at once and then
    pauses, and the slower pace begins with a pause.
    """
    with Terminal(PROGRAM, columns=140, rows=40, environ=environ) as terminal:
        terminal.record_all(2.0 + seconds)
        seen = terminal.cost(seconds)
        terminal.send(UNFOCUSED)
        terminal.record_all(2.0 + 2 * seconds)
        return seen, terminal.cost(2 * seconds)


def awake_per_s(environ: Mapping[str, str], seconds: float) -> float:
    """How often a second the program wakes while nothing happens."""
    with Terminal(PROGRAM, columns=140, rows=40, environ=environ) as terminal:
        terminal.record_all(5.0)
        return terminal.awake_per_s(seconds)


def measure(seconds: float = 30.0) -> list[Figure]:
    """Measure active, unfocused, finished, and htop."""
    htop = shutil.which("htop")
    peer = at_rest([htop], {}, seconds) if htop else None
    btop = shutil.which("btop")
    heavier = at_rest([btop], {}, seconds) if btop else None
    with running() as endpoint:
        with home(running=45, endpoint=endpoint) as environ:
            active, unfocused = seen_and_unseen(environ, seconds)
        with home(finished=200, endpoint=endpoint) as environ:
            idle = at_rest(PROGRAM, environ, seconds)
            awake = awake_per_s(environ, seconds)
    say(f"  htop                       {peer or 'not installed: skipped'}")
    say(f"  btop                       {heavier or 'not installed: skipped'}")
    say(f"  45 active rows             {active}")
    say(f"  45 active rows, unfocused  {unfocused}")
    say(f"  200 finished rows          {idle}, awake {awake:.2f} times/s")
    theirs = peer.cpu_percent if peer else HTOP_PERCENT
    cpu = unfocused.cpu_percent / active.cpu_percent
    size = unfocused.bytes_per_s / active.bytes_per_s
    return [
        Figure("45 active: CPU above htop", active.cpu_percent - theirs, 3, "%"),
        Figure("45 active: to the terminal", active.bytes_per_s / KIB, 8, "KiB/s"),
        Figure("200 finished: to the terminal", idle.bytes_per_s, 0, "B/s", 100),
        Figure("200 finished: awake", awake, 1 / LOOK_S, "/s", 0.3),
        Figure("200 finished: CPU beside htop", idle.cpu_percent / theirs, 1),
        Figure("unfocused: CPU beside focused", cpu, 0.1, slack=0.6),
        Figure("unfocused: bytes beside focused", size, 0.1, slack=0.3),
    ]
