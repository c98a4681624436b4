"""Variables of the family's terraform providers, and of the SDK of Open Telekom Cloud.

Each provider is for one cloud, so its variables name the cloud, too. Sources: the
providers huaweicloud, hcs, sbercloud and g42cloud; the samples of the OTC SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ims_tui.core.config.ambient import Ambient, UnusableError
from ims_tui.core.config.login import Login
from ims_tui.core.config.regions import G42, OTC, SBERCLOUD


def _provider(ambient: Ambient, prefix: str, cloud: str) -> Login | None:
    """What the variables of a terraform provider say; None where they say nothing."""

    def get(*names: str) -> str:
        return ambient.variable(*(f"{prefix}_{name}" for name in names))

    login = Login(
        f"environment {prefix}_*",
        token=get("AUTH_TOKEN"),
        auth_url=get("AUTH_URL"),
        user=get("USER_NAME", "USERNAME"),
        password=get("USER_PASSWORD", "PASSWORD"),
        domain=get("DOMAIN_NAME", "ACCOUNT_NAME"),
        access_key=get("ACCESS_KEY"),
        secret_key=get("SECRET_KEY"),
        security_token=get("SECURITY_TOKEN"),
        project=get("PROJECT_NAME"),
        project_id=get("PROJECT_ID"),
        region=get("REGION_NAME"),
        cloud_domain=get("CLOUD") or ("" if get("AUTH_URL") else cloud),
    )
    return login if login.token or login.user or login.access_key else None


def _huawei(ambient: Ambient) -> Login | None:
    return _provider(ambient, "HW", "")


def _sbercloud(ambient: Ambient) -> Login | None:
    return _provider(ambient, "SBC", SBERCLOUD)


def _g42(ambient: Ambient) -> Login | None:
    return _provider(ambient, "G42", G42)


def _stack(ambient: Ambient) -> Login | None:
    """Huawei Cloud Stack: every installation has a domain of its own.

    Raises:
        UnusableError: nothing names it; the region would name another cloud.
    """
    login = _provider(ambient, "HCS", "")
    if login is not None and not (login.cloud_domain or login.auth_url):
        remedy = "Set HCS_CLOUD to the domain of the cloud, then reload."
        raise UnusableError("it lacks HCS_CLOUD", remedy)
    return login


def _telekom(ambient: Ambient) -> Login | None:
    def get(*names: str) -> str:
        return ambient.variable(*(f"OTC_SDK_{name}" for name in names))

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


PROVIDERS: Mapping[str, Callable[[Ambient], Login | None]] = {
    "HW_*": _huawei,
    "OTC_SDK_AK": _telekom,
    "HCS_*": _stack,
    "SBC_*": _sbercloud,
    "G42_*": _g42,
}
"""By the name of their variables, in their order."""
