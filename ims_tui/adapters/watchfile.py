"""The watchlist on disk: read, merged with what others wrote, replaced as a whole.

Several copies of the program and an editor may write it at any time. A save takes the
lock beside the file, reads what others wrote since, merges, and replaces the file by
a complete new one; the previous one stays beside it as `.bak`. If an editor, who knows
no lock, comes between, the save starts over.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from ims_tui.adapters.atomicfile import Steps, is_temporary, write_atomic
from ims_tui.adapters.logger import logger
from ims_tui.core.errors import (
    NO_LOCKS,
    UnreadableListError,
    WatchFileError,
    reason_of,
)
from ims_tui.core.text import printable
from ims_tui.core.watchlist.document import WatchDoc, WatchTextError
from ims_tui.core.watchlist.watch import LoadReport, Watch

LOCK_TIMEOUT_S = 20.0
"""How long a save waits for those of other copies. One takes milliseconds, but a script
may start many at once, and who waits is not served in turn."""

_LOOK_S = 0.01
"""How often a held lock is tried: the rarer, the longer somebody may come too late."""

MOST_BYTES = 64 * 2**20
"""A larger file is no list: 100,000 jobs with notes are half of that."""

TRIES = 5
"""How often a file that moves while it is read, or before it is replaced, is read."""


_BESIDE = r".+\.(bak|lock|open)|\..+\.[a-z0-9_]{8}\.tmp(\.bak\.tmp)?"
"""Names of what is kept beside a list: a list named so would be overwritten. A text,
not compiled, since only a save takes it."""


class Fingerprint(NamedTuple):
    """Identifies a version of a file without reading it."""

    device: int
    inode: int
    mtime_ns: int
    size: int

    @classmethod
    def of(cls, status: os.stat_result) -> Fingerprint:
        """The fingerprint in a file's status."""
        return cls(status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


class _Version(NamedTuple):
    """One version of the list, and the file it was found in, if there was one."""

    doc: WatchDoc
    mark: Fingerprint | None
    is_blank: bool


class _MovedError(Exception):
    """Somebody wrote the file while we were about to replace it."""


class WatchFile:
    """One watchlist file. All calls block; used by one thread at a time."""

    def __init__(
        self,
        path: Path,
        *,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
        steps: Steps | None = None,
    ) -> None:
        self.path = path
        self._lock_timeout_s = lock_timeout_s
        self._steps = steps or Steps()
        self._has_locks: bool | None = None
        self._seen: Fingerprint | None = None
        self._agreed: _Version | None = None
        """The last version whose content the caller was given."""
        self._latest: _Version | None = None
        """The last version read or written; newer than agreed after a failed save."""

    def load(self) -> LoadReport:
        """Read the list; what the caller had before is to be replaced by it.

        With changes of its own that are not saved yet, the caller uses `save`, which
        merges. A list that is not there is empty, but one that was there and is gone
        or blank is an error: that is an accident, not an order to forget every job.

        Raises:
            WatchFileError: the file cannot be read or understood, or is gone.
        """
        version = self._read(self._target())
        known = len(self._agreed.doc.watches) if self._agreed else 0
        if version.is_blank and known:
            what = "is empty" if version.mark else "is gone"
            raise self._unreadable(f"{what}. {known} entries stay until the next save")
        self._agreed = self._latest = version
        return version.doc.report()

    def load_backup(self) -> LoadReport:
        """Read the previous version, for when the list itself cannot be read.

        What differs in the list once it is mended counts as changed by others.

        Raises:
            WatchFileError: there is none, or it cannot be read either.
        """
        backup = _beside(self._target(), ".bak")
        try:
            written = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
            doc = WatchDoc.parse(_content(backup))
        except (OSError, WatchTextError) as error:
            what = f"has no readable copy {backup.name}: {reason_of(error)}"
            raise self._error(what) from error
        self._agreed = _Version(doc, None, is_blank=False)
        return replace(doc.report(), written=written)

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        """Merge with what others wrote since, save, and report the merged list.

        Nothing is written where the file already says all of it.

        Raises:
            WatchFileError: the file cannot be read or written, or must not be
                overwritten. The file is as it was, and the same call may be repeated.
        """
        target = self._target()
        _load_writers()
        with self._locked(target):
            for _ in range(TRIES):
                try:
                    version = self._save_once(target, watches)
                except _MovedError:
                    continue
                self._agreed = self._latest = version
                return version.doc.report()
        raise self._error("is being written by another program again and again")

    def has_changed(self) -> bool:
        """Whether somebody else wrote the file since we last looked at it.

        Looking is `load` or `save`, whether or not they could read it.
        """
        try:
            return _fingerprint(self.path) != self._seen
        except OSError:
            return self._seen is not None

    def _save_once(self, target: Path, watches: Sequence[Watch]) -> _Version:
        import tomli_w  # to read a list takes none of this

        from ims_tui.core.watchlist.rewrite import edited

        latest = self._latest
        if latest is None or self._mark(target) != latest.mark:
            latest = self._latest = self._read(target)
        wanted = self._merged(latest, watches)
        try:
            doc = edited(latest.doc, wanted, tomli_w.dumps)
        except WatchTextError as error:
            raise self._error(f"is not changed: {error}") from error
        if doc is latest.doc:
            return latest
        if doc.is_newer:
            what = f"has schema {doc.schema}, written by a newer release"
            raise self._error(f"{what}. It is read only here: update ims-tui")
        if re.fullmatch(_BESIDE, target.name):
            what = "is not written: its name is one that another list overwrites"
            raise self._error(f"{what}; give it another, such as jobs.toml")
        return self._write(target, doc, latest.mark)

    def _merged(self, latest: _Version, watches: Sequence[Watch]) -> Sequence[Watch]:
        from ims_tui.core.watchlist.merge import merge

        agreed = self._agreed
        # A file that vanished or was emptied is an accident: ours is written again.
        if latest is agreed or (latest.is_blank and agreed):
            return watches
        base = agreed.doc.watches if agreed else ()
        return merge(base, watches, latest.doc.watches)

    def _write(
        self, target: Path, doc: WatchDoc, expected: Fingerprint | None
    ) -> _Version:
        def check() -> None:
            if _fingerprint(target) != expected:
                raise _MovedError

        try:
            _sweep(target)
            written = write_atomic(
                target,
                doc.data,
                backup=_beside(target, ".bak"),
                before_replace=check,
                steps=self._steps,
            )
        except OSError as error:
            raise self._error(f"cannot be written: {reason_of(error)}") from error
        self._seen = Fingerprint.of(written)
        return _Version(doc, self._seen, is_blank=False)

    def _read(self, target: Path) -> _Version:
        """Read one version; a file that moves meanwhile is read again."""
        data, mark = b"", None
        try:
            for _ in range(TRIES):
                mark = _fingerprint(target)
                data = _content(target) if mark else b""
                if mark == _fingerprint(target):
                    break
        except OSError as error:
            raise self._unreadable(f"cannot be read: {reason_of(error)}") from error
        finally:
            self._seen = mark
        try:
            return _Version(WatchDoc.parse(data), mark, not data.strip())
        except WatchTextError as error:
            more = f". The file is left as it is{self._offer()}"
            raise self._unreadable(str(error), more) from error

    def _mark(self, target: Path) -> Fingerprint | None:
        try:
            return _fingerprint(target)
        except OSError as error:
            raise self._unreadable(f"cannot be read: {reason_of(error)}") from error

    def _offer(self) -> str:
        backup = _beside(self._target(), ".bak")
        try:
            WatchDoc.parse(_content(backup))
        except (OSError, WatchTextError):
            return ""
        return f"; {backup.name} is the last good copy"

    def _target(self) -> Path:
        """The real file, behind symbolic links."""
        try:
            return self.path.resolve()
        except (OSError, RuntimeError) as error:  # links in a circle
            raise self._error("is a symbolic link to itself") from error

    @contextmanager
    def _locked(self, target: Path) -> Iterator[None]:
        from filelock import FileLock, Timeout  # 15 ms, which only a save takes

        beside = _beside(target, ".lock")
        lock = FileLock(beside, timeout=self._lock_timeout_s, poll_interval=_LOOK_S)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _fingerprint(beside):  # the lock waits where no file can be made
                beside.touch()
            if self._offers_locks(beside):
                lock.acquire()
        except Timeout as error:
            waited = f"{self._lock_timeout_s:g} s"
            raise self._error(f"is locked by another program for {waited}") from error
        except OSError as error:
            what = f"cannot be written, {beside.name} beside it cannot be opened"
            if not os.path.lexists(beside):  # it cannot be made: the folder is at fault
                what = "cannot be written"
            raise self._error(f"{what}: {reason_of(error)}") from error
        try:
            yield
        finally:
            lock.release()

    def _offers_locks(self, beside: Path) -> bool:
        """Whether the file system has locks, which does not change.

        Without them a save that comes between is still seen, just before the file is
        replaced. filelock would wait for a file that a killed process leaves behind.
        """
        if self._has_locks is None:
            self._has_locks = True
            with beside.open("a") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError as error:
                    self._has_locks = error.errno not in NO_LOCKS
            if not self._has_locks:
                logger(__name__).warning("%s: no lock, saved without", self.path)
        return self._has_locks

    def _error(self, what: str) -> WatchFileError:
        return WatchFileError(*self._texts(what))

    def _unreadable(self, what: str, more: str = "") -> UnreadableListError:
        return UnreadableListError(*self._texts(what, more))

    def _texts(self, what: str, more: str = "") -> tuple[str, str]:
        """What is wrong, in full and for a screen."""
        full, name = printable(str(self.path)), printable(self.path.name)
        return f"{full} {what}{more}", f"{name} {what}"


def _fingerprint(target: Path) -> Fingerprint | None:
    """The fingerprint of a file, None where there is none.

    Raises:
        OSError: it cannot be told, or it is no file to read and replace.
    """
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError("not a regular file")
    return Fingerprint.of(status)


def _content(target: Path) -> bytes:
    """The bytes of a list.

    Raises:
        OSError: it cannot be read, or it is no list, but a pipe, a device, a monster.
    """
    mark = _fingerprint(target)
    if mark and mark.size > MOST_BYTES:
        raise OSError(f"larger than {MOST_BYTES // 2**20} MB")
    return target.read_bytes()


def _load_writers() -> None:
    """Load what only a save takes while nobody waits for our lock."""
    import tomli_w  # noqa: F401

    import ims_tui.core.watchlist.merge
    import ims_tui.core.watchlist.rewrite  # noqa: F401


def _sweep(target: Path) -> None:
    """Remove what a killed save left behind. Under the lock nobody else writes."""
    for each in target.parent.iterdir():
        if is_temporary(each.name, target):
            each.unlink(missing_ok=True)


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)
