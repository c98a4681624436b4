"""Rows of a state file as values; damaged ones are left out and named in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from ims_tui.adapters.logger import logger
from ims_tui.core.text import printable

T = TypeVar("T")

MOST_NAMED = 20
"""Damaged rows that are named one by one; of more their number is told."""


def sane(column: str, most: int) -> str:
    """SQL for a column that is NULL where it is longer than we ever write it."""
    return f"CASE WHEN length({column}) <= {most} THEN {column} END"


def readable(
    rows: Iterable[Sequence[Any]], decode: Callable[[Sequence[Any]], T], what: str
) -> list[T]:
    """Decode rows; those for which that raises TypeError or ValueError are left out.

    Args:
        rows: as SQLite gives them.
        decode: makes a value of one row.
        what: what a row is called in the log, with the places of its columns.
    """
    found, damaged = [], 0
    for row in rows:
        try:
            found.append(decode(row))
        except (TypeError, ValueError) as error:
            damaged += 1
            if damaged <= MOST_NAMED:
                name = printable(what.format(*row), 120)
                why = printable(str(error), 200)
                logger(__name__).warning("%s left out: %s", name, why)
    if damaged > MOST_NAMED:
        logger(__name__).warning("%d more rows left out", damaged - MOST_NAMED)
    return found
