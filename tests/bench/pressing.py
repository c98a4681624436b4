"""Keys pressed in the real program, and how soon each of them is painted."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pyte

from tests.bench.home import PROGRAM
from tests.bench.report import Figure
from tests.bench.terminal import Terminal, frames

WAIT_S = 0.8
"""Between two keys; far longer than any of them takes."""

LIMIT_MS = 100
"""What feels immediate."""


class Key(NamedTuple):
    """A key, and what the time until it is painted counts as."""

    keys: bytes
    name: str = ""
    """Empty: it does not count."""
    size: tuple[int, int] = (0, 0)
    """Columns and rows of the window from now on, where it is not a key."""


def click(column: int, row: int) -> bytes:
    """A mouse button pressed and released, as a terminal tells it."""
    return f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m".encode()


def press(
    environ: Mapping[str, str], first: Key, ready: str, keys: Sequence[Key], rounds: int
) -> tuple[dict[str, float], float]:
    """Median milliseconds until each key was painted, and megabytes at the end.

    Args:
        environ: variables of the program.
        first: pressed before the rounds.
        ready: what stands on the screen then.
        keys: one round; ends as it began.
        rounds: how many.
    """
    pressed: list[tuple[float, str]] = []
    with Terminal(PROGRAM, environ=environ) as terminal:
        terminal.wait_for(b"6 Archive")
        terminal.settle(2.0)
        terminal.send(first.keys)
        terminal.wait_for(ready.encode())
        terminal.settle(2.0)
        for _ in range(rounds):
            for key in keys:
                is_key = not key.size[0]
                at_s = terminal.send(key.keys) if is_key else terminal.resize(*key.size)
                pressed.append((at_s, key.name))
                terminal.record_all(WAIT_S)
        rss_mb = terminal.usage().rss_mb
    changed, shown = [], ""
    for at_s, looks in frames(terminal, looks_of, pressed[0][0] - 1.0):
        if looks != shown:
            changed.append(at_s)
            shown = looks
    found: dict[str, list[float]] = {}
    for at_s, name in pressed:
        last_s = max((c for c in changed if at_s < c < at_s + WAIT_S), default=at_s)
        found.setdefault(name, []).append((last_s - at_s) * 1000)
    found.pop("", None)
    return {name: statistics.median(each) for name, each in found.items()}, rss_mb


def looks_of(screen: pyte.Screen) -> str:
    """Texts and colours of the whole screen, as one value."""
    rows = (screen.buffer[y] for y in range(screen.lines))
    cells = ((row[x].data, row[x].fg, row[x].bg) for row in rows for x in row)
    return str(hash(tuple(cells)))


def painted_figures(what: str, painted: Mapping[str, float]) -> Iterator[Figure]:
    """One figure for each kind of key."""
    for name, delay_ms in painted.items():
        yield Figure(f"{what}: {name}, to paint", delay_ms, LIMIT_MS, "ms")
