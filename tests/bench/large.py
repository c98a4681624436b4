"""A list of 10,000 jobs: what filters, sorts and lays it out anew feels immediate."""

from __future__ import annotations

from tests.bench.home import home
from tests.bench.pressing import Key, click, painted_figures, press
from tests.bench.report import Figure

HEADING = 3
ROUND = (
    Key(b"5", "facet: done"),
    Key(b"1", "facet: all"),
    Key(b"/"),
    Key(b"s", "filter: a letter"),
    Key(b"a", "filter: a second letter"),
    Key(b"\x1b"),
    Key(b"/"),
    Key(b"/win.*5"),
    Key(b"/", "filter: a pattern"),
    Key(b"\x1b"),
    Key(click(12, HEADING), "sort: label"),
    Key(b"S", "sort: turned around"),
    Key(b"S"),
    Key(b"B"),
    Key(b"y", "groups: by type"),
    Key(b"-", "groups: all folded"),
    Key(b"+", "groups: all unfolded"),
    Key(b"B"),
    Key(b"n", "groups: none"),
    Key(b"", "a smaller window", (150, 38)),
    Key(b"", "a larger window", (160, 40)),
    Key(b"T"),
    Key(b"\x1b[B", "theme: another"),
    Key(b"\x1b"),
)
"""Ends as it began, but for the sorted column."""


def measure(jobs: int = 10_000, rounds: int = 7) -> list[Figure]:
    """Press keys on a list where nothing moves by itself."""
    with home(finished=jobs) as environ:
        painted, _ = press(environ, Key(b"1"), "1 All", ROUND, rounds)
    return list(painted_figures(f"{jobs} jobs", painted))
