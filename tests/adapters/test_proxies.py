"""What goes wrong at a proxy names it and its variable, and never its password."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from ims_tui.adapters.ims import ImsSource
from ims_tui.adapters.reach import probe
from ims_tui.core.config.settings import Profile, TokenSpec
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.signin.secret import Secret
from tests.adapters.test_clients import now
from tests.adapters.test_tls import HERE, no_environment

__all__ = ["no_environment"]

PASSWORD = "a-s3cret-nobody-may-see"
LIMIT_S = 0.6


@asynccontextmanager
async def listening(
    reply: bytes, begin: int = 1, *, tls: bool = False
) -> AsyncIterator[int]:
    """Something at a port that answers what comes with this; nothing: never."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(begin)
            if not reply:
                await reader.read()  # until the other end goes
            writer.write(reply)
            await writer.drain()
            await reader.read(4096)
        writer.close()

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(HERE / "server.pem")
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def ask(environ: dict[str, str], endpoint: str) -> PollFailed:
    profile = Profile(
        endpoint=endpoint, auth=TokenSpec(Secret("a-token")), allow_http=True
    )
    source = ImsSource(profile, now=now, timeout_s=LIMIT_S, environ=environ)
    outcome = await source.show("0" * 32)
    await source.close()
    assert isinstance(outcome, PollFailed)
    return outcome


def status(line: str) -> bytes:
    return f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()


NO_USER = "it wants a user and a password"


@pytest.mark.parametrize("endpoint", ["https://ims.example", "http://ims.example"])
@pytest.mark.parametrize(
    ("way", "reply", "why"),
    [
        ("http", status("407 Proxy Authentication Required"), NO_USER),
        ("http", b"", "no answer in time"),
        ("http", b"\x15\x03\x01 no HTTP at all\r\n\r\n", "the connection broke off"),
        ("socks5", b"\x05\xff", "it does not take the user and the password"),
        ("socks5", status("400 Bad Request"), "its reply is not understood"),
        ("socks5", b"", "no answer in time"),
    ],
)
async def test_a_proxy_that_does_not_let_pass_is_named(
    endpoint: str, way: str, reply: bytes, why: str
) -> None:
    async with listening(reply) as port, asyncio.timeout(20 * LIMIT_S):
        url = f"{way}://user:{PASSWORD}@127.0.0.1:{port}"
        outcome = await ask({"ALL_PROXY": url}, endpoint)
    assert outcome.kind is FailureKind.UNREACHABLE
    assert outcome.cause == f"proxy 127.0.0.1:{port} of ALL_PROXY: {why}"
    assert outcome.remedy.startswith("Check ALL_PROXY;")


async def test_a_proxy_that_refuses_the_tunnel_is_named() -> None:
    async with listening(status("403 Forbidden")) as port:
        url = f"http://user:{PASSWORD}@127.0.0.1:{port}/"
        outcome = await ask({"https_proxy": url}, "https://ims.example")
    why = "it refuses with HTTP 403"
    assert outcome.cause == f"proxy 127.0.0.1:{port} of https_proxy: {why}"


async def test_a_socks_proxy_that_does_not_reach_the_service_is_named() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(b"\x05\x00")
        await reader.read(100)
        writer.write(b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        environ = {"ALL_PROXY": f"socks5://127.0.0.1:{port}"}
        outcome = await ask(environ, "https://ims.example")
    why = "it does not reach the service (connection refused)"
    assert outcome.cause == f"proxy 127.0.0.1:{port} of ALL_PROXY: {why}"


@pytest.mark.parametrize("way", ["http", "https", "socks5"])
@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("127.0.0.1:1", "connection refused"),
        ("nowhere.invalid:3128", "DNS lookup failed"),
    ],
)
async def test_a_proxy_that_is_not_there_is_named(
    way: str, place: str, why: str
) -> None:
    environ = {"HTTPS_PROXY": f"{way}://user:{PASSWORD}@{place}"}
    outcome = await ask(environ, "https://ims.example")
    assert outcome.cause == f"proxy {place} of HTTPS_PROXY: {why}"
    assert "endpoint" not in outcome.remedy
    reach = await probe(Profile(endpoint="https://ims.example"), 5.0, now, environ)
    assert (reach.cause, reach.remedy) == (outcome.cause, outcome.remedy)


@pytest.mark.parametrize(
    ("tls", "why"), [(True, "the certificate is not trusted"), (False, "TLS failed")]
)
async def test_tls_to_a_proxy_that_fails_is_told_of_the_proxy(
    tls: bool, why: str
) -> None:
    async with listening(b"no TLS at all", tls=tls) as port:
        environ = {"HTTPS_PROXY": f"https://localhost:{port}"}
        outcome = await ask(environ, "https://ims.example")
    assert outcome.cause == f"proxy localhost:{port} of HTTPS_PROXY: {why}"


async def test_what_goes_wrong_behind_a_proxy_is_told_of_the_service() -> None:
    async def tunnel(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await reader.read(9)
        writer.write(b"no TLS at all")
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        environ = {"HTTPS_PROXY": f"http://127.0.0.1:{port}"}
        outcome = await ask(environ, "https://ims.example")
    assert outcome.cause == "TLS failed"
