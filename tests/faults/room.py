"""One room of the campaign, and the record of a run of it."""

from __future__ import annotations

import math
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from msgspec import Struct

MOST_TOLD = 5
"""Failures of one room that are printed in full."""


class Room(Struct, frozen=True):
    """A generator of faults of one kind, with the check that they do no harm."""

    name: str
    attempt: Callable[[int], str | Collection[str]]
    """Makes the fault of a seed and lets the program meet it.

    Returns which part or parts of the program it reached; raises where it did harm.
    """
    reaches: frozenset[str]
    """Parts that a short run must reach: else the generator misses what it is for."""
    short: int
    """Attempts in the test run."""
    long: int
    """Attempts by hand, a minute or a few of them."""


@dataclass
class Record:
    """The attempts of one room and their failures."""

    room: Room
    tried: int = 0
    failures: dict[int, str] = field(default_factory=dict)
    """What went wrong, by seed."""
    reached: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0

    @property
    def missed(self) -> frozenset[str]:
        """Parts that no attempt reached, where there were enough to reach all."""
        if self.tried < (self.room.short or self.room.long):
            return frozenset()
        return self.room.reaches - self.reached.keys()

    @property
    def is_well(self) -> bool:
        """Whether nothing failed and everything was reached."""
        return not self.failures and not self.missed

    def told(self) -> list[str]:
        """What failed, with the way to see it again."""
        lines = [f"{self.room.name}: never reached {each}" for each in self.missed]
        for seed, text in list(self.failures.items())[:MOST_TOLD]:
            again = f"python -m tests.faults {self.room.name} --seed {seed} --count 1"
            lines += [f"{self.room.name}, seed {seed}: {again}", text]
        return lines


def run(room: Room, seed: int, count: int, limit_s: float = math.inf) -> Record:
    """Try the faults of so many seeds, beginning with one, but begin none too late."""
    record = Record(room)
    until_s = time.perf_counter() + limit_s
    for each in range(seed, seed + count):
        began_s = time.perf_counter()
        if began_s > until_s:
            break
        try:
            reached = room.attempt(each)
            record.reached.update([reached] if isinstance(reached, str) else reached)
        except Exception:  # noqa: BLE001  # whatever it is, it is what we look for
            record.failures[each] = traceback.format_exc(limit=-6)
        record.slowest_s = max(record.slowest_s, time.perf_counter() - began_s)
        record.tried += 1
    return record


def table(records: list[Record]) -> list[str]:
    """Tried and failed, a line for each room."""
    lines = [f"{'room':18}{'tried':>9}{'failed':>8}{'slowest':>11}  reached"]
    for record in records:
        reached = ", ".join(f"{n} {what}" for what, n in record.reached.most_common())
        slowest = f"{record.slowest_s * 1000:.0f} ms"
        counts = f"{record.tried:9,}{len(record.failures):8}{slowest:>11}"
        lines.append(f"{record.room.name:18}{counts}  {reached}")
    return lines
