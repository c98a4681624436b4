"""Which SQLite files are opened, and how damaged ones are set aside.

Nothing that is set aside overwrites what was set aside before.
"""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

MOST_KEPT = 5
"""Damaged files kept of one name; the latest replaces the last of them."""

_HEAD = b"SQLite format 3\0"
"""How each of its files begins (sqlite.org/fileformat2.html, 1.3)."""

_DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_ERROR,
}
"""The last is what a table or a column that is missing gives: our SQL has no faults."""

Identity = tuple[int, int]
"""Device and inode of a file."""


DatabaseFault = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; the latter where its own message quotes a damaged name."""


def is_damage(error: Exception) -> bool:
    """Whether the file is broken, not only locked, full or out of reach."""
    if isinstance(error, UnicodeDecodeError):
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    return code in _DAMAGE


def identity(path: Path) -> Identity | None:
    """Identifies the file at a path: device and inode; None where there is none.

    Raises:
        OSError: it cannot be told, or it is no regular file.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(f"{path.name} is not a file")
    return found.st_dev, found.st_ino


def check_link(path: Path) -> None:
    """Let nobody open a link but to a database: SQLite would write into an empty log.

    Raises:
        OSError: it is a link to something else, or to nothing.
    """
    if not path.is_symlink():
        return
    head = b""
    if identity(path) is not None:
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
    if head != _HEAD:
        raise OSError("it is a link to what is no SQLite database; remove the link")


def set_aside(path: Path, first: Path, damaged: Identity | None) -> Path | None:
    """Rename a damaged file; None where another one stands in its place meanwhile.

    Args:
        path: the file.
        first: its new name; where that is taken, the same with a number.
        damaged: which file it was.

    Raises:
        OSError: it cannot be renamed.
    """
    if damaged is None or identity(path) != damaged:
        return None
    names = [first, *(Path(f"{first}.{n}") for n in range(1, MOST_KEPT))]
    broken = next((name for name in names if not name.exists()), names[-1])
    for end in ("-wal", "-shm", "-journal"):  # they belong to the damaged file only
        Path(f"{path}{end}").unlink(missing_ok=True)
    path.replace(broken)
    return broken
