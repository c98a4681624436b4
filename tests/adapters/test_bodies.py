"""A body is bounded before and while it is unpacked, wherever one is read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator
from typing import Any
from unittest import mock

import httpx
import pytest

from ims_tui.adapters.bodies import read_body

MOST = 1000


class Wire(httpx.AsyncByteStream):
    """Bytes as they come from the network, in parts."""

    def __init__(self, data: bytes, part: int = 100) -> None:
        self.data = data
        self.part = part
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self.data), self.part):
            self.taken += len(self.data[at : at + self.part])
            yield self.data[at : at + self.part]


class Unpacking:
    """Counts the bytes that anybody unpacks while it is entered.

    Memory would tell less: Python's own tables grow at any moment.
    """

    def __init__(self) -> None:
        self.count = 0
        self._make = zlib.decompressobj
        self._patch = mock.patch("zlib.decompressobj", self._counted)

    def __enter__(self) -> Unpacking:
        self._patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.stop()

    def _counted(self, *arguments: Any) -> Counted:
        return Counted(self._make(*arguments), self)


class Counted:
    """A stream that counts what comes out of it."""

    def __init__(self, stream: Any, unpacking: Unpacking) -> None:
        self._stream = stream
        self._unpacking = unpacking

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def decompress(self, *arguments: Any) -> bytes:
        data: bytes = self._stream.decompress(*arguments)
        self._unpacking.count += len(data)
        return data

    def flush(self, *arguments: Any) -> bytes:
        data: bytes = self._stream.flush(*arguments)
        self._unpacking.count += len(data)
        return data


def reply(data: bytes, *encodings: str, part: int = 100) -> tuple[httpx.Response, Wire]:
    wire = Wire(data, part)
    headers = [("Content-Encoding", name) for name in encodings]
    return httpx.Response(200, headers=headers, stream=wire), wire


BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
BARE_TEXT = BARE.compress(b"hello") + BARE.flush()


@pytest.mark.parametrize(
    ("data", "encodings"),
    [
        (b"hello", ()),
        (b"hello", ("identity",)),
        (gzip.compress(b"hello", mtime=0), ("gzip",)),
        (gzip.compress(b"hello", mtime=0), ("X-GZIP",)),
        (gzip.compress(b"hello", mtime=0), ("identity, gzip",)),
        (gzip.compress(b"hello", mtime=0) + b"what follows", ("gzip",)),
        (zlib.compress(b"hello"), ("deflate",)),
        (BARE_TEXT, ("deflate",)),
    ],
)
@pytest.mark.parametrize("part", [1, 2, 100])
async def test_a_body_is_unpacked(
    data: bytes, encodings: tuple[str, ...], part: int
) -> None:
    response, _ = reply(data, *encodings, part=part)
    assert await read_body(response, MOST) == b"hello"


@pytest.mark.parametrize(
    "encodings",
    [("gzip, gzip",), ("gzip", "gzip"), ("deflate, gzip",), ("br",), ("gzip,,gzip",)],
)
async def test_what_is_packed_twice_or_in_an_unknown_way_is_not_begun(
    encodings: tuple[str, ...],
) -> None:
    response, wire = reply(gzip.compress(gzip.compress(b"hello", mtime=0)), *encodings)
    with pytest.raises(httpx.DecodingError):
        await read_body(response, MOST)
    assert wire.taken == 0


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_what_is_no_such_packing_is_an_error(encoding: str) -> None:
    with pytest.raises(httpx.DecodingError):
        await read_body(reply(b"<html>not packed at all", encoding)[0], MOST)


async def test_a_long_body_is_cut_and_no_more_of_it_is_fetched() -> None:
    response, wire = reply(b"x" * 100 * MOST)
    assert len(await read_body(response, MOST)) == MOST + 1
    assert wire.taken <= MOST + wire.part


@pytest.mark.parametrize("part", [100, 100_000])  # the second has all of it in one
@pytest.mark.parametrize("name", ["gzip", "deflate"])
async def test_a_bomb_costs_no_more_than_the_limit(name: str, part: int) -> None:
    pack = gzip.compress if name == "gzip" else zlib.compress
    response, _ = reply(pack(b"\0" * 50_000_000), name, part=part)
    with Unpacking() as unpacking:
        body = await read_body(response, MOST)
    assert len(body) == MOST + 1
    assert unpacking.count == MOST + 1


async def test_packed_bytes_count_where_nothing_comes_out_of_them() -> None:
    stored = zlib.compressobj(0, wbits=16 + zlib.MAX_WBITS)
    empty = b"".join(stored.flush(zlib.Z_FULL_FLUSH) for _ in range(1000))
    response, wire = reply(empty + b"\0\0\0\xff\xff" * 10_000, "gzip")
    with pytest.raises(httpx.DecodingError):
        await read_body(response, MOST)
    assert wire.taken <= MOST + wire.part
