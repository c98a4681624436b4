"""The wall: what a screen shows that nobody types at, to be read from afar.

The worst in large letters, line 1, then the jobs that matter, the worst first, a blank
line between them; where there are more they take turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ims_tui.core.config.settings import Profile
from ims_tui.core.show.cells import label, percent_text, state, time_left
from ims_tui.core.show.freshness import freshness
from ims_tui.core.show.large_letters import large
from ims_tui.core.show.statusline import status_line, troubles
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.state.entry import Entry, error_code
from ims_tui.core.state.order import attention
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import Trait
from ims_tui.core.text import fit

PAGE_S = 10.0
"""How long a page stands, where there are several."""

WIDEST_NAME = 48
"""So that the eye finds what stands behind it."""


def headline(snapshot: Snapshot, view: View) -> Cell:
    """The worst there is, in two words: `2 FAIL`, `OFFLINE`, `4 run`, `all done`."""
    for cell in (*troubles(snapshot), *freshness(snapshot, view, is_demo=False)):
        if cell.tone in (Tone.FAIL, Tone.WARN):
            return Cell(" ".join(cell.text.split()[:2]), cell.tone)
    running, waiting = snapshot.tally[Trait.RUNNING], snapshot.tally[Trait.WAITING]
    if running:
        return Cell(f"{running} run", Tone.RUN)
    if waiting:
        return Cell(f"{waiting} init", Tone.INIT)
    if snapshot.is_loading:
        return Cell("reading", Tone.DIM)
    return Cell("all done", Tone.OK) if snapshot.entries else Cell("no jobs", Tone.DIM)


def wall(
    snapshot: Snapshot,
    profiles: Mapping[str, Profile],
    view: View,
    size: tuple[int, int],
    *,
    is_demo: bool = False,
) -> list[Line]:
    """What stands on a wall of so many columns and rows."""
    width, height = size
    head = headline(snapshot, view)
    room = width - 4
    letters = large(head.text, room, view.glyphs.full) or [head.text]
    is_high = height >= len(letters) + 7
    lines: list[Line] = []
    if is_high:
        lines += [(), *((Cell(f"  {row}", head.tone),) for row in letters), ()]
    lines += [tuple(status_line(snapshot, profiles, view, width, is_demo=is_demo)), ()]
    jobs = sorted(filter(_matters, snapshot.entries.values()), key=attention)
    there = max(1, (height - len(lines)) // 2)
    for entry in _page(jobs, there, view.now.mono_s):
        lines += [_row(entry, view, room), ()]
    return lines[:height]


def _matters(entry: Entry) -> bool:
    return entry.is_news or not entry.has_ended


def _page(jobs: Sequence[Entry], most: int, now_s: float) -> Sequence[Entry]:
    """The jobs whose turn it is."""
    pages = max(1, -(-len(jobs) // most))
    first = int(now_s / PAGE_S) % pages * most
    return jobs[first : first + most]


def _row(entry: Entry, view: View, width: int) -> Line:
    """State, name, percent or code, time left; all of it dim where it is old."""
    word = state(entry, view, 7)
    how = error_code(entry) or percent_text(entry).strip()
    until = time_left(entry, view, 9)
    name_width = min(WIDEST_NAME, width - 26)
    name = label(entry, view, name_width)
    cells = (
        Cell("  "),
        Cell(f"{fit(word.text, 7)} ", word.tone),
        Cell(fit(name.text, name_width)),
        Cell(fit(how, 10, right=True), word.tone),
        Cell(fit(until.text, 10, right=True), until.tone),
    )
    is_old = not entry.has_ended and (view.is_stale(entry) or view.is_cut_off(entry))
    return tuple(Cell(c.text, Tone.DIM) for c in cells) if is_old else cells
