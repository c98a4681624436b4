"""TLS is always verified; authorities and proxies come from where operators put them.

`tls/ca.pem` is a test authority whose key nobody kept; `tls/server.pem` holds the
certificate it gave to `localhost`, with its key.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ims_tui.adapters.ims import ImsSource
from ims_tui.adapters.reach import probe
from ims_tui.core.config.settings import Profile, TokenSpec
from ims_tui.core.headless.diagnosis import Severity, of_reach
from ims_tui.core.headless.verdict import code_of_failure
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
    """A proxy that answers itself, and remembers what it was asked."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Refuse a tunnel; answer for a plain address."""
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            refused = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
            writer.write(refused if head.startswith(b"CONNECT") else REPLY)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def proxy_server() -> AsyncIterator[tuple[Proxy, str]]:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        yield proxy, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask_with(
    environ: dict[str, str], endpoint: str, ca_bundle: str = ""
) -> Outcome:
    profile = Profile(
        endpoint=endpoint,
        auth=TokenSpec(Secret("a-secret-token")),
        ca_bundle=ca_bundle,
        allow_http=True,
    )
    source = ImsSource(
        profile, now=lambda: datetime.now(UTC), timeout_s=5.0, environ=environ
    )
    try:
        return await source.show("0" * 32)
    finally:
        await source.close()


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


async def test_the_credential_goes_through_a_tunnel_or_not_at_all() -> None:
    async with proxy_server() as (proxy, address):
        outcome = await ask_with({"HTTPS_PROXY": address}, "https://ims.example")
    assert kind_of(outcome) is FailureKind.UNREACHABLE
    assert proxy.heads[0].startswith(b"CONNECT ims.example:443 ")
    assert b"a-secret-token" not in b"".join(proxy.heads)


async def test_a_proxy_is_asked_for_other_machines_only() -> None:
    async with proxy_server() as (proxy, address), tls_server() as port:
        environ = {"HTTP_PROXY": address, "HTTPS_PROXY": address, "ALL_PROXY": address}
        outcome = await ask_with(environ, "http://ims.example")
        assert kind_of(outcome) is FailureKind.NOT_KNOWN
        assert proxy.heads[0].startswith(b"GET http://ims.example/")
        outcome = await ask_with(environ, f"https://localhost:{port}", AUTHORITY)
        assert kind_of(outcome) is FailureKind.NOT_KNOWN
    assert len(proxy.heads) == 1


async def test_a_socks_proxy_is_spoken_to() -> None:
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await reader.readexactly(3)  # version 5, one method: none needed
            writer.write(b"\x05\x00")
            length = (await reader.readexactly(5))[4]
            asked.append((await reader.readexactly(length + 2))[:-2])
            writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
            await reader.readuntil(b"\r\n\r\n")
            writer.write(REPLY)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        environ = {"ALL_PROXY": f"socks5://127.0.0.1:{port}"}
        outcome = await ask_with(environ, "http://ims.example")
    assert kind_of(outcome) is FailureKind.NOT_KNOWN
    assert asked == [b"ims.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://u:secret#s@proxy:1"),
        ("ALL_PROXY", "http://xn--zzzzzz:3128"),
        ("ALL_PROXY", "http://proxy:99999"),
        ("SSL_CERT_FILE", "/proc/nonexistent"),
        ("SSL_CERT_FILE", "/"),
        ("SSL_CERT_FILE", __file__),
        ("SSL_CERT_DIR", "/proc/nonexistent:/neither"),
        ("SSLKEYLOGFILE", "/proc/nonexistent/x"),
        ("SSLKEYLOGFILE", "/"),
    ],
)
async def test_a_variable_of_no_use_is_named(name: str, value: str) -> None:
    outcome = await ask_with({name: value}, "https://ims.example")
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.MISCONFIGURED
    assert code_of_failure(outcome) == 7
    assert outcome.cause.startswith(f"{name} = ")
    assert "secret" not in outcome.cause
    assert outcome.remedy
    profile = Profile(endpoint="https://ims.example")
    reach = await probe(profile, 5.0, lambda: datetime.now(UTC), {name: value})
    assert reach.cause == outcome.cause


NO_USE = {
    "SSL_CERT_FILE": "/proc/nonexistent",
    "SSL_CERT_DIR": "/proc/nonexistent",
    "SSLKEYLOGFILE": "/proc/nonexistent/x",
}


async def test_what_tls_needs_does_not_matter_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in NO_USE.items():
        monkeypatch.setenv(name, value)  # Python itself looks at the last one
    async with proxy_server() as (_, address):
        environ = NO_USE | {"HTTP_PROXY": address}
        for endpoint in (address, "http://ims.example"):
            outcome = await ask_with(environ, endpoint, "/proc/nonexistent")
            assert kind_of(outcome) is FailureKind.NOT_KNOWN  # IMS answered
            profile = Profile(endpoint=endpoint, ca_bundle="/proc/nonexistent")
            reach = await probe(profile, 5.0, lambda: datetime.now(UTC), environ)
            assert reach.cause == ""


async def test_a_bundle_of_no_use_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "empty", tmp_path / "a\x1bb"):
        outcome = await ask_with({}, "https://ims.example", str(path))
        assert isinstance(outcome, PollFailed)
        assert outcome.kind is FailureKind.MISCONFIGURED
        assert outcome.cause.startswith("ca_bundle = ")
        assert outcome.cause.isprintable()


@pytest.mark.parametrize(
    "endpoint", ["https://xn--zzzzzz", "http://a..b", "http://127.0.0.1:99999"]
)
async def test_an_address_that_cannot_be_one_is_no_answer(endpoint: str) -> None:
    outcome = await ask_with({}, endpoint)
    assert kind_of(outcome) is FailureKind.UNREACHABLE
    profile = Profile(endpoint=endpoint)
    assert (await probe(profile, 5.0, lambda: datetime.now(UTC), {})).cause


async def test_doctor_sees_version_and_end_of_the_certificate() -> None:
    async with tls_server() as port:
        profile = Profile(endpoint=f"https://localhost:{port}", ca_bundle=AUTHORITY)
        reach = await probe(profile, 5.0, lambda: datetime.now(UTC))
    assert reach.tls.startswith("TLSv1.")
    assert reach.valid_until is not None
    assert reach.valid_until.year > 2100
    levels = [finding.level for finding in of_reach("prod", reach)]
    assert levels == [Severity.OK, Severity.OK, Severity.NOTE]  # it sends no Date


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
        await probe(profile, 5.0, lambda: datetime.now(UTC))
    assert b"secret-token" not in heads[0]
    assert b"x-auth-token" not in heads[0].lower()
