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
from ims_tui.core.errors import NO_LOCKS, UnseenError, reason_of
from ims_tui.core.text import printable


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
def in_company(path: Path) -> Iterator[Callable[[], bool]]:
    """Count as one of those who work on a list while the block lasts.

    Gives a call that tells whether there are others; it raises an `UnseenError` where
    that cannot be told, for there is no file, or the file system has no locks.

    Args:
        path: the lock file, beside the list.
    """
    with polling(path) as lock:

        def has_others() -> bool:
            if isinstance(lock, UnseenError):
                raise lock
            found = _has_others(lock)
            # The try gave it up.
            _share(lock, path)
            return bool(found)

        yield has_others


@contextmanager
def polling(path: Path) -> Iterator[int | UnseenError]:
    """Count as a poller while the block lasts; without file or locks, as none.

    Gives the number of the open lock file, or why there is no lock.

    Args:
        path: the lock file, which others may hold, too.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:  # nobody can see us then, and each asks for itself
        yield UnseenError(
            f"{printable(str(path))} cannot be written ({reason_of(error)});"
            " start with --state-dir, or --watchlist, in a folder that can be written"
        )
        return
    try:
        yield _held(number, path)
    finally:
        os.close(number)


def _held(number: int, path: Path) -> int | UnseenError:
    try:
        _share(number, path)
    except UnseenError as error:
        return error
    return number


def _share(number: int, path: Path) -> None:
    """Take the lock that others may hold, too.

    Raises:
        UnseenError: locks are not offered.
    """
    try:
        fcntl.flock(number, fcntl.LOCK_SH)
    except OSError as error:
        shown, why = printable(str(path)), reason_of(error)
        logger(__name__).info("no lock on %s: %s", shown, why)
        if error.errno in NO_LOCKS:
            raise UnseenError(f"the file system of {shown} has no locks") from error
        raise UnseenError(f"{shown} cannot be locked ({why})") from error


def _has_others(number: int) -> bool | None:
    """Whether somebody else holds the lock, which is ours then; None: not known."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        is_held = error.errno in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES)
        return True if is_held else None
    return False
