"""The parts of any credential as they come, and the scheme they are enough for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.environment import UnusableError, header_secret
from ims_tui.core.config.regions import (
    iam_url,
    place_of,
    place_of_ims,
    region_of_project,
)
from ims_tui.core.config.settings import (
    NOUNS,
    AuthSpec,
    KeySpec,
    PasswordSpec,
    TokenSpec,
)
from ims_tui.core.config.values import (
    HOST,
    IDENTIFIER,
    REGION,
    URL,
    UnacceptableError,
)
from ims_tui.core.signin.address import is_loopback
from ims_tui.core.signin.secret import Secret
from ims_tui.core.signin.source import again
from ims_tui.core.values import Discreet


class FoundCredential(Struct, frozen=True):
    """A credential with what its source says about the place it is for."""

    auth: AuthSpec
    region: str = ""
    cloud_domain: str = ""
    project_id: str = ""
    ca_bundle: str = ""
    stranger: str = ""
    """The address it is for or from, where that names no cloud: nothing is derived."""


class Login(Discreet, frozen=True):
    """The parts of any credential as they come, before a scheme is chosen."""

    hidden: ClassVar = frozenset(
        {"token", "password", "access_key", "secret_key", "security_token"}
    )

    source: str
    token: str = ""
    auth_url: str = ""
    user: str = ""
    password: str = ""
    domain: str = ""
    access_key: str = ""
    secret_key: str = ""
    security_token: str = ""
    project: str = ""
    project_id: str = ""
    region: str = ""
    cloud_domain: str = ""
    ca_bundle: str = ""
    iam_url: str = ""
    endpoint: str = ""
    """Address of IMS, which names the cloud where nothing else does."""

    @property
    def issuer(self) -> str:
        """The address that is signed in at, where one is written."""
        return self.auth_url or self.iam_url

    @property
    def stranger(self) -> str:
        """The written address, where it names no cloud and nobody else does.

        A service on this machine stands for the one that the region names.
        """
        endpoint = self.endpoint
        if endpoint and is_loopback(urlsplit(endpoint).hostname or ""):
            endpoint = ""
        return "" if self.cloud_domain else self.issuer or endpoint

    @property
    def derived_iam_url(self) -> str:
        """Address of IAM by region and cloud; empty where that is not safe to say."""
        return "" if self.stranger else iam_url(self.region, self.cloud_domain)


def found_from(login: Login, schemes: tuple[str, ...]) -> FoundCredential:
    """Make a credential of the first scheme whose leading part is there.

    Raises:
        UnusableError: no scheme has what it needs; the text says what is missing.
    """
    place = place_of(login.issuer) if login.issuer else place_of_ims(login.endpoint)
    region, cloud = place
    region = login.region or region or region_of_project(login.project)
    # A private cloud names its regions as it likes.
    cloud = cloud.removeprefix(f"{region}.") if region else cloud
    login = replace(login, region=region, cloud_domain=login.cloud_domain or cloud)
    login = replace(login, **_checked(login))
    for scheme in schemes:
        auth = _MAKERS[scheme](login)
        if auth is not None:
            break
    else:
        nouns = " or ".join(NOUNS[name] for name in schemes)
        raise UnusableError(f"it holds no {nouns}", f"Add one, {again(login.source)}")
    return FoundCredential(
        auth,
        login.region,
        login.cloud_domain,
        login.project_id,
        login.ca_bundle,
        login.stranger if login.issuer else "",
    )


def _checked(login: Login) -> dict[str, str]:
    """The parts that become addresses and headers, each of its kind.

    Raises:
        UnusableError: one is not; the text leaves its value out.
    """
    checked = {}
    for name, kind in _PART_KINDS.items():
        if text := getattr(login, name):
            try:
                checked[name] = str(kind.read(text))
            except UnacceptableError as refusal:
                remedy = f"Correct it, {again(login.source)}"
                raise UnusableError(f"its {name} {refusal}", remedy) from None
    return checked


_PART_KINDS = {
    "region": REGION,
    "cloud_domain": HOST,
    "auth_url": URL,
    "iam_url": URL,
    "project_id": IDENTIFIER,
}


def _add(login: Login) -> str:
    return f"Set what is lacking where the rest stands, {again(login.source)}"


def _token(login: Login) -> AuthSpec | None:
    if not login.token:
        return None
    token = header_secret(login.token, "the token", login.source)
    return TokenSpec(token, source=login.source)


def _password(login: Login) -> AuthSpec | None:
    if not (login.user or login.password):
        return None
    address = login.auth_url or _with_version(login.derived_iam_url)
    needed = {
        "password": login.password,
        "user": login.user,
        "domain": login.domain,
        "address of IAM (auth_url) or region": address,
    }
    if missing := [name for name, value in needed.items() if not value]:
        raise UnusableError(f"it lacks {', '.join(missing)}", _add(login))
    return PasswordSpec(
        _with_version(address),
        login.user,
        login.domain,
        Secret(login.password),
        # A scope is needed; the project of a region has the region's name.
        login.project or ("" if login.project_id else login.region),
        login.project_id,
        login.source,
    )


def _with_version(url: str) -> str:
    return url if not url or url.endswith("/v3") else f"{url.rstrip('/')}/v3"


def _keys(login: Login) -> AuthSpec | None:
    if not (login.access_key or login.secret_key):
        return None
    if not (login.access_key and login.secret_key):
        lacking = "secret" if login.access_key else "access"
        raise UnusableError(f"it lacks the {lacking} key", _add(login))
    secret = partial(header_secret, source=login.source)
    token = login.security_token
    identity = login.iam_url or login.auth_url.removesuffix("/v3")
    return KeySpec(
        secret(login.access_key, "the access key").reveal(),
        secret(login.secret_key, "the secret key"),
        secret(token, "the security token") if token else None,
        login.project_id,
        identity or login.derived_iam_url,
        login.project or login.region,
        login.source,
    )


_MAKERS: dict[str, Callable[[Login], AuthSpec | None]] = {
    TokenSpec.scheme: _token,
    PasswordSpec.scheme: _password,
    KeySpec.scheme: _keys,
}
