"""A theme as a value: palette, Textual's variables, and the tones of states."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

PALETTE = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
)
STATES = ("ok", "fail", "run", "init", "warn", "cursor")

DARK_STATES = {
    "ok": "#4EBF71",
    "fail": "#FF6B6B",
    "run": "#58A6FF",
    "init": "#9AA4B2",
    "warn": "#FFB454",
    "cursor": "#24405E",
}
"""Tones where a theme names none, for dark backgrounds."""

LIGHT_STATES = {
    "ok": "#1A7F37",
    "fail": "#B3261E",
    "run": "#0550AE",
    "init": "#57606A",
    "warn": "#8A4B00",
    "cursor": "#CFE3F7",
}
"""The same for light backgrounds."""


class ThemeError(ValueError):
    """A theme that cannot be used; the text names the key and what is allowed."""


class ThemeSpec(Struct, frozen=True):
    """One theme."""

    name: str
    is_dark: bool = True
    palette: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


def parse_theme(name: str, values: Mapping[str, object]) -> ThemeSpec:
    """Read a theme from the values of its TOML file.

    Raises:
        ThemeError: a key is not known or a colour is not one.
    """
    unknown = values.keys() - {"dark", "variables", "state", *PALETTE}
    if unknown:
        allowed = ", ".join(("dark", *PALETTE, "[variables]", "[state]"))
        raise ThemeError(f"{min(unknown)} is not a theme key; allowed: {allowed}")
    dark = values.get("dark", True)
    if not isinstance(dark, bool):
        raise ThemeError(f"dark is {dark!r}; allowed: true, false")
    palette = {key: _colour(key, values[key]) for key in PALETTE if key in values}
    if "primary" not in palette:
        raise ThemeError("primary is missing; a theme needs at least that colour")
    states = _table(values, "state")
    wrong = states.keys() - set(STATES)
    if wrong:
        raise ThemeError(f"state.{min(wrong)} is not known; {', '.join(STATES)} are")
    return ThemeSpec(
        name,
        dark,
        palette,
        {key: str(value) for key, value in _table(values, "variables").items()},
        {key: _colour(f"state.{key}", value) for key, value in states.items()},
    )


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name, {})
    if not isinstance(table, Mapping):
        raise ThemeError(f"{name} is {table!r}; it has to be a table")
    return table


def _colour(key: str, value: object) -> str:
    text = str(value)
    digits = text.removeprefix("#")
    is_hex = all(c in "0123456789abcdefABCDEF" for c in digits)
    if not text.startswith("#") or len(digits) not in (3, 6) or not is_hex:
        raise ThemeError(f"{key} is {value!r}; a colour is written #RRGGBB")
    return text


def state_variables(spec: ThemeSpec) -> dict[str, str]:
    """CSS variables of the state tones, with the usual ones where it names none."""
    usual = DARK_STATES if spec.is_dark else LIGHT_STATES
    return {f"state-{key}": spec.states.get(key, usual[key]) for key in STATES}


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
