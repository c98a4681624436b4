"""The loopback server: HTTP as real clients and broken ones speak it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from ims_tui.simulator.account import DEMO
from ims_tui.simulator.fault import Fault, FaultKind
from ims_tui.simulator.plan import JobPlan
from ims_tui.simulator.recipes import CREATE, HOUR
from ims_tui.simulator.scenario import Scenario
from ims_tui.simulator.server import MAX_BODY_BYTES, SimulatorServer
from tests.simulator.stage import Stage

TOKEN = f"X-Auth-Token: {DEMO.token}\r\n"


@pytest.fixture
async def server() -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(Stage().api) as running:
        yield running


async def talk(server: SimulatorServer, *chunks: bytes) -> bytes:
    """Send raw bytes, half-close, and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for chunk in chunks:
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()
    reply = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return reply


def get(path: str, extra: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{TOKEN}{extra}\r\n".encode()


async def test_one_connection_serves_many_requests(server: SimulatorServer) -> None:
    async with httpx.AsyncClient(headers={"X-Auth-Token": DEMO.token}) as client:
        streams = set()
        for _ in range(3):
            reply = await client.get(f"{server.url}/v3/projects")
            assert reply.status_code == 200
            streams.add(
                reply.extensions["network_stream"].get_extra_info("client_addr")
            )
        assert len(streams) == 1


async def test_many_clients_at_once(server: SimulatorServer) -> None:
    async with httpx.AsyncClient(headers={"X-Auth-Token": DEMO.token}) as client:
        replies = await asyncio.gather(
            *(client.get(f"{server.url}/v3/projects") for _ in range(50))
        )
    assert [reply.status_code for reply in replies] == [200] * 50


async def test_pipelined_requests_are_answered_in_order(
    server: SimulatorServer,
) -> None:
    reply = await talk(
        server, get("/v3/projects") + get("/nowhere") + get("/v3/projects")
    )
    codes = re.findall(rb"HTTP/1\.1 (\d+)", reply)
    assert codes == [b"200", b"404", b"200"]


async def test_a_chunked_body_in_small_pieces(server: SimulatorServer) -> None:
    head = (
        f"POST /v2/cloudimages/action HTTP/1.1\r\nHost: x\r\n{TOKEN}"
        "Transfer-Encoding: chunked\r\n\r\n"
    ).encode()
    body = b'{"name": "n", "instance_id": "i"}'
    pieces = [b"%x\r\n%s\r\n" % (1, body[i : i + 1]) for i in range(len(body))]
    reply = await talk(server, head, *pieces, b"0\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200 OK")
    assert b'"job_id"' in reply


async def test_a_client_that_waits_for_permission_to_send(
    server: SimulatorServer,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = b'{"name": "n", "instance_id": "i"}'
    writer.write(
        f"POST /v2/cloudimages/action HTTP/1.1\r\nHost: x\r\n{TOKEN}"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 100")
    await reader.readline()
    writer.write(body)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02 nonsense\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused_and_closed(
    server: SimulatorServer, garbage: bytes
) -> None:
    reply = await talk(server, garbage)
    assert reply.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"connection: close" in reply.lower()


async def test_headers_without_end_are_refused(server: SimulatorServer) -> None:
    reply = await talk(server, b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000)
    assert reply.startswith(b"HTTP/1.1 431")


async def test_a_body_over_the_limit_is_refused(server: SimulatorServer) -> None:
    async with httpx.AsyncClient() as client:
        try:
            reply = await client.post(
                f"{server.url}/v3/auth/tokens", content=b"x" * (MAX_BODY_BYTES + 1)
            )
        except httpx.NetworkError:
            return  # the server closed before everything was sent
        assert reply.status_code == 413


async def test_a_client_that_leaves_in_mid_request(server: SimulatorServer) -> None:
    reply = await talk(
        server,
        b"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
    )
    assert reply.startswith(b"HTTP/1.1 400")
    assert await talk(server) == b""


async def test_a_client_that_says_nothing_is_dropped() -> None:
    async with SimulatorServer(Stage().api, patience_s=0.01) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HT")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_head_has_no_body(server: SimulatorServer) -> None:
    reply = await talk(server, b"HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 404")
    assert reply.endswith(b"\r\n\r\n")


async def test_an_http_1_0_client_is_served_and_closed(server: SimulatorServer) -> None:
    reply = await talk(server, f"GET /v3/projects HTTP/1.0\r\n{TOKEN}\r\n".encode())
    assert b" 200 OK" in reply


async def test_an_outage_closes_the_connection_without_a_word() -> None:
    fault = Fault(FaultKind.OUTAGE, 0, HOUR)
    plan = JobPlan("x", CREATE, 0, 60)
    stage = Stage(Scenario("test", 0, (plan,), (fault,)))
    async with SimulatorServer(stage.api) as server:
        assert await talk(server, get("/v3/projects")) == b""


async def test_leaving_the_block_ends_open_connections() -> None:
    async with SimulatorServer(Stage().api) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(get("/v3/projects"))
        await reader.readline()
    rest = await asyncio.wait_for(reader.read(), 5)
    assert b"projects" in rest
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)


async def test_a_port_in_use_is_an_os_error(server: SimulatorServer) -> None:
    with pytest.raises(OSError, match="address already in use"):
        async with SimulatorServer(Stage().api, port=server.port):
            pass
