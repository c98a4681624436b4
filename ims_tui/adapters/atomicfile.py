"""Replace a file so that every moment shows the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})
"""Answers of file systems that cannot sync a folder (CIFS, some FUSE)."""

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS})
"""Answers of file systems without hard links (FAT, some FUSE)."""


class Steps(Struct, frozen=True):
    """The system calls that can fail; tests hand in failing ones."""

    write: Callable[[int, memoryview], int] = os.write
    fsync: Callable[[int], None] = os.fsync
    replace: Callable[[str, str], None] = os.replace
    link: Callable[[str, str], None] = os.link


_SYSTEM = Steps()

_TEMPORARY = re.compile(r"[a-z0-9_]{8}\.tmp(\.bak\.tmp)?")
"""What `tempfile` makes of a name, and the copy of what was there, on its way."""


def write_atomic(
    target: Path,
    data: bytes,
    *,
    backup: Path | None = None,
    before_replace: Callable[[], None] | None = None,
    steps: Steps = _SYSTEM,
) -> os.stat_result:
    """Write data beside the target, sync it, and put it in the target's place.

    A new file gets mode 600, an old one keeps mode and owner. The old one is kept
    as `backup` where asked. `before_replace` may raise to call it off. Symbolic
    links are not followed: hand in the real path. Returns the status of what was
    written, taken before anybody else could touch it.

    Raises:
        OSError: nothing was replaced (or only the folder could not be synced), and
            no temporary file is left.
    """
    import tempfile  # 3 ms, which only a save takes

    number, temporary = tempfile.mkstemp(".tmp", f".{target.name}.", target.parent)
    try:
        try:
            _keep_owner(number, target)
            _write_all(number, data, steps)
            steps.fsync(number)
            written = os.fstat(number)
        finally:
            os.close(number)
        if before_replace:
            before_replace()
        if backup:
            _keep(target, backup, f"{temporary}.bak.tmp", steps)
        steps.replace(temporary, str(target))
    finally:
        # Replaced, it is no longer there.
        Path(temporary).unlink(missing_ok=True)
    _sync_folder(target.parent, steps)
    return written


def is_temporary(name: str, target: Path) -> bool:
    """Whether a file beside a target is one that a killed write of it left behind.

    Not one of another target whose name only begins alike, as `list.old` and `list`.
    """
    middle = name.removeprefix(f".{target.name}.")
    return middle != name and bool(_TEMPORARY.fullmatch(middle))


def _keep_owner(number: int, target: Path) -> None:
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    new = os.fstat(number)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        # Only root may give files away; for others the file becomes theirs.
        with contextlib.suppress(PermissionError):
            os.fchown(number, old.st_uid, old.st_gid)
    os.fchmod(number, old.st_mode & 0o777)


def _write_all(number: int, data: bytes, steps: Steps) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[steps.write(number, rest) :]


def _keep(target: Path, backup: Path, spare: str, steps: Steps) -> None:
    """Keep the old file as backup, without a moment in which either is missing."""
    try:
        try:
            steps.link(str(target), spare)
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            write_atomic(backup, target.read_bytes(), steps=steps)
            return
        steps.replace(spare, str(backup))
    finally:
        # Also after replacing: rename does nothing when both are the same file.
        Path(spare).unlink(missing_ok=True)


def _sync_folder(folder: Path, steps: Steps) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        steps.fsync(number)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(number)
