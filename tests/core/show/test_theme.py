"""Themes: what is accepted, and that states can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ims_tui.adapters.themefiles import packaged, read_themes
from ims_tui.core.show.theme import STATES, ThemeError, contrast, parse_theme

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
