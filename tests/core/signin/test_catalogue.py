"""The address of IMS in a token's catalogue."""

from __future__ import annotations

import json

import pytest

from ims_tui.core.service.jsontext import load
from ims_tui.core.signin.catalogue import endpoint_in


def service(kind: str, url: object, **more: object) -> dict[str, object]:
    """One service with one endpoint."""
    return {"type": kind, "endpoints": [{"interface": "public", "url": url, **more}]}


@pytest.mark.parametrize(
    ("services", "region", "found"),
    [
        ([service("image", "https://ims.x/v2")], "", "https://ims.x"),
        ([service("imagev2", "https://ims.x:8443/")], "r", "https://ims.x:8443"),
        (
            [service("image", "https://a"), service("ims", "https://b")],
            "",
            "https://b",
        ),
        (
            [
                service("image", "https://a", region="r1"),
                service("image", "https://b", region_id="r2"),
            ],
            "r2",
            "https://b",
        ),
        ([service("image", "https://a", region="r1")], "r2", ""),
        ([service("image", "https://a", interface="internal")], "", ""),
        ([service("compute", "https://a")], "", ""),
        ([service("image", "ftp://a")], "", ""),
        ([service("image", None)], "", ""),
        ([None, 7, "x", {"type": "image", "endpoints": None}], "", ""),
        ({}, "", ""),
    ],
)
def test_it_is_the_public_one_of_the_region(
    services: object, region: str, found: str
) -> None:
    catalogue = load(json.dumps({"c": services}).encode())[0]
    assert isinstance(catalogue, dict)
    assert endpoint_in(catalogue["c"], region) == found
