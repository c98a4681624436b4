"""Bodies that are packed: well, twice, wrongly, as bombs, cut, in parts of any size.

What reading them costs is measured: a bomb that is refused after it was unpacked fails.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import httpx

from ims_tui.adapters.bodies import read_body
from tests.adapters.test_bodies import Wire
from tests.faults.room import Room

MOST = 50_000
"""Bytes that a body may have."""

MOST_HELD = 500_000
"""Bytes that may be held at a time: the body, a part of it, what unpacks it."""

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
    """One body, read within the limit of bytes and of memory."""
    chance = random.Random(seed)
    if chance.random() < 0.1:
        name = chance.choice(list(BOMBS))
        body, _ = _read(BOMBS[name](), name, chance.choice([100, 4_096, 10**6]))
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
    body, taken = _read(data, name, part)
    if body is None:
        assert damage < 4 or len(data) > MOST, "well packed, and refused"
        return "refused"
    assert len(body) <= MOST + 1
    assert taken <= MOST + part, "more was fetched than a body may have"
    if damage > 3:
        assert body == meant[: MOST + 1]
    return "cut" if len(body) > MOST else "read"


def _read(data: bytes, name: str, part: int) -> tuple[bytes | None, int]:
    """The body, None where it is refused, and how much of it was fetched.

    Fails where that took much memory, twice: a table of Python's own grows once.
    """
    held: list[int] = []
    while not held or held[-1] > MOST_HELD:
        assert len(held) < 2, f"{held} bytes at a time"
        wire = Wire(data, part)
        headers = [(b"Content-Encoding", name.encode("latin-1"))]
        reply = httpx.Response(200, headers=headers, stream=wire)
        body = None
        tracemalloc.start()
        with suppress(httpx.DecodingError):
            body = asyncio.run(read_body(reply, MOST))
        held.append(tracemalloc.get_traced_memory()[1] - part)
        tracemalloc.stop()
    return body, wire.taken


ROOM = Room(
    "encodings",
    attempt,
    frozenset({"read", "cut", "refused", "a bomb"}),
    short=200,
    long=20_000,
)
