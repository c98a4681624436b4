"""What dialogs of lines share: a head, a line to search with, and lines kept fresh."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from ims_tui.core.show import texts
from ims_tui.ui.dialogs.base import C, Dialog
from ims_tui.ui.line_input import LineInput
from ims_tui.ui.lines import Lines
from ims_tui.ui.one_line import OneLine

FRESH_S = 2.0
"""Seconds after which lines that change are read again."""


class DialogLines(Lines):
    """Lines that tell when there is another room for them."""

    class LaidOut(Message):
        """Their size is known, or another one."""

    def on_resize(self) -> None:
        """Tell it."""
        self.post_message(self.LaidOut())


class LinesDialog(Dialog[C]):
    """Lines under a head; `fill` reads them again for as long as it is open."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("slash", "search"),
    ]
    fresh: Timer

    def compose_body(self) -> ComposeResult:
        """Head, search line and lines."""
        yield OneLine(id="head")
        yield LineInput(texts.SEARCH_HINT)
        yield DialogLines()

    def on_mount(self) -> None:
        """Read again what changes, while it is open."""
        self.fresh = self.set_interval(FRESH_S, self.fill)

    def on_dialog_lines_laid_out(self) -> None:
        """Wrap anew."""
        if self.is_current:
            self.fill()

    def on_screen_suspend(self) -> None:
        """Nobody reads."""
        self.fresh.pause()

    def begin(self, *, is_searched: bool = False) -> Input:
        """Read again from now on, with an empty search line, which is returned."""
        line = self.query_one(Input)
        self.fresh.resume()
        with line.prevent(Input.Changed):
            line.value = ""
        line.display = is_searched
        return line

    def fill(self) -> None:
        """Show the lines as they are now, those with the words of the search line."""
        raise NotImplementedError

    def action_search(self) -> None:
        """Search."""
        line = self.query_one(Input)
        line.display = True
        line.focus()
