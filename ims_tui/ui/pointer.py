"""What the mouse points at, where a widget has just gone."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

Result = TypeVar("Result")


def can_be_clicked(screen: Screen[Any]) -> bool:
    """Whether what was painted is what a click would meet; a dialog may be filling."""
    return bool(getattr(screen, "is_painted", True))


class Pointer(Screen[Result]):
    """Of a screen: a widget that is out of the tree is not there for the mouse.

    Until the next layout Textual finds it still, and takes a selection of text to begin
    in its parent, which it has no more: a second click on a toast ended the program.
    """

    def get_widget_and_offset_at(
        self, x: int, y: int
    ) -> tuple[Widget | None, Offset | None]:
        """The widget at a place and the place in its text, None for what has gone."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        is_there = widget is not None and (widget is self or widget.parent is not None)
        return (widget, offset) if is_there else (None, None)
