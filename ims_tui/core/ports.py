"""The borders of the core: what the tracker needs of the outside world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from ims_tui.core.config.provenance import Loaded
from ims_tui.core.config.settings import Settings
from ims_tui.core.notices.letter import Backlog, Letter, Told
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.news import News
from ims_tui.core.notices.silence import Silence
from ims_tui.core.service.outcome import Outcome
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.state.archive_row import Archived, ArchivedRow, ArchivePlace
from ims_tui.core.state.history import PastJob
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch


class JobSource(Protocol):
    """One profile's way to the service."""

    @property
    def credential(self) -> CredentialState | None:
        """What is known of the credential; None before the first request."""

    @property
    def call(self) -> str:
        """The call in use where it is not the documented one, else empty."""

    async def show(self, job_id: str) -> Outcome:
        """Ask once about one job. Never raises for what the network does."""

    async def has_changed(self) -> bool:
        """Whether another credential can be read than the one in use."""

    async def reload(self) -> None:
        """Forget a refused credential, so that the next request reads it again."""

    async def close(self) -> None:
        """Close connections."""


StartProgram: TypeAlias = Callable[[Sequence[str], bytes | None], Awaitable[bool]]
"""Starts a program of the operator's desk with a text to read, or with none; whether
it did what it is there for, or goes on with it."""


class ConfigSource(Protocol):
    """Where settings come from. All calls block; they run in a thread."""

    def load(self) -> Loaded:
        """Read them; what is wrong is in the result, never raised."""

    def has_changed(self) -> bool:
        """Whether a file that was read, or looked for, is another one now."""


class FixedConfig(Struct, frozen=True):
    """Settings that nobody changes, for the demo and for tests."""

    settings: Settings

    def load(self) -> Loaded:
        """Return the settings given."""
        return Loaded(self.settings)

    def has_changed(self) -> bool:
        """Never."""
        return False


class WatchFile(Protocol):
    """Where the watchlist is kept. All calls block; they run in a thread."""

    def load(self) -> LoadReport:
        """Read the list.

        Raises:
            WatchFileError: the file cannot be read or understood.
        """

    def load_backup(self) -> LoadReport:
        """Read an earlier copy, for when the list itself cannot be read.

        Raises:
            WatchFileError: there is none, or it cannot be read either.
        """

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        """Merge with what others wrote since, save, and return the merged list.

        Raises:
            UnreadableListError: the file cannot be read, so it is not overwritten.
            WatchFileError: the file cannot be written, or must not be overwritten.
        """

    def has_changed(self) -> bool:
        """Whether somebody else wrote the file since we last read or wrote it."""


class ArchiveFile(Protocol):
    """Jobs that have left the list, with their last replies. All calls block.

    All of them raise `StateError` where the file cannot be read or written.
    """

    def archive(self, jobs: Sequence[Archived]) -> None:
        """Keep jobs, all or none; they are on the disk when this returns."""

    def archive_page(
        self, after: ArchivePlace | None, most: int
    ) -> tuple[Sequence[ArchivedRow], ArchivePlace | None]:
        """Read rows behind a place, latest end first, and where that ended."""

    def archive_newer(self, number: int | None) -> tuple[Sequence[ArchivedRow], int]:
        """Read rows written after one with a number, and the latest number.

        None reads no row.
        """

    def archived(self, keys: Sequence[JobKey]) -> Sequence[Archived]:
        """Read some jobs with their replies."""

    def unarchive(self, keys: Sequence[JobKey]) -> None:
        """Remove jobs, with their replies."""


class StateFile(ArchiveFile, Protocol):
    """Last replies and view state, so that a start is never blank. All calls block."""

    def load(self) -> Sequence[StoredPoll]:
        """Read every stored reply.

        Raises:
            StateError: the file cannot be opened; a damaged one counts as empty.
        """

    def save(self, polls: Sequence[StoredPoll], removed: Sequence[JobKey]) -> None:
        """Store replies and drop those of removed jobs, in one transaction.

        Raises:
            StateError: the file cannot be written.
        """

    def past(self) -> Sequence[PastJob]:
        """Read how the latest jobs of every type went, the latest last.

        Raises:
            StateError: the history cannot be read.
        """

    def remember(self, jobs: Sequence[PastJob]) -> None:
        """Keep how jobs went; a job that is known already is not counted twice.

        Raises:
            StateError: the file cannot be written.
        """

    def tidy(self, forget_before: datetime) -> None:
        """Drop what is from before a time, and jobs that teach nothing any more.

        Raises:
            StateError: the file cannot be written.
        """

    def outages(self) -> Sequence[Outage]:
        """Read the latest outages, the earliest first.

        Raises:
            StateError: the file cannot be read.
        """

    def save_outages(self, outages: Sequence[Outage]) -> None:
        """Store outages, each in the place of what is stored of it.

        Raises:
            StateError: the file cannot be written.
        """

    def acknowledged(self, keys: Sequence[JobKey]) -> Mapping[JobKey, datetime]:
        """Which of these jobs somebody acknowledged, with the time of their reply.

        Raises:
            StateError: the file cannot be read.
        """

    def notices(self) -> Sequence[str]:
        """What was found damaged and set aside since the last call, a line each."""

    def view(self) -> dict[str, str]:
        """View state of the last run, by name."""

    def save_view(self, view: dict[str, str]) -> None:
        """Store view state, by name."""

    def close(self) -> None:
        """Let go of the file."""


class Outbox(Protocol):
    """News on their way, shared by all copies. All calls block; each raises StateError.

    What it does is said at `adapters/outboxdb.py`.
    """

    def post(self, letters: Sequence[Letter], now: datetime) -> None:
        """Let news wait for their channels, unless they were told already."""

    def backlog(self, channel: str, now: datetime) -> Backlog:
        """What waits for one channel, and how often it was used lately."""

    def take(self, channel: str, news: Sequence[News], now: datetime) -> list[str]:
        """Take news in order to tell them; returns the keys that nobody else took."""

    def settle(
        self, channel: str, keys: Sequence[str], now: datetime, *, is_told: bool
    ) -> bool:
        """Note how the telling went; returns whether some are given up."""

    def acknowledge_profiles(self, now: datetime) -> None:
        """What befell profiles and the list goes no further."""

    def told(self, since: datetime) -> Sequence[Told]:
        """What channels were told of what came since a time."""

    def silences(self, now: datetime) -> Sequence[Silence]:
        """The silences that hold."""

    def silence(self, silence: Silence) -> None:
        """Hold silence, in the place of an earlier one of its scope."""

    def lift(self, scope: str) -> None:
        """Tell again what a silence kept back."""

    def close(self) -> None:
        """Close it; the next call would open it again."""


class Channel(Protocol):
    """One way to tell somebody something."""

    async def send(self, message: Message) -> None:
        """Tell it.

        Raises:
            ChannelError: it was not taken; the text says why and holds no secret.
        """
