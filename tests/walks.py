"""Random walks in tmux: the screen must be what a full repaint shows.

`python -m tests.walks --count 200` walks from that many fresh starts of the demo at
three sizes; `--starts 20` sees whether the first key moves the cursor.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.tmux import Tmux

SIZES = ((80, 24), (120, 40), (170, 44))
KEYS = (
    *("j", "j", "k", "G", "g", "Space", "V", "x", "t", "t", "s", "S", "Left", "Right"),
    *("0", "1", "1", "2", "3", "4", "5", "6", "Tab", "Enter", "Escape", "Escape"),
    *("?", "c", "/", "h", "l", "C-d", "C-u", "p", "r", "m", "A", "d", "u", "E", "T"),
    *("w", "H", "B", "-", "+"),
)
OTHERS = ((60, 16), (100, 30), (40, 8), (130, 20))
STORM_KEYS = (*"123456", "?", "Escape", "T", "j", "Enter", "Escape", "c", "s", "a")
"""What is pressed between two sizes: facets, menus, dialogs, themes."""

KEYS_A_WALK = 15
LOADED_S = 8.0
"""After this the list of the demo is there, also on a busy machine."""


LINES = ("free", "slow", "stalling")
"""What is between the program and its terminal."""


def program(home: Path, seed: int, line: str = "free") -> list[str]:
    """The demo, its clock held by a file of this home, behind a line."""
    held, run = [str(home / "held"), str(seed)], [sys.executable, "-m"]
    before = [] if line == "free" else [*run, "tests.slow_line", line, *held]
    return [*before, *run, "tests.held_program", *held, "demo", "--seed", str(seed)]


def walk(
    seed: int,
    keys: int = KEYS_A_WALK,
    line: str = "free",
    first: Sequence[str] = (),
) -> str:
    """Walk from a fresh start; returns what differs, or nothing.

    Things happen at random: keys, at once or after a pause, and storms of sizes.

    Args:
        seed: of what happens.
        keys: how many.
        line: between the program and its terminal.
        first: keys that are pressed before them, such as B t, which groups by tag.
    """
    chance = random.Random(seed)
    size, happened = SIZES[seed % len(SIZES)], []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Tmux(program(home, seed, line), home, size) as tmux:
            is_early = chance.random() < 0.2  # keys come before the first frame
            if not is_early:
                tmux.wait_for(lambda text: "rocky9" in text)
            for key in (*first, *chance.choices(KEYS, k=keys)):
                happened.append(key)
                tmux.send(key)
                if chance.random() < 0.15:
                    happened += ["sizes", *storm(tmux, chance, size)]
                time.sleep(chance.choice((0.0, 0.0, 0.1, 0.3)))
            if is_early:  # what a dialog may cover, nothing on the screen says
                time.sleep(LOADED_S)
            return difference(tmux, home, seed, happened)


def storm(tmux: Tmux, chance: random.Random, size: tuple[int, int]) -> list[str]:
    """Sizes in quick succession, with keys between them; returns the keys."""
    pressed = chance.choices(STORM_KEYS, k=len(OTHERS))
    for key, (columns, rows) in zip(pressed, chance.sample(OTHERS, 4), strict=True):
        tmux.resize(columns, rows)
        tmux.send(key)
    tmux.resize(*size)
    return pressed


def difference(
    tmux: Tmux,
    home: Path,
    seed: int,
    happened: Sequence[str],
    under_way_s: float = 1.0,
) -> str:
    """What differs from a full repaint once replies have come, and toasts are gone."""
    (home / "held").touch()
    time.sleep(under_way_s)
    sent = tmux.settled()
    tmux.send("C-l")
    whole = tmux.settled()
    assert "".join(whole).strip(), f"seed {seed}: the program is gone: {happened}"
    lines = [
        f"  {y:2} sent  {old!r}\n     whole {new!r}"
        for y, (old, new) in enumerate(zip(sent, whole, strict=True))
        if old != new
    ]
    if not lines:
        return ""
    return "\n".join([f"seed {seed}: {' '.join(happened)}", *lines])


ESCAPES = re.compile(r"\x1b\[[0-9;:]*m")


def left_of(line: str, columns: int = 40) -> str:
    """The first columns of a line with their colours: of the table, never of a pane."""
    wide = re.match(rf"(?:(?:{ESCAPES.pattern})*[^\x1b]){{0,{columns}}}", line)
    return wide[0] if wide else ""


def first_key(seed: int) -> bool:
    """Whether the first key of a fresh start, j, moves the cursor to the second row."""
    size = SIZES[seed % len(SIZES)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Tmux(program(home, seed), home, size) as tmux:
            tmux.wait_for(lambda text: "rocky9" in text)
            (home / "held").touch()
            before = tmux.settled()
            shown = [left_of(line) for line in before]
            head = next(y for y, line in enumerate(before) if "LABEL" in line)

            def has_moved(lines: Sequence[str]) -> bool:
                # The cursor is where its job went; only it changes how rows look.
                now = [left_of(line) for line in lines]
                looks = [
                    new != old and ESCAPES.sub("", new) == ESCAPES.sub("", old)
                    for new, old in zip(now[head:], shown[head:], strict=True)
                ]
                return any(map(bool.__and__, looks, looks[1:]))

            tmux.send("j")  # a busy machine may let it wait for a while
            return has_moved(tmux.shown_once(has_moved))


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Returns 1 where anything differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.walks")
    parser.add_argument("--count", type=int, default=20, help="walks")
    parser.add_argument("--keys", type=int, default=KEYS_A_WALK, help="keys a walk")
    parser.add_argument("--starts", type=int, default=0, help="fresh starts with j")
    parser.add_argument("--seed", type=int, default=0, help="of the first walk")
    parser.add_argument("--first", nargs="*", default=(), help="keys before them")
    parser.add_argument("--line", choices=LINES, default="free", help="to the terminal")
    args = parser.parse_args()
    bad = 0
    for seed in range(args.seed, args.seed + args.count):
        difference = walk(seed, args.keys, args.line, args.first)
        bad += bool(difference)
        if difference:
            say(difference)
    moved = sum(map(first_key, range(args.starts)))
    say(f"{args.count} walks of {args.keys} keys, {bad} differ from a full repaint")
    say(f"{args.starts} fresh starts, the first j moved the cursor in {moved}")
    return int(bool(bad) or moved < args.starts)


if __name__ == "__main__":
    sys.exit(main())
