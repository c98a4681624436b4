"""Which jobs are on their way between the list file, the archive and the state file.

The three are written one after the other, and each write may fail or be the last one.
So a job is in the archive on disk before the list drops it, and in the list on disk
before the archive forgets it: wherever a run is killed, the job is in one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey


class Stage(StrEnum):
    """How far a job is on its way between list and archive."""

    ARCHIVING = "archiving"
    """It is being written to the archive, and still in the list."""
    LEAVING = "leaving"
    """It is in the archive; the list on disk may still name it."""
    RETURNING = "returning"
    """It is in the list again; the list on disk may not name it yet."""
    FORGOTTEN = "forgotten"
    """It is in the list on disk, or removed: the archive is to forget it."""
    FORGETTING = "forgetting"
    """That is being written."""


class StateWrite(Struct, frozen=True):
    """What is to be written to the state file in one go."""

    replies: Mapping[JobKey, Entry | None]
    """Entries whose reply is stored; None where the stored reply goes."""
    forgotten: tuple[JobKey, ...]
    """Jobs that the archive forgets."""

    @property
    def entries(self) -> Mapping[JobKey, Entry]:
        """Those of which something is stored."""
        return {key: entry for key, entry in self.replies.items() if entry is not None}

    @property
    def dropped(self) -> list[JobKey]:
        """Those whose stored reply goes."""
        return [key for key, entry in self.replies.items() if entry is None]


class Transfers:
    """The jobs that are under way; all others are where the list in memory says.

    Its methods are told what happened, in the order in which it did. It decides what
    is written next, and what a write that went well or failed means for each job.
    """

    def __init__(self) -> None:
        self.stages: dict[JobKey, Stage] = {}
        """How far each job is that is under way."""
        self._replies: dict[JobKey, Entry | None] = {}

    @property
    def has_state(self) -> bool:
        """Whether something waits for the state file."""
        return bool(self._replies) or Stage.FORGOTTEN in self.stages.values()

    # -- the list in memory ------------------------------------------------------------

    def keep(self, entry: Entry) -> None:
        """An entry's stored part changed."""
        self._replies[entry.key] = entry

    def drop(self, key: JobKey) -> None:
        """A job was removed from the list: its stored reply goes, too."""
        self._replies[key] = None

    def come_back(self, entry: Entry) -> None:
        """A job is in the list again: once that is on disk, the archive forgets it."""
        self.keep(entry)
        self.stages[entry.key] = Stage.RETURNING

    def leave_elsewhere(self, key: JobKey) -> None:
        """Somebody else took a job off the list, perhaps for the archive: it stays."""
        self.stages.pop(key, None)

    # -- the archive -------------------------------------------------------------------

    def archive(self, keys: Iterable[JobKey]) -> None:
        """Jobs are about to be written to the archive, where they are to stay."""
        self.stages.update(dict.fromkeys(keys, Stage.ARCHIVING))

    def archived(self, key: JobKey, *, is_listed: bool, is_same: bool) -> bool:
        """A job was written to the archive; returns whether it leaves the list.

        It does not where it was changed, removed or moved meanwhile.

        Args:
            key: the job.
            is_listed: whether it is in the list in memory.
            is_same: whether it is there as it was archived.
        """
        if self.stages.get(key) is not Stage.ARCHIVING:
            return False
        if is_same:
            self.stages[key] = Stage.LEAVING
            self._replies.pop(key, None)
            return True
        self.stages[key] = Stage.RETURNING if is_listed else Stage.FORGOTTEN
        return False

    def not_archived(self, keys: Iterable[JobKey]) -> None:
        """Jobs could not be written to the archive: they stay in the list."""
        for key in keys:
            if self.stages.get(key) is Stage.ARCHIVING:
                del self.stages[key]

    # -- the list file -----------------------------------------------------------------

    def list_sent(self) -> Mapping[JobKey, Stage]:
        """The jobs that a list file, which is about to be written, brings further."""
        awaited = (Stage.LEAVING, Stage.RETURNING)
        return {key: stage for key, stage in self.stages.items() if stage in awaited}

    def list_saved(
        self,
        sent: Mapping[JobKey, Stage],
        on_disk: Collection[JobKey],
        listed: Collection[JobKey],
    ) -> None:
        """The list file was written.

        Args:
            sent: what `list_sent` said before.
            on_disk: the jobs that the file names now.
            listed: the jobs of the list in memory.
        """
        for key, stage in sent.items():
            if self.stages.get(key) is not stage:  # it turned round meanwhile
                continue
            if stage is Stage.LEAVING:
                del self.stages[key]
                if key not in listed:  # else somebody else wants it in the list
                    self._replies[key] = None
            elif key in on_disk or key not in listed:
                self.stages[key] = Stage.FORGOTTEN

    # -- the state file ----------------------------------------------------------------

    def state_sent(self) -> StateWrite:
        """What is to be written to the state file now."""
        replies, self._replies = self._replies, {}
        forgotten = self._of(Stage.FORGOTTEN)
        self.stages.update(dict.fromkeys(forgotten, Stage.FORGETTING))
        return StateWrite(replies, forgotten)

    def state_saved(self) -> None:
        """The last write to the state file succeeded."""
        for key in self._of(Stage.FORGETTING):
            del self.stages[key]

    def state_failed(self, write: StateWrite) -> None:
        """The last write failed: it is repeated, except for what is newer by now."""
        self._replies = {**write.replies, **self._replies}
        again = self._of(Stage.FORGETTING)
        self.stages.update(dict.fromkeys(again, Stage.FORGOTTEN))

    def _of(self, stage: Stage) -> tuple[JobKey, ...]:
        return tuple(key for key, each in self.stages.items() if each is stage)
