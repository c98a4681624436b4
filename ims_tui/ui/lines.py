"""A scrolling view of lines; only lines that changed are painted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ims_tui.core.show.view import Line
from ims_tui.core.text import cell_len
from ims_tui.ui.paint import Paint, PaintedWidget

STEP_WIDTH = 32
"""Cells in which the width to scroll grows: a new width paints all lines again."""


class Lines(ScrollView, PaintedWidget, can_focus=True):
    """Lines of text in tones, scrolled by keys."""

    DEFAULT_CSS = """
    Lines { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        ("up,k", "scroll_up"),
        ("down,j", "scroll_down"),
        ("pageup,ctrl+u", "page_up"),
        ("pagedown,ctrl+d", "page_down"),
        ("g,home", "scroll_home"),
        ("G,end", "scroll_end"),
        ("h,left", "scroll_left"),
        ("l,right", "scroll_right"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._at = range(0)
        self._paint = Paint(self)

    def show(self, lines: Sequence[Line], at: range = range(0)) -> None:
        """Show other lines, with the cursor on some; the scroll position stays."""
        before, self._lines = self._lines, lines
        if at != self._at:
            self._at = at
            self.refresh()
        wide = max((sum(cell_len(c.text) for c in line) for line in lines), default=0)
        # Up to the room, width and number of lines change nothing about scrolling.
        height = self.scrollable_content_region.height
        bar = self.scrollbar_size_vertical if len(lines) > height else 0
        is_wider = wide > self.size.width - bar
        wide = -(-wide // STEP_WIDTH) * STEP_WIDTH if is_wider else 0
        size = Size(wide, max(len(lines), height))
        if size != self.virtual_size:
            self.virtual_size = size
            self.refresh()
            return
        top = self.scroll_offset.y
        for number, (old, new) in enumerate(zip_longest(before, lines)):
            if old != new and 0 <= number - top < self.size.height:
                self.refresh(Region(0, number - top, self.size.width, 1))

    def on_resize(self) -> None:
        """Scroll as far as the room, which is another, asks for."""
        self.show(self._lines, self._at)

    def step(self, by: int) -> None:
        """Go some lines down, or up."""
        self.scroll_relative(y=by, animate=False)

    @property
    def text(self) -> str:
        """All lines as plain text, to copy."""
        return "\n".join("".join(c.text for c in line).rstrip() for line in self._lines)

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        offset, width = self.scroll_offset, self.size.width
        number = offset.y + y
        if number >= len(self._lines):
            return Strip.blank(width, self._paint.style())
        over = ("lines--cursor",) if number in self._at else ()
        whole = self._paint.line(
            self._lines[number], max(width, self.virtual_size.width), *over
        )
        return whole.crop(offset.x, offset.x + width)
