"""Reads the body of a reply within a limit, before and while it is unpacked.

httpx unpacks whatever came as a whole, and one packing inside another: 700 bytes become
600 MB before anybody can count them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

import httpx

ENCODINGS = "gzip, deflate"
"""What a request says that it accepts."""

_PLAIN = ("", "identity")
_GZIP = 16 + zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS
_HEAD_BYTES = 2
"""So many say whether a stream has the head that `deflate` asks for (RFC 1950)."""


async def read_body(response: httpx.Response, most: int) -> bytes:
    """Read and unpack a body; the caller closes it.

    A body of more than `most` bytes is cut, one byte longer than allowed.

    Raises:
        httpx.DecodingError: it is packed twice, in an unknown way, or wrongly.
        httpx.TransportError: the connection broke off.
    """
    if response.is_stream_consumed:
        return response.content[: most + 1]
    assert isinstance(response.stream, httpx.AsyncByteStream)
    unpack = _unpacking(response.headers.get_list("Content-Encoding", True))
    body, received = bytearray(), 0
    async for part in response.stream:
        received += len(part)
        body += unpack(part, most + 1 - len(body))
        if len(body) > most:
            return bytes(body[: most + 1])
        if received > most:
            raise httpx.DecodingError("more bytes packed than unpacked")
    return bytes(body)


def _unpacking(names: Iterable[str]) -> Callable[[bytes, int], bytes]:
    packings = [name for name in map(str.lower, names) if name not in _PLAIN]
    if not packings:
        return lambda part, _most: part
    if packings in (["gzip"], ["x-gzip"]):
        return _Unpacked(_GZIP)
    if packings == ["deflate"]:
        return _Unpacked(zlib.MAX_WBITS)
    raise httpx.DecodingError("packed twice or in an unknown way")


class _Unpacked:
    """Unpacks one stream; what follows its end is dropped."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._has_begun = False
        self._head = b""
        """What came first, while that is too little to tell."""

    def __call__(self, part: bytes, most: int) -> bytes:
        """Unpack one part, to at most `most` bytes; the rest is dropped."""
        if self._stream.eof:
            return b""
        part, self._head = self._head + part, b""
        if not self._has_begun and len(part) < _HEAD_BYTES:
            self._head = part
            return b""
        try:
            return self._stream.decompress(part, most)
        except zlib.error as error:
            if self._has_begun or self._window != zlib.MAX_WBITS:
                raise httpx.DecodingError(str(error)) from error
            # Many send the bare stream and call it deflate.
            self._window, self._stream = _RAW, zlib.decompressobj(_RAW)
            return self(part, most)
        finally:
            self._has_begun = True
