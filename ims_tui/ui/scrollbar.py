"""Scrollbars of whole cells.

Textual ends the thumb with parts of a block. Their width is ambiguous (Unicode annex
11): a terminal for Chinese or Japanese may draw them two cells wide, and moves all that
stands behind. A background colour is as wide as its cell everywhere.
"""

from __future__ import annotations

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class WholeCells(ScrollBarRender):
    """Ends the thumb where a cell ends."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


def take_whole_cells() -> None:
    """Let all scrollbars be of whole cells."""
    ScrollBar.renderer = WholeCells
