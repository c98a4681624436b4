"""A terminal program in a real pty, read through an emulated screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

PATIENCE_S = 30.0
"""How long a screen may take; machines are noisy, so this is generous."""


class PtyScreen:
    """Runs a command in a pty of a size; `text` is what an operator would see."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str] | None = None,
        start: Callable[[], None] | None = None,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.received = b""
        self.master, slave = pty.openpty()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={
                "PATH": os.environ["PATH"],
                "TERM": "xterm-256color",
                **(environ or {}),
            },
            start_new_session=True,
            preexec_fn=start or _own_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self.master >= 0:
            os.close(self.master)

    @property
    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def read(self, seconds: float = 0.1) -> int:
        """Take in what the program writes within some seconds; returns the bytes."""
        until, count = time.monotonic() + seconds, 0
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                break
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the program has closed the terminal
                break
            self.received += data
            count += len(data)
            self._stream.feed(data)
        return count

    def wait_for(self, wanted: str | Callable[[str], bool]) -> str:
        """Wait until the screen shows a text; returns the screen."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            self.read()
            shown = self.text
            if wanted in shown if isinstance(wanted, str) else wanted(shown):
                return shown
            if self.process.poll() is not None and not self.read():
                break
        raise AssertionError(f"no {wanted!r} on the screen:\n{self.text}")

    @property
    def rows(self) -> list[list[pyte.screens.Char]]:
        """Every cell, row by row."""
        rows, screen = self._screen.buffer, self._screen
        return [
            [rows[y][x] for x in range(screen.columns)] for y in range(screen.lines)
        ]

    @property
    def cells(self) -> list[pyte.screens.Char]:
        """Every cell that shows a character."""
        rows = self._screen.buffer
        return [
            rows[y][x]
            for y in range(self._screen.lines)
            for x in range(self._screen.columns)
            if rows[y][x].data.strip()
        ]

    def send(self, keys: str) -> None:
        """Type; what comes meanwhile is read, as a terminal does."""
        data = keys.encode()
        while data:
            ready = select.select([self.master], [self.master], [], PATIENCE_S)
            if ready[0]:
                self.read(0.01)
            if ready[1]:
                data = data[os.write(self.master, data[:2048]) :]

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        self._screen.resize(rows, columns)

    @property
    def local_modes(self) -> int:
        """Echo, line editing and the like, as the terminal is set (termios LFLAG)."""
        modes: int = termios.tcgetattr(self.master)[3]
        return modes

    def wipe(self) -> None:
        """Forget what is shown, as where another program wrote over it."""
        self._screen.reset()

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self.master)
        self.master = -1

    def end(self) -> int:
        """Wait for the program to end; returns its exit code as a shell does."""
        until = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < until:
            if self.master >= 0:
                self.read()
            else:
                time.sleep(0.05)
        code = self.process.poll()
        assert code is not None, f"still running:\n{self.text}"
        if self.master >= 0:
            self.read()
        return code if code >= 0 else 128 - code


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
