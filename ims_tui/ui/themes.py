"""The themes that the screen knows, by name."""

from __future__ import annotations

from collections.abc import Iterable

from textual.theme import BUILTIN_THEMES

from ims_tui.core.show.theme import ThemeSpec


def theme_names(specs: Iterable[ThemeSpec]) -> set[str]:
    """The names that `ui.theme` may have, given the themes from files."""
    return {"auto", *(spec.name for spec in specs), *BUILTIN_THEMES}
