"""Which columns fit into a width, and the place and width of each."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ims_tui.core.show.columns import COLUMNS, DEFAULT_COLUMNS, Column

_NARROW_PROGRESS = 5

_SMALL = (
    (59, ("label", "progress")),
    (79, ("state", "label", "progress", "elapsed", "left")),
)
"""Below 60 and below 80 columns, less the scroll bar's, only these are shown."""


class Slot(Struct, frozen=True):
    """A column at its place in a table of a certain width."""

    column: Column
    x: int
    width: int


def lay_out(keys: Sequence[str], width: int, skip: int = 0) -> list[Slot]:
    """Choose what fits and give it its place; `skip` scrolls behind the label.

    LEFT grows to its longest words, then LABEL, STEP and the others. Widths never
    depend on values: a column does not move because a value changed.
    """
    wanted = _wanted(keys, width, skip)
    widths = {key: _least(key, width) for key in wanted}
    while len(widths) > 2 and _taken(widths) > width:
        del widths[max(widths, key=lambda key: COLUMNS[key].rank)]
    if "label" in widths and _taken(widths) > width:
        widths["label"] = max(1, widths["label"] - (_taken(widths) - width))
    _grow(widths, width - _taken(widths))
    slots, x = [], 0
    for key, cells in widths.items():
        slots.append(Slot(COLUMNS[key], x, cells))
        x += cells + 1
    return slots


def _wanted(keys: Sequence[str], width: int, skip: int) -> list[str]:
    chosen = [key for key in (keys or DEFAULT_COLUMNS) if key in COLUMNS]
    if "label" not in chosen:
        chosen.insert(0, "label")  # a row without a name is of no use
    for limit, only in _SMALL:
        if width < limit:
            chosen = [key for key in chosen if key in only]
            break
    pinned = [key for key in chosen if key in ("state", "label")]
    others = [key for key in chosen if key not in pinned]
    if skip and others:
        order = [key for key in chosen if key in pinned] + others[skip % len(others) :]
        return ["sign", *order]
    return ["sign", *(key for key in chosen if key != "sign")]


def _least(key: str, width: int) -> int:
    return _NARROW_PROGRESS if key == "progress" and width < 79 else COLUMNS[key].width


def _taken(widths: dict[str, int]) -> int:
    return sum(widths.values()) + len(widths) - 1


def _grow(widths: dict[str, int], spare: int) -> None:
    """Hand out spare cells: two rounds, so that LABEL does not take everything."""
    for limit in (26, 999):
        for key in ("left", "label", "step", *widths):
            if key in widths and spare > 0:
                most = COLUMNS[key].most or COLUMNS[key].width
                more = min(spare, max(0, min(most, limit) - widths[key]))
                if key == "progress":
                    more = 0
                widths[key] += more
                spare -= more
