"""A disk that fills up, dies within a save, and forgets what was not synced."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from ims_tui.adapters.atomicfile import Steps


class Platter:
    """What survives a power cut: synced bytes, under names whose folder is synced."""

    def __init__(self) -> None:
        self._unsynced: set[int] = set()
        """Files (inodes) with bytes that may be lost."""
        self._renamed: list[tuple[Path, bytes | None]] = []
        """Names that were replaced since, with what was there before."""

    def wrote(self, number: int) -> None:
        """A file has bytes that are not synced."""
        self._unsynced.add(os.fstat(number).st_ino)

    def synced(self, number: int) -> None:
        """What a file has, or which names a folder has, is safe."""
        status = os.fstat(number)
        if stat.S_ISDIR(status.st_mode):
            self._renamed.clear()
        self._unsynced.discard(status.st_ino)

    def renaming(self, target: Path) -> None:
        """A name is about to be given to another file."""
        before = target.read_bytes() if target.exists() else None
        self._renamed.append((target, before))

    def cut(self, *paths: Path, keeps_names: bool) -> None:
        """The power goes: files without their bytes, and names as they were or are."""
        for path in paths:
            if path.exists() and path.stat().st_ino in self._unsynced:
                path.write_bytes(b"")
        for path, before in [] if keeps_names else reversed(self._renamed):
            path.unlink(missing_ok=True)
            if before is not None:
                path.write_bytes(before)
        self._renamed.clear()


class Disk:
    """The way of one program to a platter."""

    def __init__(self, platter: Platter) -> None:
        self._platter = platter
        self.is_full = False
        self.calls_left: int | None = None
        """System calls until the program is killed in the middle of its save."""
        self.during: Callable[[], None] | None = None
        """What happens, once, while a list is written."""

    def check(self) -> None:
        """Fail where nothing more goes in."""
        if self.calls_left is not None:
            self.calls_left -= 1
        if self.is_full or (self.calls_left is not None and self.calls_left < 0):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @property
    def steps(self) -> Steps:
        """The calls of a list file on it."""
        return Steps(self._write, self._sync, self._replace, self._link)

    def _write(self, number: int, data: memoryview) -> int:
        during, self.during = self.during, None
        if during:
            during()
        self.check()
        self._platter.wrote(number)
        is_last = self.calls_left == 0
        return os.write(number, data[: len(data) // 2] if is_last else data)

    def _sync(self, number: int) -> None:
        self.check()
        self._platter.synced(number)

    def _replace(self, source: str, target: str) -> None:
        self.check()
        self._platter.renaming(Path(target))
        Path(source).replace(target)

    def _link(self, source: str, target: str) -> None:
        self.check()
        os.link(source, target)
