"""The application: themes, keys, dialogs, news beyond the table, leaving."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from textual import work
from textual.app import App
from textual.screen import Screen
from textual.theme import Theme

from ims_tui.core.errors import ConfigError
from ims_tui.core.notices import toasts
from ims_tui.core.store import Snapshot
from ims_tui.core.theme import DARK_STATES, ThemeSpec, state_variables
from ims_tui.core.view import View
from ims_tui.core.watch import JobKey, Watch
from ims_tui.ui.dashboard import Dashboard
from ims_tui.ui.terminal import LOOK_S, TerminalWatch

if TYPE_CHECKING:
    from ims_tui.runtime import Runtime

_LOG = logging.getLogger(__name__)
QUIT_TWICE_S = 2.0
"""A second ctrl+c within this quits."""


class ImsTui(App[int]):
    """Runs a runtime behind the dashboard."""

    TITLE = "ims-tui"
    ENABLE_COMMAND_PALETTE = True
    SCREENS: ClassVar[dict[str, Callable[[], Screen[Any]]]] = {"dashboard": Dashboard}

    def __init__(
        self,
        runtime: Runtime,
        *,
        view: View,
        themes: Sequence[ThemeSpec] = (),
        problems: Sequence[str] = (),
        first: Sequence[Watch] = (),
        is_demo: bool = False,
    ) -> None:
        super().__init__()
        self.runtime = runtime
        self.view = view
        self.is_demo = is_demo
        self.is_blurred = False
        self._specs = themes
        self._problems = problems
        self._first = first
        self.terminal_watch: TerminalWatch | None = None
        self._interrupted_s = -QUIT_TWICE_S

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """State tones for themes that name none."""
        return {f"state-{key}": value for key, value in DARK_STATES.items()}

    def on_mount(self) -> None:
        """Paint first, then load and poll."""
        for spec in self._specs:
            self.register_theme(textual_theme(spec))
        self._set_theme()
        self.set_keymap(dict(self.runtime.settings.keys))
        self.push_screen("dashboard")
        if self.terminal_watch is not None:
            self.set_interval(LOOK_S, self.terminal_watch.look)
        self.call_after_refresh(self._start)

    def _set_theme(self) -> None:
        wanted = self.runtime.settings.ui.theme
        if wanted == "auto":
            wanted = "ims-dark"
        if wanted in self.available_themes:
            self.theme = wanted
        else:
            names = ", ".join(sorted(self.available_themes))
            self._problems = [*self._problems, f"no theme {wanted}; there are {names}"]

    def _start(self) -> None:
        for problem in self._problems:
            self.notify(problem, severity="warning", timeout=15, markup=False)
        self._run()

    @work(exit_on_error=False, name="runtime")
    async def _run(self) -> None:
        """Load, poll and save for as long as the screen is there."""
        await self.runtime.run(self._first)

    # -- facts for the screen ----------------------------------------------------------

    def host_of(self, profile: str) -> str:
        """Host of a profile's endpoint, for messages."""
        known = self.runtime.settings.profiles.get(profile)
        return (urlsplit(known.endpoint).hostname or profile) if known else profile

    # -- news --------------------------------------------------------------------------

    def take_news(self, before: Snapshot, after: Snapshot) -> None:
        """Tell what happened since the snapshot before, beyond the table itself."""
        known = set(map(id, before.events))
        fresh = [event for event in after.events if id(event) not in known]
        view = replace(self.view, now=self.runtime.moment(), health=after.health)
        for news in toasts(fresh, after.entries, view):
            self.notify(
                news.text,
                severity="error" if news.is_bad else "information",
                timeout=30 if news.is_bad else 4,
                markup=False,
            )
            if news.is_bad and self.is_blurred:
                self.bell()

    def on_app_focus(self) -> None:
        """Somebody looks: tick each second, poll at the usual pace."""
        self.is_blurred = False
        self.runtime.tracker.slow_down(1.0)

    def on_app_blur(self) -> None:
        """Nobody looks: tick rarely, poll slower."""
        self.is_blurred = True
        self.runtime.tracker.slow_down(self.runtime.settings.poll.unfocused_factor)

    # -- verbs that several places use -------------------------------------------------

    @work(exit_on_error=False)
    async def change(
        self, keys: Sequence[JobKey], how: Callable[[Watch], Watch]
    ) -> None:
        """Change what the operator said of some jobs."""
        await self.runtime.annotate(keys, how)

    def ask_add(self, text: str = "") -> None:
        """Open the add dialog, with text to find ids in."""

    def save_view(self) -> None:
        """Keep facet, order and columns for the next run."""

    @work(exit_on_error=False, exclusive=True, group="reload")
    async def action_reload(self) -> None:
        """Read configuration and credentials again."""
        try:
            await self.runtime.reload()
        except ConfigError as error:
            self.notify(f"{error} The old values stay.", severity="error", markup=False)
        else:
            self.notify("Configuration and credentials are read again.", timeout=3)

    # -- leaving -----------------------------------------------------------------------

    def leave(self, code: int) -> None:
        """End because a signal or the terminal said so."""
        self.exit(code, return_code=code)

    def action_help_quit(self) -> None:
        """ctrl+c: twice within two seconds quits, once says how."""
        now_s = self.runtime.moment().mono_s
        if now_s - self._interrupted_s < QUIT_TWICE_S:
            self.leave(130)
            return
        self._interrupted_s = now_s
        self.notify("Press q to leave, or ctrl+c once more.", timeout=QUIT_TWICE_S)


def textual_theme(spec: ThemeSpec) -> Theme:
    """A theme in Textual's terms."""
    colours: dict[str, Any] = dict(spec.palette)
    return Theme(
        name=spec.name,
        dark=spec.is_dark,
        variables={**spec.variables, **state_variables(spec)},
        **colours,
    )
