"""Addresses of IMS and its siblings in the catalogue that comes with a token.

Source: Keystone v3, "service catalog"; IMS is registered as `image` (Open Telekom
Cloud, name glance), `imagev2` or `ims`, ECS as `ecs` or `compute`, EVS as `evs` or
`volumev2`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.jsontext import Json
from ims_tui.core.signin.address import address

_TYPES = {
    JobService.IMS: ("ims", "image", "imagev2"),
    JobService.ECS: ("ecs", "compute"),
    JobService.EVS: ("evs", "volumev2", "volumev3", "volume"),
}


def endpoint_in(
    catalogue: Json, region: str, service: JobService = JobService.IMS
) -> str:
    """Base URL of a service, public and of this region; empty where none is named.

    An address without a region is of any; without `region` the first one is taken.
    """
    for kind in _TYPES[service]:
        for endpoint in _endpoints(catalogue, kind):
            places = {text_in(endpoint, "region"), text_in(endpoint, "region_id")} - {
                ""
            }
            is_here = not region or not places or region in places
            if is_here and (found := _base(text_in(endpoint, "url"))):
                return found
    return ""


def _endpoints(catalogue: Json, kind: str) -> Iterator[Json]:
    for service in _list(catalogue):
        if text_in(service, "type") != kind or not isinstance(service, Mapping):
            continue
        for endpoint in _list(service.get("endpoints")):
            if text_in(endpoint, "interface") in ("public", ""):
                yield endpoint


def _base(url: str) -> str:
    """The address without its path, which names a version that we do not use."""
    if not address(url):
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _list(value: Json) -> tuple[Json, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def text_in(value: Json, name: str) -> str:
    """A text of an object by its name; empty where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
