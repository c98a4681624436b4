"""A dialog to read: help, events, log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ims_tui.core.show.actions import KeyHint
from ims_tui.core.show.pages import broken, found_in
from ims_tui.ui.dialogs.base import CLOSE, Dialog
from ims_tui.ui.dialogs.contents import Page
from ims_tui.ui.line_input import LineInput
from ims_tui.ui.lines import Lines
from ims_tui.ui.one_line import OneLine

FRESH_S = 2.0
"""Seconds after which a page that changes is read again."""


_SEARCH, _SCROLL = KeyHint("/", "Search", "search"), KeyHint("j k", "Scroll", "")
_READING: Sequence[KeyHint] = (_SEARCH, _SCROLL, CLOSE)
_FOLLOWING = (
    _SEARCH,
    KeyHint("v", "Level", "turn"),
    KeyHint("f", "Follow", "follow"),
    _SCROLL,
    CLOSE,
)
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
        Binding("v", "turn", "Level", show=False),
        Binding("f", "follow", "Follow", show=False),
        Binding("question_mark,f1", "cancel", "Close", show=False),
    ]
    page: Page

    def compose_body(self) -> ComposeResult:
        """Search line and lines."""
        yield OneLine(id="head")
        yield LineInput("type to search")
        yield Lines()

    def on_mount(self) -> None:
        """Read pages that change again, while they are open."""
        self._clock = self.set_interval(FRESH_S, self._fill)
        self.watch(self.query_one(Lines), "scroll_y", self._show_head, init=False)

    def open_up(self) -> None:
        """Show the page that was asked for, from its beginning."""
        line, lines = self.query_one(Input), self.query_one(Lines)
        self._clock.resume()
        with line.prevent(Input.Changed):
            line.value = ""
        line.display = self.page.is_searched
        hints = _FOLLOWING if self.page.turn else _READING
        hints = _TYPING if self.page.is_searched else hints
        self.show_frame(self.page.title, hints)
        self._fill()
        (line if self.page.is_searched else lines).focus()
        end = self.page.is_read_from_end
        move = lines.scroll_end if end else lines.scroll_home
        self.call_after_refresh(move, animate=False)

    def on_resize(self) -> None:
        """Break long lines anew."""
        if self.is_current:
            self._fill()

    def on_screen_suspend(self) -> None:
        """No page is open."""
        self._clock.pause()

    def _fill(self) -> None:
        words, lines = self.query_one(Input).value, self.query_one(Lines)
        is_followed = self._is_followed
        room = lines.size.width or self.app.size.width
        found = broken(found_in(self.page.lines(), words), room)
        lines.show([tuple(line) for line in found])
        if is_followed:
            lines.scroll_end(animate=False, immediate=True)
        self._show_head()

    def _show_head(self) -> None:
        head = self.query_one(OneLine)
        if not self.is_current:
            return
        head.display = self.page.head is not None
        if self.page.head is not None:
            head.show(*self.page.head(self._is_followed))

    @property
    def _is_followed(self) -> bool:
        """Whether what comes is scrolled to: until one looks back."""
        is_at_end = self.query_one(Lines).is_vertical_scroll_end
        return self.page.is_read_from_end and is_at_end

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

    def action_turn(self) -> None:
        """Show the lines of the next level."""
        if self.page.turn is not None:
            self.page.turn()
            self._fill()

    def action_follow(self) -> None:
        """Follow what comes."""
        if self.page.is_read_from_end:
            self.query_one(Lines).scroll_end(animate=False, immediate=True)

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
