"""Reads and writes the terminal on the event loop: no thread, no wait, no wake-up.

Textual reads in a thread that wakes ten times a second, and writes in another whose
queue blocks the whole program once a terminal stops reading. Here the loop does both:
a key is handled where it is read, and a terminal at rest costs nothing. While one does
not take what was written (a slow line, a lost connection) the polling goes on and
nothing more is painted, so that what comes next is not old by then. Where the loop
cannot watch the terminal, Textual's own ways are taken.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from ims_tui.ui.input_stream import ESC, InputStream, Pasted, Typed
from ims_tui.ui.runs import in_runs
from ims_tui.ui.textual_private import Parser, XTermParser

if TYPE_CHECKING:
    from textual.app import App

_LOG = logging.getLogger(__name__)

MOST_WAITING = 262_144
"""Bytes kept for a terminal that does not read; titles and bells beyond are lost."""

_CANCEL = b"\x18"
"""Ends a sequence of which a part was written."""

READ_BYTES = 4096
"""Taken at once: a long paste must not hold up everything else."""

LEAVING_S = 0.5
"""Longest wait for a terminal to take what puts it back into order."""

MOST_UNDONE = 500
"""Messages the app may be behind; while it is, nothing more is read."""

PAUSE_S = 0.02
"""Pause of the reading until the app has caught up."""

MOST_COLUMNS, MOST_ROWS = 1000, 300
"""A terminal that says it is larger is taken to be of this size: a screen of 8K has not
that many, and to paint more holds up the end of the program."""

_LATE_S = 0.001
"""The clock of the loop may wake a little early."""

_SIZE_REPORTS = ("\x1b[48;", "\x1b[?2048;")
"""Reports of the size, and that there are some: the system is asked instead."""


class LoopDriver(LinuxDriver):
    """Textual's driver for terminals without its threads."""

    on_lost: Callable[[], None] | None = None
    """Called once when the terminal is gone."""
    on_free: Callable[[], None] | None = None
    """Called when a terminal that was full has taken everything."""
    on_resumed: Callable[[], None] | None = None
    """Called when the program was stopped and has taken its terminal again."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._encoding = self._file.encoding if self._file else "utf-8"
        self._out: int | None = None
        self._waiting = bytearray()
        self._on_written: list[Callable[[], None]] = []
        self._is_writing = False
        self.is_full = False
        """Whether the terminal has not taken yet what was written."""
        self._is_lost = False
        self._is_read_by_loop = False
        self._parser = XTermParser(debug)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._stream = InputStream()
        self._tick: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._size = self._get_terminal_size()

    # -- life --------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Take the terminal over, also once more: a shell may have changed it."""
        attributes = self._let_go() if self._key_thread is not None else None
        # In the background this stops inside, and is called again when in front.
        if self._out is None:
            self._out = _opened()
        self._is_read_by_loop = self._can_read()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if attributes is not None:  # the way back is to what was there at first
            self.attrs_before = attributes
        if self.on_resumed is not None:
            self._loop.call_soon(self.on_resumed)

    def _let_go(self) -> list[Any] | None:
        """Before it is taken again without having been given back, after a SIGSTOP.

        Returns how the terminal was set before it was taken first.
        """
        self._stop_reading()
        self.write("\x1b[<u")  # the protocol of keys is a stack
        if not self._is_read_by_loop:
            self.exit_event.set()
            if self._key_thread is not None:
                self._key_thread.join()
            self.exit_event.clear()
        self._key_thread = None
        if self._writer_thread is not None:
            self._writer_thread.stop()
        return self.attrs_before

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._stop_reading()
        if len(self._waiting) > MOST_WAITING // 2:  # what follows would be lost
            self._waiting[:] = _CANCEL
        super().stop_application_mode()
        self._key_thread = None
        self._write_all()

    def close(self) -> None:
        """Let go of the terminal."""
        if self._out is not None:
            self._loop.remove_writer(self._out)
            os.close(self._out)
            self._out = None
        self._waiting.clear()
        self._is_writing = self.is_full = False
        super().close()

    def _lost(self) -> None:
        """Nothing can be read or written any more."""
        self._stop_reading()
        self._waiting.clear()
        if not self._is_lost and self.on_lost is not None:
            self._is_lost = True
            self.on_lost()

    # -- writing -----------------------------------------------------------------------

    def write(self, data: str) -> None:
        """Write soon, as soon as the terminal takes it."""
        if self._out is None:
            super().write(data)
            return
        if self._is_lost or len(self._waiting) > MOST_WAITING:
            return
        self._waiting += data.encode(self._encoding, "backslashreplace")
        if not self._is_writing:
            self._is_writing = True
            self._loop.call_soon(self._write_some)

    def _write_some(self) -> None:
        """Write what the terminal takes now; the rest when it takes more."""
        if self._out is None:
            return
        try:
            while self._waiting:
                del self._waiting[: os.write(self._out, self._waiting)]
        except BlockingIOError:
            self.is_full = True
            self._loop.add_writer(self._out, self._write_some)
            return
        except OSError:
            self._lost()
        self._loop.remove_writer(self._out)
        self._is_writing = False
        was_full, self.is_full = self.is_full, False
        if was_full and self.on_free is not None:
            self.on_free()
        self._tell_written()

    def when_written(self, call: Callable[[], None]) -> None:
        """Call once all that was written so far has reached the terminal."""
        self._on_written.append(call)
        if not self._is_writing:
            self._tell_written()

    def _tell_written(self) -> None:
        calls, self._on_written = self._on_written, []
        for call in calls:
            call()

    def _write_all(self) -> None:
        """Write the rest before the loop goes on, if the terminal takes it."""
        until_s = time.monotonic() + LEAVING_S
        while self._out is not None and self._waiting and not self._is_lost:
            left_s = until_s - time.monotonic()
            if left_s <= 0 or not select.select([], [self._out], [], left_s)[1]:
                return
            self._write_some()

    # -- reading -----------------------------------------------------------------------

    def _can_read(self) -> bool:
        """Let the loop watch the terminal, where this system can."""
        try:
            self._loop.add_reader(self.fileno, self._read_some)
        except (OSError, NotImplementedError):  # such as /dev/tty on macOS
            return False
        return True

    def _stop_reading(self) -> None:
        if self._is_read_by_loop:
            self._loop.remove_reader(self.fileno)
        for timer in (self._tick, self._pause):
            if timer is not None:
                timer.cancel()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal: COLUMNS and LINES may be those of another one."""
        for number in (self.fileno, 2, 1):
            with suppress(OSError):
                width, height = os.get_terminal_size(number)
                if width and height:
                    return min(width, MOST_COLUMNS), min(height, MOST_ROWS)
        width, height = super()._get_terminal_size()
        return min(width, MOST_COLUMNS), min(height, MOST_ROWS)

    def _read_some(self) -> None:
        """Handle what was typed, unless the app is too far behind for more."""
        if self._app.message_queue_size > MOST_UNDONE:
            self._loop.remove_reader(self.fileno)
            self._pause = self._loop.call_later(PAUSE_S, self._can_read)
            return
        try:
            data = os.read(self.fileno, READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        self._handle(self._stream.feed(self._decode(data), self._loop.time()))

    def _expire(self) -> None:
        self._handle(self._stream.expire(self._loop.time()))

    def _handle(self, typed: Iterable[Typed]) -> None:
        """Hand over what is whole, and come back for what is not yet."""
        for message in in_runs([each for one in typed for each in self._messages(one)]):
            self.process_message(message)
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        if (due_s := self._stream.due_s) is not None:
            self._tick = self._loop.call_at(due_s + _LATE_S, self._expire)

    def _messages(self, typed: Typed) -> list[Message]:
        """What Textual calls it; nothing where it is not understood."""
        if isinstance(typed, Pasted):
            return [events.Paste(typed.text)]
        text = typed.text
        if text == ESC:
            return [events.Key("escape", ESC)]
        if text.startswith(_SIZE_REPORTS):
            return []
        messages: list[Message] = []
        try:
            messages += self._parser.feed(text)
            if not messages and len(text) == 2 and text[0] == ESC:
                messages += self._parser._sequence_to_key_events(text[1], alt=True)
        except (ValueError, OverflowError) as error:
            _LOG.warning("what was typed is not understood: %s", type(error).__name__)
            messages.clear()
        if text[0] == ESC:  # it waits for no more; what it knows of the terminal stays
            Parser.__init__(self._parser)
        return messages

    def _run_input_thread(self) -> None:
        """What Textual's thread does: nothing where the loop reads."""
        if not self._is_read_by_loop:
            super()._run_input_thread()

    def send_message(self, message: Message) -> None:
        """Hand a message to the app."""
        if self._is_read_by_loop:
            self._app.post_message(message)
        else:
            super().send_message(message)


def _opened() -> int | None:
    """The terminal behind standard error, opened again; None where it cannot be.

    Anew, since "do not block" would else hold for the shell that shares it, too.
    """
    try:
        name = os.ttyname(2)
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:  # a terminal of another user, or of another container
        return None
