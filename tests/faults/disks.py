"""Disks that fail at any step of a save: full, read-only, broken, slow to write."""

from __future__ import annotations

import errno
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ims_tui.adapters.atomicfile import Steps
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import WatchFileError
from ims_tui.core.watchlist.watch import Watch
from tests.faults.room import Room

ERRORS = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.EINVAL, errno.ENOTSUP, errno.EFBIG, errno.EMFILE, errno.ESTALE),
)
WATCHES = tuple(Watch(f"{number:032x}", label=f"{number}") for number in range(6))


class Disk:
    """System calls of which some fail, the same ones for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.share = chance.choice([0.0, 0.1, 0.3, 1.0])
        """How many calls fail."""
        self.failed = 0

    @property
    def steps(self) -> Steps:
        """The calls."""
        names = ("fsync", "replace", "link")
        real = {name: self._failing(getattr(os, name)) for name in names}
        return Steps(write=self._failing(self._short), **real)

    def _short(self, number: int, data: memoryview) -> int:
        return os.write(number, data[: self._chance.choice([1, 99, 9_999])])

    def _failing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: object) -> object:
            if self._chance.random() < self.share:
                self.failed += 1
                code = self._chance.choice(ERRORS)
                raise OSError(code, os.strerror(code))
            return call(*arguments)

        return step


def attempt(seed: int) -> str:
    """Some saves: each is whole, or refused and repeated once the disk is well."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "watchlist.toml")
        file = WatchFile(path)
        file.load()
        wanted = list(file.save(WATCHES[:2]).watches)
        disk = Disk(chance)
        file = WatchFile(path, steps=disk.steps)
        file.load()
        tried = [wanted]
        for number in range(4):
            wanted = [*wanted, WATCHES[2 + number]]
            wanted[0] = replace(wanted[0], note=f"{number}")
            tried.append(wanted)
            try:
                known = list(file.save(wanted).watches)
            except WatchFileError as error:
                assert str(error).isprintable()
                # Where only the folder could not be synced the new one is there.
                assert list(WatchFile(path).load().watches) in tried
                disk.share = chance.choice([0.0, disk.share])
            else:
                assert known == wanted
                tried = [wanted]
            left = {each.name for each in path.parent.iterdir()}
            assert left <= {path.name, f"{path.name}.bak", f"{path.name}.lock"}
        disk.share = 0.0
        assert list(file.save(wanted).watches) == wanted
        assert list(WatchFile(path).load().watches) == wanted
    return "calls failed" if disk.failed else "all went well"


ROOM = Room(
    "disks", attempt, frozenset({"calls failed", "all went well"}), short=60, long=5_000
)
