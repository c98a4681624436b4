"""A part of the watchlist as a list of its own, for commands about a few jobs.

What they learn of jobs that are on the list goes there; others stay out of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ims_tui.core.ports import WatchFile
from ims_tui.core.watch import JobKey, LoadReport, Watch


class PickedList:
    """WatchFile port that shows only some entries of another one."""

    def __init__(self, whole: WatchFile, keys: Collection[JobKey]) -> None:
        self._whole = whole
        self._keys = frozenset(keys)

    def load(self) -> LoadReport:
        """Read the picked entries.

        Raises:
            WatchFileError: the list cannot be read or understood.
        """
        watches = self._whole.load().watches
        return LoadReport(tuple(w for w in watches if w.key in self._keys))

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        """Save those that are on the list; the others are given back as they are.

        Raises:
            WatchFileError: the list cannot be written, or must not be overwritten.
        """
        ours = {watch.key: watch for watch in watches}
        listed = self._whole.load().watches
        merged = self._whole.save([ours.get(w.key, w) for w in listed]).watches
        theirs = {watch.key: watch for watch in merged}
        return LoadReport(tuple(theirs.get(key, ours[key]) for key in ours))

    def has_changed(self) -> bool:
        """Never: a change of the list does not change what was asked for."""
        return False
