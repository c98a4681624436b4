"""The whole campaign, or some rooms of it; prints one table.

python -m tests.faults                      every room, in its long form
python -m tests.faults lists --seed 7 --count 5000
python -m tests.faults --seconds 60         so long a room at the most
python -m tests.faults --short              as the test run does it
"""

from __future__ import annotations

import argparse
import logging
import math
import sys
from collections.abc import Sequence

from tests.bench.report import say
from tests.faults import (
    clocks,
    config,
    dialogs,
    disks,
    encodings,
    exporter,
    helpers,
    kills,
    lists,
    network,
    proxies,
    replies,
    simulator,
    stored_rows,
    terminal_answers,
    terminal_input,
    themes,
)
from tests.faults.room import Record, Room, run, table

ROOMS: dict[str, Room] = {
    module.ROOM.name: module.ROOM
    for module in (
        *(replies, encodings, lists, config, stored_rows, themes, terminal_input),
        *(
            terminal_answers,
            dialogs,
            network,
            proxies,
            helpers,
            disks,
            kills,
            clocks,
            exporter,
        ),
        simulator,
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 where a fault did harm."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("rooms", nargs="*", help=f"of {', '.join(ROOMS)}; all")
    parser.add_argument("--seed", type=int, default=0, help="of the first fault")
    parser.add_argument("--count", type=int, help="faults a room")
    parser.add_argument("--short", action="store_true", help="some seconds a room")
    parser.add_argument(
        "--seconds", type=float, default=math.inf, help="the longest time a room"
    )
    args = parser.parse_args(arguments)
    if unknown := [name for name in args.rooms if name not in ROOMS]:
        parser.error(f"there is no room {unknown[0]}; of {', '.join(ROOMS)}")
    records: list[Record] = []
    for name in args.rooms or ROOMS:
        room = ROOMS[name]
        usual = room.short if args.short else room.long
        count = usual if args.count is None else args.count
        records.append(run(room, args.seed, count, args.seconds))
        for line in (*records[-1].told(), *table(records[-1:])[1:]):
            say(line)
    say("")
    for line in table(records):
        say(line)
    return int(not all(record.is_well for record in records))


if __name__ == "__main__":
    logging.disable()  # each fault is logged, too
    sys.exit(main())
