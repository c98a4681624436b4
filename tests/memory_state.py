"""State in memory, for ports without files."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ims_tui.core.state.history import PastJob
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey
from tests.memory_archive import MemoryArchive


@dataclass
class MemoryStateFile(MemoryArchive):
    """StateFile port; of what it is given it keeps the archive and the view."""

    kept: dict[str, str] = field(default_factory=dict)
    may_read: threading.Event = field(default_factory=threading.Event)
    """Whether the disk has answered."""

    def __post_init__(self) -> None:
        self.may_read.set()

    def load(self) -> list[StoredPoll]:
        self.may_read.wait()
        return []

    def save(self, polls: Sequence[StoredPoll], removed: Sequence[JobKey]) -> None:
        return None

    def past(self) -> list[PastJob]:
        return []

    def remember(self, jobs: Sequence[PastJob]) -> None:
        return None

    def tidy(self, forget_before: datetime) -> None:
        return None

    def outages(self) -> list[Outage]:
        return []

    def save_outages(self, outages: Sequence[Outage]) -> None:
        return None

    def acknowledged(self, keys: Sequence[JobKey]) -> dict[JobKey, datetime]:
        return {}

    def notices(self) -> list[str]:
        return []

    def view(self) -> dict[str, str]:
        self.may_read.wait()
        return dict(self.kept)

    def save_view(self, view: dict[str, str]) -> None:
        self.kept |= view

    def close(self) -> None:
        return None
