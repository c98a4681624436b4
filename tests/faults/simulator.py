"""Clients of the simulator that do not speak HTTP, or speak it badly."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from urllib.parse import quote

from ims_tui.simulator.account import DEMO
from ims_tui.simulator.server import SimulatorServer
from tests.core.hostile import CHARACTERS
from tests.faults.room import Room
from tests.simulator.stage import Stage

TRANSFERS = (*["Content-Length: {}"] * 5, "Transfer-Encoding: chunked", "A: b")
METHODS = (*["GET", "POST"] * 4, "PUT", "HEAD", "OPTIONS", "get", "G\x00T", "DELETE")
PATHS = (
    *("/v1/cloudimages/job/{}", "/v1/{}/jobs/{}", "/v3/auth/tokens", "/v3/projects"),
    *("/v2/cloudimages/action", "/v1/cloudimages/quickimport/action", "/", "//", "*"),
    *("/v3/projects?name={}", "/v1/cloudimages/job/", "/v1/{}/cloudimages/wholeimages"),
)
VERSIONS = (*["HTTP/1.1"] * 5, "HTTP/1.0", "HTTP/2", "HTTP/1.1 x", "")
BODIES: tuple[object, ...] = (
    *(None, [], {}, "", 0, {"auth": {}}, {"auth": {"identity": 3}}, {"name": None}),
    {"auth": {"identity": {"methods": ["password"], "password": {"user": []}}}},
    {"name": "x", "image_url": "a:b", "min_disk": 10**400},
    {"name": ["x"], "image_url": {"a": 1}, "min_disk": -1, "instance_id": True},
)


def _request(chance: random.Random) -> bytes:
    odd = "".join(chance.choices(CHARACTERS, k=chance.randrange(40)))
    odd = quote(odd, errors="replace") if chance.random() < 0.8 else odd
    path = chance.choice(PATHS).format(odd, "0" * 32)
    head = [f"{chance.choice(METHODS)} {path} {chance.choice(VERSIONS)}"]
    head += ["Host: x"] * chance.choice([1] * 8 + [0, 2])
    head += [f"X-Auth-Token: {chance.choice([DEMO.token] * 3 + [odd, ''])}"]
    head += chance.choice([[], [f"Authorization: SDK-HMAC-SHA256 {odd}"]])
    body = json.dumps(chance.choice(BODIES)).encode()
    if chance.random() < 0.2:
        body = b"[" * chance.choice([9, 99_999]) + chance.randbytes(9)
    length = chance.choice([len(body)] * 4 + [0, -1, 10**12, odd])
    head += [chance.choice(TRANSFERS).format(length)]
    text = "\r\n".join([*head, "", ""]).encode("utf-8", "replace") + body
    return text[: chance.randrange(len(text))] if chance.random() < 0.2 else text


async def _talk(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with suppress(ConnectionError):
            writer.write(data)
            writer.write_eof()
            async with asyncio.timeout(10):
                return await reader.read()
        return b""
    finally:
        writer.close()


async def _play(chance: random.Random) -> str:
    stage = Stage()
    found = {"is not HTTP"}
    async with SimulatorServer(stage.api) as server:
        for _ in range(20):
            reply = await _talk(server.port, _request(chance))
            assert not reply or reply.startswith(b"HTTP/1.1 "), reply[:99]
            assert b" 500 " not in reply[:20], reply[:200]
            if reply[9:10] == b"2":
                found.add("understood")
        job_id = stage.simulation.job_ids[0]
        good = f"GET /v1/cloudimages/job/{job_id} HTTP/1.1\r\nHost: x\r\n"
        good += f"X-Auth-Token: {DEMO.token}\r\n\r\n"
        assert (await _talk(server.port, good.encode())).startswith(b"HTTP/1.1 200")
    return max(found)


def attempt(seed: int) -> str:
    """Twenty requests, and then a good one."""
    return asyncio.run(_play(random.Random(seed)))


ROOM = Room("simulator", attempt, frozenset({"understood"}), short=15, long=1_000)
