"""Themes: what is accepted, and that states can be read."""

from __future__ import annotations

import os
import tomllib
from itertools import product
from pathlib import Path

import pytest
from textual.css.stylesheet import Stylesheet
from textual.design import ColorSystem

from ims_tui.adapters.themefiles import packaged, read_themes
from ims_tui.core.show.theme import STATES, ThemeError, parse_theme
from ims_tui.core.text import printable
from ims_tui.ui.themes import textual_theme

VARIABLES = ColorSystem(primary="#123456").generate().keys()
THEMES, PROBLEMS = read_themes([packaged()])


def test_dark_and_light_ship() -> None:
    assert {theme.name for theme in THEMES} >= {"ims-dark", "ims-light"}
    assert not PROBLEMS


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_state_can_be_read_on_the_background(theme: object) -> None:
    spec = next(t for t in THEMES if t is theme)
    for state in set(STATES) - {"cursor"}:
        ratio = contrast(spec.states[state], spec.palette["background"])
        assert ratio >= 4.5, f"{state} has {ratio:.1f}"
        assert contrast(spec.states[state], spec.states["cursor"]) >= 3, state


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('primary = "blue"', "primary is 'blue'; a colour is written #RRGGBB"),
        ('primry = "#fff"', "primry is not a theme key"),
        ("dark = false", "primary is missing"),
        ('primary = "#fff"\ndark = "no"', "dark is 'no'; allowed: true, false"),
        ('primary = "#fff"\n[state]\nbad = "#fff"', "state.bad is not known"),
        (
            "primary = 0x" + "f" * 9999,
            "primary is a number of many digits; a colour is written",
        ),
        ('primary = "#fff"\n"k\\u001b" = 1', r"k\x1b is not a theme key"),
        (
            'primary = "#fff"\n[variables]\nforeground-muted = "#12"',
            "variables.foreground-muted is '#12'; it is written #RRGGBB",
        ),
        (
            'primary = "#fff"\n[variables]\nlink-style = "loud"',
            "variables.link-style is 'loud'; it is written words such as bold reverse",
        ),
        (
            'primary = "#fff"\n[variables]\n"a; b" = "#fff"',
            "variables.a; b is not a name of small letters",
        ),
        ('primary = "#fff"\nstate = 3', "state is 3; it has to be a table"),
    ],
)
def test_a_wrong_theme_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ThemeError) as error:
        parse_theme("mine", tomllib.loads(text))
    assert said in str(error.value)


def test_a_broken_file_is_reported_and_skipped_and_the_first_of_a_name_wins(
    tmp_path: Path,
) -> None:
    (tmp_path / "broken.toml").write_text("primary = ")
    (tmp_path / "odd.toml").write_text('primary = "red"')
    (tmp_path / "ims-dark.toml").write_text('primary = "#123456"')
    themes, problems = read_themes([tmp_path, packaged()])
    assert len(problems) == 2
    assert all(problem.endswith("theme skipped") for problem in problems)
    mine = next(theme for theme in themes if theme.name == "ims-dark")
    assert mine.palette["primary"] == "#123456"


def test_only_regular_files_of_sound_names_are_themes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "nowhere.toml").symlink_to(tmp_path / "nothing")
    (tmp_path / "latin.toml").write_bytes(b'primary = "\xff"')
    (tmp_path / "large.toml").write_bytes(b"#" * 2_000_000)
    (tmp_path / "nested.toml").write_text(f"x = {'[' * 999}{']' * 999}")
    (tmp_path / "big.toml").write_text(f'primary = "#fff"\nx = {"9" * 9999}')
    for name in ("\x1b[2J", "a b", "a,b", "é", "\udcff", "1" * 99):
        (tmp_path / f"{name}.toml").write_text('primary = "#123456"')
    (tmp_path / "sound_1.toml").write_text('primary = "#123456"')
    themes, problems = read_themes([tmp_path])
    assert [theme.name for theme in themes] == ["sound_1"]
    assert len(problems) == 13
    assert all(problem.endswith("; theme skipped") for problem in problems)
    assert all(printable(problem) == problem for problem in problems)


def test_a_variable_that_is_accepted_can_be_drawn() -> None:
    values = ["none", "not bold dim", "#123", "#123 50%", "auto 5%", "transparent"]
    accepted = set()
    for key, value in product(VARIABLES, values):
        try:
            spec = parse_theme("x", {"primary": "#123456", "variables": {key: value}})
        except ThemeError:
            continue
        accepted.add(key)
        theme = textual_theme(spec)
        shown = theme.to_color_system().generate() | theme.variables
        sheet = Stylesheet(variables=shown)
        is_style = "bold" in value or value == "none"
        prop = "text-style" if is_style else "color"
        sheet.add_source(f"Label {{ {prop}: ${key}; }}")
        sheet.parse()
        assert sheet.rules
    assert accepted == set(VARIABLES)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, 1 to 21)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
