"""Addresses of IMS and IAM by region and cloud.

Sources: the region list of the official SDK for Huawei Cloud; the published endpoint
pages of Open Telekom Cloud, FlexibleEngine and Cloud.ru; the terraform provider for the
European domain; the own SDKs of G42 and of TM Cloud; the terraform provider of Huawei
Cloud Stack for its pattern. A configured endpoint always comes first.

A credential never leaves its cloud: an address is derived only from what names the
cloud. A region alone names one; beside an address that names none it does not.
"""

from __future__ import annotations

import re

from ims_tui.core.config.values import nearest

HUAWEI = "myhuaweicloud.com"
HUAWEI_EUROPE = "myhuaweicloud.eu"
OTC = "otc.t-systems.com"
OTC_SWISS = "sc.otc.t-systems.com"
FLEXIBLE_ENGINE = "prod-cloud-ocb.orange-business.com"
SBERCLOUD = "hc.sbercloud.ru"
G42 = "g42cloud.com"
TM_ONE = "alphaedge.tmone.com.my"

# Only regions that one cloud alone has. eu-west-0 and ru-moscow-1 are also names of
# Huawei Cloud partners' regions in the SDK; cloud_domain tells those apart.
_SHARED = {
    "eu-west-0": FLEXIBLE_ENGINE,
    "ru-moscow-1": SBERCLOUD,
    "ae-ad-1": G42,
    "my-kualalumpur-1": TM_ONE,
}
_NUMBERS = {
    "ae-ad": (1,),
    "af-north": (1,),
    "af-south": (1,),
    "ap-southeast": (1, 2, 3, 4, 5),
    "cn-east": (2, 3, 4, 5),
    "cn-north": (1, 2, 4, 9, 11, 12),
    "cn-south": (1, 2, 4),
    "cn-southwest": (2, 3),
    "eu-west": (0, 101),
    "la-north": (2,),
    "la-south": (2,),
    "me-east": (1,),
    "my-kualalumpur": (1,),
    "na-mexico": (1,),
    "ru-moscow": (1,),
    "sa-brazil": (1,),
    "tr-west": (1,),
}
HUAWEI_REGIONS = frozenset(f"{zone}-{n}" for zone in _NUMBERS for n in _NUMBERS[zone])
"""Regions that the official SDK lists for IMS (3.1.219, ImsRegion)."""
CONSOLE_URLS = {
    HUAWEI: (
        "https://console.huaweicloud.com/ecm/?region={region}"
        "#/ims/manager/imageList/selfImage"
    )
}
"""By domain, where the console of a cloud lists the private images of a region.

Source: the service overview of IMS (zh-cn_topic_0013901609) links that page; pages of
this console take the region as `region=`. No page of one job is published, nor this
page of another cloud.
"""
_DOMAIN_OF = {"eu-de": OTC, "eu-nl": OTC, "eu-ch2": OTC_SWISS}
_EUROPE = "eu-west-1"
# Texts, not compiled: `re` compiles each at its first use and keeps it.
_HOST = r"(?:(?P<region>[a-z]{2}-[a-z0-9-]+)\.)?(?P<domain>[^/:@.]+\.[^/:@]+)(?=[:/]|$)"
_IAM_HOST = rf"(?ai)https?://iam(?:-pub)?\.{_HOST}"
_IMS_HOST = rf"(?ai)https?://ims\.{_HOST}"
# Huawei Cloud Stack, whose regions have names of any form.
_STACK_HOST = (
    r"(?ai)https?://iam-apigateway-proxy\.(?P<region>[a-z0-9_-]+)\."
    r"(?P<domain>[^/:@.]+\.[^/:@]+)(?=[:/]|$)"
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
    return _place(auth_url, _IAM_HOST, _STACK_HOST)


def place_of_ims(endpoint: str) -> tuple[str, str]:
    """Region and cloud domain that an address of IMS names; empty where it does not."""
    return _place(endpoint, _IMS_HOST)


def _place(url: str, *patterns: str) -> tuple[str, str]:
    for pattern in patterns:
        if found := re.match(pattern, url):
            return (found["region"] or "").lower(), found["domain"].lower()
    return "", ""


def doubt_of(region: str) -> str:
    """Why a region's name alone does not surely name a cloud; empty where it does."""
    domain, other = cloud_domain_of(region), _SHARED.get(region, "")
    if other:
        return (
            f"{region} is a region of two clouds; {domain} is used."
            f' For the other set cloud_domain = "{other}".'
        )
    if region in HUAWEI_REGIONS or domain != HUAWEI:
        return ""
    close = nearest(region, HUAWEI_REGIONS | _DOMAIN_OF.keys())
    hint = f" (nearest: {close})" if close else ""
    correct = "Correct it, or for" if close else "For"
    return (
        f"{region} is not a region that is known{hint}; {domain} is used."
        f" {correct} another cloud set cloud_domain or endpoint."
    )


def region_of_project(name: str) -> str:
    """Region in a project name such as `cn-north-4` or `eu-de_images`, else empty."""
    found = re.fullmatch(_PROJECT_REGION, name)
    return found[1] if found else ""


def endpoint_gap(region: str, auth_url: str = "") -> str:
    """Why no endpoint follows from a region and an address of IAM, in one sentence."""
    if auth_url:
        return f"The cloud of {auth_url} is not known. Set endpoint."
    if region:
        return f"The address of IMS in {region} is not known. Set endpoint."
    return "Neither region nor endpoint is set. Set one of them."
