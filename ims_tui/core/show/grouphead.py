"""The head of a group in the table, and what the detail says of a group."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ims_tui.core.show.arrangement import Arrangement
from ims_tui.core.show.cells import sign, state_of
from ims_tui.core.show.grouping import GroupBy, GroupKey
from ims_tui.core.show.groups import Part, RollUp, parts
from ims_tui.core.show.sentences import meaning_lines
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.state.entry import error_code, fail_reason, name_of
from ims_tui.core.text import cell_len, cut, fit, wrapped

FOLDED, UNFOLDED = Cell("+", Tone.WARN), Cell("-", Tone.DIM)
MARK_WIDTH = 4
"""Cells at the left of a head where a click folds: sign and fold mark."""

_GAP = Cell("  ")
_NAME_WIDTH = 26
"""Cells of the name where there is room: what follows stands in a column."""
_LEAST_NAME = 8
_COUNT_ONLY = 60
"""Columns below which counts are said in a few letters."""


def head_cells(
    group: GroupKey, found: RollUp, arranged: Arrangement, view: View, width: int
) -> Line:
    """`! - weekly   12 of 40 done  3 failed  25 active  all done ~03:40`.

    The first sign is that of the worst job, as in its own row; behind the fold mark
    stands the sign of its state.
    """
    worst, title = found.worst, arranged.title_of(group)
    state = view.glyphs.status[worst.status] if worst.status else " "
    if worst.is_gone or worst.unknown_since is not None:
        state = view.glyphs.unknown
    left = (
        sign(worst, view, 1),
        Cell(" "),
        FOLDED if arranged.is_folded(group) else UNFOLDED,
        Cell(" "),
        Cell(f"{state} ", state_of(worst)[1]),
    )
    room = width - sum(cell_len(cell.text) for cell in left)
    if arranged.by is GroupBy.CAUSE and found.failed == found.count:
        meaning, name = view.meaning_of(worst), f"{title} x{found.count}"
        why = meaning.text if meaning else fail_reason(worst)
        told = [Part(0, Cell(why))] if why and why != title else []
    else:
        name, told = title, parts(found, view)
    return (*left, *_beside(name, told, room, is_brief=width < _COUNT_ONLY))


def _beside(
    name: str, told: Sequence[Part], room: int, *, is_brief: bool
) -> Sequence[Cell]:
    """A name, and behind it as many parts as there is room for."""
    shown = sorted(told, key=lambda part: part.rank)
    least = _LEAST_NAME if len(told) > 1 else room
    wanted = min(cell_len(name), least) if is_brief else _NAME_WIDTH
    while len(shown) > 1 and wanted + _taken(shown, is_brief) > room:
        shown.pop()
    text = cut(name, max(wanted, room - _taken(shown, is_brief)))
    cells = [Cell(fit(text, max(wanted, cell_len(text))))]
    for part in told:
        if part in shown:
            left = max(0, room - sum(cell_len(cell.text) for cell in cells) - 2)
            cell = part.at(is_brief=is_brief)
            cells += [_GAP, replace(cell, text=cut(cell.text, left))]
    return cells


def _taken(told: Sequence[Part], is_brief: bool) -> int:
    return sum(cell_len(part.at(is_brief=is_brief).text) + 2 for part in told)


def group_lines(
    title: str, found: RollUp, by: GroupBy, view: View, width: int
) -> list[Line]:
    """What the detail says of a group: its name, how it stands, and what helps."""
    lines: list[Line] = [(Cell(cut(title, width)),)]
    room = 0
    for part in parts(found, view):
        taken = cell_len(part.cell.text) + cell_len(_GAP.text)
        if taken > room + cell_len(_GAP.text):
            lines.append(())
            room = width
        lines[-1] += (part.cell, _GAP)
        room -= taken
    if by is GroupBy.CAUSE and found.failed:
        reason = fail_reason(found.worst)
        for text in (reason, *meaning_lines(view.meaning_of(found.worst), reason)):
            lines += [(Cell(piece),) for piece in wrapped(text, width)]
    elif found.count > 1:
        word, tone = state_of(found.worst)
        worst = Cell(f"Worst: {name_of(found.worst, width // 2)}  ")
        lines.append((worst, Cell(f"{word} {error_code(found.worst)}", tone)))
    return lines
