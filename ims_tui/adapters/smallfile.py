"""Reads one small file of the operator's, whatever stands in its place."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ims_tui.core.config.environment import FileText

_LARGEST_BYTES = 1_000_000
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


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
        reason = getattr(error, "strerror", None) or "not a file name"
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
