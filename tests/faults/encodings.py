"""Bodies that are packed: well, twice, wrongly, as bombs, cut, in parts of any size."""

from __future__ import annotations

import asyncio
import gzip
import random
import zlib
from collections.abc import Callable

import httpx

from ims_tui.adapters.bodies import read_body
from tests.adapters.test_bodies import Wire
from tests.faults.room import Room

MOST = 50_000
"""Bytes that a body may have."""


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


def attempt(seed: int) -> str:
    """One body, read within the limit."""
    chance = random.Random(seed)
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
    wire = Wire(data, part)
    headers = [(b"Content-Encoding", name.encode("latin-1"))]
    reply = httpx.Response(200, headers=headers, stream=wire)
    try:
        body = asyncio.run(read_body(reply, MOST))
    except httpx.DecodingError:
        assert damage < 4 or len(data) > MOST, "well packed, and refused"
        return "refused"
    assert len(body) <= MOST + 1
    assert wire.taken <= MOST + part, "more was fetched than a body may have"
    if damage > 3:
        assert body == meant[: MOST + 1]
    return "cut" if len(body) > MOST else "read"


ROOM = Room(
    "encodings", attempt, frozenset({"read", "cut", "refused"}), short=200, long=20_000
)
