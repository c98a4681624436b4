"""Live lines on a terminal: one per job, painted over one another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TextIO

from ims_tui.cli.style import painted
from ims_tui.core.show.layout import lay_out
from ims_tui.core.show.statusline import counts
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import attention
from ims_tui.core.state.tally import tally
from ims_tui.core.text import cut, fit

_COLUMNS = ("state", "label", "progress", "step", "elapsed", "left")
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class Bars:
    """Draws all jobs; those that do not fit are summed up in the last line."""

    def __init__(self, stream: TextIO, *, colour: bool) -> None:
        self._stream = stream
        self._colour = colour
        self._drawn: list[str] = []

    def draw(self, entries: Sequence[Entry], view: View) -> None:
        """Draw anew what is there now."""
        width, height = self._size()
        lines = self._lines(entries, view, width, max(2, height - 1))
        if lines == self._drawn:
            return
        up = f"\x1b[{len(self._drawn)}A" if self._drawn else _HIDE
        text = "".join(f"\x1b[K{line}\n" for line in lines)
        self._stream.write(f"{up}\r{text}\x1b[J")
        self._stream.flush()
        self._drawn = lines

    def say(self, line: str) -> None:
        """Write a line that stays, where the bars were; they go on below it."""
        up = f"\x1b[{len(self._drawn)}A" if self._drawn else ""
        self._stream.write(f"{up}\r\x1b[J{line}\n")
        self._drawn = []

    def _size(self) -> tuple[int, int]:
        try:
            return os.get_terminal_size(self._stream.fileno())
        except OSError:  # `--progress bar` without a terminal
            return 80, 24

    def end(self) -> None:
        """Leave the last state where it is, and the cursor behind it."""
        if self._drawn:
            self._stream.write(_SHOW)
            self._stream.flush()

    def _lines(
        self, entries: Sequence[Entry], view: View, width: int, height: int
    ) -> list[str]:
        shown = list(entries)
        if len(shown) > height:
            shown = sorted(shown, key=attention)[: height - 1]
        slots = lay_out(_COLUMNS, width)
        lines = []
        for entry in shown:
            cells = [
                (slot, slot.column.cell(entry, view, slot.width)) for slot in slots
            ]
            parts = [
                painted(
                    fit(cell.text, slot.width, right=slot.column.right),
                    cell.tone,
                    self._colour,
                )
                for slot, cell in cells
            ]
            lines.append(" ".join(parts).rstrip())
        if hidden := [e for e in entries if e not in shown]:
            states = ", ".join(cell.text for cell in counts(tally(hidden)))
            lines.append(cut(f"  and {len(hidden)} more: {states}", width))
        return lines
