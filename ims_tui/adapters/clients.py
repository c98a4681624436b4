"""HTTP clients of one profile: equal settings, one connection each.

The only place that builds clients. Variables of the environment count here and nowhere
in httpx: what it makes of a wrong one ends in an error that names no variable.
"""

from __future__ import annotations

import ssl
from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import httpx

from ims_tui.core.signin.route import Proxy, proxy_for

Verify: TypeAlias = Callable[[], ssl.SSLContext]
"""Gives what certificates are checked by; not asked where no TLS is used."""


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep none."""


class _Client(httpx.AsyncClient):
    """Nothing of a reply goes into a later request, and to look for cookies is slow."""

    cookies = _NoCookies()  # type: ignore[override] # nobody sets them


class _Routed(httpx.AsyncBaseTransport):
    """Sends each request directly or through the proxy that its address takes."""

    def __init__(self, verify: Verify, environ: Mapping[str, str]) -> None:
        self._verify = verify
        self._environ = environ
        self._by_target: dict[
            tuple[str, bytes, int | None], httpx.AsyncBaseTransport
        ] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            UnusableSettingError: a variable names a proxy that cannot be one, or
                authorities that cannot be read.
            httpx.InvalidURL: there is no such port.
        """
        url = request.url
        target = (url.scheme, url.raw_host, url.port)
        transport = self._by_target.get(target)
        if transport is None:
            if url.port is not None and not 0 < url.port < 65536:
                raise httpx.InvalidURL("a port is a number from 1 to 65535")
            host = url.raw_host.decode("ascii")
            proxy = proxy_for(url.scheme, host, url.port, self._environ)
            transport = self._by_target[target] = httpx.AsyncHTTPTransport(
                verify=self._verify() if url.scheme == "https" else _no_one(),
                trust_env=False,
                limits=httpx.Limits(max_connections=1),
                proxy=_address(proxy) if proxy else None,
            )
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in self._by_target.values():
            await transport.aclose()


def _no_one() -> ssl.SSLContext:
    """Trusts nobody; httpx's own would read the authorities, and SSLKEYLOGFILE."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _address(proxy: Proxy) -> httpx.Proxy:
    try:
        found = httpx.Proxy(proxy.url.reveal())
        assert found.url.host  # to read it checks what `xn--` stands for
        return found
    except (httpx.InvalidURL, ValueError):  # whose texts may hold the password
        raise proxy.unusable("it is not an address") from None


def new_client(
    headers: Mapping[str, str],
    timeout_s: float,
    verify: Verify,
    environ: Mapping[str, str],
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """A client with one connection to each host that it asks.

    Args:
        headers: of every request.
        timeout_s: for each step of a request.
        verify: gives what certificates are checked by.
        environ: the variables, which may name proxies.
        transport: takes the place of the network.
    """
    return _Client(
        headers=headers,
        timeout=timeout_s,
        transport=transport or _Routed(verify, environ),
        trust_env=False,
        follow_redirects=False,  # a credential never follows a redirect
    )


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
        verify: Verify,
        environ: Mapping[str, str],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._headers = headers
        self._timeout_s = timeout_s
        self._verify = verify
        self._environ = environ
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
        client = new_client(
            self._headers, self._timeout_s, self._verify, self._environ, self._transport
        )
        self._all.append(client)
        return client

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._all:
            await client.aclose()
