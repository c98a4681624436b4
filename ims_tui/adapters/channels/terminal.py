"""The terminal that the program runs in: a notice of the desktop, or the bell alone."""

from __future__ import annotations

from collections.abc import Callable

from ims_tui.core.notices.message import Message


class TerminalChannel:
    """Writes among what is drawn.

    Args:
        write: writes to the terminal, in order with all else.
        sequence: what to write for a message.
    """

    def __init__(
        self, write: Callable[[str], None], sequence: Callable[[Message], str]
    ) -> None:
        self._write = write
        self._sequence = sequence

    async def send(self, message: Message) -> None:
        """Write it; nobody says whether the terminal showed it, or rang."""
        self._write(self._sequence(message))
