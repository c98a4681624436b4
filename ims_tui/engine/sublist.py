"""A part of the watchlist as a list of its own, for commands about a few jobs.

How a job ended goes to its entry of the list; jobs that are not on it stay out of it,
and so does what else the command says of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from ims_tui.core.ports import WatchFile
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch


class PickedList:
    """WatchFile port that shows only some entries of another one."""

    def __init__(self, whole: WatchFile, keys: Collection[JobKey]) -> None:
        self._whole = whole
        self._keys = frozenset(keys)

    def load(self) -> LoadReport:
        """Read the picked entries, without their results: those are to be asked for.

        Raises:
            WatchFileError: the list cannot be read or understood.
        """
        return self._picked(self._whole.load())

    def load_backup(self) -> LoadReport:
        """Read the picked entries of an earlier copy of the list.

        Raises:
            WatchFileError: there is none, or it cannot be read either.
        """
        return self._picked(self._whole.load_backup())

    def _picked(self, report: LoadReport) -> LoadReport:
        picked = [w for w in report.watches if w.key in self._keys]
        return LoadReport(tuple(replace(watch, result=None) for watch in picked))

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        """Save the results of those that are on the list.

        Raises:
            WatchFileError: the list cannot be written, or must not be overwritten.
        """
        results = {w.key: w.result for w in watches if w.result is not None}
        listed = self._whole.load().watches
        ended = [
            replace(w, result=results[w.key])
            if w.result is None and w.key in results
            else w
            for w in listed
        ]
        if ended != list(listed):
            self._whole.save(ended)
        return LoadReport(tuple(watches))

    def has_changed(self) -> bool:
        """Never: a change of the list does not change what was asked for."""
        return False
