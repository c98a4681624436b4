"""HTTP clients of one profile: equal settings, one connection each.

The only place that builds clients. Variables of the environment count here and nowhere
in httpx: what it makes of a wrong one ends in an error that names no variable.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import httpx

from ims_tui.adapters.netcause import ProxyFailedError
from ims_tui.core.signin.route import Proxy, proxy_for

Verify: TypeAlias = Callable[[], ssl.SSLContext]
"""Gives what certificates are checked by; not asked where no TLS is used."""

_CONNECTING = 0.9
"""Share of the time for an exchange within which there is a connection."""


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep none."""


class _Client(httpx.AsyncClient):
    """Nothing of a reply goes into a later request, and to look for cookies is slow."""

    cookies = _NoCookies()  # type: ignore[override] # nobody sets them


class _Bounded(httpx.AsyncBaseTransport):
    """Ends each exchange in time, from the connection to the last byte of the reply.

    The time limits of httpx hold for each step: a reply that drips has no end.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, limit_s: float) -> None:
        self._transport = transport
        self._limit_s = limit_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, whose reply comes in time.

        Raises:
            httpx.ReadTimeout: it did not; also while the body is read.
        """
        end_s = asyncio.get_running_loop().time() + self._limit_s
        async with _ending_at(end_s):
            response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _BoundedStream(response.stream, end_s)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


class _BoundedStream(httpx.AsyncByteStream):
    """A body that ends in time."""

    def __init__(self, stream: httpx.AsyncByteStream, end_s: float) -> None:
        self._stream = stream
        self._end_s = end_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = aiter(self._stream)
        while True:
            async with _ending_at(self._end_s):
                part = await anext(parts, None)
            if part is None:
                return
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


@asynccontextmanager
async def _ending_at(end_s: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(end_s):
            yield
    except TimeoutError:
        raise httpx.ReadTimeout("the whole exchange took too long") from None


class _Proxied(httpx.AsyncBaseTransport):
    """Sends requests through a proxy, and names it where they come no further."""

    def __init__(self, transport: httpx.AsyncBaseTransport, proxy: Proxy) -> None:
        self._transport = transport
        self._proxy = proxy

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            ProxyFailedError: the proxy is not reached, or does not let it pass.
        """
        is_at_proxy = False

        async def follow(event: str, _info: Mapping[str, object]) -> None:
            nonlocal is_at_proxy
            if event.endswith(".connect_tcp.started"):
                is_at_proxy = True
            elif event in _PASSED:
                is_at_proxy = False

        request.extensions = {**request.extensions, "trace": follow}
        try:
            response = await self._transport.handle_async_request(request)
        except Exception as error:  # those of the SOCKS library are no httpx.HTTPError
            if is_at_proxy or isinstance(error, httpx.ProxyError):
                raise ProxyFailedError(self._proxy, error) from error
            raise
        if response.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            await response.aclose()
            raise ProxyFailedError(self._proxy, httpx.ProxyError("407 "))
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


_PASSED = ("proxy.start_tls.started", "socks.setup_socks5_connection.complete")
"""Steps of httpcore from which on it is the service that is spoken to."""


class _Routed(httpx.AsyncBaseTransport):
    """Sends each request directly or through the proxy that its address takes."""

    def __init__(
        self, verify: Verify, environ: Mapping[str, str], limit_s: float
    ) -> None:
        self._verify = verify
        self._environ = environ
        self._limit_s = limit_s
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
        if target not in self._by_target:
            if url.port is not None and not 0 < url.port < 65536:
                raise httpx.InvalidURL("a port is a number from 1 to 65535")
            is_tls = url.scheme == "https"
            # To read the authorities would hold up everything else.
            verify = await asyncio.to_thread(self._verify) if is_tls else _no_one()
            if target not in self._by_target:  # another request was not faster
                self._by_target[target] = self._way(url, verify)
        return await self._by_target[target].handle_async_request(request)

    def _way(self, url: httpx.URL, verify: ssl.SSLContext) -> httpx.AsyncBaseTransport:
        host = url.raw_host.decode("ascii")
        proxy = proxy_for(url.scheme, host, url.port, self._environ)
        direct = httpx.AsyncHTTPTransport(
            verify=verify,
            trust_env=False,
            limits=httpx.Limits(max_connections=1),
            proxy=_address(proxy, self._verify) if proxy else None,
        )
        bounded = _Bounded(direct, self._limit_s)
        return _Proxied(bounded, proxy) if proxy else bounded

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in self._by_target.values():
            await transport.aclose()


def _no_one() -> ssl.SSLContext:
    """Trusts nobody; httpx's own would read the authorities, and SSLKEYLOGFILE."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _address(proxy: Proxy, verify: Verify) -> httpx.Proxy:
    is_tls = proxy.url.reveal().startswith("https:")
    context = verify() if is_tls else None
    try:
        found = httpx.Proxy(proxy.url.reveal(), ssl_context=context)
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
        timeout_s: for a whole exchange: one request and its reply.
        verify: gives what certificates are checked by.
        environ: the variables, which may name proxies.
        transport: takes the place of the network.
    """
    return _Client(
        headers=headers,
        # A connection that does not come is told apart from a reply that does not.
        timeout=httpx.Timeout(timeout_s, connect=_CONNECTING * timeout_s),
        transport=_Bounded(transport, timeout_s)
        if transport
        else _Routed(verify, environ, timeout_s),
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
