"""A dialog to read: help, events, log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from ims_tui.core.show import texts
from ims_tui.core.show.actions import KeyHint
from ims_tui.core.show.pages import broken, found_in
from ims_tui.ui.dialogs.base import CLOSE
from ims_tui.ui.dialogs.contents import Page
from ims_tui.ui.dialogs.lines_dialog import LinesDialog
from ims_tui.ui.lines import Lines
from ims_tui.ui.one_line import OneLine

_SEARCH = KeyHint("/", texts.SEARCH, "search")
_SCROLL = KeyHint("j k", texts.SCROLL, "")
_LEVEL = KeyHint("v", texts.LEVEL, "turn")
_FOLLOW = KeyHint("f", texts.FOLLOW, "follow")
_READING: Sequence[KeyHint] = (_SEARCH, _SCROLL, CLOSE)
_FOLLOWING = (_SEARCH, _LEVEL, _FOLLOW, _SCROLL, CLOSE)
_TYPING = (KeyHint(texts.ARROWS, texts.SCROLL, ""), CLOSE)


class PagerDialog(LinesDialog[Page]):
    """Lines that scroll, and a search that leaves only those with the words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("up,k", "list('scroll_up')"),
        ("down,j", "list('scroll_down')"),
        ("pageup,ctrl+u", "list('page_up')"),
        ("pagedown,ctrl+d", "list('page_down')"),
        ("home,g", "list('scroll_home')"),
        ("end,G", "list('scroll_end')"),
        ("v", "turn"),
        ("f", "follow"),
        ("question_mark,f1", "cancel"),
    ]

    def on_mount(self) -> None:
        """Say in the head whether what comes is followed."""
        self.watch(self.query_one(Lines), "scroll_y", self._show_head, init=False)

    def open_up(self) -> None:
        """Show the page that was asked for, from its beginning."""
        line, lines = (
            self.begin(is_searched=self.contents.is_searched),
            self.query_one(Lines),
        )
        hints = _FOLLOWING if self.contents.turn else _READING
        hints = _TYPING if self.contents.is_searched else hints
        self.show_frame(self.contents.title, hints)
        self.fill()
        (line if self.contents.is_searched else lines).focus()
        end = self.contents.is_read_from_end
        move = lines.scroll_end if end else lines.scroll_home
        self.call_after_refresh(move, animate=False)

    def fill(self) -> None:
        """Show the page as it is now."""
        words, lines = self.query_one(Input).value, self.query_one(Lines)
        is_followed = self._is_followed
        room = lines.size.width
        if not room:
            return
        found = broken(found_in(self.contents.lines(), words), room)
        lines.show([tuple(line) for line in found])
        if is_followed:
            lines.scroll_end(animate=False, immediate=True)
        self._show_head()

    def _show_head(self) -> None:
        head = self.query_one(OneLine)
        if not self.is_current:
            return
        head.display = self.contents.head is not None
        if self.contents.head is not None:
            head.show(*self.contents.head(self._is_followed))

    @property
    def _is_followed(self) -> bool:
        """Whether what comes is scrolled to: until one looks back."""
        is_at_end = self.query_one(Lines).is_vertical_scroll_end
        return self.contents.is_read_from_end and is_at_end

    @on(Input.Changed)
    def _searched(self) -> None:
        self.fill()
        self.query_one(Lines).scroll_home(animate=False)

    @on(Input.Submitted)
    def _found(self) -> None:
        self.query_one(Lines).focus()

    def action_turn(self) -> None:
        """Show the lines of the next level."""
        if self.contents.turn is not None:
            self.contents.turn()
            self.fill()

    def action_follow(self) -> None:
        """Follow what comes."""
        if self.contents.is_read_from_end:
            self.query_one(Lines).scroll_end(animate=False, immediate=True)

    def action_cancel(self) -> None:
        """End the search first, then close."""
        line = self.query_one(Input)
        if line.value:
            line.value = ""
            if not self.contents.is_searched:
                line.display = False
                self.query_one(Lines).focus()
        else:
            self.dismiss()
