"""The network at its worst: connections that break, crawl, babble or never end."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from ims_tui.adapters.ims import ImsSource
from ims_tui.core.config.settings import Profile, TokenSpec
from ims_tui.core.service.outcome import PollOk
from ims_tui.core.signin.secret import Secret
from tests.core.hostile import Hostile, is_dangerous, strings_in
from tests.core.samples import JOB_ID, sample
from tests.faults.room import Room

TOKEN = "a-s3cret-nobody-may-see"
TIMEOUT_S = 0.25
LATE_S = 15.0
GOOD = sample("running.json")
HEADS = (
    *("Content-Length: {}", "content-length: {}", "Transfer-Encoding: chunked"),
    *("Content-Length: -1", "Content-Length: 9999999999", "Content-Length: 1, 2"),
    *("Date: never", "Retry-After: 1e999", "Location: http://x/" + TOKEN, "X: \x1b[2J"),
    *("Set-Cookie: a=b; domain=.", "Connection: close", "Content-Encoding: gzip"),
    *(
        "X: " + "y" * 200_000,
        "no colon",
        ": empty",
        "X-Auth-Token: " + TOKEN,
        " folded",
    ),
)
STATUSES = ("200 OK", "100 Continue", "204 No", "302 Found", "401 No", "429 Slow", "x")


def _reply(chance: random.Random) -> bytes:
    """Head and body, of which most is good."""
    body = (
        GOOD if chance.random() < 0.7 else Hostile(chance.randrange(9_999)).reply()[2]
    )
    if chance.random() < 0.1:
        body = body.replace(b"{", b'{"echo": "%s",' % TOKEN.encode(), 1)
    heads = [HEADS[0]] if chance.random() < 0.7 else []
    if chance.random() < 0.5:
        heads += chance.sample(HEADS, chance.randrange(1, 4))
    if any("gzip" in head for head in heads):
        body = gzip.compress(body)
    if any("chunked" in head for head in heads):
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    status = "200 OK" if chance.random() < 0.7 else chance.choice(STATUSES)
    lines = [f"HTTP/1.1 {status}", *(head.format(len(body)) for head in heads), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


Mode = Callable[[asyncio.StreamWriter, bytes, random.Random], object]


async def _whole(writer: asyncio.StreamWriter, data: bytes, _: random.Random) -> None:
    writer.write(data)
    await writer.drain()


async def _cut(
    writer: asyncio.StreamWriter, data: bytes, chance: random.Random
) -> None:
    writer.write(data[: chance.randrange(len(data))])
    await writer.drain()


async def _reset(writer: asyncio.StreamWriter, data: bytes, _: random.Random) -> None:
    writer.write(data[:40])
    await writer.drain()
    writer.transport.abort()


async def _crawl(writer: asyncio.StreamWriter, data: bytes, _: random.Random) -> None:
    for at in range(0, len(data), 40):
        writer.write(data[at : at + 40])
        await asyncio.sleep(0.01)


async def _silent(writer: asyncio.StreamWriter, _: bytes, __: random.Random) -> None:
    await asyncio.sleep(2 * TIMEOUT_S)


async def _babble(
    writer: asyncio.StreamWriter, _: bytes, chance: random.Random
) -> None:
    start = chance.choice([b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
    writer.write(start)
    for _number in range(2_000):
        writer.write(chance.choice([b"x" * 9_999, b"HTTP/1.1 100 Continue\r\n\r\n"]))
        await writer.drain()


async def _noise(writer: asyncio.StreamWriter, _: bytes, chance: random.Random) -> None:
    writer.write(
        chance.choice([chance.randbytes(300), b"\x15\x03\x03\x00\x02\x02\x28"])
    )
    await writer.drain()


MODES = {
    "whole": _whole,
    "cut": _cut,
    "reset": _reset,
    "crawling": _crawl,
    "silent": _silent,
    "babbling": _babble,
    "no HTTP": _noise,
}


async def _play(chance: random.Random) -> str:
    name = chance.choice(["whole", *MODES])
    data = _reply(chance)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await MODES[name](writer, data, chance)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        profile = Profile(
            endpoint=f"http://127.0.0.1:{port}", auth=TokenSpec(Secret(TOKEN))
        )
        source = ImsSource(
            profile, now=lambda: datetime.now(UTC), timeout_s=TIMEOUT_S, environ={}
        )
        try:
            async with asyncio.timeout(TIMEOUT_S + LATE_S):
                outcomes = [await source.show(JOB_ID) for _ in range(2)]
        finally:
            await source.close()
    for outcome in outcomes:
        for text in strings_in(outcome):
            assert not is_dangerous(text), ascii(text)
            assert TOKEN not in text, "the credential comes back"
    return "answered" if isinstance(outcomes[0], PollOk) else name


def attempt(seed: int) -> str:
    """Two requests over one such connection: each is an outcome, in time."""
    return asyncio.run(_play(random.Random(seed)))


ROOM = Room(
    "network",
    attempt,
    frozenset({"answered", *MODES} - {"crawling"}),
    short=30,
    long=2_000,
)
