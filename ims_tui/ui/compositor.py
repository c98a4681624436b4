"""Renders and sends only what lies inside a refreshed region.

Textual's own partial update renders every line of every widget that touches the box
around all changes, and begins each line at the left edge of its widget (its source
says "TODO: crop to x extents"): a cell at the right end costs the whole row, a moved
cursor the whole screen. Here a widget renders the changed lines, where something of it
shows through, and each change is cut at both ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from rich.console import Console, RenderableType
from textual.geometry import Region, Size
from textual.map_geometry import MapGeometry
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from ims_tui.ui.textual_private import (
    Compositor,
    CompositorUpdate,
    ReflowResult,
    is_known,
)

_MOVE = "\x1b[{y};{x}H"

NEAR = 8
"""Unchanged cells between two changes that cost less than a move and a new style."""


class Span(NamedTuple):
    """Changed cells of one line."""

    y: int
    x1: int
    x2: int
    """The first cell behind them."""


class StripPiece(NamedTuple):
    """A strip and the cell at which it begins."""

    y: int
    x: int
    strip: Strip


class TightUpdate(CompositorUpdate):
    """Pieces of lines."""

    def __init__(self, pieces: Sequence[StripPiece]) -> None:
        self.pieces = pieces

    def render_segments(self, console: Console) -> str:
        """What to write to the terminal."""
        out, at = [], (-1, -1)
        for y, x, strip in self.pieces:
            if (y, x) != at:
                out.append(_MOVE.format(y=y + 1, x=x + 1))
            out.append(strip.render(console))
            at = y, x + strip.cell_length
        return "".join(out)


def compositor(can_paint: Callable[[], bool]) -> Compositor:
    """The tight one, where Textual is as we know it; else Textual's own."""
    return TightCompositor(can_paint) if is_known(Compositor) else Compositor()


class TightCompositor(Compositor):
    """Textual's compositor with tighter updates, for a terminal that takes them."""

    def __init__(self, can_paint: Callable[[], bool]) -> None:
        super().__init__()
        self._can_paint = can_paint
        self._shown_map: dict[Widget, MapGeometry] = {}
        """Where each widget stood when changes of place were last looked for."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay the widgets out again; what moved since the last time is dirty.

        Textual compares with the newest map, which any question about a place may have
        made from styles that no layout has followed yet: then what had moved, come or
        gone was never painted, and told of no size.
        """
        self._full_map = self._shown_map
        result = super().reflow(parent, size)
        self._shown_map = self._full_map
        return result

    def reflow_visible(self, parent: Widget, size: Size) -> set[Widget]:
        """Lay out again what can be seen, after scrolling."""
        exposed = super().reflow_visible(parent, size)
        self._shown_map = {**self._shown_map, **(self._visible_map or {})}
        return exposed

    def render_update(
        self,
        full: bool = False,
        screen_stack: list[Screen[Any]] | None = None,
        simplify: bool = False,
    ) -> RenderableType | None:
        """What changed; nothing, which keeps it for later, where it cannot be shown."""
        if not self._can_paint():
            return None
        return super().render_update(full, screen_stack, simplify)

    def render_partial_update(self) -> TightUpdate | None:  # type: ignore[override]
        """What changed, or None where nothing did."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        screen = self.size.region
        shown = [region.intersection(screen) for region in regions]
        spans = near_joined(Span(*span) for span in self._regions_to_spans(shown))
        if not spans:
            return None
        filled = self._filled({span.y for span in spans}, spans)
        pieces = [
            StripPiece(span.y, max(x, span.x1), strip.crop(*_part(x, strip, span)))
            for span in spans
            for x, strip in sorted(filled[span.y].items())
            if x < span.x2 and x + strip.cell_length > span.x1
        ]
        return TightUpdate(pieces)

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> list[dict[int, Strip]]:
        """Lines of the screen by cuts; here, too, what is covered is not rendered."""
        lines = {y for y in crop.line_range if is_rendered_line(y)}
        spans = [Span(y, crop.x, crop.right) for y in lines]
        filled = self._filled(lines, spans)
        return [dict(sorted(filled.get(y, {}).items())) for y in range(len(self.cuts))]

    def _filled(
        self, lines: set[int], spans: Sequence[Span]
    ) -> dict[int, dict[int, Strip]]:
        """For each line what stands at its cuts, as far as the spans need it.

        Widgets come from front to back; one behind what is filled is not rendered.
        """
        filled: dict[int, dict[int, Strip]] = {y: {} for y in lines}
        wanted: dict[int, set[int]] = {y: set() for y in lines}
        for y, x1, x2 in spans:
            wanted[y] |= {a for a, b in pairwise(self.cuts[y]) if a < x2 and b > x1}
        for widget, (region, clip) in self.visible_widgets.items():
            visible = region.intersection(clip)
            first, last = visible.column_span
            needed = [
                y
                for y in sorted(wanted)
                if visible.y <= y < visible.bottom
                and any(first <= cut < last for cut in wanted[y])
            ]
            for y, strip in _rendered(widget, region, visible, needed):
                cuts = [cut for cut in self.cuts[y] if first <= cut <= last]
                for cut, part in zip(
                    cuts, strip.divide([cut - first for cut in cuts[1:]]), strict=False
                ):
                    if cut in wanted[y]:
                        wanted[y].discard(cut)
                        filled[y][cut] = part
        return filled


def near_joined(spans: Iterable[Span]) -> list[Span]:
    """Spans of a line that are nearly neighbours as one. They come in order."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].y == span.y and span.x1 - joined[-1].x2 <= NEAR:
            joined[-1] = joined[-1]._replace(x2=span.x2)
        else:
            joined.append(span)
    return joined


def _part(x: int, strip: Strip, span: Span) -> tuple[int, int]:
    """Which cells of a strip at x lie in a span."""
    return max(0, span.x1 - x), min(strip.cell_length, span.x2 - x)


def _rendered(
    widget: Widget, region: Region, visible: Region, lines: Sequence[int]
) -> Iterator[tuple[int, Strip]]:
    """Some lines of a widget; what follows each other is rendered together."""
    x = visible.x - region.x
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and lines[end] == lines[end - 1] + 1:
            continue
        y, height = lines[start], end - start
        crop = Region(x, y - region.y, visible.width, height)
        yield from zip(lines[start:end], widget.render_lines(crop), strict=True)
        start = end
