"""Bombs of services that are asked over a real connection: IAM, a channel."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from ims_tui.adapters.auth import make_auth
from ims_tui.adapters.auth.iam import MAX_BODY
from ims_tui.adapters.channels.forms import FORMS
from ims_tui.adapters.channels.post import MOST_REPLY, Target, WebChannel
from ims_tui.core.config.settings import PasswordSpec
from ims_tui.core.errors import ChannelError
from ims_tui.core.notices.message import message_of
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.signin.credential import SignInError, SignInRefusedError
from ims_tui.core.signin.secret import Secret
from tests.adapters.test_bodies import Unpacking
from tests.core.notices.some_news import some_news

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZEROS = bytes(50_000_000)
BOMBS = {
    "gzip": gzip.compress(ZEROS),
    "deflate": zlib.compress(ZEROS),
    "gzip, gzip": gzip.compress(gzip.compress(ZEROS)),
    "br": bytes(1_000),
    "zstd": bytes(1_000),
}


@asynccontextmanager
async def bombing(name: str, status: int) -> AsyncIterator[str]:
    """A service that answers whatever is asked with a bomb; gives its address."""
    body = BOMBS[name]
    head = f"HTTP/1.1 {status} OK\r\nContent-Encoding: {name}\r\n"
    reply = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        try:
            await writer.drain()
        except ConnectionError:  # it is not taken to its end
            return
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"


async def sign_in(url: str) -> SignInError:
    """Sign in with a password, which is to fail."""
    spec = PasswordSpec(url, "watcher", "a-domain", Secret("a password"))
    async with httpx.AsyncClient(trust_env=False) as http:
        auth = make_auth(spec, http=http, now=lambda: START, region="cn-north-4")
        with pytest.raises(SignInError) as failed:
            await http.get(f"{url}/v1/cloudimages/job/x", auth=auth)
    return failed.value


async def post(url: str) -> ChannelError:
    """Tell a channel news, of which it does not say that it took them."""
    target = Target(Secret(f"{url}/hook"), None)
    channel = WebChannel(FORMS["feishu"], target, lambda: START, {})
    with pytest.raises(ChannelError) as failed:
        await channel.send(message_of([some_news("fail")]))
    return failed.value


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("status", [201, 401, 500])
@pytest.mark.parametrize(("ask", "most"), [(sign_in, MAX_BODY), (post, MOST_REPLY)])
async def test_an_answer_is_unpacked_as_far_as_it_may_be_long(
    ask: Callable[[str], Awaitable[Exception]], most: int, status: int, name: str
) -> None:
    with Unpacking() as unpacking:
        async with bombing(name, status) as url:
            await ask(url)
    assert unpacking.count <= most + 1
    assert (unpacking.count > 0) is (name in ("gzip", "deflate"))


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize(
    ("status", "failure"),
    [(401, FailureKind.AUTH_REJECTED), (500, FailureKind.SERVER_FAULT)],
)
async def test_a_refusal_that_cannot_be_read_is_one_all_the_same(
    status: int, failure: FailureKind, name: str
) -> None:
    async with bombing(name, status) as url:
        failed = await sign_in(url)
    assert failed.failure is failure
    assert isinstance(failed, SignInRefusedError) is (status == 401)
