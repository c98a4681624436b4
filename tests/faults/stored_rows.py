"""Rows of the state file: every column of every table with values of every kind."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from tests.adapters.stored import COLUMNS, ODD, read_all, write_odd
from tests.faults.room import Room


def _odd(chance: random.Random) -> object:
    kind = chance.randrange(6)
    if kind == 0:
        return chance.randrange(-(2**63), 2**63)
    if kind == 1:
        return chance.choice([-1.0, 1e308, float("inf"), chance.random() * 1e12])
    if kind == 2:
        return chance.randbytes(chance.randrange(30))
    if kind == 3:
        return "".join(map(chr, chance.choices(range(0xD800), k=chance.randrange(20))))
    return chance.choice(ODD)


def attempt(seed: int) -> str:
    """Up to four stored values, read by everything that reads them."""
    chance = random.Random(seed)
    places = [(t, c) for t, names in COLUMNS.items() for c in names.split(",")]
    changes = [
        (chance.choice(places), _odd(chance)) for _ in range(chance.randrange(1, 5))
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.db")
        write_odd(path, changes)
        count = read_all(path)
    return "all rows" if count == 4 else "some rows" if count else "no row"


ROOM = Room(
    "stored-rows", attempt, frozenset({"all rows", "some rows"}), short=60, long=5_000
)
