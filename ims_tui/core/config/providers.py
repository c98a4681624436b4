"""Variables of the family's terraform providers, and of the SDK of Open Telekom Cloud.

Each provider is for one cloud, so its variables name the cloud, too. Sources, each the
`provider.go` of a terraform provider:

    HW_*, HCS_*   huaweicloud/terraform-provider-huaweicloud, huaweicloud/terraform-
                  provider-hcs: all names of `_FULL`
    SBC_*         sbercloud-terraform/terraform-provider-sbercloud: the names of `_OWN`
    G42_*         g42cloud-terraform/terraform-provider-g42cloud: those, and G42_CLOUD

and the samples of the OTC SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from msgspec.structs import replace

from ims_tui.core.config.environment import Environment, UnusableError
from ims_tui.core.config.login import Login
from ims_tui.core.config.regions import G42, OTC, SBERCLOUD
from ims_tui.core.signin.source import START

_COMMON = {
    "auth_url": "AUTH_URL",
    "access_key": "ACCESS_KEY",
    "secret_key": "SECRET_KEY",
    "security_token": "SECURITY_TOKEN",
    "project": "PROJECT_NAME",
    "region": "REGION_NAME",
}
_FULL = {
    **_COMMON,
    "token": "AUTH_TOKEN",
    "user": "USER_NAME",
    "password": "USER_PASSWORD",
    "domain": "DOMAIN_NAME",
    "project_id": "PROJECT_ID",
    "cloud_domain": "CLOUD",
}
_OWN = {
    **_COMMON,
    "user": "USERNAME",
    "password": "PASSWORD",
    "domain": "ACCOUNT_NAME",
}
_G42 = {**_OWN, "cloud_domain": "CLOUD"}


def _provider(
    environment: Environment, prefix: str, names: Mapping[str, str], cloud: str = ""
) -> Login | None:
    """What the variables of a terraform provider say; None where they say nothing."""
    parts = {
        part: environment.variable(f"{prefix}_{name}") for part, name in names.items()
    }
    login = Login(f"environment {prefix}_*", **parts)
    if not (login.cloud_domain or login.auth_url):
        login = replace(login, cloud_domain=cloud)
    return login if login.token or login.user or login.access_key else None


def _stack(environment: Environment) -> Login | None:
    """Huawei Cloud Stack: every installation has a domain of its own.

    Raises:
        UnusableError: nothing names it; the region would name another cloud.
    """
    login = _provider(environment, "HCS", _FULL)
    if login is not None and not (login.cloud_domain or login.auth_url):
        remedy = f"Set HCS_CLOUD to the domain of the cloud and {START}"
        raise UnusableError("it lacks HCS_CLOUD", remedy)
    return login


def _telekom(environment: Environment) -> Login | None:
    def get(*names: str) -> str:
        return environment.variable(*(f"OTC_SDK_{name}" for name in names))

    if not (get("AK") or get("SK")):
        return None
    return Login(
        "environment OTC_SDK_AK",
        access_key=get("AK"),
        secret_key=get("SK"),
        security_token=get("SECURITY_TOKEN"),
        project=get("PROJECTNAME", "PROJECT_NAME"),
        project_id=get("PROJECTID", "PROJECT_ID"),
        region=get("REGION"),
        cloud_domain=OTC,
    )


PROVIDERS: Mapping[str, Callable[[Environment], Login | None]] = {
    "HW_*": partial(_provider, prefix="HW", names=_FULL),
    "OTC_SDK_AK": _telekom,
    "HCS_*": _stack,
    "SBC_*": partial(_provider, prefix="SBC", names=_OWN, cloud=SBERCLOUD),
    "G42_*": partial(_provider, prefix="G42", names=_G42, cloud=G42),
}
"""By the name of their variables, in their order."""
