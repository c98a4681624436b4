"""Bodies that are packed: well, twice, wrongly, as bombs, cut, in parts of any size.

What reading them costs is counted, in bytes that were fetched and that were unpacked: a
bomb that is refused after it was unpacked fails. Memory is not measured, for Python's
own tables grow by a megabyte whenever they are full.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import httpx

from ims_tui.adapters.bodies import read_body
from tests.adapters.test_bodies import Unpacking, Wire
from tests.faults.room import Room

MOST = 50_000
"""Bytes that a body may have."""

BOMB = 64 * 2**20


def _bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": _bare,
    "identity": bytes,
}
STACKS = ("gzip, gzip", "deflate, gzip", "br", "gzip, br", ", gzip", "gzip;q=1", "\xff")


@cache
def _bomb(wbits: int) -> bytes:
    """A body of 64 MB, and that packed once more, which a pair of encodings unpacks."""
    packer = zlib.compressobj(wbits=wbits)
    return packer.compress(bytes(BOMB)) + packer.flush()


BOMBS = {
    "gzip": lambda: _bomb(31),
    "deflate": lambda: _bomb(15),
    "Deflate": lambda: _bomb(-15),
    "gzip, gzip": lambda: gzip.compress(_bomb(31)),
    "deflate, gzip": lambda: gzip.compress(_bomb(15)),
    "gzip, deflate": lambda: zlib.compress(_bomb(31)),
}


def attempt(seed: int) -> str:
    """One body, of which no more is fetched and unpacked than it may have."""
    chance = random.Random(seed)
    if chance.random() < 0.1:
        name = chance.choice(list(BOMBS))
        body = _read(BOMBS[name](), name, chance.choice([100, 4_096, 10**6]))
        assert body == (None if "," in name else bytes(MOST + 1))
        return "a bomb"
    name = chance.choice(list(PACKINGS))
    size = chance.choice([0, 1, 100, MOST - 1, MOST, MOST + 1, 20 * MOST])
    unit = chance.choice([chance.randbytes(997), b"\0"])
    meant = (unit * (size // len(unit) + 1))[:size]
    data, damage = PACKINGS[name](meant), chance.randrange(6)
    if damage == 0:
        name = chance.choice(STACKS)
    elif damage == 1:
        data = data[: chance.randrange(len(data) + 1)]
    elif damage == 2:
        data = chance.randbytes(chance.randrange(1, 9)) + data
    elif damage == 3:
        data += chance.randbytes(chance.randrange(99_999))
    part = chance.choice([1, 3, 1000, 65_536]) if len(data) < 5_000 else 4_096
    body = _read(data, name, part)
    if body is None:
        assert damage < 4 or len(data) > MOST, "well packed, and refused"
        return "refused"
    assert len(body) <= MOST + 1
    if damage > 3:
        assert body == meant[: MOST + 1]
    return "cut" if len(body) > MOST else "read"


def _read(data: bytes, name: str, part: int) -> bytes | None:
    """The body, None where it is refused; fails where that took too many bytes."""
    wire = Wire(data, part)
    headers = [(b"Content-Encoding", name.encode("latin-1"))]
    reply = httpx.Response(200, headers=headers, stream=wire)
    body = None
    with Unpacking() as unpacking, suppress(httpx.DecodingError):
        body = asyncio.run(read_body(reply, MOST))
    assert unpacking.count <= MOST + 1, f"{unpacking.count:,} bytes were unpacked"
    assert wire.taken <= MOST + part, f"{wire.taken:,} bytes were fetched"
    return body


ROOM = Room(
    "encodings",
    attempt,
    frozenset({"read", "cut", "refused", "a bomb"}),
    short=200,
    long=20_000,
)
