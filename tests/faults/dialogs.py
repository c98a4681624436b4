"""Two answers in one read, in every dialog: the second must meet nothing behind it."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

from tests.faults.room import Room
from tests.pty_screen import PtyScreen
from tests.test_terminal import DEMO, environ

OPENERS = {
    "menus": ("s", "T", "Y", "e", "y", "R", "F"),
    "palette": ("\x10",),
    "forms": ("a", "n", "#", "\x05", "%"),
    "checklists": ("c", "P", "M"),
    "pages": ("?", "E", "D", "L", "B", "w", ","),
    "questions": ("d", "\x04", "X"),
}
"""Keys that open something, by what they open; some do only where there is reason."""

CLICK = "\x1b[<0;40;9M\x1b[<0;40;9m"
PASTE = "\x1b[200~00000000000000000000000000000009\x1b[201~"
ANSWERS = (
    *("\r\r", "\r\r\r", "\n\n", "\r\x1b", "\x1b\r", "\rq", "q\r", "\r\x0c", "qq"),
    *("\x1b\x1b", "\x1bq", CLICK * 2, CLICK + "\r", "\r" + CLICK, "\r\x10", "\x10\r"),
    *("\t\r\r", "jj\r\r", "\x1b[B\r\r", " \r\r", "/x\r\r", "\r/"),
    *(PASTE + "d", PASTE + "\r\r", PASTE + "X", PASTE + "\x1b", "\r" + PASTE),
    *("\r\x1b[48;24;80;0;0t", "\x1b[48;10;40;0;0t\r\r", "\r?", "\rs\r", "??", "\r\x12"),
)
"""What comes in one read. None of it is what ends the program at once."""


def attempt(seed: int) -> frozenset[str]:
    """A dialog of each kind in the demo, answered twice; then it ends as it should."""
    chance = random.Random(seed)
    kinds = chance.sample(list(OPENERS), k=len(OPENERS))
    pressed: list[str] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        PtyScreen(_in(folder), columns=100, environ=environ(Path(folder))) as screen,
    ):
        screen.wait_for("rocky9")
        for each in kinds:
            opener, answer = chance.choice(OPENERS[each]), chance.choice(ANSWERS)
            pressed.append(opener + answer)
            if is_slow := chance.random() < 0.7:
                _write(screen, opener)
                screen.read(0.6)
            _write(screen, answer if is_slow else opener + answer)
            screen.read(chance.choice([0.05, 0.4]))
            screen.resize(*chance.choice([(100, 24), (100, 24), (60, 12)]))
            _write(screen, "\x1b")  # what is open is closed, a search first
            screen.read(0.5)
            assert screen.process.poll() in (None, 0), f"ended by {pressed}"
        _write(screen, "\x11")
        code = screen.end()
    assert code == 0, f"{code} after {pressed}"
    assert b"Traceback" not in screen.received, pressed
    assert b"A fault of ims-tui" not in screen.received, pressed
    return frozenset(kinds)


def _in(folder: str) -> list[str]:
    """The demo in a folder, where exports and evidence go."""
    return ["sh", "-c", 'cd "$0" && exec "$@"', folder, *DEMO]


def _write(screen: PtyScreen, text: str) -> None:
    """Everything in one write, so in one read; nothing where the program has ended."""
    if screen.process.poll() is None:
        os.write(screen.master, text.encode())


ROOM = Room("dialogs", attempt, frozenset(OPENERS), short=1, long=150)
