"""Lines of fixed text that repaint only when the text changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from ims_tui.core.show.view import Cell, Line
from ims_tui.core.text import cell_len
from ims_tui.ui.paint import Paint, PaintedWidget


class OneLine(PaintedWidget):
    """One line of spans, or a few; as high as what it shows."""

    DEFAULT_CSS = "OneLine { height: 1; }"

    class SpanClicked(Message):
        """A span was clicked."""

        def __init__(self, line: OneLine, number: int) -> None:
            super().__init__()
            self.line = line
            self.number = number

        @property
        def control(self) -> OneLine:
            """The line whose span was clicked."""
            return self.line

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._paint = Paint(self)

    def show(self, *lines: Sequence[Cell]) -> None:
        """Show these lines; nothing is painted if they are the same."""
        wanted = [tuple(line) for line in lines]
        if wanted == self._lines:
            return
        if len(wanted) != len(self._lines):
            self.styles.height = max(1, len(wanted))
            self._lines = wanted
            self.refresh()
            return
        pairs = enumerate(zip(self._lines, wanted, strict=True))
        changed = [y for y, (old, new) in pairs if old != new]
        self._lines = wanted
        self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One screen line."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self._paint.style())
        return self._paint.line(self._lines[y], self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Tell which span was clicked."""
        x = 0
        for number, cell in enumerate(self._lines[0] if self._lines else ()):
            x += cell_len(cell.text)
            if event.x < x:
                self.post_message(self.SpanClicked(self, number))
                return
