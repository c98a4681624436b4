"""Ends the program cleanly when it is told to, or when its terminal is gone.

Textual installs no handler for SIGTERM and SIGHUP and would leave the terminal in the
alternate screen; with SIGHUP ignored (nohup) it would spin on a dead terminal.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import sys
import termios
from collections.abc import Callable

from ims_tui.engine.deadline import Deadline

_LOG = logging.getLogger(__name__)

HUNG_UP = 129
"""Exit code where the terminal is gone."""

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: HUNG_UP}
"""Signals that end the program, with its exit code. ctrl+c is a key, no signal."""


_LEFT = (
    "\x1b[?1049l"  # the alternate screen
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"  # the mouse
    "\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[?25h\x1b[0m"  # focus, paste, keys, cursor
)
"""What leaves everything that Textual turned on."""


class TerminalWatch:
    """Calls `leave(code)` once when a signal or a hang-up ends the program.

    Args:
        leave: ends the program.
        last: written where it has to be ended by force.
    """

    def __init__(self, leave: Callable[[int], None], last: str = "") -> None:
        self._leave = leave
        self._is_leaving = False
        self._deadline = Deadline(restorer(last))

    def install(self) -> None:
        """Take over the signals. Called on the running event loop."""
        loop = asyncio.get_running_loop()
        for number, code in SIGNALS.items():
            loop.add_signal_handler(number, self.end, code, number.name)
        self._deadline.watch(SIGNALS)

    def end(self, code: int, why: str) -> None:
        """Leave, and make sure of it."""
        if self._is_leaving:
            return
        self._is_leaving = True
        _LOG.info("ending: %s", why)
        if is_hung_up((0, 2)):
            silence()
        self._deadline.start(code)
        self._leave(code)


def restorer(last: str = "") -> Callable[[], None]:
    """What gives the terminal back as it is now, where the program cannot any more.

    Args:
        last: written as well.
    """
    try:
        modes = termios.tcgetattr(0)
    except termios.error:
        return lambda: None

    def restore() -> None:
        os.write(2, (_LEFT + last).encode())
        termios.tcsetattr(0, termios.TCSANOW, modes)

    return restore


def is_hung_up(descriptors: tuple[int, ...]) -> bool:
    """Whether a terminal behind one of these file descriptors is gone."""
    poll = select.poll()
    for number in descriptors:
        poll.register(number, 0)
    gone = select.POLLHUP | select.POLLERR | select.POLLNVAL
    return any(state & gone for _, state in poll.poll(0))


def silence() -> None:
    """Let what is still written go nowhere: a dead terminal would fail at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


def has_terminal() -> bool:
    """Whether the screen can be shown: keys come from 0, Textual draws on 2."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    return all(stream is not None and stream.isatty() for stream in streams)
