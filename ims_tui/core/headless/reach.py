"""The result of a request without a credential: network, TLS, clock."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Reach(Struct, frozen=True):
    """The answer to one request without a credential, or why there was none."""

    host: str
    at: datetime
    """When the answer came, by this machine's clock."""
    cause: str = ""
    """Why there was no answer; empty where there was one."""
    remedy: str = ""
    latency_s: float = 0.0
    date: datetime | None = None
    """The service's clock."""
    tls: str = ""
    """Version of TLS; empty over plain http."""
    valid_until: datetime | None = None
    """End of the service's certificate."""
