"""The dashboard behind a dialog, dimmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen


class Backdrop(BackgroundScreen):
    """What Textual draws behind a modal screen, with each style dimmed only once.

    Of thousands of segments a screen has some dozens of styles, and to blend two
    colours takes longer than all else of a segment.
    """

    @classmethod
    def process_segments(
        cls, segments: Iterable[Segment], color: Color
    ) -> Iterator[Segment]:
        """Dim the segments."""
        dim = super().process_segments
        known: dict[Style | None, Style | None] = {}
        for segment in segments:
            text, style, control = segment
            if control:
                yield segment
                continue
            if style not in known:
                known[style] = next(iter(dim((segment,), color))).style
            yield Segment(text, known[style])
