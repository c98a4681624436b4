"""Paints the lines around the table; what they say is decided in `core.show.frame`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from ims_tui.core.show.frame import Frame
from ims_tui.core.show.view import Cell
from ims_tui.ui.keys import KeyLine, action_of
from ims_tui.ui.one_line import OneLine


def paint_frame(screen: Screen[None], frame: Frame, *, is_whole: bool) -> None:
    """Paint what changed of all lines.

    Args:
        screen: where they are.
        frame: what they say.
        is_whole: whether those are there, too, that have nothing to say at first.
    """
    screen.query_one("#status", OneLine).show(frame.status)
    if is_whole:
        _paint_rest(screen, frame)
    facets = screen.query_one("#facets", OneLine)
    facets.set_class(frame.is_part, "-part")
    facets.show(frame.facets)
    screen.query_one("#events", OneLine).show(frame.event)
    detail = screen.query_one("#detail")
    if frame.detail_rows != _rows_of(detail):
        detail.styles.height = frame.detail_rows or None
    keys = [replace(hint, run=action_of(hint.run)) for hint in frame.keys]
    screen.query_one("#keys", KeyLine).show_hints(keys)


def _paint_rest(screen: Screen[None], frame: Frame) -> None:
    _show_lines(screen.query_one("#banner", OneLine), frame.banner)
    _show_lines(screen.query_one("#away", OneLine), frame.away)
    screen.set_class(bool(frame.empty), "-empty")
    empty = screen.query_one("#empty", Static)
    if frame.empty and empty.content != frame.empty:
        empty.update(frame.empty)


def _rows_of(widget: Widget) -> int:
    """The height that was given to a widget; 0 where it follows the style sheet."""
    height = widget.styles.inline.height
    return int(height.value) if height else 0


def _show_lines(line: OneLine, texts: Sequence[str]) -> None:
    line.set_class(bool(texts), "-shown")
    line.show(*([Cell(f" {text}")] for text in texts))
