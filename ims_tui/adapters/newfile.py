"""Files that the operator names: written new, and over another only when told to."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, content: str | bytes, is_sure: bool) -> int:
    """Write a new file, or an existing one where the operator is sure.

    Bytes are evidence: nobody else may read the file.

    Returns:
        its size in bytes.

    Raises:
        FileExistsError: it is there, and nobody said that it may go.
        OSError: it cannot be written.
    """
    is_private = isinstance(content, bytes)
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if is_sure else os.O_EXCL)
    number = os.open(path, flags, 0o600 if is_private else 0o666)
    try:
        with os.fdopen(number, "wb") as file:
            if is_private:
                os.fchmod(number, 0o600)
            file.write(data)
    except OSError:
        if not is_sure:  # half a file of ours is of no use
            path.unlink(missing_ok=True)
        raise
    return len(data)
