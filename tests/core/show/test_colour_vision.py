"""The themes for colour-blind eyes: each kind of them tells good from bad."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

import pytest

from ims_tui.adapters.themefiles import packaged, read_themes
from ims_tui.core.show.theme import ThemeSpec

SEEN_AS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Linear RGB as it is seen: Machado, Oliveira, Fernandes 2009, at full severity."""

TO_XYZ = (
    (0.4124, 0.3576, 0.1805),
    (0.2126, 0.7152, 0.0722),
    (0.0193, 0.1192, 0.9505),
)
WHITE = (0.9505, 1.0, 1.089)

CLEARLY_APART = 40.0
"""Distance in CIELAB; one is about the least that an eye sees."""

THEMES = {theme.name: theme for theme in read_themes([packaged()])[0]}


def times(matrix: Sequence[Sequence[float]], of: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, of, strict=True)) for row in matrix]


def linear(colour: str) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def lab(rgb: Sequence[float]) -> tuple[float, float, float]:
    xyz = times(TO_XYZ, [min(1.0, max(0.0, part)) for part in rgb])
    ratios = [part / white for part, white in zip(xyz, WHITE, strict=True)]
    x, y, z = (r ** (1 / 3) if r > 0.008856 else 7.787 * r + 16 / 116 for r in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(theme: ThemeSpec, kind: str) -> float:
    """How far good and bad are apart in the eye."""
    good, bad = (
        lab(times(SEEN_AS[kind], linear(theme.states[state])))
        for state in ("ok", "fail")
    )
    return dist(good, bad)


@pytest.mark.parametrize("kind", SEEN_AS)
@pytest.mark.parametrize("name", ["ims-cvd-dark", "ims-cvd-light"])
def test_good_and_bad_are_told_apart(name: str, kind: str) -> None:
    assert apart(THEMES[name], kind) >= CLEARLY_APART


def test_the_measure_sees_why_the_usual_theme_is_not_enough() -> None:
    assert apart(THEMES["ims-dark"], "deuteranopia") < 20


def test_every_theme_names_every_state() -> None:
    assert {len(theme.states) for theme in THEMES.values()} == {6}
