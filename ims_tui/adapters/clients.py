"""HTTP clients of one profile: equal settings, one connection each."""

from __future__ import annotations

import ssl
from asyncio import Semaphore
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep none."""


class _Client(httpx.AsyncClient):
    """Nothing of a reply goes into a later request, and to look for cookies is slow."""

    cookies = _NoCookies()  # type: ignore[override] # nobody sets them


class Clients:
    """Lends a client to each request under way.

    Where requests share the connections of one client, they look through all of them
    and reach for the same one, which costs a fifth of each request.
    """

    def __init__(
        self,
        most: int,
        headers: Mapping[str, str],
        timeout_s: float,
        verify: ssl.SSLContext | bool,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._headers = headers
        self._timeout_s = timeout_s
        self._verify = verify
        self._transport = transport
        self._places = Semaphore(most)
        self._idle: list[httpx.AsyncClient] = []
        self._all: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client that nobody else uses meanwhile: the one that was used last."""
        async with self._places:
            client = self._idle.pop() if self._idle else self.extra()
            try:
                yield client
            finally:
                self._idle.append(client)

    def extra(self) -> httpx.AsyncClient:
        """One more client, which is never lent."""
        client = _Client(
            headers=self._headers,
            timeout=self._timeout_s,
            limits=httpx.Limits(max_connections=1),
            verify=self._verify,
            transport=self._transport,
            follow_redirects=False,  # a credential never follows a redirect
        )
        self._all.append(client)
        return client

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._all:
            await client.aclose()
