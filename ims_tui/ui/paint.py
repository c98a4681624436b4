"""Cells to segments: tones as styles of component classes, for all line-API widgets."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from ims_tui.core.text import cell_len, fit
from ims_tui.core.view import Cell, Tone

TONE_CLASSES = {f"tone--{tone.value}" for tone in Tone}
"""Component classes a painting widget has to declare."""

Line = tuple[Cell, ...]
"""One line of text in spans of one tone each."""


class Paint:
    """The styles of one widget, looked up once per theme."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, ...], Style] = {}

    def forget(self) -> None:
        """The theme changed."""
        self._styles.clear()

    def style(self, *classes: str) -> Style:
        """The widget's own style with component classes laid over it."""
        style = self._styles.get(classes)
        if style is None:
            style = self._widget.rich_style
            for name in classes:
                style += self._widget.get_component_rich_style(name, partial=True)
            self._styles[classes] = style
        return style

    def tone(self, tone: Tone, *over: str) -> Style:
        """The style of a tone, with more classes laid over it."""
        if tone is Tone.NORMAL:
            return self.style(*over)
        return self.style(f"tone--{tone.value}", *over)

    def line(self, line: Sequence[Cell], width: int, *over: str) -> Strip:
        """A line of spans, cut or padded to a width."""
        segments, room = [], width
        for cell in line:
            text = cell.text if cell_len(cell.text) <= room else fit(cell.text, room)
            segments.append(Segment(text, self.tone(cell.tone, *over)))
            room -= cell_len(text)
            if room <= 0:
                break
        segments.append(Segment(" " * max(0, room), self.style(*over)))
        return Strip(segments, width)
