"""The themes that the screen knows: their names, and what Textual makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES, Theme

from ims_tui.core.show import texts
from ims_tui.core.show.theme import ThemeSpec, state_variables
from ims_tui.core.text import in_ascii

COLOURLESS = "ansi-dark"
"""With this theme and the filter nothing but the terminal's own colours is sent."""


class AsciiFilter(LineFilter):
    """Texts of others in ASCII; our own signs are, where this filter is used."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace characters beyond ASCII by `?`, cell by cell."""
        return [Segment(in_ascii(s.text), s.style, s.control) for s in segments]


def theme_names(specs: Iterable[ThemeSpec]) -> set[str]:
    """The names that `ui.theme` may have, given the themes from files."""
    return {"auto", "mono", *(spec.name for spec in specs), *BUILTIN_THEMES}


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


class Themes:
    """The themes of an app, and which of them it shows."""

    def __init__(
        self,
        app: App[Any],
        specs: Iterable[ThemeSpec],
        environ: Mapping[str, str],
        *,
        is_mono: bool,
        is_ascii: bool,
    ) -> None:
        self._app = app
        self._environ = environ
        self._is_mono = is_mono
        self._is_ascii = is_ascii
        for spec in specs:
            app.register_theme(textual_theme(spec))

    @property
    def names(self) -> Sequence[str]:
        """All of them, ours first."""
        every = self._app.available_themes
        return sorted(every, key=lambda name: (not name.startswith("ims-"), name))

    @property
    def shown(self) -> str:
        """The one that is shown."""
        return self._app.theme

    def show(self, name: str) -> None:
        """Show another one."""
        self._app.theme = name

    def begin(self, setting: str) -> list[str]:
        """Settle the colours before the styles are read: else they are read twice.

        Returns:
            what is wrong with the setting, if anything.
        """
        app = self._app
        self._set_filters()
        name, problems = self._wanted(setting)
        app.set_reactive(App.theme, name)
        app.stylesheet.set_variables(app.get_css_variables())
        theme = app.current_theme
        app.set_class(theme.dark, "-dark-mode", update=False)
        app.set_class(not theme.dark, "-light-mode", update=False)
        app.add_class(f"-theme-{theme.name}", update=False)
        return problems

    def follow(self, setting: str) -> list[str]:
        """Show what the setting asks for now; what is wrong with it, if anything."""
        self._set_filters()
        name, problems = self._wanted(setting)
        self.show(name)
        return problems

    def recall(self, chosen: str) -> None:
        """Show what was chosen in the last run, if it is still there."""
        name, problems = self._wanted(chosen)
        if not problems and name != self.shown:
            self.show(name)

    def _wanted(self, setting: str) -> tuple[str, list[str]]:
        """The theme of the setting; the present one where there is no such theme."""
        if self._is_mono:
            return COLOURLESS, []
        wanted = chosen_theme(setting, self._environ)
        known = self._app.available_themes
        if wanted in known:
            return wanted, []
        named = ", ".join(sorted(known))
        return self.shown, [texts.NO_THEME.format(wanted=wanted, themes=named)]

    def _set_filters(self) -> None:
        # Textual takes an empty NO_COLOR for one that is set, and sends greys for it.
        ours = (Monochrome, NoColor, AsciiFilter)
        filters = [each for each in self._app._filters if not isinstance(each, ours)]
        if self._is_ascii:
            filters.append(AsciiFilter())
        if self._is_mono:
            filters.append(NoColor())
        self._app._filters = filters
        self._app.no_color = self._is_mono
