"""What the mouse points at, where a widget has just gone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from ims_tui.ui.runs import WheelRun


def can_be_clicked(screen: Screen[Any]) -> bool:
    """Whether what was painted is what a click would meet; a dialog may be filling."""
    return bool(getattr(screen, "is_painted", True))


def turn_wheel(screen: Screen[Any], run: WheelRun, lines: float) -> None:
    """Scroll what is under the pointer as often as the wheel was turned, by lines."""
    if not can_be_clicked(screen):
        return
    with suppress(NoWidget):
        under, _ = screen.get_widget_at(*run.wheel.screen_offset)
        for each in under.ancestors_with_self:
            if isinstance(each, Widget) and each.allow_vertical_scroll:
                each.scroll_relative(y=run.steps * lines, animate=False)
                return


class Pointer(Screen[None]):
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
