"""Clients of the metrics that say too much, too little or nothing; the page comes."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from ims_tui.adapters.endpoint import MOST_CONNECTIONS, Endpoint
from ims_tui.adapters.exporter import Exporter
from ims_tui.core.headless.metrics import Family, MetricSample, MetricType
from tests.faults.room import Room

LIMIT_S = 0.3
GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: %b\r\n\r\n"
LABELS = ("prod", "", "\n", '"}\\', "\x00\x1b[2J", "名", "x" * 5_000, "\ufeff")
VALUES = (0.0, -1.0, 1e308, float("nan"), float("inf"))
ACCEPTS = (
    *(b"text/plain", b"*/*", b"", b"\xff\xfe", b";;q=,", b"a" * 9_000),
    *(b"application/openmetrics-text;version=1.0.0;q=0.5", b"text/plain;version=\xff"),
)


def _rude(chance: random.Random) -> bytes:
    good = GET % chance.choice(ACCEPTS)
    return chance.choice(
        [
            b"",
            good[: chance.randrange(len(good))],
            chance.randbytes(200) + b"\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nX: " + b"y" * 70_000,
            b"POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
            b"GET /../etc/passwd HTTP/1.1\r\n\r\n",
            good * 50,
        ]
    )


async def _say(port: int, data: bytes, *, waits: bool) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with suppress(ConnectionError):
            writer.write(data)
            if not waits:
                return b""
            async with asyncio.timeout(20 * LIMIT_S):
                return await reader.read()
        return b"closed"
    finally:
        writer.close()


async def _play(chance: random.Random) -> str:
    exporter = Exporter()
    samples = tuple(
        MetricSample((f"{chance.choice(LABELS)}{number}",), chance.choice(VALUES))
        for number in range(3)
    )
    exporter.publish(
        [Family("ims_tui_x", "Help.\n\\", MetricType.GAUGE, ("a",), samples)]
    )
    endpoint = Endpoint(exporter._page, limit_s=LIMIT_S)
    port = endpoint.serve("127.0.0.1", 0)
    count = chance.choice([1, 5, 3 * MOST_CONNECTIONS])
    said = [(_rude(chance), chance.random() < 0.8) for _ in range(count)]
    await asyncio.gather(*(_say(port, data, waits=waits) for data, waits in said))
    for _ in range(20):  # places are free again after the limit
        reply = await _say(port, GET % chance.choice(ACCEPTS[:5]), waits=True)
        if b" 200 OK" in reply and b"ims_tui_x{" in reply:
            return "many clients" if count > MOST_CONNECTIONS else "a few clients"
        await asyncio.sleep(LIMIT_S / 4)
    raise AssertionError(f"no page: {reply[:99]!r}")


def attempt(seed: int) -> str:
    """Some clients at once, and then one that asks for the page."""
    return asyncio.run(_play(random.Random(seed)))


ROOM = Room(
    "exporter", attempt, frozenset({"many clients", "a few clients"}), short=8, long=300
)
