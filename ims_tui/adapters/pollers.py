"""Who else runs on this machine: locks that every copy shares while it runs.

The system drops them when a process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def polling(path: Path) -> Iterator[None]:
    """Count as a poller while the block lasts; without the file, as none.

    Args:
        path: the lock file, beside the state file that the poller writes.
    """
    with _shared(path):
        yield


def is_polled(path: Path) -> bool:
    """Whether another process polls."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try_alone(number)
    finally:
        os.close(number)


@contextmanager
def in_company(path: Path) -> Iterator[Callable[[], bool]]:
    """Count as one of those who work on a list while the block lasts.

    Gives a call that tells whether there are others; nobody is without the file.

    Args:
        path: the lock file, beside the list.
    """
    with _shared(path) as number:

        def has_others() -> bool:
            if number is None:
                return False
            try:
                return not _try_alone(number)
            finally:
                fcntl.flock(number, fcntl.LOCK_SH)  # the try gave it up

        yield has_others


@contextmanager
def _shared(path: Path) -> Iterator[int | None]:
    """Hold a lock that others may hold, too; None where there can be no file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # nobody can see us then, and each asks for itself
        yield None
        return
    try:
        fcntl.flock(number, fcntl.LOCK_SH)
        yield number
    finally:
        os.close(number)


def _try_alone(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
