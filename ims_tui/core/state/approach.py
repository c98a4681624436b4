"""Which marks before its end a job has passed."""

from __future__ import annotations

from ims_tui.core.state.entry import Entry
from ims_tui.core.text import whole_percent
from ims_tui.core.watchlist.mark import percent_of, time_of_s


def passed(before: Entry, after: Entry) -> list[str]:
    """The marks of a job that one poll brought it to."""
    return [
        mark
        for mark in after.watch.marks
        if has_reached(after, mark) and not has_reached(before, mark)
    ]


def has_reached(entry: Entry, mark: str) -> bool:
    """Whether a live job is that near its end, as of the last reply."""
    if not entry.is_live or entry.job is None:
        return False
    percent, left_s = percent_of(mark), time_of_s(mark)
    if percent is not None:
        ratio = entry.job.progress_ratio
        return ratio is not None and whole_percent(ratio) >= percent
    if left_s is None or entry.estimate is None or entry.is_stalled:
        return False
    return entry.estimate.ahead_s[1] <= left_s
