"""All that apprise knows: mail, SMS, a hundred chat services, by its addresses.

Addresses: github.com/caronc/apprise/wiki. It is an extra, loaded in a thread when the
first message goes out, since that takes a third of a second.
"""

from __future__ import annotations

import asyncio
import logging

from ims_tui.core.errors import ChannelError
from ims_tui.core.notices.message import Message, harmless
from ims_tui.core.notices.news import Level
from ims_tui.core.show.cause_texts import NO_ANSWER
from ims_tui.core.signin.secret import Secret

LIMIT_S = 20.0
"""Longest time for one message."""

MISSING = "it needs apprise: pip install 'ims-tui[notify]'"


class AppriseChannel:
    """Hands messages to apprise.

    Args:
        url: an address of its; it may hold a password.
    """

    def __init__(self, url: Secret) -> None:
        self._url = url

    async def send(self, message: Message) -> None:
        """Send it.

        Raises:
            ChannelError: apprise is not there, does not know the address, or the other
                side did not take the message; it does not say why.
        """
        try:
            async with asyncio.timeout(LIMIT_S):
                problem = await asyncio.to_thread(self._send, message)
        except TimeoutError:
            raise ChannelError(NO_ANSWER) from None
        if problem:
            raise ChannelError(problem)

    def _send(self, message: Message) -> str:
        """Why it was not sent; empty where it was."""
        try:
            import apprise
        except ImportError:
            return MISSING
        # What it logs may name the address; without a handler it goes to the terminal.
        log = logging.getLogger("apprise")
        log.handlers, log.propagate = [logging.NullHandler()], False
        kinds = {
            Level.URGENT: apprise.NotifyType.FAILURE,
            Level.WARNING: apprise.NotifyType.WARNING,
            Level.NEWS: apprise.NotifyType.INFO,
        }
        sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="ims-tui"))
        if not sender.add(self._url.reveal()):
            return "apprise does not know such an address"
        is_sent = sender.notify(
            title=harmless(message.title),
            body=harmless(message.body),
            notify_type=kinds[message.level],
            body_format=apprise.NotifyFormat.TEXT,
        )
        return "" if is_sent else "apprise could not send it"
