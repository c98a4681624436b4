"""What the screen shows: the newest snapshot, filtered and sorted as chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.show.arrangement import Arrangement, RowKey, arrange
from ims_tui.core.show.columns import usual_columns
from ims_tui.core.show.grouping import GroupBy, Grouping, membership
from ims_tui.core.show.rows import Choice, Memo, Rows
from ims_tui.core.show.view import View
from ims_tui.core.show.viewstate import Looks
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey

if TYPE_CHECKING:
    from ims_tui.core.show.archiverows import ArchiveRows

_READING = "reading the stored reply"


class StoredReply(Struct, frozen=True):
    """What was read of the archived job under the cursor."""

    key: JobKey | None = None
    entry: Entry | None = None
    """With its reply; None while that is read, and where there is none."""
    problem: str = ""
    """Why there is no reply to show."""


class Sight:
    """Holds the snapshot and the operator's choices; works out rows and their order."""

    def __init__(self) -> None:
        self.snapshot = Snapshot(is_loading=True)
        self.looks = Looks()
        self.reply = StoredReply()
        self._rows = Rows()
        self._members_by = GroupBy.CAUSE
        self._members = Memo(membership(self._members_by))
        self._order_version = -1
        self.unmet = ""
        """Which term of the filter names a value that no job has; else empty."""

    @cached_property
    def _archive_rows(self) -> ArchiveRows:
        from ims_tui.core.show.archiverows import ArchiveRows  # not for the first frame

        return ArchiveRows()

    @property
    def choice(self) -> Choice:
        """Which rows are shown, in which order."""
        return self.looks.choice

    @property
    def shown(self) -> Mapping[JobKey, Entry]:
        """The jobs that the table chooses its rows from."""
        return self.choice.jobs_of(self.snapshot)

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen columns, whether or not there is room for them."""
        usual = usual_columns(has_several=False, is_archive=self.choice.is_archive)
        return self.looks.columns or usual

    def take(self, snapshot: Snapshot) -> bool:
        """Take a newer snapshot; whether its rows may change places at once.

        They may where jobs came or went: the places are no longer those of before.
        """
        before, self.snapshot = self.snapshot, snapshot
        is_other_archive = snapshot.archive is not before.archive
        if is_other_archive:
            self.reply = StoredReply()
        return is_other_archive or len(snapshot.entries) != len(before.entries)

    @property
    def is_order_due(self) -> bool:
        """Whether the rows would be in another order now."""
        if self.snapshot.order_version != self._order_version:
            return True
        return not self.choice.is_archive and self.choice.filter.depends_on_now

    def order(self, view: View) -> list[JobKey]:
        """The keys of the rows, in order."""
        self._order_version = self.snapshot.order_version
        self.unmet = ""
        if self.choice.is_archive:
            return self._archive_rows.choose(self.snapshot.archive, self.choice, view)
        entries, wanted = self.snapshot.entries, self.choice.filter
        rows = self._rows.choose(entries, self.choice, view)
        self.unmet = "" if rows else self._rows.unmet(entries, wanted)
        return rows

    def arranged(self, view: View) -> Arrangement:
        """The rows in order, under the heads of their groups."""
        jobs, by = self.order(view), self.choice.grouped_by
        if by is None:
            return arrange(jobs, {}, Grouping(), self._members.of)
        if by is not self._members_by:
            self._members_by, self._members = by, Memo(membership(by))
        entries = self.snapshot.entries
        self._members.keep(entries.keys())
        return arrange(jobs, entries, self.choice.grouping, self._members.of)

    def indexing(self) -> Iterator[None]:
        """Work out the texts that a filter looks at, a few with each step."""
        return self._rows.indexing(self.snapshot.entries)

    def entry(self, key: RowKey | None) -> Entry | None:
        """A shown job; with its stored reply, where that was read."""
        if not isinstance(key, JobKey) or key not in self.shown:
            return None
        if self.choice.is_archive and self.reply.key == key and self.reply.entry:
            return self.reply.entry
        return self.shown[key]

    def wants_reply(self, key: JobKey) -> bool:
        """Whether the stored reply of a job is to be read now; said once for each."""
        if not self.choice.is_archive or self.reply.key == key:
            return False
        self.reply = StoredReply(key, problem=_READING)
        return True

    def take_reply(self, reply: StoredReply) -> bool:
        """Take a reply that was read; whether it is still wanted."""
        if self.reply.key != reply.key:
            return False
        self.reply = reply
        return True
