"""SDK-HMAC-SHA256: the signature of a request, from plain values.

    canonical request  method, path with a trailing slash, sorted query, signed headers,
                       their names, SHA-256 of the body; one per line
    string to sign     algorithm, time, SHA-256 of the canonical request
    signature          HMAC-SHA256 with the secret key itself, no derived key

Source: "AK/SK signing" of the API gateway's developer guide, and the behaviour of the
official Python SDK (huaweicloudsdkcore), which the tests use as oracle.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, unquote

from ims_tui.core.signin.secret import Secret

ALGORITHM = "SDK-HMAC-SHA256"

Query = Iterable[tuple[str, str]]
"""Decoded names and values."""

_EMPTY_BODY = hashlib.sha256(b"").hexdigest()
_UNSIGNED = "UNSIGNED-PAYLOAD"
_CONTENT_HASH = "x-sdk-content-sha256"
# The official SDK hashes only bodies of these types; others go unsigned.
_HASHED_TYPES = ("application/json", "application/bson")


def sign(
    method: str,
    path: str,
    query: Query,
    headers: Mapping[str, str],
    body: bytes,
    *,
    access_key: str,
    secret_key: Secret,
    at: datetime,
) -> dict[str, str]:
    """Return the headers that make a request signed.

    Args:
        path: as on the wire (percent-encoded) or plain; both sign alike.
        headers: what goes into the signature, with `Host`. Names with an underscore
            stay unsigned, since gateways drop them.
        at: aware time by the service's clock; more than 15 minutes off is refused.
    """
    added = {"X-Sdk-Date": f"{at:%Y%m%dT%H%M%SZ}"}
    values = {name.lower(): value.strip() for name, value in headers.items()}
    kind = values.get("content-type", "")
    if kind and not kind.startswith(_HASHED_TYPES):
        added["X-Sdk-Content-Sha256"] = _UNSIGNED
    values.update((name.lower(), value) for name, value in added.items())
    signed = sorted(name for name in values if "_" not in name)
    canonical = canonical_request(method, path, query, values, signed, body)
    text = "\n".join((ALGORITHM, added["X-Sdk-Date"], _sha256(canonical.encode())))
    signature = hmac.new(secret_key.reveal().encode(), text.encode(), hashlib.sha256)
    added["Authorization"] = (
        f"{ALGORITHM} Access={access_key}, SignedHeaders={';'.join(signed)}, "
        f"Signature={signature.hexdigest()}"
    )
    return added


def canonical_request(
    method: str,
    path: str,
    query: Query,
    values: Mapping[str, str],
    signed: Sequence[str],
    body: bytes,
) -> str:
    """The text whose hash is signed; `values` by lower-case header name."""
    lines = [method.upper(), _canonical_path(path), _canonical_query(query)]
    lines += [f"{name}:{values[name]}" for name in signed]
    lines += ["", ";".join(signed)]
    lines.append(values.get(_CONTENT_HASH) or _sha256(body) if body else _EMPTY_BODY)
    return "\n".join(lines)


def _canonical_path(path: str) -> str:
    segments = unquote(path).split("/")
    encoded = "/".join(quote(segment, safe="~") for segment in segments)
    return encoded if encoded.endswith("/") else encoded + "/"


def _canonical_query(query: Query) -> str:
    # Sorted before encoding, as the official signer does.
    pairs = sorted(query)
    return "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in pairs)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
