"""Serves a few pages over HTTP: few connections, little time for each, then closed.

Whoever connects and says nothing holds one of a few places for some seconds, or until
a newer connection needs it: polling and saving need file descriptors, too, and a health
check its answer.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus

from msgspec import Struct

_LOG = logging.getLogger(__name__)

MOST_CONNECTIONS = 16
"""Served at once; one more closes the oldest."""

LIMIT_S = 10.0
"""Longest time from the connection to the last byte of its reply."""

_MOST_HEAD = 16_384
"""Bytes of a request; Prometheus sends about 400."""

TEXT = "text/plain; charset=utf-8"


class ServedPage(Struct, frozen=True):
    """One page."""

    body: bytes
    kind: str = TEXT
    """Content type."""
    status: HTTPStatus = HTTPStatus.OK


class Endpoint:
    """Answers `GET` until the event loop ends.

    Args:
        pages: by path; each makes its page for the `Accept` header of a request.
        limit_s: time for one connection.
    """

    def __init__(
        self,
        pages: Mapping[str, Callable[[str], Awaitable[ServedPage]]],
        *,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._pages = pages
        self._limit_s = limit_s
        self._open: dict[asyncio.StreamWriter, None] = {}  # the oldest first
        self._server: asyncio.Task[asyncio.Server] | None = None

    def serve(self, host: str, port: int) -> int:
        """Listen from now on, on the running event loop; returns the port.

        Raises:
            OSError: the port cannot be had.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
        serving = asyncio.start_server(self._serve, sock=listening, limit=_MOST_HEAD)
        self._server = asyncio.create_task(serving)
        return int(listening.getsockname()[1])

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(self._open) >= MOST_CONNECTIONS:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.transport.abort()
        self._open[writer] = None
        try:
            # Cancelled at the end: Python 3.11 would log that as a fault.
            with suppress(asyncio.CancelledError):
                await self._answer(reader, writer)
        finally:
            self._open.pop(writer, None)
            writer.transport.abort()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._reply(head.decode("latin-1")))
                await writer.drain()
                writer.write_eof()
                await reader.read(1)  # closed by the other side: all has arrived
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            _LOG.debug("a connection to the metrics ended: %s", type(error).__name__)
        except asyncio.LimitOverrunError:
            writer.write(_message(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    async def _reply(self, head: str) -> bytes:
        """The whole reply to the head of a request."""
        method, _, rest = head.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if method not in ("GET", "HEAD"):
            return _message(HTTPStatus.METHOD_NOT_ALLOWED)
        if path not in self._pages:
            there = ", ".join(self._pages)
            return _message(HTTPStatus.NOT_FOUND, f"There are {there}.\n")
        lines = (line.partition(":") for line in head.split("\r\n")[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        page = await self._pages[path](headers.get("accept", ""))
        return _response(page, is_head=method == "HEAD")


def _message(status: HTTPStatus, text: str = "") -> bytes:
    body = (text or f"{status.phrase}\n").encode()
    return _response(ServedPage(body, status=status))


def _response(page: ServedPage, *, is_head: bool = False) -> bytes:
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"Content-Type: {page.kind}\r\nContent-Length: {len(page.body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (b"" if is_head else page.body)
