"""A line between a program and its terminal: `KIND FILE SEED COMMAND...`.

`slow` hands on little at a time, `stalling` nothing for a while, again and again, as a
bad connection does. While FILE is there everything goes through at once.
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import signal
import sys
import termios
import time
import tty
from pathlib import Path

SLICE_BYTES, SLICE_S = 800, 0.05
"""What a slow line takes in which time: 16 KB a second."""

STALLS_S = (0.3, 1.5)
"""Shortest and longest time in which a stalling line takes nothing."""

FLOWS_S = (0.1, 0.8)
"""Shortest and longest time between two such stalls."""


class Line:
    """Says how many bytes of the program may be handed on now."""

    def __init__(self, kind: str, free: Path, chance: random.Random) -> None:
        self._is_slow = kind == "slow"
        self._free = free
        self._chance = chance
        self._is_stalled = False
        self._until_s = 0.0

    def room(self) -> int:
        """Bytes that it takes at this moment."""
        now_s = time.monotonic()
        if self._free.exists():
            return 65_536
        if now_s < self._until_s:
            return 0 if self._is_slow or self._is_stalled else 65_536
        self._is_stalled = not self._is_stalled
        lasts_s = STALLS_S if self._is_stalled else FLOWS_S
        self._until_s = now_s + (
            SLICE_S if self._is_slow else self._chance.uniform(*lasts_s)
        )
        return SLICE_BYTES if self._is_slow else 0


def main(kind: str, free: str, seed: str, *command: str) -> int:
    """Run the command behind such a line; returns its exit code."""
    child, master = pty.fork()
    if not child:
        os.execvp(command[0], command)

    def take_size(*_: object) -> None:
        size = fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))
        fcntl.ioctl(master, termios.TIOCSWINSZ, size)

    take_size()
    signal.signal(signal.SIGWINCH, take_size)
    tty.setraw(0)
    line = Line(kind, Path(free), random.Random(int(seed)))
    try:
        while True:
            room = line.room()
            waiting = [0, master] if room else [0]
            ready, _, _ = select.select(waiting, [], [], SLICE_S / 2)
            if 0 in ready:
                os.write(master, os.read(0, 4096))
            if master in ready:
                os.write(1, os.read(master, room))
    except OSError:  # the program has ended
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
