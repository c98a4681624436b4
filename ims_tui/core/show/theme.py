"""A theme as a value: palette, Textual's variables, and the tones of states."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct, field

from ims_tui.core.text import printable

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
"""Colours of states on light backgrounds."""

# Texts, not compiled: `re` compiles each at its first use and keeps it.
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_COLOUR = r"#(?:[0-9a-fA-F]{3}){1,2}"
_VARIABLE = r"[a-z][a-z0-9-]{0,63}"
_SHADES = ("-lighten-", "-darken-")
_TINT = r"(?:#(?:[0-9a-fA-F]{3}){1,2}|auto)(?: (?:100|[1-9]?[0-9])%)?|transparent"
_STYLE = (
    r"none|(?:not )?(?:bold|dim|italic|reverse|strike|underline)"
    r"(?: (?:not )?(?:bold|dim|italic|reverse|strike|underline)){0,5}"
)


class ThemeError(ValueError):
    """A theme that cannot be used; the text names the key and what is allowed."""


class ThemeSpec(Struct, frozen=True):
    """One theme."""

    name: str
    is_dark: bool = True
    palette: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


def theme_name(stem: str) -> str:
    """The name of the theme in a file of this name.

    Raises:
        ThemeError: Textual has no such names; they become names of a style.
    """
    if not re.fullmatch(_NAME, stem):
        raise ThemeError(
            "a theme is named with letters, digits, - and _ before .toml, at most 64"
        )
    return stem


def parse_theme(name: str, values: Mapping[str, object]) -> ThemeSpec:
    """Read a theme from the values of its TOML file.

    Raises:
        ThemeError: a key is not known or a colour is not one.
    """
    unknown = values.keys() - {"dark", "variables", "state", *PALETTE}
    if unknown:
        allowed = ", ".join(("dark", *PALETTE, "[variables]", "[state]"))
        key = printable(min(unknown), 40)
        raise ThemeError(f"{key} is not a theme key; allowed: {allowed}")
    dark = values.get("dark", True)
    if not isinstance(dark, bool):
        raise ThemeError(f"dark is {_shown(dark)}; allowed: true, false")
    palette = {key: _colour(key, values[key]) for key in PALETTE if key in values}
    if "primary" not in palette:
        raise ThemeError("primary is missing; a theme needs at least that colour")
    states = _table(values, "state")
    wrong = states.keys() - set(STATES)
    if wrong:
        raise ThemeError(
            f"state.{printable(min(wrong), 40)} is not known; {', '.join(STATES)} are"
        )
    return ThemeSpec(
        name,
        dark,
        palette,
        {k: _variable(k, v) for k, v in _table(values, "variables").items()},
        {key: _colour(f"state.{key}", value) for key, value in states.items()},
    )


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name, {})
    if not isinstance(table, Mapping):
        raise ThemeError(f"{name} is {_shown(table)}; it has to be a table")
    return table


def _colour(key: str, value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_COLOUR, value):
        raise ThemeError(f"{key} is {_shown(value)}; a colour is written #RRGGBB")
    return value


def _variable(key: str, value: object) -> str:
    """A variable of Textual's as it may stand in a style.

    Anything else would fail where the style is read, in the running program.
    """
    if not re.fullmatch(_VARIABLE, key):
        what = "is not a name of small letters, digits and -"
        raise ThemeError(f"variables.{printable(key, 40)} {what}")
    if any(shade in key for shade in _SHADES):  # Textual computes with these
        return _colour(f"variables.{key}", value)
    is_style = key.endswith("-style") or "-style-" in key
    allowed = _STYLE if is_style else _TINT
    if not isinstance(value, str) or not re.fullmatch(allowed, value):
        form = "words such as bold reverse" if is_style else "#RRGGBB or #RRGGBB 50%"
        raise ThemeError(f"variables.{key} is {_shown(value)}; it is written {form}")
    return value


def _shown(value: object) -> str:
    try:
        return printable(repr(value), 40)
    except ValueError:  # Python does not write numbers that long
        return "a number of many digits"


def state_variables(spec: ThemeSpec) -> dict[str, str]:
    """CSS variables of the state tones, with the usual ones where it names none."""
    usual = DARK_STATES if spec.is_dark else LIGHT_STATES
    return {f"state-{key}": spec.states.get(key, usual[key]) for key in STATES}
