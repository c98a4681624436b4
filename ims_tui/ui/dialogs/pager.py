"""A dialog to read: help, events, log."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ims_tui.core.show.actions import KeyHint
from ims_tui.core.show.pages import found_in
from ims_tui.ui.dialogs.base import CLOSE, Dialog
from ims_tui.ui.dialogs.contents import Page
from ims_tui.ui.line_input import LineInput
from ims_tui.ui.lines import Lines

FRESH_S = 2.0
"""Seconds after which a page that changes is read again."""


_READING = (KeyHint("/", "Search", "search"), KeyHint("j k", "Scroll", ""), CLOSE)
_TYPING = (KeyHint("up down", "Scroll", ""), CLOSE)


class PagerDialog(Dialog[None]):
    """Lines that scroll, and a search that leaves only those with the words."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll('scroll_up')", "Up", show=False),
        Binding("down,j", "scroll('scroll_down')", "Down", show=False),
        Binding("pageup,ctrl+u", "scroll('page_up')", "Page up", show=False),
        Binding("pagedown,ctrl+d", "scroll('page_down')", "Page down", show=False),
        Binding("home,g", "scroll('scroll_home')", "Top", show=False),
        Binding("end,G", "scroll('scroll_end')", "End", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("question_mark,f1", "cancel", "Close", show=False),
    ]
    page: Page

    def compose_body(self) -> ComposeResult:
        """Search line and lines."""
        yield LineInput("type to search")
        yield Lines()

    def on_mount(self) -> None:
        """Read pages that change again, while they are open."""
        self._clock = self.set_interval(FRESH_S, self._fill)

    def open_up(self) -> None:
        """Show the page that was asked for, from its beginning."""
        line, lines = self.query_one(Input), self.query_one(Lines)
        self._clock.resume()
        with line.prevent(Input.Changed):
            line.value = ""
        line.display = self.page.is_searched
        hints = _TYPING if self.page.is_searched else _READING
        self.show_frame(self.page.title, hints)
        self._fill()
        (line if self.page.is_searched else lines).focus()
        end = self.page.is_read_from_end
        move = lines.scroll_end if end else lines.scroll_home
        self.call_after_refresh(move, animate=False)

    def on_screen_suspend(self) -> None:
        """No page is open."""
        self._clock.pause()

    def _fill(self) -> None:
        words = self.query_one(Input).value
        lines = found_in(self.page.lines(), words)
        self.query_one(Lines).show([tuple(line) for line in lines])

    @on(Input.Changed)
    def _searched(self) -> None:
        self._fill()
        self.query_one(Lines).scroll_home(animate=False)

    @on(Input.Submitted)
    def _found(self) -> None:
        self.query_one(Lines).focus()

    def action_search(self) -> None:
        """Search."""
        line = self.query_one(Input)
        line.display = True
        line.focus()

    def action_scroll(self, name: str) -> None:
        """Scroll, wherever the focus is."""
        getattr(self.query_one(Lines), f"action_{name}")()

    def action_cancel(self) -> None:
        """End the search first, then close."""
        line = self.query_one(Input)
        if line.value:
            line.value = ""
            if not self.page.is_searched:
                line.display = False
                self.query_one(Lines).focus()
        else:
            self.dismiss(None)
