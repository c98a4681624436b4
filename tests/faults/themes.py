"""Theme files: every key with values of every kind, files of every kind and name."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import tomli_w
from textual.css.stylesheet import Stylesheet

from ims_tui.adapters.themefiles import read_themes
from ims_tui.core.show.theme import PALETTE, STATES
from ims_tui.core.text import printable
from ims_tui.ui.themes import textual_theme
from tests.core.show.test_theme import VARIABLES
from tests.faults.room import Room

NAMES = ("mine", "a-b_1", "\x1b[2J", "a b", "é", "x" * 99, "", "a;b", "\udcff")
VALUES: tuple[object, ...] = (
    *("#123456", "#fff", "#12", "red", "", "auto 5%", "none", "bold", "not bold"),
    *("\x1b[2J", "#123456; color: red", "$primary", "#123 50%", "x" * 5_000, "url(x)"),
    *(0, True, -1.5, float("nan"), 10**80, [], ["#fff"], {}, {"a": {"b": "#fff"}}),
)


def _theme(chance: random.Random) -> dict[str, object]:
    sound = "#123456"

    def some(names: list[str]) -> dict[str, object]:
        chosen = chance.sample(names, chance.randrange(min(4, len(names))))
        odd = chance.random() < 0.15
        return {n: chance.choice(VALUES) if odd else sound for n in chosen}

    theme = {"primary": sound, **some(list(PALETTE))}
    theme["state"] = some(list(STATES))
    theme["variables"] = some(list(VARIABLES))
    if chance.random() < 0.2:
        theme[chance.choice(["dark", "state", "variables", *NAMES])] = chance.choice(
            VALUES
        )
    return theme


def attempt(seed: int) -> str:
    """One file, and the style that is made with it where it is taken."""
    chance = random.Random(seed)
    kind = chance.randrange(12)
    with tempfile.TemporaryDirectory() as folder:
        name = chance.choice(NAMES) if chance.random() < 0.2 else "mine"
        path = Path(folder, f"{name}.toml")
        if kind == 0:
            os.mkfifo(path)
        elif kind == 1:
            path.symlink_to(chance.choice(["/dev/zero", folder, "nothing", str(path)]))
        elif kind == 2:
            path.write_bytes(chance.randbytes(200))
        elif kind == 3:
            path.write_text(f"x = {'[' * chance.choice([9, 90, 9_000])}")
        else:
            text = tomli_w.dumps(_theme(chance))
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
        themes, problems = read_themes([Path(folder)])
    assert len(themes) + len(problems) == 1
    for problem in problems:
        assert printable(problem, 9_999) == problem
        assert problem.endswith("; theme skipped")
        return "skipped"
    made = textual_theme(themes[0])
    shown = made.to_color_system().generate() | made.variables
    sheet = Stylesheet(variables=shown)
    rules = "".join(f"#a{n} {{ color: ${key}; }}" for n, key in enumerate(PALETTE))
    sheet.add_source(rules)
    sheet.parse()
    return "drawn"


ROOM = Room("themes", attempt, frozenset({"skipped", "drawn"}), short=150, long=10_000)
