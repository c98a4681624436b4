"""Who else runs on this machine: locks that every copy shares while it runs.

The system drops them when a process ends, however it ends.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ims_tui.adapters.logger import logger
from ims_tui.core.errors import reason_of


def is_polled(path: Path) -> bool:
    """Whether another process polls; not where that cannot be told."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return bool(_has_others(number))
    finally:
        os.close(number)


@contextmanager
def in_company(path: Path) -> Iterator[Callable[[], bool | None]]:
    """Count as one of those who work on a list while the block lasts.

    Gives a call that tells whether there are others; None where that cannot be told,
    for there is no file, or the file system has no locks.

    Args:
        path: the lock file, beside the list.
    """
    with polling(path) as number:

        def has_others() -> bool | None:
            if number is None:
                return None
            found = _has_others(number)
            # The try gave it up.
            return found if _share(number) else None

        yield has_others


@contextmanager
def polling(path: Path) -> Iterator[int | None]:
    """Count as a poller while the block lasts; without file or locks, as none.

    Gives the number of the open lock file; None where there is no lock.

    Args:
        path: the lock file, which others may hold, too.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # nobody can see us then, and each asks for itself
        yield None
        return
    try:
        yield number if _share(number) else None
    finally:
        os.close(number)


def _share(number: int) -> bool:
    """Take the lock that others may hold, too; False where locks are not offered."""
    try:
        fcntl.flock(number, fcntl.LOCK_SH)
    except OSError as error:  # ENOTSUP, ENOLCK: NFS, SMB, FUSE
        logger(__name__).info("no lock: %s", reason_of(error))
        return False
    return True


def _has_others(number: int) -> bool | None:
    """Whether somebody else holds the lock, which is ours then; None: not known."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        is_held = error.errno in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES)
        return True if is_held else None
    return False
