"""The endpoint of the metrics: bounded in places, time and size."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ims_tui.adapters.endpoint import MOST_CONNECTIONS, Endpoint, ServedPage
from ims_tui.adapters.exporter import Exporter
from ims_tui.core.headless.metrics import Family, MetricSample, MetricType


async def page(accept: str) -> ServedPage:
    return ServedPage(f"accept {accept}".encode(), "text/plain")


PAGES = {"/metrics": page}


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(20):
        reply = await reader.read()
    writer.close()
    return reply


GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\n\r\n"


async def test_the_page_is_served_and_the_connection_closed() -> None:
    port = Endpoint(PAGES).serve("127.0.0.1", 0)
    head, _, body = (await ask(port, GET)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n")
    assert body == b"accept text/plain"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (GET.replace(b"GET", b"HEAD"), b"200"),
        (b"GET / HTTP/1.1\r\n\r\n", b"404"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", b"405"),
        (b"\x00\xff\r\n\r\n", b"405"),
        (b"GET /metrics HTTP/1.1\r\nX: " + b"y" * 70_000, b"431"),
    ],
)
async def test_what_is_no_request_for_it_is_refused(
    request_: bytes, status: bytes
) -> None:
    port = Endpoint(PAGES).serve("127.0.0.1", 0)
    assert (await ask(port, request_)).split(b" ", 2)[1] == status


@asynccontextmanager
async def silent(port: int, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Connections that say nothing."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    yield [reader for reader, _ in opened]
    for _, writer in opened:
        writer.close()


async def closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(1) == b""
    except ConnectionResetError:
        return True


async def test_who_says_nothing_holds_a_place_for_a_time_only() -> None:
    port = Endpoint(PAGES, limit_s=0.5).serve("127.0.0.1", 0)
    async with silent(port, 3 * MOST_CONNECTIONS) as readers, asyncio.timeout(20):
        assert all([await closed(reader) for reader in readers])
        assert b" 200 OK" in await ask(port, GET)


async def test_the_oldest_connection_makes_room_for_a_newer_one() -> None:
    port = Endpoint(PAGES, limit_s=60).serve("127.0.0.1", 0)
    async with silent(port, 200) as readers, asyncio.timeout(20):
        for _ in range(MOST_CONNECTIONS):
            assert b" 200 OK" in await ask(port, GET)
        assert all([await closed(reader) for reader in readers[:-MOST_CONNECTIONS]])


def test_who_is_served_at_the_end_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def leave() -> None:
        port = Endpoint(PAGES, limit_s=600.0).serve("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"

    asyncio.run(leave())
    assert caplog.text == ""


@pytest.mark.parametrize(
    "accept",
    [
        b"application/openmetrics-text;version=\xff",
        b"application/openmetrics-text;version=1.0.0",
        b"text/plain;version=;q=x",
        b"*/*",
    ],
)
async def test_metrics_come_whatever_is_accepted(accept: bytes) -> None:
    exporter = Exporter()
    samples = (MetricSample(("prod",), 3.0),)
    exporter.publish(
        [Family("ims_tui_jobs", "Jobs.", MetricType.GAUGE, ("profile",), samples)]
    )
    port = exporter.serve("127.0.0.1", 0)
    request = b"GET /metrics HTTP/1.1\r\nAccept: " + accept + b"\r\n\r\n"
    reply = await ask(port, request)
    assert b" 200 OK" in reply
    assert b'ims_tui_jobs{profile="prod"} 3.0' in reply


async def status(port: int, path: str) -> bytes:
    reply = await ask(port, f"GET {path} HTTP/1.1\r\n\r\n".encode())
    return reply.split(b" ", 2)[1]


async def test_health_is_ready_only_where_nothing_stands_against_it() -> None:
    exporter = Exporter()
    port = exporter.serve("127.0.0.1", 0)
    assert await status(port, "/-/healthy") == b"200"
    assert await status(port, "/-/ready") == b"503", "the list is not read yet"
    exporter.publish([], "No profile was answered yet.")
    reply = await ask(port, b"GET /-/ready HTTP/1.1\r\n\r\n")
    assert reply.endswith(b"\r\n\r\nNo profile was answered yet.\n")
    exporter.publish([])
    assert await status(port, "/-/ready") == b"200"
    assert await status(port, "/-/other") == b"404"
