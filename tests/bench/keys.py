"""Key press to paint: under 1,000 changes a second, at rest, and in a `DataTable`."""

from __future__ import annotations

import random
import statistics
import sys
from typing import NamedTuple

from tests.bench.report import Figure, say
from tests.bench.terminal import Cost, Terminal, frames, lit_row

KEYS = (b"\x1b[B", b"\x1b[B", b"\x1b[A", b"\x1b[A")
EVERY_S = 0.125


class Feel(NamedTuple):
    """What a run of key presses felt like."""

    median_ms: float
    p99_ms: float
    missed: int
    cost: Cost

    def __str__(self) -> str:
        return (
            f"median {self.median_ms:6.2f} ms  p99 {self.p99_ms:6.1f} ms  "
            f"missed {self.missed}  {self.cost}"
        )


def feel(
    kind: str, rows: int, changes_per_s: int, presses: int, first: bytes = b""
) -> Feel:
    """Press cursor keys; how long until the cursor stood elsewhere on the screen.

    Args:
        kind: of table, see `stage`.
        rows: of the table.
        changes_per_s: to random rows.
        presses: how many keys.
        first: a key that is pressed before.
    """
    chance = random.Random(2)
    command = [sys.executable, "-m", "tests.bench.stage", kind, str(rows)]
    with Terminal([*command, str(changes_per_s)]) as terminal:
        # Under changes it is never quiet: wait for the first rows, then a while.
        terminal.wait_for(b"RUN")
        terminal.record_all(3)
        terminal.send(first)
        terminal.record_all(1)
        before, known = terminal.usage(), len(terminal.chunks)
        pressed = []
        for number in range(presses):
            pressed.append(terminal.send(KEYS[number % len(KEYS)]))
            terminal.record_all(EVERY_S * (0.75 + 0.5 * chance.random()))
        after = terminal.usage()
    span_s = after.at_s - before.at_s
    cost = Cost(
        100 * (after.cpu_s - before.cpu_s) / span_s,
        (after.wakeups - before.wakeups) / span_s,
        sum(len(c.data) for c in terminal.chunks[known:]) / span_s,
        after.rss_mb,
    )
    delays = delays_ms(terminal, pressed)
    delays.sort()
    p99 = delays[int(len(delays) * 0.99)] if delays else float("nan")
    median = statistics.median(delays) if delays else float("nan")
    return Feel(median, p99, presses - len(delays), cost)


def delays_ms(terminal: Terminal, pressed: list[float]) -> list[float]:
    """For each key press the time until the lit row changed, where it did."""
    moved, shown = [], ""
    for at_s, row in frames(terminal, lit_row, pressed[0] - 1.0):
        if row != shown:
            moved.append(at_s)
            shown = row
    ends = [*pressed[1:], pressed[-1] + EVERY_S]
    found = []
    for press, end in zip(pressed, ends, strict=True):
        hit = next((at_s for at_s in moved if press < at_s < end), None)
        if hit is not None:
            found.append((hit - press) * 1000)
    return found


def measure(presses: int = 200, *, beside_table: bool = True) -> list[Figure]:
    """Measure them one after the other."""
    at_rest = feel("ours", 100, 0, presses)
    loaded = feel("ours", 10_000, 1000, presses)
    say(f"  100 rows at rest      {at_rest}")
    say(f"  10,000 rows, 1,000/s  {loaded}")
    median = loaded.median_ms / at_rest.median_ms
    p99 = loaded.p99_ms / at_rest.p99_ms
    figures = [
        Figure("key to paint under load: median beside rest", median, 1.2),
        Figure("key to paint under load: p99 beside rest", p99, 2, is_worst=True),
    ]
    if beside_table:
        table = feel("datatable", 10_000, 1000, presses)
        say(f"  DataTable, the same   {table}")
        ratio = loaded.median_ms / table.median_ms
        figures.append(Figure("key to paint: beside DataTable", ratio, 0.1))
    return figures
