"""The server's side of SDK-HMAC-SHA256: is this request signed with that key?

Independent of the client's signer on purpose: two implementations check each other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from msgspec import Struct

from ims_tui.simulator.message import Request

ALGORITHM = "SDK-HMAC-SHA256"
MAX_SKEW = timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"
"""Stands for the body's hash when the body is not JSON."""

_AUTHORIZATION = re.compile(
    ALGORITHM + r" +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]+)"
)
_DATE = re.compile(r"\d{8}T\d{6}Z")


class Signature(Struct, frozen=True):
    """The parts of an `Authorization` header."""

    access_key: str
    signed_headers: tuple[str, ...]
    digest: str


def parse_authorization(value: str) -> Signature | None:
    """The header's parts; None if it is not of this scheme."""
    match = _AUTHORIZATION.fullmatch(value.strip())
    if match is None:
        return None
    access_key, names, digest = match.groups()
    return Signature(access_key, tuple(names.split(";")), digest)


def is_authentic(
    request: Request, signature: Signature, secret_key: str, now: datetime
) -> bool:
    """Whether the signature fits the request, the key and the present time."""
    date = request.headers.get("x-sdk-date", "")
    if not _is_recent(date, now) or not {"host", "x-sdk-date"} <= set(
        signature.signed_headers
    ):
        return False
    canonical = _canonical_request(request, signature.signed_headers)
    if canonical is None:
        return False
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    expected = hmac.new(
        secret_key.encode(), f"{ALGORITHM}\n{date}\n{hashed}".encode(), hashlib.sha256
    )
    return hmac.compare_digest(expected.hexdigest(), signature.digest)


def _is_recent(date: str, now: datetime) -> bool:
    if not _DATE.fullmatch(date):
        return False
    try:
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(now - signed_at) <= MAX_SKEW


def _canonical_request(request: Request, names: tuple[str, ...]) -> str | None:
    """The text that was signed; None if a signed header or the body is not there."""
    body_hash = _body_hash(request)
    if body_hash is None or any(name not in request.headers for name in names):
        return None
    return "\n".join(
        (
            request.method.upper(),
            _canonical_path(request.path),
            _canonical_query(request.query),
            *(f"{name}:{request.headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            body_hash,
        )
    )


def _canonical_path(path: str) -> str:
    """Segments re-encoded, always with a trailing slash (only for signing)."""
    encoded = "/".join(_encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: list[tuple[str, str]]) -> str:
    return "&".join(
        f"{_encode(name)}={_encode(value)}" for name, value in sorted(query)
    )


def _encode(text: str) -> str:
    return quote(text, safe="~")


def _body_hash(request: Request) -> str | None:
    """The hash to sign; None if the header promises another body."""
    actual = hashlib.sha256(request.body).hexdigest()
    claimed = request.headers.get("x-sdk-content-sha256")
    if not request.body or claimed is None:
        return actual
    return claimed if claimed in (actual, UNSIGNED) else None
