"""Posts messages to web addresses; each kind of address has its form."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import ClassVar

import httpx
from msgspec import Struct

from ims_tui.adapters.bodies import ENCODINGS, read_body
from ims_tui.adapters.certificates import trusted
from ims_tui.adapters.clients import new_client
from ims_tui.adapters.netcause import cause_of
from ims_tui.core.errors import ChannelError, UnusableSettingError
from ims_tui.core.notices.message import Message
from ims_tui.core.show.cause_texts import NO_ANSWER
from ims_tui.core.signin.secret import Secret
from ims_tui.core.values import Discreet

MOST_REPLY = 64_000
"""Bytes of a reply that are read."""

LIMIT_S = 20.0
"""Longest time for one message."""


class Post(Discreet, frozen=True):
    """One request; the address is a secret."""

    hidden: ClassVar = frozenset({"url", "headers"})

    url: str
    body: bytes
    headers: Mapping[str, str] = {}


class Target(Struct, frozen=True):
    """Where a message goes; `repr` shows stars."""

    url: Secret
    secret: Secret | None = None
    """What the address signs or authorises with."""
    template: str = ""
    """The body in a form of the operator's; empty: ours."""


def _nothing(_body: bytes) -> str:
    return ""


class MessageForm(Struct, frozen=True):
    """How one kind of address wants its messages."""

    write: Callable[[Message, Target, datetime], Post]
    refusal: Callable[[bytes], str] = _nothing
    """Why a reply with a good HTTP status is a refusal all the same; empty: it is none.

    Gives a code only: what a service writes may hold the address.
    """


class WebChannel:
    """Posts messages in one form to one address.

    Args:
        form: how the address wants them.
        target: the address.
        now: the time, for signatures.
        environ: the variables, which may name proxies and authorities.
    """

    def __init__(
        self,
        form: MessageForm,
        target: Target,
        now: Callable[[], datetime],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._form = form
        self._target = target
        self._now = now
        self._environ = environ
        self._verify = cache(partial(trusted, "", environ))

    async def send(self, message: Message) -> None:
        """Post a message; no connection is kept, for the next one may be hours away.

        Raises:
            ChannelError: it was not taken.
        """
        post = self._form.write(message, self._target, self._now())
        try:
            async with asyncio.timeout(LIMIT_S):
                await self._send(post)
        except TimeoutError:
            raise ChannelError(NO_ANSWER) from None
        except UnusableSettingError as error:
            raise ChannelError(str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise ChannelError(cause_of(error)) from None  # its text names the address

    async def _send(self, post: Post) -> None:
        headers = {"Accept-Encoding": ENCODINGS, **post.headers}
        async with (
            new_client(headers, LIMIT_S, self._verify, self._environ) as client,
            client.stream("POST", post.url, content=post.body) as response,
        ):
            body = await read_body(response, MOST_REPLY)
        if not response.is_success:
            raise ChannelError(f"it was refused with HTTP {response.status_code}")
        if refusal := self._form.refusal(body):
            raise ChannelError(f"it was refused with {refusal}")
