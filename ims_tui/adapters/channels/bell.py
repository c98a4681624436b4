"""The bell of the terminal that the program runs in, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable

from ims_tui.core.notices.message import Message
from ims_tui.core.notices.osc import BELL


class BellChannel:
    """Rings once for each message.

    Args:
        write: writes to the terminal, in order with all else.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    async def send(self, message: Message) -> None:
        """Ring; nobody says whether it was heard."""
        self._write(BELL)
