"""Addresses by region and cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from ims_tui.core.config.regions import (
    FLEXIBLE_ENGINE,
    SBERCLOUD,
    endpoint_gap,
    iam_url,
    ims_endpoint,
    place_of,
    region_of_project,
)


@pytest.mark.parametrize(
    ("region", "cloud", "host"),
    [
        ("cn-north-4", "", "ims.cn-north-4.myhuaweicloud.com"),
        ("ap-southeast-3", "", "ims.ap-southeast-3.myhuaweicloud.com"),
        ("eu-west-101", "", "ims.eu-west-101.myhuaweicloud.eu"),
        ("eu-de", "", "ims.eu-de.otc.t-systems.com"),
        ("eu-nl", "", "ims.eu-nl.otc.t-systems.com"),
        ("eu-west-0", FLEXIBLE_ENGINE, f"ims.eu-west-0.{FLEXIBLE_ENGINE}"),
        ("ru-moscow-1", SBERCLOUD, "ims.ru-moscow-1.hc.sbercloud.ru"),
        ("mars-1", "cloud.example", "ims.mars-1.cloud.example"),
    ],
)
def test_endpoints(region: str, cloud: str, host: str) -> None:
    assert ims_endpoint(region, cloud) == f"https://{host}"
    assert iam_url(region, cloud) == f"https://{host}".replace("ims.", "iam.")


def test_where_no_endpoint_follows_the_gap_is_named() -> None:
    assert ims_endpoint("") == ""
    assert ims_endpoint("eu-ch2") == ""
    assert "eu-ch2" in endpoint_gap("eu-ch2")
    assert "region nor endpoint" in endpoint_gap("")
    assert iam_url("eu-ch2") == "https://iam-pub.eu-ch2.sc.otc.t-systems.com"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://iam.eu-de.otc.t-systems.com/v3", ("eu-de", "otc.t-systems.com")),
        (
            "https://iam.cn-north-4.myhuaweicloud.com",
            ("cn-north-4", "myhuaweicloud.com"),
        ),
        ("https://iam.myhuaweicloud.com/v3", ("", "myhuaweicloud.com")),
        (f"https://iam.eu-west-0.{FLEXIBLE_ENGINE}/v3", ("eu-west-0", FLEXIBLE_ENGINE)),
        ("http://127.0.0.1:5000/v3", ("", "")),
        ("", ("", "")),
    ],
)
def test_an_iam_address_names_its_place(url: str, place: tuple[str, str]) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    ("project", "region"),
    [
        ("cn-north-4", "cn-north-4"),
        ("eu-de_images", "eu-de"),
        ("eu-de", "eu-de"),
        ("cn-north-4_team", "cn-north-4"),
        ("my-kualalumpur-1", "my-kualalumpur-1"),
        ("production", ""),
        ("MOS", ""),
    ],
)
def test_a_project_name_may_name_its_region(project: str, region: str) -> None:
    assert region_of_project(project) == region


def readme_rows() -> list[list[str]]:
    """Cells of the README's table of regions and clouds."""
    text = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    table = text.partition("| cloud | region | by region |")[2].partition("\n\n")[0]
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in table.splitlines()[2:]
    ]


def test_the_readme_has_the_clouds() -> None:
    assert len(readme_rows()) >= 11


@pytest.mark.parametrize("cells", readme_rows(), ids=lambda cells: cells[0])
def test_the_table_of_the_readme_is_true(cells: list[str]) -> None:
    _cloud, region, by_region, auth_url, by_auth_url, source = cells
    named = "" if " " in region else region
    assert (ims_endpoint(named) or "asked for") == by_region
    place, domain = place_of(auth_url)
    domain = domain.removeprefix(f"{place}.")
    derived = ims_endpoint(place or named, domain) if domain else ""
    assert (derived or "catalogue") == by_auth_url
    assert source
