"""The themes that the screen knows: their names, and what Textual makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textual.theme import BUILTIN_THEMES, Theme

from ims_tui.core.show.theme import ThemeSpec, state_variables

COLOURLESS = "ansi-dark"
"""With this theme and the filter nothing but the terminal's own colours is sent."""


def theme_names(specs: Iterable[ThemeSpec]) -> set[str]:
    """The names that `ui.theme` may have, given the themes from files."""
    return {"auto", *(spec.name for spec in specs), *BUILTIN_THEMES}


def textual_theme(spec: ThemeSpec) -> Theme:
    """A theme in Textual's terms."""
    colours: dict[str, Any] = dict(spec.palette)
    return Theme(
        name=spec.name,
        dark=spec.is_dark,
        variables={**spec.variables, **state_variables(spec)},
        **colours,
    )


def chosen_theme(name: str, environ: Mapping[str, str]) -> str:
    """The theme that a setting names; `auto` goes by the terminal's background."""
    if name != "auto":
        return name
    return "ims-light" if is_light(environ) else "ims-dark"


def is_light(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that its background is light (rxvt and konsole do)."""
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
