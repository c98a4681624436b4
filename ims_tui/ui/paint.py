"""Cells to segments: tones as styles of component classes, for all line-API widgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from ims_tui.core.show.side_by_side import filled
from ims_tui.core.show.view import Cell, Tone
from ims_tui.core.text import cell_len

TONE_CLASSES = {f"tone--{tone.value}" for tone in Tone}
"""Component classes of every screen whose widgets paint. Declared there and not by each
widget: Textual works the styles of all of them out for each of its updates."""


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
                style += self._part(name)
            self._styles[classes] = style
        return style

    def _part(self, name: str) -> Style:
        """The style of one component class; muted colours are mixed with the ground."""
        owner = self._widget.screen if name in TONE_CLASSES else self._widget
        styles = owner.get_component_styles(name)
        style = styles.partial_rich_style
        ink = styles.color
        if style.color is None or ink.a == 1:
            return style
        ground = self._widget.background_colors[1]
        if styles.auto_color:
            ink = ground.get_contrast_text(ink.a)
        return style + Style(color=(ground + ink).rich_color)

    def tone(self, tone: Tone, *over: str) -> Style:
        """The style of a tone, with more classes laid over it."""
        if tone is Tone.NORMAL:
            return self.style(*over)
        return self.style(f"tone--{tone.value}", *over)

    def line(self, line: Sequence[Cell], width: int, *over: str) -> Strip:
        """A line of spans, cut or padded to a width."""
        cells = filled(line, width)
        spans = ((cell.text, self.tone(cell.tone, *over)) for cell in cells)
        return joined(spans, width)


class PaintedWidget(Widget):
    """A widget that paints its lines itself, in styles that it looks up once."""

    _paint: Paint

    def notify_style_update(self) -> None:
        """The theme changed: look the styles up again."""
        super().notify_style_update()
        self._paint.forget()


def joined(spans: Iterable[tuple[str, Style]], width: int) -> Strip:
    """A strip of spans; neighbours in one style become one segment, as each costs.

    Wide characters stand apart. To cut a segment that holds some is slow, and Rich
    keeps 16,384 such cuts: many megabytes where rows tick behind a wide label.
    """
    segments = [
        Segment("".join(text for text, _ in group), style)
        for (style, _), group in groupby(spans, key=_kind)
    ]
    return Strip(segments, width)


def _kind(span: tuple[str, Style]) -> tuple[Style, bool]:
    """What has to be the same for two spans to be one segment."""
    text, style = span
    return style, cell_len(text) == len(text)
