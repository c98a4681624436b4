"""The wall over the dashboard: no cursor, no keys but those that close it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from ims_tui.ui.dialogs.base import Dialog
from ims_tui.ui.dialogs.contents import WallPage
from ims_tui.ui.one_line import OneLine

TICK_S = 1.0


class WallDialog(Dialog[WallPage]):
    """Shows the wall as of now; what did not change is not painted."""

    AUTO_FOCUS = ""
    is_opaque = True
    """Nothing of the dashboard shows through: what changes there is not painted."""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("w", "cancel"),
    ]

    def compose(self) -> ComposeResult:
        """All of it."""
        yield OneLine(id="wall")

    def on_mount(self) -> None:
        """Follow the time, while it is open."""
        self._clock = self.set_interval(TICK_S, self._show)

    def open_up(self) -> None:
        """Show it."""
        self._clock.resume()
        self._show()

    def on_screen_suspend(self) -> None:
        """Nobody sees it."""
        self._clock.pause()

    async def on_resize(self) -> None:
        """Lay it out again."""
        if self.is_current:
            self._show()

    def _show(self) -> None:
        if self.host.can_paint and not self.host.is_leaving:
            lines = self.contents.lines(self.size.width, self.size.height)
            self.query_one(OneLine).show(*lines)
