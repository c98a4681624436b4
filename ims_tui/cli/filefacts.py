"""What can be said of a file of ours, or of the place where it will be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ims_tui.core.errors import reason_of
from ims_tui.core.headless.diagnosis import FileFacts


def facts_of(
    subject: str, path: Path, *, written: bool = True, private: bool = False
) -> FileFacts:
    """Look at one file; whatever is in the way is among the facts.

    Args:
        subject: what the file is to us.
        path: where it is, or will be.
        written: whether we write it.
        private: whether nobody else should read it.
    """
    try:
        mode = _mode(path)
        return FileFacts(
            subject,
            str(path),
            mode is not None,
            _is_usable(path, mode, written=written),
            others_write=bool((mode or 0) & (stat.S_IWGRP | stat.S_IWOTH)),
            others_read=bool((mode or 0) & (stat.S_IRGRP | stat.S_IROTH)),
            is_private=private,
            reason="" if mode is None or stat.S_ISREG(mode) else "it is not a file",
            free_bytes=_free_bytes(path) if written else None,
        )
    except OSError as error:  # a folder that is closed, no folder, a loop of links
        why = reason_of(error)
        return FileFacts(subject, str(path), False, False, reason=why)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _is_usable(path: Path, mode: int | None, *, written: bool) -> bool:
    """Whether a file can be used; one that is not there must be possible to make."""
    if mode is not None:
        can_read = stat.S_ISREG(mode) and os.access(path, os.R_OK)
        # The list is replaced as a whole, so its folder has to be writable, too.
        return can_read and (
            not written
            or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        )
    if not written:
        return True
    folder = _nearest(path)
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _nearest(path: Path) -> Path:
    """The innermost folder of a path that is there."""
    return next(folder for folder in path.parents if _mode(folder) is not None)


def _free_bytes(path: Path) -> int:
    """Bytes that may still be written beside a file; 0 where no file can be made."""
    disk = os.statvfs(_nearest(path))
    has_places = disk.f_favail or not disk.f_files  # some systems do not count files
    return disk.f_bavail * disk.f_frsize if has_places else 0
