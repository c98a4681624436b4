"""What a terminal sends: keys, sequences and pastes, cut and damaged at any place."""

from __future__ import annotations

import random

from ims_tui.ui.input_stream import MOST_PASTED, Keystroke, Pasted
from tests.faults.room import Room
from tests.ui.test_input_stream import JOB, SEQUENCES, once, typed

ANSWERS = (
    "\x1b]52;c;" + "QUJD" * 5_000 + "\x07",
    *("\x1b]11;rgb:0/0/0\x1b\\", "\x1bP>|xterm\x1b\\", "\x1b_G\x1b\\", "\x1b[?62;c"),
    *("\x1b[1;1R", "\x1b[8;99999;99999t", "\x1b[I\x1b[O" * 200, "\x1b[?2026;2$y"),
    *("\x1b[<0;99999;99999M", "\x1b[M\xff\xff\xff", "\x1b[" + "9" * 5_000 + "A"),
    *("\x1b]", "\x1bP", "\x1b[", "\x1bO", "\x1b", "\x1b[200~", "\x9b", "\x18"),
)
KEYS = ("j", "\r", "\t", "q", "？", " ", "dd", "\x03", "é", "\x7f", "\x1a")


def _piece(chance: random.Random) -> str:
    kind = chance.randrange(5)
    if kind == 0:
        return chance.choice(SEQUENCES)
    if kind == 1:
        return chance.choice(ANSWERS)
    if kind == 2:
        inside = chance.choice([JOB, "d", "x\r\ny", "\x1b[A"])
        return f"\x1b[200~{inside}\x1b[201~"
    if kind == 3:
        letters = "dq A\r\n\x1b[]O0;~\x07\x00\u202e"
        return "".join(chance.choices(letters, k=chance.randrange(30)))
    return chance.choice(KEYS)


def attempt(seed: int) -> str:
    """Some pieces, in one read and in several, and a key behind them that counts."""
    chance = random.Random(seed)
    text = "".join(_piece(chance) for _ in range(chance.randrange(1, 9)))
    if is_damaged := chance.random() < 0.4:
        place = chance.randrange(len(text) + 1)  # the text may be empty
        text = text[:place] + chance.choice("\x1b[~9;\x00\x18q") + text[place + 1 :]
    cuts = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(6)))
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    pauses = [chance.choice([0.0, 0.05, 0.2, 3.0]) for _ in parts]
    given = typed([*parts, "\x18", "\x03"], [*pauses, 9.0, 9.0])
    assert given[-1] == Keystroke("\x03"), "the next key does not count"
    assert sum(len(each.text) for each in given) <= len(text) + MOST_PASTED
    if f"\x1b[200~{JOB}\x1b[201~" == text:
        assert once(text) == [Pasted(JOB)]
    if any(isinstance(each, Pasted) for each in given):
        return "a paste"
    return "damaged keys" if is_damaged else "keys"


ROOM = Room(
    "terminal-input",
    attempt,
    frozenset({"a paste", "damaged keys", "keys"}),
    short=500,
    long=50_000,
)
