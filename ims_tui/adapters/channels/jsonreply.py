"""JSON of chat services: bodies as bytes, and the code in their replies."""

from __future__ import annotations

import json
from collections.abc import Mapping

JSON = {"Content-Type": "application/json; charset=utf-8"}


def body_of(document: Mapping[str, object]) -> bytes:
    """A document as the body of a request."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def code_in(body: bytes, *names: str) -> str:
    """What a reply refuses with, as `name code`; empty where it is 0 or not there."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return "a reply that is not JSON"
    if not isinstance(reply, dict):
        return "a reply that is not an object"
    for name in names:
        code = reply.get(name)
        if isinstance(code, int) and code:
            return f"{name} {code}"
    return "" if any(name in reply for name in names) else "a reply without a code"
