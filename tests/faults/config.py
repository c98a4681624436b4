"""config.toml: every key of the table of settings with values of every kind."""

from __future__ import annotations

import random
import tempfile
import tomllib
from pathlib import Path

import tomli_w

from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.spec import KEYS, VARIABLES, default_text
from ims_tui.core.text import printable
from tests.faults.room import Room

SECRET = "a-s3cret-nobody-may-see"
NAMES = ("p", "", "a b", "\x1b[2J", "名", "x" * 300, "a.b", "__proto__", "*")
VALUES: tuple[object, ...] = (
    *("", " ", "auto", "\x1b]0;owned\x07", "‮", "x" * 20_000, "*", "0", "-1", "\x00"),
    *("1s", "5m", "1e9d", "200/5m", "0/0s", "9" * 400 + "/1s", "nan", "7d", "-1s"),
    *("https://x", "https://xn--", "http://[::1", "https://h:99999", "https://u:p@h"),
    *("https://\x1b", "https://h/ü?a#b", "ftp://h", "~nosuch/x", "/dev/zero", "~"),
    *("cn-north-4", "eu-de", "password", "token", "aksk", "clouds", "command"),
    *(0, -1, 1, 2**62, 0.5, float("nan"), float("inf"), True, False),
    *([], ["a"], [""], [["a"]], [1], ["/bin/true", "\x1b"], {}, {"a": {}}),
)


def _document(chance: random.Random) -> dict[str, object]:
    """Some keys, at their place or below another one, with any values."""
    root: dict[str, object] = {}
    is_sound = chance.random() < 0.3
    keys = [key for key in KEYS if key.field or not is_sound]
    for key in chance.sample(keys, chance.randrange(1, 12)):
        path = [
            chance.choice(NAMES[:1] * 6 + NAMES) if p == "*" else p for p in key.path
        ]
        if chance.random() < 0.05:
            path[-1] = chance.choice(NAMES)
        table = root
        for name in path[:-1]:
            below = table.setdefault(name, {})
            if not isinstance(below, dict):
                break
            table = below
        else:
            table[path[-1]] = _default(key) if is_sound else _value(key, chance)
    return root


def _default(key: SettingKey) -> object:
    if not key.field:
        return ""
    return tomllib.loads(f"value = {default_text(key)}")["value"]


def _value(key: SettingKey, chance: random.Random) -> object:
    if key.is_private and chance.random() < 0.3:
        return SECRET
    return _default(key) if chance.random() < 0.2 else chance.choice(VALUES)


def attempt(seed: int) -> str:
    """One file, read with variables that are as odd."""
    chance = random.Random(seed)
    text = tomli_w.dumps(_document(chance))
    if is_cut := chance.random() < 0.1:
        text = text[: chance.randrange(len(text) + 1)] + chance.choice("=[\"'\x00é")
    odd = [value for value in VALUES if isinstance(value, str) and "\x00" not in value]
    names = [switch.name for switch in VARIABLES] + ["OS_AUTH_URL", "HW_ACCESS_KEY"]
    environ = {n: chance.choice(odd) for n in names if chance.random() < 0.1}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        loaded = ConfigFiles(environ, {}, path, Path(folder)).load()
    assert loaded.settings.profiles is not None
    for problem in loaded.problems:
        said = str(problem)
        assert printable(said, 99_999) == said, ascii(said)
        assert len(said) < 1_000, f"{len(said)} characters"
        assert SECRET not in said, "a value that may be a secret is shown"
    assert SECRET not in repr(loaded.settings), "a secret stands in the repr"
    if any(problem.whole_file for problem in loaded.problems):
        assert is_cut
        return "a file that is none"
    return "a mistake" if loaded.problems else "settings"


ROOM = Room(
    "config",
    attempt,
    frozenset({"a mistake", "settings", "a file that is none"}),
    short=300,
    long=20_000,
)
