"""TLS is always verified; authorities and proxies come from where operators put them.

`tls/ca.pem` is a test authority whose key nobody kept; `tls/server.pem` holds the
certificate it gave to `localhost`, with its key.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ims_tui.adapters.ims import ImsSource
from ims_tui.adapters.reach import look
from ims_tui.core.config.settings import Profile, TokenSpec
from ims_tui.core.headless.diagnosis import Level, of_reach
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed
from ims_tui.core.signin.secret import Secret

HERE = Path(__file__).parent / "tls"
AUTHORITY = str(HERE / "ca.pem")
BODY = b'{"error": {"code": "IMG.0023", "message": "unknown"}}'
REPLY = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(BODY), BODY)
)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may sit behind a proxy."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(REPLY)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def tls_server() -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "server.pem")
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


class Proxy:
    """A proxy that tunnels, and remembers where to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[bytes] = []

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Tunnel one connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        method, target, _ = head.split(b" ", 2)
        assert method == b"CONNECT"
        self.asked.append(target.decode())
        port = int(target.rpartition(b":")[2])
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    writer.close()


async def ask(port: int, host: str = "localhost", ca_bundle: str = "") -> Outcome:
    profile = Profile(
        endpoint=f"https://{host}:{port}",
        auth=TokenSpec(Secret("a-secret-token")),
        ca_bundle=ca_bundle,
    )
    source = ImsSource(profile, now=lambda: datetime.now(UTC), timeout_s=5.0)
    try:
        return await source.show("0" * 32)
    finally:
        await source.close()


def kind_of(outcome: Outcome) -> FailureKind:
    assert isinstance(outcome, PollFailed)
    return outcome.kind


async def test_an_unknown_authority_is_refused_and_what_helps_is_said() -> None:
    async with tls_server() as port:
        outcome = await ask(port)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.UNREACHABLE
    assert outcome.cause == "the certificate is not trusted"
    assert "ca_bundle" in outcome.remedy


async def test_the_authority_of_the_profile_is_trusted() -> None:
    async with tls_server() as port:
        outcome = await ask(port, ca_bundle=AUTHORITY)
    assert kind_of(outcome) is FailureKind.NOT_KNOWN  # IMS answered


async def test_the_authority_of_the_environment_is_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", AUTHORITY)
    async with tls_server() as port:
        assert kind_of(await ask(port)) is FailureKind.NOT_KNOWN


async def test_a_certificate_of_another_host_is_refused() -> None:
    async with tls_server() as port:
        outcome = await ask(port, "127.0.0.1", AUTHORITY)
    assert isinstance(outcome, PollFailed)
    assert outcome.cause == "the certificate is of another host"


async def test_a_proxy_of_the_environment_is_used_but_where_it_is_excepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server, tls_server() as port:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", address)
        outcome = await ask(port, ca_bundle=AUTHORITY)
        assert kind_of(outcome) is FailureKind.NOT_KNOWN
        assert proxy.asked == [f"localhost:{port}"]
        assert b"a-secret-token" not in b"".join(proxy.heads)
        monkeypatch.setenv("NO_PROXY", "localhost")
        outcome = await ask(port, ca_bundle=AUTHORITY)
        assert kind_of(outcome) is FailureKind.NOT_KNOWN
        assert len(proxy.asked) == 1


async def test_doctor_sees_version_and_end_of_the_certificate() -> None:
    async with tls_server() as port:
        profile = Profile(endpoint=f"https://localhost:{port}", ca_bundle=AUTHORITY)
        reach = await look(profile, 5.0, lambda: datetime.now(UTC))
    assert reach.tls.startswith("TLSv1.")
    assert reach.valid_until is not None
    assert reach.valid_until.year > 2100
    levels = [finding.level for finding in of_reach("prod", reach)]
    assert levels == [Level.OK, Level.OK, Level.NOTE]  # it sends no Date


async def test_doctor_sends_no_credential() -> None:
    heads = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(REPLY)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        profile = Profile(
            endpoint=f"http://127.0.0.1:{port}", auth=TokenSpec(Secret("secret-token"))
        )
        await look(profile, 5.0, lambda: datetime.now(UTC))
    assert b"secret-token" not in heads[0]
    assert b"x-auth-token" not in heads[0].lower()
