"""The view of a list that holds one job: how far, until when, and why it failed."""

from __future__ import annotations

from collections.abc import Sequence

from ims_tui.core.show.cells import percent_text, state_of, time_left
from ims_tui.core.show.detail import (
    TIMELINE_WIDTH,
    course_lines,
    error_block,
    fact_lines,
)
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.large_letters import large
from ims_tui.core.show.sentences import outcome_line
from ims_tui.core.show.side_by_side import beside, filled
from ims_tui.core.show.timeline import step_lines, timeline
from ims_tui.core.show.view import Cell, Line, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import cell_len

_LARGE_FROM = 14
"""Lines from which on the state stands in large letters."""


def one_job(
    entry: Entry, view: View, size: tuple[int, int], next_poll_s: float | None
) -> list[Line]:
    """What there is to say of the only job, the most needed first.

    Args:
        entry: the job.
        view: the point of view.
        size: columns and lines there is room for.
        next_poll_s: until it is asked next; None where it is not.
    """
    width, height = size
    course = course_lines(entry, view, width)[1:]  # the state stands above
    facts = fact_lines(entry, view, width, next_poll_s)
    top = [
        _headline(entry, view, width, height),
        [_standing(entry, view, width), *_bar(entry, view, width, height)],
        error_block(entry, view, width),
    ]
    column = width // 2
    if not entry.sightings:
        rest = [course, facts]
    elif column >= TIMELINE_WIDTH:
        course = course_lines(entry, view, column - 2)[1:]
        facts = fact_lines(entry, view, column - 2, next_poll_s)
        rest = [beside([*course, (), *facts], timeline(entry, view), column)]
    else:
        rest = [course, step_lines(entry, view), facts]
    return [filled(line, width) for line in _spaced([*top, *rest], height)]


def _spaced(blocks: Sequence[list[Line]], height: int) -> list[Line]:
    """The blocks one below the other, as many blank lines between as have room."""
    blocks = [block for block in blocks if block]
    spare = height - sum(map(len, blocks))
    lines: list[Line] = []
    for number, block in enumerate(blocks):
        lines += [(), *block] if number < spare else block
    return lines[:height]


def _headline(entry: Entry, view: View, width: int, height: int) -> list[Line]:
    """State and percent in large letters, where there is room for them."""
    word, tone = state_of(entry)
    if height < _LARGE_FROM:
        return []
    text = f"{word} {percent_text(entry).strip('=? ')}" if entry.is_live else word
    return [(Cell(row, tone),) for row in large(text.strip(), width, view.glyphs.full)]


def _standing(entry: Entry, view: View, width: int) -> Line:
    """`▸ RUNNING for 5:12   91%   ~0:40 left   ends ~12:05`, as far as it is known.

    Where there is no room the end comes first: the row above has percent and time left.
    """
    sign = view.glyphs.status[entry.status] if entry.status else " "
    state, percent = f"{sign} {outcome_line(entry, view)}", percent_text(entry).strip()
    until = ends = ""
    end = view.expected_end(entry)
    if end is not None:
        until, ends = time_left(entry, view, width).text, f"ends {end_text(end, view)}"
        until += " left" if until.startswith("~") else ""
    ways = (state, percent, until, ends), (state, until, ends), (state, ends)
    texts = ["   ".join(filter(None, parts)).strip() for parts in ways]
    text = next((text for text in texts if cell_len(text) <= width), texts[-1])
    return (Cell(text, state_of(entry)[1]),)


def _bar(entry: Entry, view: View, width: int, height: int) -> list[Line]:
    """The bar of a job that runs, the higher the more room there is."""
    job = entry.job
    if job is None or job.progress_ratio is None or not entry.is_live:
        return []
    bar = (Cell(view.glyphs.bar(job.progress_ratio, width), state_of(entry)[1]),)
    return [bar] * (1 if height < 18 else 2 if height < 36 else 3)
