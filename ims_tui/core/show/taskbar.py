"""How far the jobs are, for a terminal that shows it in the taskbar or on its tab.

Source: learn.microsoft.com/windows/terminal/tutorials/progress-bar-sequences, from
ConEmu; also Ghostty, WezTerm, Konsole and iTerm2.
"""

from __future__ import annotations

from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import Trait

_NONE, _NORMAL, _ERROR, _UNKNOWN, _WARNING = range(5)

CLEARED = f"\x1b]9;4;{_NONE};0\x1b\\"
"""Shows nothing any more."""


def taskbar(snapshot: Snapshot) -> str:
    """The sequence: mean progress of what runs, and whether anything is wrong."""
    tally = snapshot.tally
    state = _ERROR if tally[Trait.BAD_NEWS] else _NORMAL
    if state == _NORMAL and tally[Trait.STALLED]:
        state = _WARNING
    if not tally[Facet.ACTIVE]:
        return _sequence(_ERROR, 100) if state == _ERROR else CLEARED
    ratios = [
        entry.job.progress_ratio
        for entry in snapshot.entries.values()
        if entry.is_live and entry.job and entry.job.progress_ratio is not None
    ]
    if ratios:
        return _sequence(state, int(100 * sum(ratios) / len(ratios)))
    return _sequence(_UNKNOWN if state == _NORMAL else state, 0)


def _sequence(state: int, percent: int) -> str:
    return f"\x1b]9;4;{state};{percent}\x1b\\"
