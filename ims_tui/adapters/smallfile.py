"""Small files of the operator's: read, whatever stands there, and told apart."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ims_tui.core.config.environment import FileText
from ims_tui.core.errors import reason_of

_LARGEST_BYTES = 1_000_000
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

Fingerprint = tuple[int, int, int, int, int]
"""Device, inode, time, size and mode of a file."""


def read_small(path: Path) -> FileText:
    """Read a small regular file; why not is in the result."""
    try:
        # Asked first, since opening a named pipe would wait for its writer.
        if not stat.S_ISREG(path.stat().st_mode):
            return FileText(reason="is not a file", exists=True)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return FileText(reason="is not there")
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "not a file name"
        return FileText(reason=f"cannot be read ({reason})", exists=True)
    if len(content) > _LARGEST_BYTES:
        return FileText(reason="is larger than 1 MB", exists=True)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return FileText(reason=f"is not UTF-8 text (line {line})", exists=True)
    others = bool(mode & _OTHERS_WRITE)
    return FileText(text, exists=True, writable_by_others=others)


def fingerprint(path: Path) -> Fingerprint | None:
    """What tells a file from what stood there before; None where there is no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a null character in the name
        return None
    return (
        found.st_dev,
        found.st_ino,
        found.st_mtime_ns,
        found.st_size,
        found.st_mode,
    )
