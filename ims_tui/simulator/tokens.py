"""Tokens that carry their own end, so that none has to be remembered."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

_MAC_BYTES = 32


def issue(key: bytes, expires_at: datetime, serial: int, project_id: str = "") -> str:
    """A token for the header `X-Subject-Token`; serials make them differ."""
    claim = f"{serial} {expires_at.isoformat()} {project_id}".encode()
    return base64.urlsafe_b64encode(_mac(key, claim) + claim).decode()


def expiry(key: bytes, token: str) -> datetime | None:
    """When the token dies; None if it was not issued with this key."""
    claim = _claim(key, token)
    return datetime.fromisoformat(claim[1]) if claim else None


def project_of(key: bytes, token: str) -> str:
    """Id of the project that the token is for; empty if it is not one of ours."""
    claim = _claim(key, token)
    return claim[2] if claim else ""


def _claim(key: bytes, token: str) -> list[str] | None:
    """Serial, end and project of a token that was issued with this key."""
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except (binascii.Error, ValueError):
        return None
    claim = raw[_MAC_BYTES:]
    if not hmac.compare_digest(raw[:_MAC_BYTES], _mac(key, claim)):
        return None
    return claim.decode().split(" ")


def _mac(key: bytes, claim: bytes) -> bytes:
    return hmac.new(key, claim, hashlib.sha256).digest()
