"""The three standard streams, also where a shell closed one or its disk is full.

A closed descriptor is taken at once: a file that we opened later would get its number,
and what is meant for a terminal would be written into it.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

from ims_tui.core.errors import OutputError, reason_of


class _Data(io.FileIO):
    """Standard output: what cannot be written there ends the program."""

    def write(self, data: Any, /) -> int:
        """Write, or say in a sentence why not; a reader that has gone is no error."""
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            why = reason_of(error)
            raise OutputError(f"standard output cannot be written: {why}") from error


class _Narration(io.FileIO):
    """Standard error: what cannot be said there ends nothing."""

    def write(self, data: Any, /) -> int:
        """Write; there is no place where one could say that it fails."""
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError:
            return memoryview(data).nbytes


def settle_streams() -> None:
    """Make the standard streams usable, whatever a shell did to them."""
    # To write to what is open for reading fails as it does where it is closed.
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, mode)
            os.dup2(opened, number)
            if opened != number:
                os.close(opened)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stdout = _stream(sys.stdout, 1, _Data)
    sys.stderr = _stream(sys.stderr, 2, _Narration)


def drop_output() -> None:
    """Let what could not be written be forgotten; Python would try again at exit."""
    try:
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, sys.stdout.fileno())
        os.close(number)
    except (OSError, ValueError):  # the stream is none of the system's
        return


def _stream(given: TextIO | None, number: int, kind: type[io.FileIO]) -> TextIO:
    """A stream like the given one; one that a caller put there stays."""
    is_ours = given is None or (
        isinstance(given, io.TextIOWrapper)
        # With PYTHONUNBUFFERED there is nothing between the text and the file.
        and type(getattr(given.buffer, "raw", given.buffer)) is io.FileIO
        and given.fileno() == number
    )
    if not is_ours:
        assert given is not None
        return given
    encoding = given.encoding if given is not None else "utf-8"
    is_prompt = (
        os.isatty(number) or number == 2 or getattr(given, "write_through", False)
    )
    return io.TextIOWrapper(
        io.BufferedWriter(kind(number, "w", closefd=False)),
        encoding=encoding,
        errors="backslashreplace",  # an old locale is no fault
        line_buffering=bool(is_prompt),
    )
