"""The terminal that the program runs in: a notice of the desktop, and a bell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ims_tui.core.notices.message import Message
from ims_tui.core.notices.osc import notice


class TerminalChannel:
    """Writes notices among what is drawn.

    Args:
        write: writes to the terminal, in order with all else.
        environ: the variables, which tell what terminal it is.
    """

    def __init__(
        self, write: Callable[[str], None], environ: Mapping[str, str]
    ) -> None:
        self._write = write
        self._environ = environ

    async def send(self, message: Message) -> None:
        """Write it; nobody says whether the terminal showed it."""
        self._write(notice(message, self._environ))
