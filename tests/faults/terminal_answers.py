"""What a hostile terminal answers to a running program, which still hears SIGTERM."""

from __future__ import annotations

import base64
import fcntl
import os
import random
import select
import signal
import struct
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.room import Room
from tests.pty_screen import PtyScreen
from tests.test_terminal import DEMO, environ

VOLLEYS = 20
"""Answers of one attempt, each of its own making."""
PATIENCE_S = 8.0
"""The end takes two seconds, by force three; the machine may be busy."""

SIZES = (0, 1, 2, 24, 80, 500, 65_535, 99_999, 2**31, 2**63)
NUMBERS = ("", "0", "1", "2", "-1", "25", "1004", "2026", "2048", "99999", f"{2**63}")
ENDS = ("\x07", "\x1b\\", "\x9c", "", "\x18")
"""Of a string: two right ones, one of eight bits, none, and one that takes it back."""
COLOURS = ("rgb:0/0/0", "rgb:ffff/ffff/ffff", "rgb:", "#12", "red", "?", "\x1b]11;x")
TORN = (b"\xe5\x9b", b"\xc3", b"\x80", b"\xf0\x9f\x92", b"\xff\xfe", b"\xc0\xaf")
"""UTF-8 that is cut or is none."""
COUNTS = (1, 3, 100, 4_000)


def _parameters(chance: random.Random, most: int = 4) -> str:
    separator = chance.choice(";;;:")
    return separator.join(chance.choices(NUMBERS, k=chance.randrange(most + 1)))


def _clipboard(chance: random.Random) -> str:
    data = chance.randbytes(chance.choice([0, 1, 300, 60_000]))
    text = base64.b64encode(data).decode() if chance.random() < 0.8 else "%%%=="
    return f"\x1b]52;{chance.choice('cps?')};{text}{chance.choice(ENDS)}"


def _colour(chance: random.Random) -> str:
    number = chance.choice(["4;1", "10", "11", "12", "17", "104", "999999"])
    return f"\x1b]{number};{chance.choice(COLOURS)}{chance.choice(ENDS)}"


def _attributes(chance: random.Random) -> str:
    """What a terminal says that it is and can (DA1 to DA3, XTVERSION, kitty)."""
    name = chance.choice(["xterm(390)", "x" * 50_000, "\x1b[2J", "名\u202e"])
    return chance.choice(
        [
            f"\x1b[?{_parameters(chance, 9)}c",
            f"\x1b[>{_parameters(chance)}c",
            f"\x1bP!|{chance.choice(NUMBERS)}{chance.choice(ENDS)}",
            f"\x1bP>|{name}{chance.choice(ENDS)}",
            f"\x1bP1+r{name}{chance.choice(ENDS)}",
            f"\x1b_Gi=31;{name}{chance.choice(ENDS)}",
            f"\x1b[?{chance.choice(NUMBERS)}u",
        ]
    )


def _modes(chance: random.Random) -> str:
    mark = chance.choice(["?", ""])
    report = f"\x1b[{mark}{chance.choice(NUMBERS)};{chance.choice(NUMBERS)}$y"
    return report * chance.choice(COUNTS)


def _places(chance: random.Random) -> str:
    final = chance.choice(["R", "t", "n", "u", "~", "S", "x"])
    return f"\x1b[{_parameters(chance)}{final}" * chance.choice(COUNTS)


def _focus(chance: random.Random) -> str:
    return chance.choice(["\x1b[I\x1b[O", "\x1b[O", "\x1b[I"]) * chance.choice(COUNTS)


def _mouse(chance: random.Random) -> str:
    """Presses, moves and wheels in all three codings, on and off the screen."""

    def one() -> str:
        button, x, y = (
            chance.choice([0, 1, 35, 64, 65, 99]),
            *chance.choices(SIZES, k=2),
        )
        return chance.choice(
            [
                f"\x1b[<{button};{x};{y}{chance.choice('Mm')}",
                f"\x1b[{button + 32};{x};{y}M",
                f"\x1b[M{chr(32 + button)}{chr(33 + x % 90)}{chr(33 + y % 90)}",
            ]
        )

    return "".join(one() for _ in range(chance.choice([1, 3, 100, 2_000])))


def _paste(chance: random.Random) -> str:
    inside = chance.choice(["hello ", "d\r", "\x1b[A", "\x1b[200~", "x y " * 20_000])
    return (
        f"\x1b[200~{inside}{chance.choice(['', chr(27) + '[201~', chr(27) + '[201'])}"
    )


def _sizes(chance: random.Random) -> str:
    rows, columns = chance.choices(SIZES, k=2)
    pixels = ";".join(f"{each}" for each in chance.choices(SIZES, k=2))
    final = chance.choice([f"48;{rows};{columns};{pixels}", f"8;{rows};{columns}"])
    return f"\x1b[{final}t" * chance.choice([1, 1, 9])


def _keys(chance: random.Random) -> str:
    """Keys that a hand may hold down, none of which ends the program."""
    key = chance.choice(["j", "\x1b[A", "\x1b[Z", "\t", "?\x1b", "s\x1b", "\x1b[B"])
    return key * chance.choice(COUNTS)


KINDS: dict[str, Callable[[random.Random], str]] = {
    "clipboard": _clipboard,
    "colours": _colour,
    "attributes": _attributes,
    "modes": _modes,
    "places": _places,
    "focus": _focus,
    "mouse": _mouse,
    "a paste": _paste,
    "sizes": _sizes,
    "keys": _keys,
}


def volley(chance: random.Random, kind: str) -> bytes:
    """Answers of a kind, perhaps with one that is cut or damaged."""
    data = KINDS[kind](chance).encode()
    damage = chance.randrange(6)
    if damage == 0:
        return data[: chance.randrange(len(data) + 1)]
    if damage == 1:
        place = chance.randrange(len(data) + 1)
        return data[:place] + chance.choice(TORN) + data[place:]
    return data


def attempt(seed: int) -> frozenset[str]:
    """Volleys of each kind; then a signal ends the demo and gives the terminal back."""
    chance = random.Random(seed)
    kinds = [*KINDS, *chance.choices(list(KINDS), k=VOLLEYS - len(KINDS))]
    chance.shuffle(kinds)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with PtyScreen(DEMO, environ=environ(home)) as screen:
            screen.wait_for("rocky9")
            received = b""
            for kind in kinds:
                if kind == "sizes":
                    _resize(screen, chance)
                received += _sent(screen, volley(chance, kind))
                received += _taken(screen, chance.choice([0.0, 0.0, 0.1, 0.3]))
                assert screen.process.poll() is None, f"{kind} ended it"
            asked_s = time.monotonic()
            screen.process.send_signal(signal.SIGTERM)
            received += _taken(screen, PATIENCE_S)
            code = screen.process.wait(PATIENCE_S)
            took_s = time.monotonic() - asked_s
    assert code in (143, -signal.SIGTERM), f"ended with {code}"
    assert took_s < PATIENCE_S, f"heard after {took_s:.1f} s"
    assert b"Traceback" not in received
    assert b"A fault of ims-tui" not in received
    assert b"\x1b[?1049l" in received, "the terminal is not given back"
    return frozenset(kinds)


def _sent(screen: PtyScreen, data: bytes) -> bytes:
    """Send bytes, whatever they are; returns what was painted meanwhile.

    A program that works through what came before may leave the rest for long.
    """
    taken, until_s = b"", time.monotonic() + 2.0
    while data and time.monotonic() < until_s:
        ready = select.select([screen.master], [screen.master], [], 1.0)
        if ready[0]:
            taken += os.read(screen.master, 65_536)
        if ready[1]:
            data = data[os.write(screen.master, data[:2_048]) :]
    return taken


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
    """A size as the kernel has it, in 16 bits."""
    rows, columns = (size % 65_536 for size in chance.choices(SIZES, k=2))
    size = struct.pack("HHHH", rows, columns, 0, 0)
    fcntl.ioctl(screen.master, termios.TIOCSWINSZ, size)


ROOM = Room("terminal-answers", attempt, frozenset(KINDS), short=1, long=100)
