"""A program in a pty: what it writes, stamped with the time, and what it costs.

Nothing is parsed while a program runs, so that the instrument does not disturb it; the
bytes are replayed through an emulated screen afterwards.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import psutil
import pyte

_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronised output is there
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # in-band resize is not
    b"\x1b[c": b"\x1b[?62;22c",
}
_FRAME_ENDS = b"\x1b[?2026l"
_FRAME_BEGINS = b"\x1b[?2026h"
# What the emulator would print as text: private CSI, DECRQM, DCS.
_NOT_EMULATED = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[ -/]*[@-~]|\x1b\[\?[0-9;]*\$[a-z]|\x1b[P_^X][^\x1b]*\x1b\\"
)


class Chunk(NamedTuple):
    """What one read of the pty brought."""

    at_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and its descendants used up to a moment."""

    at_s: float
    cpu_s: float
    wakeups: int
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took over a span of time."""

    cpu_percent: float
    wakeups_per_s: float
    bytes_per_s: float
    rss_mb: float

    def __str__(self) -> str:
        return (
            f"{self.cpu_percent:6.2f} % CPU {self.wakeups_per_s:7.1f} wake-ups/s "
            f"{self.bytes_per_s:9.1f} bytes/s {self.rss_mb:6.1f} MB"
        )


class Terminal:
    """Runs a command in a pty of a size and records all it writes."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 160,
        rows: int = 40,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.chunks: list[Chunk] = []
        self.master, slave = pty.openpty()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        kept = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        self.started_s = time.monotonic()
        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={
                **{name: os.environ[name] for name in kept if name in os.environ},
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                **(environ or {}),
            },
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
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
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(number)
                self.record(1.5, until=lambda _: self.process.poll() is not None)
        self.process.wait()
        os.close(self.master)

    def record(
        self, seconds: float, until: Callable[[bytes], bool] | None = None
    ) -> bool:
        """Record for some time; ends early, and says so, when `until` is true."""
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left_s)[0]:
                return False
            try:
                data = os.read(self.master, 262144)
            except OSError:
                return False  # the program has closed the terminal
            self.chunks.append(Chunk(time.monotonic(), data))
            for question, answer in _ANSWERS.items():
                if question in data:
                    os.write(self.master, answer)
            if until is not None and until(data):
                return True
        return False

    def wait_for(self, wanted: bytes, limit_s: float = 60.0) -> None:
        """Record until some bytes were written."""
        self.record(limit_s, until=lambda data: wanted in data)

    def settle(self, quiet_s: float = 1.0, limit_s: float = 30.0) -> None:
        """Record until nothing was written for some time."""
        end_s = time.monotonic() + limit_s
        while time.monotonic() < end_s:
            before = len(self.chunks)
            self.record(quiet_s)
            if before and len(self.chunks) == before:
                return

    def send(self, keys: bytes) -> float:
        """Type; returns the moment."""
        at_s = time.monotonic()
        os.write(self.master, keys)
        return at_s

    def resize(self, columns: int, rows: int) -> float:
        """Change the size of the window; returns the moment. The replay's stays."""
        at_s = time.monotonic()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        return at_s

    def usage(self) -> Usage:
        """What the program used so far."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        rss_bytes = sum(member.memory_info().rss for member in family)
        run_ns = wakeups = 0
        for member in family:
            for task in Path(f"/proc/{member.pid}/task").iterdir():
                run_ns += int((task / "schedstat").read_text().split()[0])
                status = (task / "status").read_text()
                wakeups += int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
        return Usage(time.monotonic(), run_ns / 1e9, wakeups, rss_bytes / 2**20)

    def cost(self, seconds: float) -> Cost:
        """Record for some time and return what that took."""
        before, first = self.usage(), len(self.chunks)
        self.record_all(seconds)
        after = self.usage()
        span_s = after.at_s - before.at_s
        written = sum(len(chunk.data) for chunk in self.chunks[first:])
        return Cost(
            100 * (after.cpu_s - before.cpu_s) / span_s,
            (after.wakeups - before.wakeups) / span_s,
            written / span_s,
            after.rss_mb,
        )

    def awake_per_s(self, seconds: float, every_s: float = 0.05) -> float:
        """How often a second the program woke: what it does at one moment is once."""
        before, count = self.usage().wakeups, 0
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.record_all(every_s)
            after = self.usage().wakeups
            count += after != before
            before = after
        return count / seconds

    def record_all(self, seconds: float) -> None:
        """Record for exactly this long."""
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0:
            self.record(left_s)


def frames(
    terminal: Terminal, look: Callable[[pyte.Screen], str], since_s: float = 0.0
) -> Iterator[tuple[float, str]]:
    """Replay the recording: what `look` finds in each whole frame, and when it stood.

    A frame between the marks of synchronised output counts when it is complete, as
    no terminal shows it earlier.
    """
    screen = pyte.Screen(terminal.columns, terminal.rows)
    stream = pyte.ByteStream(screen)
    is_open, tail = False, b""
    for at_s, data in terminal.chunks:
        stream.feed(_NOT_EMULATED.sub(b"", data))
        tail = tail[-len(_FRAME_ENDS) :] + data  # a mark may be cut in two
        begins, ends = tail.rfind(_FRAME_BEGINS), tail.rfind(_FRAME_ENDS)
        if begins >= 0 or ends >= 0:
            is_open = begins > ends
        if at_s >= since_s and not is_open:
            yield at_s, look(screen)


def lit_row(screen: pyte.Screen) -> str:
    """The row whose background differs from all others: the cursor's."""
    looks = [screen.buffer[y][12].bg for y in range(2, screen.lines - 3)]
    count = Counter(looks)
    return ",".join(str(y) for y, look in enumerate(looks) if count[look] == 1)


def text_of(screen: pyte.Screen) -> str:
    """The screen as lines."""
    return "\n".join(screen.display)
