"""An archive in memory, for ports without files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ims_tui.core.errors import StateError
from ims_tui.core.state.archive_row import Archived, ArchivedRow, ArchivePlace
from ims_tui.core.watchlist.watch import JobKey


@dataclass
class MemoryArchive:
    """ArchiveFile port; the jobs stand in the order in which they came."""

    archived_jobs: dict[JobKey, Archived] = field(default_factory=dict)
    archive_problem: str = ""
    """What every call fails with."""

    def archive(self, jobs: Sequence[Archived]) -> None:
        self._check()
        for job in jobs:
            self.archived_jobs.pop(job.key, None)
            self.archived_jobs[job.key] = job

    def archive_page(
        self, after: ArchivePlace | None, most: int
    ) -> tuple[list[ArchivedRow], ArchivePlace | None]:
        self._check()
        start = after.number if after else 0
        jobs = sorted(self.archived_jobs.values(), key=lambda j: j.row.ended)[::-1]
        page = [job.row for job in jobs[start : start + most]]
        return page, ArchivePlace("", start + len(page)) if page else None

    def archive_newer(self, number: int | None) -> tuple[list[ArchivedRow], int]:
        self._check()
        jobs = list(self.archived_jobs.values())
        start = len(jobs) if number is None else number
        return [job.row for job in jobs[start:]], len(jobs)

    def archived(self, keys: Sequence[JobKey]) -> list[Archived]:
        self._check()
        return [self.archived_jobs[key] for key in keys if key in self.archived_jobs]

    def unarchive(self, keys: Sequence[JobKey]) -> None:
        self._check()
        for key in keys:
            self.archived_jobs.pop(key, None)

    def _check(self) -> None:
        if self.archive_problem:
            raise StateError(self.archive_problem)
