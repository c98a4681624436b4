"""A service that answers as fast as asyncio can: every job is known and runs.

python -m tests.bench.service      prints its address, serves until it is ended
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.bench.load import job_id, reply_body

_HEAD = (
    "HTTP/1.1 {status}\r\ndate: {date:%a, %d %b %Y %H:%M:%S} GMT\r\n"
    "content-type: application/json\r\nx-request-id: bench\r\n"
    "content-length: {length}\r\n\r\n"
)
_STARTED = datetime.now(UTC)


class Conversation(asyncio.Protocol):
    """One connection; requests have no body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].decode()
            self._transport.write(_answer(path))


def _answer(path: str) -> bytes:
    now = datetime.now(UTC)
    identity = path.rpartition("/")[2]
    number = int(identity[8:], 16)
    body = reply_body(number, "RUNNING", _STARTED, now.timestamp() % 1000 / 1000)
    assert job_id(number) == identity
    head = _HEAD.format(status="200 OK", date=now, length=len(body))
    return head.encode() + body


async def serve() -> None:
    """Serve until cancelled."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def running() -> Iterator[str]:
    """The service in a process of its own; yields its address."""
    command = [sys.executable, "-m", "tests.bench.service"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(serve())
