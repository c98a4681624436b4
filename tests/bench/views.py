"""What the views around the table cost: the chart of the last hours, and the wall."""

from __future__ import annotations

from tests.bench.home import PROGRAM, home
from tests.bench.keys import feel
from tests.bench.report import Figure, say
from tests.bench.service import running
from tests.bench.terminal import Terminal

JOBS = 12
"""Few enough that the chart has room."""
HIDE, WALL = b"H", b"w"


def measure(presses: int = 100, seconds: float = 30.0) -> list[Figure]:
    """Keys with the chart and without it, then all three views left alone."""
    with_chart = feel("ours", JOBS, 0, presses)
    without = feel("ours", JOBS, 0, presses, first=HIDE)
    say(f"  keys with the chart     {with_chart}")
    say(f"  keys without            {without}")
    costs = []
    with (
        running() as endpoint,
        home(running=JOBS, endpoint=endpoint) as environ,
        Terminal(PROGRAM, columns=170, rows=44, environ=environ) as terminal,
    ):
        terminal.record_all(2.0 + seconds)
        for name, key in (("chart", b""), ("table alone", HIDE), ("wall", WALL)):
            terminal.send(key)
            terminal.record_all(2.0)
            costs.append(terminal.cost(seconds))
            say(f"  {JOBS} active, {name:<12}  {costs[-1]}")
    chart, table, wall = costs
    return [
        Figure("chart: key to paint", with_chart.median_ms / without.median_ms, 1.1),
        Figure("chart: CPU", chart.cpu_percent / table.cpu_percent, 1.2),
        Figure("chart: to the terminal", chart.bytes_per_s / table.bytes_per_s, 1.5),
        Figure("wall: CPU beside the table", wall.cpu_percent / table.cpu_percent, 1),
        Figure("wall: to the terminal", wall.bytes_per_s / table.bytes_per_s, 1),
    ]
