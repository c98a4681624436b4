"""All measurements of the goals; each prints what it found beside the goal.

python -m tests.bench NAME       one of them, such as keys, rest, start
python -m tests.bench             all of them
python -m tests.bench month --whole    all of the month: an hour or more
python -m tests.bench --quick     in short, for CI: fails only by a factor of three
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from tests.bench import archive, keys, large, month, rest, saving, start, sweep, views
from tests.bench.report import Figure, say, verdict

FULL: Mapping[str, Callable[[], list[Figure]]] = {
    "keys": keys.measure,
    "rest": rest.measure,
    "start": start.measure,
    "sweep": sweep.measure,
    "month": month.measure,
    "save": saving.measure,
    "large": large.measure,
    "archive": archive.measure,
    "views": views.measure,
}
QUICK: Mapping[str, Callable[[], list[Figure]]] = {
    "keys": lambda: keys.measure(presses=24, beside_table=False),
    "rest": lambda: rest.measure(seconds=2.5),
    "start": lambda: start.measure(runs=2),
    "month": lambda: month.measure(share=1 / 2000),
    "save": lambda: saving.measure(jobs=2000, changes=3),
    "large": lambda: large.measure(jobs=2000, rounds=1),
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 1 where something is far beyond its goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(FULL)}; all")
    parser.add_argument("--quick", action="store_true", help="less exact, in a minute")
    parser.add_argument("--whole", action="store_true", help="month: not a share")
    parser.add_argument("--peers", default="", help="directory of posting and others")
    args = parser.parse_args(arguments)
    start.peers_in = args.peers
    measurements = dict(QUICK if args.quick else FULL)
    if args.whole:
        measurements["month"] = lambda: month.measure(share=1)
    figures: list[Figure] = []
    for name in args.names or measurements:
        say(f"{name}:")
        found = measurements[name]()
        if args.quick and any(figure.is_gross for figure in found):
            say(f"{name}, once more: noise seldom comes twice")
            found = measurements[name]()
        figures += found
    return verdict(figures)


if __name__ == "__main__":
    sys.exit(main())
