"""What a terminal gets that shows ASCII only."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from ims_tui.core.text import in_ascii


class AsciiFilter(LineFilter):
    """Texts of others in ASCII; our own signs are, where this filter is used."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells, those beyond ASCII as `?`."""
        return [Segment(in_ascii(s.text), s.style, s.control) for s in segments]
