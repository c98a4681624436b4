"""Ends a process by force that was told to end and does not.

The event loop hears of a signal when it has time. This does not wait for it: Python
runs the handler between two instructions, and a thread looks at the clock.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType

DEADLINE_S = 3.0
"""A program that was told to end and does not is ended after this."""

_SAID = b"ims-tui: ended by force; what was not saved by then is lost\n"


class Deadline:
    """Watches over the end of the process, from the first call of `start` on.

    Args:
        restore: called before the process is ended by force.
        limit_s: how long the end may take.
    """

    def __init__(
        self, restore: Callable[[], None] = lambda: None, limit_s: float = DEADLINE_S
    ) -> None:
        self._restore = restore
        self._limit_s = limit_s
        self._guard: threading.Timer | None = None

    def watch(self, codes: Mapping[signal.Signals, int]) -> None:
        """Start with the first of these signals, with its exit code.

        Called in the main thread after the event loop took the signals over; it goes on
        to hear of them.
        """
        for number, code in codes.items():

            def heard(signum: int, frame: FrameType | None, code: int = code) -> None:
                self.start(code)

            signal.signal(number, heard)
            signal.siginterrupt(number, False)

    def start(self, code: int) -> None:
        """End the process with a code when its time is over, if it has not ended."""
        if self._guard is None:
            self._guard = threading.Timer(self._limit_s, self._end, (code,))
            self._guard.daemon = True
            self._guard.start()

    def _end(self, code: int) -> None:
        restorer = threading.Thread(target=self._last_words, daemon=True)
        restorer.start()
        restorer.join(0.2)  # a terminal may take nothing any more
        os._exit(code)

    def _last_words(self) -> None:
        self._restore()
        os.write(2, _SAID)
