"""Lines of one width, and two texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from ims_tui.core.show.view import Cell, Line
from ims_tui.core.text import cell_len, fit


def beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    """Lines with those of another text behind them, which begin at a column."""
    pairs = zip_longest(left, right, fillvalue=())
    return [(*filled(one, width), *other) if other else one for one, other in pairs]


def filled(line: Sequence[Cell], width: int) -> Line:
    """A line of exactly so many cells: cut with a sign of it, or with blanks behind."""
    cells, room = [], width
    for cell in line:
        if (taken := cell_len(cell.text)) > room:
            cell, taken = Cell(fit(cell.text, room), cell.tone), room
        cells.append(cell)
        room -= taken
        if room <= 0:
            return tuple(cells)
    return (*cells, Cell(" " * room))
