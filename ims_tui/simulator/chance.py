"""Chance without state: the same seed and the same question give the same answer."""

from __future__ import annotations

import hashlib
import uuid


def digest(seed: int, *parts: object, size: int = 16) -> bytes:
    """`size` bytes that depend on nothing but the seed and `parts`."""
    return hashlib.blake2b(repr((seed, *parts)).encode(), digest_size=size).digest()


def chance(seed: int, *parts: object) -> float:
    """A number in [0, 1)."""
    return int.from_bytes(digest(seed, *parts, size=6)) / 2**48


def hex_id(seed: int, *parts: object) -> str:
    """32 lower-case hex digits without a time in them."""
    return digest(seed, *parts).hex()


def image_uuid(seed: int, *parts: object) -> str:
    """A version 4 UUID, the look of image ids."""
    return str(uuid.UUID(bytes=digest(seed, *parts), version=4))
