"""The title of the terminal's window, set while the program runs and put back after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ims_tui.core.text import printable

PLAIN_TERMINALS = ("linux", "dumb", "vt", "cons", "sun")
"""Terminals without title and taskbar, which would print the sequences."""

_PUSH, _POP = "\x1b[22;2t", "\x1b[23;2t"
"""Keep and restore the title (XTWINOPS)."""


class WindowTitle:
    """Writes the title when it changed; does nothing on terminals without one."""

    def __init__(
        self, write: Callable[[str], None], environ: Mapping[str, str], *, is_on: bool
    ) -> None:
        terminal = environ.get("TERM", "dumb")
        self._write = write
        self._is_on = is_on and not terminal.startswith(PLAIN_TERMINALS)
        self._shown = ""

    def show(self, text: str) -> None:
        """Set the title."""
        if not self._is_on or text == self._shown:
            return
        keep = "" if self._shown else _PUSH
        self._shown = text
        self._write(f"{keep}\x1b]2;{printable(text, 200)}\x1b\\")

    def restore(self) -> None:
        """Put back what was there before."""
        if self._shown:
            self._shown = ""
            self._write(f"\x1b]2;\x1b\\{_POP}")
