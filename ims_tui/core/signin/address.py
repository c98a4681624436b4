"""Addresses of services: which text is one, and which is of this machine."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

_URL = (
    r"(?ai)https?://(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}))"
    r"(?::\d{1,5})?(?:/[A-Za-z0-9._~/%-]*)?"
)


def address(text: str) -> str:
    """An http address without a slash at its end; empty if it is none."""
    if not re.fullmatch(_URL, text):
        return ""
    try:
        parts = urlsplit(text)
        is_one = parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:  # a port above 65535, brackets without an address
        return ""
    return text.rstrip("/") if is_one else ""


def _is_host(name: str) -> bool:
    """Whether a name or address can be looked up; `xn--` has to stand for a word."""
    if ":" in name:
        from ipaddress import ip_address

        return bool(ip_address(name))
    if "xn--" in name:
        name.encode("ascii").decode("idna")  # raises a ValueError
    return all(0 < len(label) < 64 for label in name.rstrip(".").split("."))


@lru_cache(maxsize=64)  # asked of the same few hosts at every request
def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    import ipaddress

    try:
        address = ipaddress.ip_address(host)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback
    except ValueError:
        return host.lower() == "localhost"
