"""Tokens that carry their own end, so that none has to be remembered."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

_MAC_BYTES = 32


def issue(key: bytes, expires_at: datetime, serial: int) -> str:
    """A token for the header `X-Subject-Token`; serials make them differ."""
    claim = f"{serial} {expires_at.isoformat()}".encode()
    return base64.urlsafe_b64encode(_mac(key, claim) + claim).decode()


def expiry(key: bytes, token: str) -> datetime | None:
    """When the token dies; None if it was not issued with this key."""
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except (binascii.Error, ValueError):
        return None
    claim = raw[_MAC_BYTES:]
    if not hmac.compare_digest(raw[:_MAC_BYTES], _mac(key, claim)):
        return None
    return datetime.fromisoformat(claim.decode().partition(" ")[2])


def _mac(key: bytes, claim: bytes) -> bytes:
    return hmac.new(key, claim, hashlib.sha256).digest()
