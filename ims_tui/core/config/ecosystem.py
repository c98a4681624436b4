"""Credentials that other tools of the field left on the machine, in a fixed order.

    1 IMS_TUI_TOKEN              5 HW_ACCESS_KEY, HW_SECRET_KEY and their kin
    2 OS_CLOUD and clouds.yaml   6 OTC_SDK_AK, _SK; HCS_*, SBC_*, G42_* (`providers`)
    3 OS_*                       7 ~/.huaweicloud/credentials
    4 HUAWEICLOUD_SDK_AK, _SK    8 ~/.hcloud/config.json, where its keys are plain

The first that is complete wins. The names are those of the official SDKs, of the
terraform providers and of the OpenStack clients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from ims_tui.core.config.clouds import cloud_entry
from ims_tui.core.config.environment import Environment, UnusableError, secret_file
from ims_tui.core.config.koocli import KOO_FILE, koo_login
from ims_tui.core.config.login import FoundCredential, Login, found_from
from ims_tui.core.config.provenance import CredentialChoice, PassedOver
from ims_tui.core.config.providers import PROVIDERS
from ims_tui.core.config.settings import NoCredential
from ims_tui.core.signin.source import RELOAD

SDK_FILE = "~/.huaweicloud/credentials"
_MEND = f"Write [basic], ak and sk into it as the SDK reads them, {RELOAD}"
_NOTHING: Mapping[str, str] = {}


def _own(environment: Environment) -> Login | None:
    token = environment.variable("IMS_TUI_TOKEN")
    return Login("environment IMS_TUI_TOKEN", token=token) if token else None


def _clouds(environment: Environment) -> Login | None:
    name = environment.variable("OS_CLOUD")
    return cloud_login(environment, name, "environment OS_CLOUD") if name else None


def cloud_login(environment: Environment, name: str, via: str = "") -> Login:
    """Read an entry of clouds.yaml.

    Raises:
        UnusableError: a file cannot be read, or the entry is not there.
    """
    entry = cloud_entry(environment, name)
    place = f"{entry.path} entry {name}"
    return Login(
        f"{via}, {place}" if via else place,
        token=entry.text("token"),
        auth_url=entry.text("auth_url"),
        user=entry.text("username"),
        password=entry.text("password"),
        domain=entry.text("user_domain_name", "domain_name", "project_domain_name"),
        access_key=entry.text("access_key", "ak"),
        secret_key=entry.text("secret_key", "sk"),
        project=entry.text("project_name", "tenant_name"),
        project_id=entry.text("project_id", "tenant_id"),
        region=entry.text("region_name"),
        ca_bundle=entry.text("cacert"),
    )


def _openstack(environment: Environment) -> Login | None:
    get = environment.variable
    login = Login(
        "environment OS_*",
        token=get("OS_TOKEN", "OS_AUTH_TOKEN"),
        auth_url=get("OS_AUTH_URL"),
        user=get("OS_USERNAME"),
        password=get("OS_PASSWORD"),
        domain=get("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"),
        access_key=get("OS_ACCESS_KEY"),
        secret_key=get("OS_SECRET_KEY"),
        security_token=get("OS_SECURITY_TOKEN"),
        project=get("OS_PROJECT_NAME", "OS_TENANT_NAME"),
        project_id=get("OS_PROJECT_ID", "OS_TENANT_ID"),
        region=get("OS_REGION_NAME"),
        ca_bundle=get("OS_CACERT"),
    )
    return login if login.token or login.user or login.access_key else None


def _sdk(environment: Environment) -> Login | None:
    def get(name: str) -> str:
        return environment.variable(f"HUAWEICLOUD_SDK_{name}")

    if not (get("AK") or get("SK")):
        return None
    return Login(
        "environment HUAWEICLOUD_SDK_AK",
        access_key=get("AK"),
        secret_key=get("SK"),
        security_token=get("SECURITY_TOKEN"),
        project_id=get("PROJECT_ID"),
        iam_url=get("IAM_ENDPOINT"),
    )


def _sdk_file(environment: Environment) -> Login | None:
    path = environment.variable("HUAWEICLOUD_SDK_CREDENTIALS_FILE") or SDK_FILE
    if not environment.file(path).exists:
        return None
    # configparser costs 8 ms to import and few machines have this file.
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)  # a secret key may hold %
    try:
        parser.read_string(secret_file(environment, path))
    except Error:
        # The parser's own text quotes the line, which may be the secret.
        raise UnusableError(f"{path} is not an ini file", _MEND) from None
    if not parser.has_section("basic"):
        raise UnusableError(f"{path} has no section [basic]", _MEND)
    section = parser["basic"]
    return Login(
        path,
        access_key=section.get("ak", ""),
        secret_key=section.get("sk", ""),
        security_token=section.get("security_token", ""),
        project_id=section.get("project_id", ""),
        iam_url=section.get("iam_endpoint", ""),
    )


_ANY = ("aksk", "token", "password")
_ORDER: tuple[
    tuple[str, Callable[[Environment], Login | None], tuple[str, ...]], ...
] = (
    ("environment IMS_TUI_TOKEN", _own, ("token",)),
    ("environment OS_CLOUD", _clouds, ("token", "password", "aksk")),
    ("environment OS_*", _openstack, ("token", "password", "aksk")),
    ("environment HUAWEICLOUD_SDK_AK", _sdk, ("aksk",)),
    *((f"environment {name}", look, _ANY) for name, look in PROVIDERS.items()),
    (SDK_FILE, _sdk_file, ("aksk",)),
    (KOO_FILE, koo_login, ("aksk",)),
)
OF_TOOLS = frozenset(scheme for _, _, schemes in _ORDER for scheme in schemes)
"""Schemes of the credentials that other tools leave."""


def _adapted(login: Login, given: Mapping[str, str]) -> Login:
    """A login with what the profile says in place of what the source says."""
    if given.get("project") or given.get("project_id"):
        # One name and the other's id would be two projects.
        login = replace(login, project="", project_id="")
    return replace(login, **{name: text for name, text in given.items() if text})


_DECISIVE = ("environment IMS_TUI_TOKEN", "environment OS_CLOUD")


def _candidates(
    environment: Environment, scheme: str, given: Mapping[str, str]
) -> Iterator[tuple[str, FoundCredential | UnusableError]]:
    """Every source that is there, with its credential or why it cannot be used."""
    for source, look, schemes in _ORDER:
        wanted = tuple(s for s in schemes if scheme in ("", s))
        try:
            if (login := look(environment)) is None:
                continue
            if not wanted:
                yield source, UnusableError(f'the profile says auth = "{scheme}"')
                continue
            yield login.source, found_from(_adapted(login, given), wanted)
        except UnusableError as reason:
            yield source, reason


def choose(
    environment: Environment, scheme: str = "", given: Mapping[str, str] = _NOTHING
) -> tuple[FoundCredential, CredentialChoice]:
    """Take the first complete credential, of one scheme if that is given.

    `given` are fields of Login that the profile says; they come before the source's.
    """
    winner: FoundCredential | None = None
    name = ""
    passed: list[PassedOver] = []
    for source, result in _candidates(environment, scheme, given):
        if name:
            passed.append(PassedOver(source, f"{name} comes first"))
        elif isinstance(result, FoundCredential):
            winner, name = result, source
        else:
            passed.append(PassedOver(source, str(result), result.remedy))
            # Who names a credential of ours or a cloud does not mean another one.
            name = source if source in _DECISIVE and not scheme else ""
    if environment.variable("OS_INSECURE").lower() in ("1", "true", "yes"):
        reason = "certificates are always verified; name yours with ca_bundle"
        passed.append(PassedOver("environment OS_INSECURE", reason))
    if winner:
        why = "the first complete one in the order of sources"
        return winner, CredentialChoice(name, why, tuple(passed))
    why = _none_found(passed, scheme)
    remedy = passed[0].remedy if passed else ""
    none = NoCredential(why, remedy=remedy)
    return FoundCredential(none), CredentialChoice("", why, tuple(passed))


def _none_found(passed: list[PassedOver], scheme: str) -> str:
    if passed:
        first = passed[0]
        return f"No credential: {first.source}: {first.reason}."
    kinds = f" for {scheme}" if scheme else ""
    return (
        f"No credential{kinds}: IMS_TUI_TOKEN, OS_CLOUD, OS_*, HUAWEICLOUD_SDK_AK, "
        f"HW_ACCESS_KEY (OTC_SDK_AK, HCS_*, SBC_*, G42_*), {SDK_FILE} and {KOO_FILE} "
        "are not set."
    )
