"""The address of IMS in the catalogue that comes with a token.

Source: Keystone v3, "service catalog"; IMS is registered as `image` (Open Telekom
Cloud, name glance), `imagev2` or `ims`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ims_tui.core.service.jsontext import Json
from ims_tui.core.signin.address import address

_TYPES = ("ims", "image", "imagev2")


def endpoint_in(catalogue: Json, region: str) -> str:
    """Base URL of IMS, public and of this region; empty where none is named.

    An address without a region is of any; without `region` the first one is taken.
    """
    for kind in _TYPES:
        for endpoint in _endpoints(catalogue, kind):
            places = {_text(endpoint, "region"), _text(endpoint, "region_id")} - {""}
            is_here = not region or not places or region in places
            if is_here and (found := _base(_text(endpoint, "url"))):
                return found
    return ""


def _endpoints(catalogue: Json, kind: str) -> Iterator[Json]:
    for service in _list(catalogue):
        if _text(service, "type") != kind or not isinstance(service, Mapping):
            continue
        for endpoint in _list(service.get("endpoints")):
            if _text(endpoint, "interface") in ("public", ""):
                yield endpoint


def _base(url: str) -> str:
    """The address without its path, which names a version that we do not use."""
    if not address(url):
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _list(value: Json) -> tuple[Json, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def _text(value: Json, name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
