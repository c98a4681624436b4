"""Addresses of IMS and IAM by region and cloud.

Sources: the region list of the official SDK for Huawei Cloud; the published endpoint
pages of Open Telekom Cloud, FlexibleEngine and Cloud.ru; the terraform provider for the
European domain. A configured endpoint always comes first.
"""

from __future__ import annotations

import re

HUAWEI = "myhuaweicloud.com"
HUAWEI_EUROPE = "myhuaweicloud.eu"
OTC = "otc.t-systems.com"
OTC_SWISS = "sc.otc.t-systems.com"
FLEXIBLE_ENGINE = "prod-cloud-ocb.orange-business.com"
SBERCLOUD = "hc.sbercloud.ru"
CLOUDS = (HUAWEI, HUAWEI_EUROPE, OTC, FLEXIBLE_ENGINE, SBERCLOUD)
"""Domains whose IMS address follows from the region."""

# Only regions that one cloud alone has. eu-west-0 and ru-moscow-1 are also names of
# Huawei Cloud partners' regions in the SDK; cloud_domain tells those apart.
_DOMAIN_OF = {"eu-de": OTC, "eu-nl": OTC, "eu-ch2": OTC_SWISS}
_EUROPE = "eu-west-1"
# Texts, not compiled: `re` compiles each at its first use and keeps it.
_IAM_HOST = (
    r"(?ai)https?://iam(?:-pub)?\."
    r"(?:(?P<region>[a-z]{2}-[a-z0-9-]+)\.)?(?P<domain>[^/:]+)"
)
_PROJECT_REGION = r"(?a)([a-z]{2}-[a-z]+(?:-[a-z]*\d+|\d+)?(?:-\d+)?)(?:_.*)?"


def cloud_domain_of(region: str) -> str:
    """The domain a region belongs to; Huawei Cloud where no other cloud has it."""
    if region.startswith(_EUROPE):
        return HUAWEI_EUROPE
    return _DOMAIN_OF.get(region, HUAWEI)


def ims_endpoint(region: str, cloud_domain: str = "") -> str:
    """Base URL of IMS; empty where region or pattern is not known."""
    domain = cloud_domain or cloud_domain_of(region)
    # The Swiss cloud publishes no pattern for IMS.
    if not region or domain == OTC_SWISS:
        return ""
    return f"https://ims.{region}.{domain}"


def iam_url(region: str, cloud_domain: str = "") -> str:
    """Base URL of IAM without a version; empty where the region is not known."""
    domain = cloud_domain or cloud_domain_of(region)
    if not region:
        return ""
    host = "iam-pub" if domain == OTC_SWISS else "iam"
    return f"https://{host}.{region}.{domain}"


def place_of(auth_url: str) -> tuple[str, str]:
    """Region and cloud domain that an IAM address names; empty where it does not."""
    if found := re.match(_IAM_HOST, auth_url):
        return (found["region"] or "").lower(), found["domain"].lower()
    return "", ""


def region_of_project(name: str) -> str:
    """Region in a project name such as `cn-north-4` or `eu-de_images`, else empty."""
    found = re.fullmatch(_PROJECT_REGION, name)
    return found[1] if found else ""


def endpoint_gap(region: str) -> str:
    """Why no endpoint follows from a region, in one sentence."""
    if region:
        return f"The address of IMS in {region} is not known. Set endpoint."
    return "Neither region nor endpoint is set. Set one of them."
