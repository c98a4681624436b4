"""An exchange ends in time, however its reply comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from ims_tui.adapters.ims import ImsSource
from ims_tui.adapters.reach import probe
from ims_tui.core.config.settings import AuthSpec, PasswordSpec, Profile, TokenSpec
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.signin.secret import Secret

HEAD = (
    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
)
LIMIT_S = 0.6
DRIP_S = 0.02
"""Far within the limit of one step."""


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def dripping(begin: bytes) -> AsyncIterator[str]:
    """A service that begins a reply at once and sends the rest byte by byte."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(begin)
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(DRIP_S)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def token(_: str) -> AuthSpec:
    return TokenSpec(Secret("a-token"))


def password(address: str) -> AuthSpec:
    return PasswordSpec(f"{address}/v3", "user", "domain", Secret("word"), "project")


@pytest.mark.parametrize("auth", [token, password])
@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 O", HEAD % 200, HEAD % 401])
async def test_a_reply_that_drips_ends_in_time(
    begin: bytes, auth: Callable[[str], AuthSpec]
) -> None:
    async with dripping(begin) as address, asyncio.timeout(20 * LIMIT_S):
        profile = Profile(endpoint=address, auth=auth(address))
        source = ImsSource(profile, now=now, timeout_s=LIMIT_S, environ={})
        outcome = await source.show("0" * 32)
        await source.close()
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.UNREACHABLE
    assert "no answer in time" in outcome.cause


async def test_a_look_at_a_dripping_address_ends_in_time() -> None:
    async with dripping(b"HTTP/1.1 200 O") as address, asyncio.timeout(20 * LIMIT_S):
        reach = await probe(Profile(endpoint=address), LIMIT_S, now, {})
    assert reach.cause == "no answer in time"
