"""A dialog to read with a cursor, and to go on from: events, sub-jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.widgets import Input

from ims_tui.core.show import texts
from ims_tui.core.show.actions import KeyHint
from ims_tui.core.show.pages import ListingItem, items_with
from ims_tui.core.show.view import Cell, Tone
from ims_tui.ui.dialogs.base import CLOSE
from ims_tui.ui.dialogs.contents import Listing
from ims_tui.ui.dialogs.lines_dialog import LinesDialog
from ims_tui.ui.lines import Lines
from ims_tui.ui.one_line import OneLine

_SORT = KeyHint("s", texts.SORT, "turn")
_KEYS = (
    KeyHint("/", texts.SEARCH, "search"),
    KeyHint("j k", texts.MOVE, ""),
    CLOSE,
)


class ListingDialog(LinesDialog[Listing]):
    """What was told, each wrapped to the width; the cursor stays on one of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("up,k", "move(-1)"),
        ("down,j", "move(1)"),
        ("pageup,ctrl+u", "move(-10)"),
        ("pagedown,ctrl+d", "move(10)"),
        ("home,g", "move(-1000)"),
        ("end,G", "move(1000)"),
        ("enter,y", "go"),
        ("s", "turn"),
    ]
    _told: Sequence[ListingItem] = ()
    _at: ListingItem | None = None

    def on_mount(self) -> None:
        """Keep its keys from the lines, which would scroll."""
        self.query_one(Lines).can_focus = False

    def open_up(self) -> None:
        """Show the listing that was asked for, from its beginning."""
        self.begin()
        head = self.query_one(OneLine)
        head.display = bool(self.contents.head)
        head.show(self.contents.head)
        self._show_title(self.contents.title)
        self._at = None
        self.set_focus(None)
        self.fill()

    def _show_title(self, title: str) -> None:
        enter = KeyHint("enter", self.contents.verb, "go")
        sort = (_SORT,) if self.contents.turn else ()
        self.show_frame(title, (enter, *sort, *_KEYS))

    def action_turn(self) -> None:
        """Sort by something else."""
        if self.contents.turn is not None:
            self._show_title(self.contents.turn())
            self._at = None
            self.fill()

    def _place(self) -> int:
        """Where the cursor stands: on what it stood on before, else on the first."""
        at, told = self._at.of if self._at else None, list(enumerate(self._told))
        same = [n for n, t in told if t.of is at] or [n for n, t in told if t.of == at]
        return same[0] if same else 0

    def fill(self) -> None:
        """Show what is told now; the cursor stays on what it stood on."""
        lines, words = self.query_one(Lines), self.query_one(Input).value
        if not lines.size.width:  # not laid out yet: what came now would be narrow
            return
        width = max(20, lines.size.width - 1)
        self._told = items_with(self.contents.told(width), words)
        self._at = self._told[self._place()] if self._told else None
        self._paint()

    def _paint(self) -> None:
        lines = self.query_one(Lines)
        if not self._told:
            is_searched = bool(self.query_one(Input).value.strip())
            none = texts.NONE_FOUND if is_searched else self.contents.empty
            lines.show([(Cell(none, Tone.DIM),)])
            return
        place = self._place()
        top = sum(len(told.lines) for told in self._told[:place])
        end = top + len(self._told[place].lines)
        every = [tuple(line) for told in self._told for line in told.lines]
        lines.show(every, range(top, end))
        if top < lines.scroll_offset.y:
            lines.scroll_to(y=top, animate=False, immediate=True)
        elif end > lines.scroll_offset.y + lines.size.height:
            y = min(top, end - lines.size.height)  # of a long one its beginning
            lines.scroll_to(y=y, animate=False, immediate=True)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self._told:
            place = min(max(0, self._place() + by), len(self._told) - 1)
            self._at = self._told[place]
            self._paint()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self.fill()

    @on(Input.Submitted)
    def action_go(self) -> None:
        """Go on from what is under the cursor."""
        if self._at is not None and self.is_current:
            at, done = self._at, self.contents.done
            self.dismiss()
            self.app.call_later(done, at)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on something; twice goes on from it."""
        lines = self.query_one(Lines)
        if not lines.region.contains(event.screen_x, event.screen_y):
            return
        y = event.screen_y - lines.region.y + lines.scroll_offset.y
        for told in self._told:
            y -= len(told.lines)
            if y < 0:
                self._at = told
                self._paint()
                break
        if event.chain == 2:
            self.action_go()

    def action_cancel(self) -> None:
        """End the search first, then close."""
        line = self.query_one(Input)
        if line.display:
            line.value = ""
            line.display = False
            self.set_focus(None)
            self.fill()
        else:
            self.dismiss()
