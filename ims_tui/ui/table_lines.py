"""The lines of the table: what stands on each, what changed of it, and its strip."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.geometry import Region
from textual.strip import Strip

from ims_tui.core.show.arrangement import RowKey
from ims_tui.core.show.grouping import GroupKey
from ims_tui.core.show.layout import Slot
from ims_tui.core.show.view import Cell, Times, View
from ims_tui.core.text import fit
from ims_tui.ui.paint import Paint, joined


class Painted(Struct, frozen=True):
    """What stands on one screen line."""

    key: RowKey
    cells: tuple[Cell, ...]
    look: tuple[str, ...]
    """Component classes of the whole row."""


class RowCells(Struct, frozen=True):
    """The cells of a row and what they were worked out of."""

    key: RowKey
    known: object
    """The entry of the job, or the roll-up of the group."""
    view: View
    slots: Sequence[Slot]
    cells: tuple[Cell, ...]

    def show(self, known: object, slots: Sequence[Slot], view: View | None) -> bool:
        """Whether they show this entry in these columns, from this point of view."""
        is_view = view is None or view is self.view
        return is_view and known is self.known and slots is self.slots


def differences(
    y: int,
    before: Painted | None,
    after: Painted | None,
    slots: Sequence[Slot],
    width: int,
) -> list[Region]:
    """What is to be painted of a line, for what stands there now."""
    if before is None and after is None:
        return []
    whole = [Region(0, y, width, 1)]
    if before is None or after is None or before.key != after.key:
        return whole
    if before.look != after.look:
        return whole
    if isinstance(before.key, GroupKey):
        return [] if before.cells == after.cells else whole
    return [
        Region(slot.x, y, slot.width, 1)
        for slot, old, new in zip(slots, before.cells, after.cells, strict=True)
        if old != new
    ]


def heading_line(
    paint: Paint,
    slots: Sequence[Slot],
    heading: tuple[str, str],
    width: int,
    times: Times,
) -> Strip:
    """The titles of the columns; behind that of the sorted one stands a suffix."""
    style = paint.style("table--header")
    sort, suffix = heading
    spans, x = [], 0
    for slot in slots:
        column = slot.column
        title = column.title_for(slot.width, times)
        title += suffix if column.key == sort else ""
        text = fit(title, slot.width, right=column.right)
        spans.append((" " * (slot.x - x) + text, style))
        x = slot.x + slot.width
    spans.append((" " * max(0, width - x), style))
    return joined(spans, width)


def row_line(
    paint: Paint, slots: Sequence[Slot], row: Painted, width: int, *, is_marked: bool
) -> Strip:
    """The cells of a job in their columns, or the head of a group over all of them."""
    over = row.look
    if isinstance(row.key, GroupKey):
        return paint.line(row.cells, width, *over)
    blank = paint.style(*over)
    spans, x = [], 0
    for slot, cell in zip(slots, row.cells, strict=True):
        if slot.x > x:
            spans.append((" " * (slot.x - x), blank))
        text = fit(cell.text, slot.width, right=slot.column.right)
        style = paint.tone(cell.tone, *over)
        if slot.column.key == "sign" and is_marked:
            style = paint.style(*over, "table--mark")
        spans.append((text, style))
        x = slot.x + slot.width
    spans.append((" " * max(0, width - x), blank))
    return joined(spans, width)
