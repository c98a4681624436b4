"""The log: a file of ours that rotates, or what stands in its place as it is.

Nothing is opened through a link, and no mode is changed of what was there before: run
by root, that would be the mode of `/dev/null` for everybody.
"""

from __future__ import annotations

import io
import logging
import os
import stat
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class LogFile(RotatingFileHandler):
    """Writes into a file of mode 600; a device or a pipe is written to, not rotated.

    A line that cannot be written is counted, and the count is told with the next that
    can: a full disk must not fill the terminal.

    Args:
        path: the file. Its folder is made where it is missing.
        most_bytes: size at which it is rotated.
        files: how many files there are at the most.

    Raises:
        OSError: it cannot be written, is a link, or a pipe that nobody reads.
    """

    def __init__(self, path: Path, most_bytes: int, files: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lost = 0
        super().__init__(
            path, maxBytes=most_bytes, backupCount=files - 1, encoding="utf-8"
        )
        if self.stream and not stat.S_ISREG(os.fstat(self.stream.fileno()).st_mode):
            self.maxBytes = 0

    def _open(self) -> io.TextIOWrapper:
        # Not blocking: the opening of a pipe would wait for its reader.
        number = os.open(self.baseFilename, _FLAGS | os.O_NONBLOCK, 0o600)
        if stat.S_ISREG(os.fstat(number).st_mode):
            os.set_blocking(number, True)
        # Not buffered: what cannot be written is lost, not kept for the next try.
        raw = os.fdopen(number, "wb", buffering=0)
        return io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, and before it how many could not be written."""
        if lost := self._lost:
            text = "%d lines before this one could not be written"
            args = (record.name, logging.WARNING, "", 0, text, (lost,), None)
            super().emit(logging.LogRecord(*args))
            self._lost = 0 if self._lost == lost else lost  # it may be lost, too
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name
        """Count the line: there is no other place to write to."""
        self._lost += 1
