"""A terminal for tests of what is sent."""

from __future__ import annotations

from typing import Any

import pyte
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from ims_tui.ui.compositor import TightCompositor


class Terminal:
    """Shows what an app sends, as a terminal would."""

    def __init__(self, app: App[Any], size: tuple[int, int]) -> None:
        self.app = app
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        app._display = self._take  # type: ignore[method-assign, assignment]

    def _take(self, screen: Screen[object], what: Any) -> None:
        console = self.app.console
        if isinstance(what, CompositorUpdate):
            self._stream.feed(what.render_segments(console))
        elif what is not None:
            self._stream.feed(console._render_buffer(console.render(what)))

    @property
    def text(self) -> list[str]:
        """What stands on its lines."""
        return list(self._screen.display)

    @property
    def painted(self) -> set[tuple[int, int]]:
        """Column and line of each cell that was sent since it was cleared."""
        lines = self._screen.buffer.items()
        return {(x, y) for y, line in lines for x in line}

    def clear(self) -> None:
        """Forget what was sent so far."""
        self._screen.reset()

    def paint_whole(self) -> None:
        """Have the whole screen sent."""
        app = self.app
        for screen in app.screen_stack:
            screen._styles_cache.clear()
            for widget in screen.walk_children(Widget):
                widget._styles_cache.clear()
        top = app.screen
        assert isinstance(top._compositor, TightCompositor)
        behind = app._background_screens
        self._take(top, top._compositor.render_update(full=True, screen_stack=behind))

    @property
    def rows(self) -> list[list[tuple[object, ...]]]:
        """Character, colours and reverse of each cell."""
        screen = self._screen
        return [
            [
                (cell.data, cell.fg, cell.bg, cell.bold, cell.reverse)
                for cell in (screen.buffer[y][x] for x in range(screen.columns))
            ]
            for y in range(screen.lines)
        ]
