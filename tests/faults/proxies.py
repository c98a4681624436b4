"""Ways out that lead nowhere: proxy variables, certificates and TLS of any kind."""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ims_tui.core.service.outcome import FailureKind, PollFailed
from tests.adapters.test_tls import AUTHORITY, HERE, _answer, ask_with
from tests.core.hostile import is_dangerous, strings_in
from tests.faults.room import Room

SECRET = "a-s3cret-nobody-may-see"
LATE_S = 12.0
SCHEMES = ("http", "https", "socks5", "socks5h", "socks4", "ftp", "", "HTTP")
HOSTS = (
    *("127.0.0.1", "localhost", "[::1]", "", "xn--", "a..b", "é", "\x1b[2J", "1.2.3"),
    *("[::1", "x" * 300, "256.1.1.1", "0x7f.1", "a b", "%41", "*", "-"),
)
PORTS = (":1", "", ":0", ":99999", ":x", ":-1", ":1:2", ":\udcff", "/path?q#f")
PASSES = ("", f"user:{SECRET}@", f":{SECRET}@", f"u%0d%0a:{SECRET}@", "@")
NO_PROXY = (
    "*",
    "127.0.0.0/8",
    "10.0.0.0/99",
    ",,",
    ".local",
    "[::1]:80",
    "\x1b",
    "é/8",
)


def _environ(chance: random.Random) -> dict[str, str]:
    found = {}
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        if chance.random() < 0.4:
            way = f"{chance.choice(SCHEMES)}://{chance.choice(PASSES)}"
            found[name] = way + chance.choice(HOSTS) + chance.choice(PORTS)
    if chance.random() < 0.3:
        found["NO_PROXY"] = ",".join(chance.choices(NO_PROXY, k=2))
    if chance.random() < 0.2:
        name = chance.choice(["SSL_CERT_FILE", "SSL_CERT_DIR"])
        found[name] = chance.choice(["/nowhere", "/dev/zero", "/", "\x1b[2J", ""])
    return found


def _bundle(folder: Path, chance: random.Random) -> str:
    path = folder / chance.choice(["ca.pem", "a b\x1b.pem"])
    kind = chance.randrange(6)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.write_bytes(chance.choice([b"", chance.randbytes(999), b"-----BEGIN"]))
    elif kind == 2:
        path.symlink_to("/dev/zero")
    elif kind == 3:
        text = Path(AUTHORITY).read_bytes()
        path.write_bytes(text[: chance.randrange(len(text))])
    elif kind == 4:
        path.mkdir()
    else:
        return AUTHORITY
    return str(path)


@asynccontextmanager
async def tls_server(version: ssl.TLSVersion) -> AsyncIterator[int]:
    """A service that speaks one version of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "server.pem")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the old ones are meant
        context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    async with await asyncio.start_server(
        _answer, "127.0.0.1", 0, ssl=context
    ) as server:
        yield server.sockets[0].getsockname()[1]


async def _play(chance: random.Random, folder: Path) -> str:
    version = chance.choice([ssl.TLSVersion.TLSv1_1, *[ssl.TLSVersion.TLSv1_3] * 3])
    async with tls_server(version) as port:
        host = chance.choice(["localhost", "localhost", *HOSTS])
        good = f"https://localhost:{port}"
        endpoint = good
        if chance.random() < 0.4:
            endpoint = f"https://{host}{chance.choice(PORTS)}"
        bundle = AUTHORITY if chance.random() < 0.4 else _bundle(folder, chance)
        environ = _environ(chance)
        async with asyncio.timeout(LATE_S):
            outcome = await ask_with(environ, endpoint, bundle)
    for text in strings_in(outcome):
        assert not is_dangerous(text), ascii(text)
        assert SECRET not in text, "a password of a proxy is shown"
    assert isinstance(outcome, PollFailed)
    assert outcome.cause
    is_good = endpoint == good and bundle == AUTHORITY
    if is_good and not environ.keys() - {"NO_PROXY"}:
        is_old = version is ssl.TLSVersion.TLSv1_1
        expected = FailureKind.UNREACHABLE if is_old else FailureKind.NOT_KNOWN
        assert outcome.kind is expected, outcome
    return outcome.kind.value


def attempt(seed: int) -> str:
    """One request: answered, or a sentence without a secret."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_play(random.Random(seed), Path(folder)))


ROOM = Room(
    "proxies",
    attempt,
    frozenset({"misconfigured", "unreachable", "not_known"}),
    short=40,
    long=2_000,
)
