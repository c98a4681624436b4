"""Profiles: one account in one region, from its table and what is around.

The table's own credential comes first, if it names one; else the first complete one
that other tools left, of the scheme that `auth` asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.ecosystem import OF_TOOLS, choose, cloud_login
from ims_tui.core.config.environment import (
    Environment,
    UnusableError,
    secret_file,
    secret_variable,
)
from ims_tui.core.config.login import FoundCredential, Login, found_from
from ims_tui.core.config.provenance import CredentialChoice, PassedOver, Source
from ims_tui.core.config.regions import (
    doubt_of,
    endpoint_gap,
    ims_endpoint,
    place_of,
)
from ims_tui.core.config.sdkregions import sdk_endpoint
from ims_tui.core.config.settings import (
    SCHEMES,
    CommandSpec,
    NoCredential,
    PasswordSpec,
    Profile,
    TokenSpec,
)
from ims_tui.core.config.spec import KEYS
from ims_tui.core.config.values import Rate
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.signin.source import RELOAD

_OWN_KEYS = {
    scheme: tuple(key.path[-1] for key in KEYS if key.scheme == scheme)
    for scheme in SCHEMES
}
"""Keys of a profile that name a credential of each scheme."""

CREDENTIAL_KEYS = frozenset(
    (
        *(key.path[-1] for key in KEYS if key.is_credential),
        *("auth_url", "domain", "project", "project_id"),
    )
)
"""Keys whose mistake leaves a profile without a credential, never with another one."""

ADDRESS_KEYS = ("endpoint", "cloud_domain", "region")
"""Keys whose mistake leaves a profile without an address, never with another one."""

_PLACE_KEYS = (
    "region",
    "cloud_domain",
    "auth_url",
    "domain",
    "project",
    "project_id",
    "endpoint",
)


class ProfileTable(Struct, frozen=True):
    """The checked keys of one profile, from all layers."""

    name: str
    values: Mapping[str, object]
    place: str = ""
    """Where the profile stands, such as `config.toml profile prod`."""
    own_token: bool = False
    """Whether IMS_TUI_TOKEN comes before the profile's own credential."""
    refused: str = ""
    """Why a credential that the table names must not be used; empty if it may."""
    remedy: str = f"Correct the profile, {RELOAD}"
    """What helps where it is refused."""
    gaps: Mapping[str, str] = {}
    """By key of an address: why what somebody gave is none, and what to do.

    Then no other address is taken instead: the credential would go there.
    """

    def text(self, key: str) -> str:
        """The text of a key; empty where it is not set."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    @property
    def scheme(self) -> str:
        """The scheme of `auth`, or the only one whose keys are there."""
        if self.text("auth"):
            return self.text("auth")
        named = [
            scheme
            for scheme, keys in _OWN_KEYS.items()
            if any(key in self.values for key in keys)
        ]
        return named[0] if len(named) == 1 else ""

    @property
    def names_credential(self) -> bool:
        """Whether the table itself says where the credential is."""
        keys = _OWN_KEYS.get(self.scheme, ())
        return any(key in self.values for key in keys)


def read_profile(
    table: ProfileTable, environment: Environment
) -> tuple[Profile, CredentialChoice, Mapping[str, Source]]:
    """Make a profile; a credential that is not there becomes its reason.

    The third part is where values came from that no layer gave.
    """
    found, choice = _credential(table, environment)
    region = table.text("region") or found.region
    unusable = ""
    refused = _refused_address(table)
    try:
        endpoint, source = "", None
        if not refused:
            endpoint, source = _written_endpoint(table, environment, region)
        if source:  # it names the cloud, so that no other one is signed in to
            values = {**table.values, "endpoint": endpoint}
            found, choice = _credential(replace(table, values=values), environment)
        elif not endpoint and not refused:
            endpoint, source = _derived_endpoint(table, region, found)
    except UnusableError as problem:
        unusable = f"{problem}. {problem.remedy}".rstrip()
        found = replace(found, auth=_nowhere(JobService.IMS, table, problem))
        endpoint, source = "", None
    endpoints, lacking = _siblings(table, environment, region)
    sources = {"endpoint": source} if source else {}
    given = {"region": found.region, "project_id": found.project_id}
    for key, text in given.items():
        if text and not table.text(key):
            sources[key] = Source(choice.winner)
    budget = table.values.get("budget")
    profile = Profile(
        name=table.name,
        region=region,
        endpoint=endpoint,
        auth=found.auth,
        project_id=table.text("project_id") or found.project_id,
        ca_bundle=environment.path(table.text("ca_bundle") or found.ca_bundle),
        allow_http=table.values.get("allow_http") is True,
        budget=budget if isinstance(budget, Rate) else None,
        console_url=table.text("console_url"),
        gap=unusable or refused or ("" if endpoint else _gap(region, found)),
        cloud_note=doubt_of(region) if source == Source("region", region) else "",
        endpoints=endpoints,
        unusable=lacking,
    )
    return profile, choice, sources


def _written_endpoint(
    table: ProfileTable,
    environment: Environment,
    region: str,
    service: JobService = JobService.IMS,
) -> tuple[str, Source | None]:
    """The address of a service that somebody wrote; where, if not in the profile.

    Raises:
        UnusableError: what may name it cannot be read, or names no address.
    """
    key = "endpoint" if service is JobService.IMS else f"{service}_endpoint"
    if own := table.text(key):
        return own, None
    return sdk_endpoint(environment, region, service)


def _derived_endpoint(
    table: ProfileTable, region: str, found: FoundCredential
) -> tuple[str, Source | None]:
    """The address of IMS that follows from what names the cloud, and what that is."""
    cloud_domain = table.text("cloud_domain") or found.cloud_domain
    if not cloud_domain and found.stranger:
        return "", None
    endpoint = ims_endpoint(region, cloud_domain)
    named_by = (
        Source("cloud", cloud_domain) if cloud_domain else Source("region", region)
    )
    return endpoint, named_by if endpoint else None


def _siblings(
    table: ProfileTable, environment: Environment, region: str
) -> tuple[Mapping[JobService, str], Mapping[JobService, NoCredential]]:
    """The addresses of other services that somebody wrote, and which are none."""
    written: dict[JobService, str] = {}
    lacking: dict[JobService, NoCredential] = {}
    for service in JobService:
        if service is JobService.IMS:
            continue
        if refused := table.gaps.get(f"{service}_endpoint"):
            lacking[service] = NoCredential(refused, table.place)
            continue
        try:
            endpoint, _ = _written_endpoint(table, environment, region, service)
        except UnusableError as problem:
            lacking[service] = _nowhere(service, table, problem)
            continue
        if endpoint:
            written[service] = endpoint
    return written, lacking


def _nowhere(
    service: JobService, table: ProfileTable, problem: UnusableError
) -> NoCredential:
    text = f"No address of {service.word} for profile {table.name}: {problem}."
    return NoCredential(text, table.place, problem.remedy)


def _refused_address(table: ProfileTable) -> str:
    """Why no address of IMS may be derived; an endpoint stands for the rest."""
    counts = ("endpoint",) if table.text("endpoint") else ADDRESS_KEYS
    return next((table.gaps[key] for key in counts if key in table.gaps), "")


def _gap(region: str, found: FoundCredential) -> str:
    # A sign-in by password brings a catalogue with the address.
    if isinstance(found.auth, PasswordSpec):
        return ""
    return endpoint_gap(region, found.stranger)


def _credential(
    table: ProfileTable, environment: Environment
) -> tuple[FoundCredential, CredentialChoice]:
    """The credential and why it is this one."""
    given = {key: table.text(key) for key in _PLACE_KEYS}
    around, choice = choose(environment, "", given)
    if table.own_token:
        why = "IMS_TUI_ENDPOINT and IMS_TUI_TOKEN are both set"
        return around, replace(choice, why=why) if choice.winner else choice
    if table.refused:
        none = NoCredential(table.refused, table.place, table.remedy)
        return FoundCredential(none), CredentialChoice("", table.refused)
    scheme = table.scheme
    if not scheme:
        return around, choice
    if not table.names_credential and scheme in OF_TOOLS:
        return choose(environment, scheme, given)
    reason = f'profile {table.name} says auth = "{scheme}"'
    others = [choice.winner] if choice.winner else []
    passed = tuple(PassedOver(source, reason) for source in others)
    passed += choice.passed_over
    try:
        found = _OWN[scheme](table, environment)
    except UnusableError as problem:
        text = f"No credential for profile {table.name}: {problem}."
        none = NoCredential(text, table.place, problem.remedy)
        return FoundCredential(none), CredentialChoice("", text, passed)
    return found, CredentialChoice(found.auth.source, reason, passed)


def _places(table: ProfileTable) -> dict[str, str]:
    return {key: table.text(key) for key in (*_PLACE_KEYS, "user", "ca_bundle")}


def _secret(table: ProfileTable, environment: Environment, key: str) -> tuple[str, str]:
    """A secret named by `key_env` or `key_file`, and where it is."""
    if variable := table.text(f"{key}_env"):
        return secret_variable(environment, variable), f"environment {variable}"
    if path := table.text(f"{key}_file"):
        return secret_file(environment, path).strip("\r\n"), path
    raise _unset(f"{key}_env")


def _unset(key: str) -> UnusableError:
    return UnusableError(f"{key} is not set in the profile", f"Set it there, {RELOAD}")


def _token(table: ProfileTable, environment: Environment) -> FoundCredential:
    path = table.text("token_file")
    if path and not table.text("token_env"):
        # Read where it is sent, again and again: a new token is no new profile.
        region, cloud_domain = place_of(table.text("auth_url"))
        source = ", ".join(filter(None, (table.place, path)))
        auth = TokenSpec(file=environment.path(path), source=source)
        stranger = "" if cloud_domain else table.text("auth_url")
        return FoundCredential(auth, region, cloud_domain, stranger=stranger)
    token, source = _secret(table, environment, "token")
    login = Login(f"{table.place}, {source}", token=token, **_places(table))
    return found_from(login, ("token",))


def _password(table: ProfileTable, environment: Environment) -> FoundCredential:
    password, source = _secret(table, environment, "password")
    login = Login(f"{table.place}, {source}", password=password, **_places(table))
    return found_from(login, ("password",))


def _keys(table: ProfileTable, environment: Environment) -> FoundCredential:
    access_key, source = _secret(table, environment, "access_key")
    secret_key, _ = _secret(table, environment, "secret_key")
    login = Login(
        f"{table.place}, {source}",
        access_key=access_key,
        secret_key=secret_key,
        **_places(table),
    )
    if table.text("security_token_env"):
        token, _ = _secret(table, environment, "security_token")
        login = replace(login, security_token=token)
    return found_from(login, ("aksk",))


def _command(table: ProfileTable, _ambient: Environment) -> FoundCredential:
    argv = table.values.get("token_command")
    if not isinstance(argv, tuple):
        raise _unset("token_command")
    auth = CommandSpec(argv, source=f"{table.place}, token_command {argv[0]}")
    region, cloud_domain = place_of(table.text("auth_url"))
    stranger = "" if cloud_domain else table.text("auth_url")
    return FoundCredential(auth, region, cloud_domain, stranger=stranger)


def _clouds(table: ProfileTable, environment: Environment) -> FoundCredential:
    name = table.text("cloud") or environment.variable("OS_CLOUD")
    if not name:
        raise UnusableError(
            "cloud is not set in the profile, nor is OS_CLOUD",
            f"Set cloud in the profile, {RELOAD}",
        )
    login = cloud_login(environment, name, table.place)
    given = {key: text for key, text in _places(table).items() if text}
    return found_from(replace(login, **given), ("token", "password", "aksk"))


_OWN: dict[str, Callable[[ProfileTable, Environment], FoundCredential]] = {
    "token": _token,
    "password": _password,
    "aksk": _keys,
    "command": _command,
    "clouds": _clouds,
}
