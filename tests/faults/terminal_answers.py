"""What a hostile terminal answers to a running program, which still hears SIGTERM."""

from __future__ import annotations

import fcntl
import os
import random
import select
import signal
import struct
import tempfile
import termios
import time
from pathlib import Path

from tests.faults.room import Room
from tests.faults.terminal_input import ANSWERS
from tests.pty_screen import PtyScreen
from tests.test_terminal import DEMO, environ

SIZES = ((99_999, 99_999), (65_535, 65_535), (1, 1), (0, 0), (65_535, 1), (500, 2))
FLOODS = (
    *(
        "\x1b]52;c;" + "QUJD" * 20_000 + "\x07",
        "\x1b[I\x1b[O" * 2_000,
        "\x1b[A" * 9_000,
    ),
    *("\x1b[<35;40;12M" * 4_000, "\x1b[48;99999;99999;9;9t" * 9, "?\x1b" * 500),
    *("\x1b[200~" + "x y " * 50_000 + "\x1b[201~", "\x1b[" + "9" * 80_000 + "A"),
    *("\x1bP" + "x" * 80_000, "\x1b[?2048;2$y" * 900, "jk" * 4_000, "\x1b[Z\t" * 900),
)
PATIENCE_S = 8.0
"""The end takes two seconds, by force three; the machine may be busy."""


def attempt(seed: int) -> str:
    """Floods to the demo; then a signal ends it, and the terminal is given back."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with PtyScreen(DEMO, environ=environ(home)) as screen:
            screen.wait_for("rocky9")
            received = b""
            for _ in range(chance.randrange(1, 8)):
                kind = chance.choice(["a flood", "sizes", "answers"])
                if kind == "sizes":
                    _resize(screen, chance)
                else:
                    floods = FLOODS if kind == "a flood" else ANSWERS
                    screen.send("".join(chance.choices(floods, k=2)))
                received += _taken(screen, chance.choice([0.0, 0.3]))
            asked_s = time.monotonic()
            screen.process.send_signal(signal.SIGTERM)
            received += _taken(screen, PATIENCE_S)
            code = screen.process.wait(PATIENCE_S)
            took_s = time.monotonic() - asked_s
    assert code in (143, -signal.SIGTERM), f"ended with {code}"
    assert took_s < PATIENCE_S, f"heard after {took_s:.1f} s"
    assert b"Traceback" not in received
    assert b"\x1b[?1049l" in received, "the terminal is not given back"
    return kind


def _taken(screen: PtyScreen, seconds: float) -> bytes:
    """What is painted until the program ends, as fast as a terminal takes it."""
    until_s, taken = time.monotonic() + seconds, bytearray()
    while (left_s := until_s - time.monotonic()) > 0:
        if select.select([screen.master], [], [], left_s)[0]:
            try:
                taken += os.read(screen.master, 65_536)
            except OSError:  # the program has closed the terminal
                break
    return bytes(taken)


def _resize(screen: PtyScreen, chance: random.Random) -> None:
    """Sizes, as the kernel has them (16 bits) and as an answer says them."""
    for columns, rows in chance.choices(SIZES, k=3):
        if columns <= 65_535:
            size = struct.pack("HHHH", rows, columns, 0, 0)
            fcntl.ioctl(screen.master, termios.TIOCSWINSZ, size)
        screen.send(f"\x1b[48;{rows};{columns};{rows * 9};{columns * 9}t")


ROOM = Room(
    "terminal-answers",
    attempt,
    frozenset({"a flood", "sizes", "answers"}),
    short=0,
    long=100,
)
