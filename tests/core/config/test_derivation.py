"""A credential never leaves its cloud, whatever the environment says."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkims.v2.region.ims_region import ImsRegion
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.config.environment import Environment, FileText
from ims_tui.core.config.profile import ProfileTable, read_profile
from ims_tui.core.config.provenance import Source
from ims_tui.core.config.regions import (
    FLEXIBLE_ENGINE,
    G42,
    HUAWEI,
    HUAWEI_EUROPE,
    HUAWEI_REGIONS,
    OTC,
    SBERCLOUD,
    TM_ONE,
    cloud_domain_of,
)
from ims_tui.core.config.settings import (
    KeySpec,
    NoCredential,
    PasswordSpec,
    Profile,
    TokenSpec,
)
from ims_tui.core.errors import ConfigError
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.jsontext import Json
from ims_tui.core.signin.catalogue import endpoint_in
from ims_tui.core.state.account import of_service

STACK = "private.example.org"
REGIONS = ("cn-north-4", "eu-de", "eu-west-0", "eu-west-101", "ae-ad-1", "lab-1")
DOMAINS = (
    HUAWEI,
    HUAWEI_EUROPE,
    OTC,
    FLEXIBLE_ENGINE,
    SBERCLOUD,
    G42,
    TM_ONE,
    STACK,
)
ISSUERS = ("iam.{r}.{d}", "iam.{d}", "iam-apigateway-proxy.{r}.{d}", "keystone.{d}")


def profile_of(environ: dict[str, str], **table: object) -> Profile:
    """The profile that these variables and keys make."""
    place = ProfileTable("prod", table, "config.toml profile prod")
    return read_profile(place, Environment(environ))[0]


def domain_of(host: str) -> str:
    """The cloud domain of a host: of the known ones, or what follows two labels."""
    known = [d for d in DOMAINS if host == d or host.endswith(f".{d}")]
    return max(known, key=len) if known else host


def host_of(url: str) -> str:
    """The host of an address."""
    return urlsplit(url).hostname or ""


class World(NamedTuple):
    """An environment, what names its cloud, and what the operator wrote."""

    source: str
    environ: dict[str, str]
    files: dict[str, str]
    table: dict[str, object]
    issuer: str = ""
    """Address that issued the credential."""
    clouds: tuple[str, ...] = ()
    """Domains that the source of the credential names."""
    written: tuple[str, ...] = ()
    """Hosts that the operator wrote for IMS."""

    def environment(self) -> Environment:
        """These variables and files; JSON is YAML as well."""

        def read(path: str) -> FileText:
            if path in self.files:
                return FileText(self.files[path], exists=True)
            return FileText(reason="is not there")

        return Environment(self.environ, read, json.loads, "/home/o")


SECRETS = {
    "token": {"token": "t"},
    "password": {"user": "u", "password": "p", "domain": "d"},
    "aksk": {"access_key": "A" * 20, "secret_key": "s"},
}
NAMES = {
    "OS": (
        "auth_url=AUTH_URL region=REGION_NAME project=PROJECT_NAME token=TOKEN"
        " user=USERNAME password=PASSWORD domain=USER_DOMAIN_NAME"
        " access_key=ACCESS_KEY secret_key=SECRET_KEY"
    ),
    "HW": (
        "auth_url=AUTH_URL region=REGION_NAME project=PROJECT_NAME token=AUTH_TOKEN"
        " user=USER_NAME password=USER_PASSWORD domain=DOMAIN_NAME cloud=CLOUD"
        " access_key=ACCESS_KEY secret_key=SECRET_KEY"
    ),
    "SBC": (
        "auth_url=AUTH_URL region=REGION_NAME project=PROJECT_NAME user=USERNAME"
        " password=PASSWORD domain=ACCOUNT_NAME"
        " access_key=ACCESS_KEY secret_key=SECRET_KEY"
    ),
    "HUAWEICLOUD_SDK": "auth_url=IAM_ENDPOINT access_key=AK secret_key=SK",
    "OTC_SDK": "region=REGION project=PROJECTNAME access_key=AK secret_key=SK",
}
NAMES |= {"HCS": NAMES["HW"], "G42": f"{NAMES['SBC']} cloud=CLOUD"}
OWN_CLOUD = {"OTC_SDK": OTC, "SBC": SBERCLOUD, "G42": G42}
"""Sources that are for one cloud."""
CLOUDS_YAML = "/home/o/.config/openstack/clouds.yaml"
CREDENTIALS = "/home/o/.huaweicloud/credentials"
KOO = "/home/o/.hcloud/config.json"
REGIONS_YAML = "/home/o/.huaweicloud/regions.yaml"
SOURCES = (*NAMES, CLOUDS_YAML, CREDENTIALS, KOO, "profile")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One source of a credential, with or without what names region and cloud."""
    source = draw(st.sampled_from(SOURCES))
    parts = draw(PARTS)
    scheme = draw(st.sampled_from([s for s in SECRETS if _has(source, s)]))
    made = _made(source, parts | SECRETS[scheme])
    table = made.table | {"auth": scheme} if source == "profile" else dict(made.table)
    written = {f"ims.{r}.{d}": r for r in REGIONS[:2] for d in (STACK, OTC)}
    host = draw(st.sampled_from(["", *written]))
    environ, files = dict(made.environ), dict(made.files)
    match draw(st.sampled_from(["", "endpoint", "variable", "file"])) if host else "":
        case "endpoint":
            table["endpoint"] = f"https://{host}"
        case "variable":
            name = written[host].upper().replace("-", "_")
            environ[f"HUAWEICLOUD_SDK_REGION_IMS_{name}"] = f"{host},https://other"
        case "file":
            entry = {"id": written[host], "endpoints": [host]}
            files[REGIONS_YAML] = json.dumps({"ims": [entry]})
        case _:
            host = ""
    for key in ("region", "cloud_domain"):
        choices = REGIONS if key == "region" else DOMAINS
        if source == "profile" or draw(st.integers(0, 3)) == 0:
            table |= (
                {key: text} if (text := draw(st.sampled_from(("", *choices)))) else {}
            )
    clouds = (*made.clouds, *(str(table[k]) for k in ("cloud_domain",) if k in table))
    found = made._replace(environ=environ, files=files, table=table, clouds=clouds)
    return found._replace(written=(host,) if host else ())


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "auth_url": st.builds(
            lambda form, r, d: f"https://{form.format(r=r, d=d)}/v3",
            st.sampled_from(ISSUERS),
            st.sampled_from(REGIONS),
            st.sampled_from(DOMAINS),
        ),
        "region": st.sampled_from(REGIONS),
        "project": st.sampled_from((*REGIONS, "cn-north-4_team", "MOS")),
        "cloud": st.sampled_from(DOMAINS),
    },
)


def _has(source: str, scheme: str) -> bool:
    """Whether a source can hold a credential of a scheme."""
    if source in (CREDENTIALS, KOO):
        return scheme == "aksk"
    names = NAMES.get(source, "token user access_key")
    return {"token": "token", "password": "user", "aksk": "access_key"}[scheme] in names


def _made(source: str, parts: dict[str, str]) -> World:
    """The parts as the source writes them."""
    issuer = parts.get("auth_url", "")
    named = World(source, {}, {}, {}, issuer)
    if source in NAMES:
        pairs = [pair.split("=") for pair in NAMES[source].split()]
        written = {part: name for part, name in pairs if part in parts}
        environ = {f"{source}_{name}": parts[part] for part, name in written.items()}
        cloud = parts["cloud"] if "cloud" in written else OWN_CLOUD.get(source, "")
        issuer = issuer if "auth_url" in written else ""
        clouds = (cloud,) if cloud else ()
        return named._replace(environ=environ, issuer=issuer, clouds=clouds)
    if source == "profile":
        secret = {k: v for k, v in parts.items() if k in ("token", "password")}
        keys = {k: v for k, v in parts.items() if k in ("access_key", "secret_key")}
        table: dict[str, object] = {f"{k}_env": f"MY_{k}" for k in secret | keys}
        places = {k: parts[k] for k in ("auth_url", "user", "domain") if k in parts}
        environ = {f"MY_{name}": text for name, text in (secret | keys).items()}
        return named._replace(environ=environ, table=table | places)
    if source == CLOUDS_YAML:
        keys = {"user": "username", "domain": "user_domain_name"}
        keys |= {"project": "project_name", "region": "region_name"}
        auth = {keys.get(k, k): v for k, v in parts.items() if k != "cloud"}
        text = json.dumps({"clouds": {"c": {"auth": auth}}})
        return named._replace(environ={"OS_CLOUD": "c"}, files={source: text})
    if source == KOO:
        pair = {"accessKeyId": parts["access_key"], "secretAccessKey": "s"}
        place = {"region": parts["region"]} if "region" in parts else {}
        text = json.dumps({"profiles": [{"name": "default", **pair, **place}]})
        return named._replace(files={source: text}, issuer="")
    text = f"[basic]\nak = a\nsk = s\niam_endpoint = {issuer.removesuffix('/v3')}\n"
    return named._replace(files={source: text})


def asked_hosts(world: World, profile: Profile) -> tuple[str, str]:
    """The hosts of IMS and of IAM that would get the credential; empty: none."""
    auth = profile.auth
    endpoint, identity = profile.endpoint, ""
    if isinstance(auth, PasswordSpec):
        identity = auth.auth_url
        # The catalogue is the issuer's own word, in the issuer's own cloud.
        ims = f"https://ims.{profile.region}.{domain_of(host_of(identity))}/v2"
        listed: Json = {"interface": "public", "region": profile.region, "url": ims}
        catalogue: Json = ({"type": "image", "endpoints": (listed,)},)
        endpoint = endpoint or endpoint_in(catalogue, profile.region)
    elif isinstance(auth, KeySpec):
        identity = auth.iam_url
    return host_of(endpoint), host_of(identity)


def check_world(world: World, reached: Counter[str]) -> None:
    """No host of another cloud gets the credential."""
    table = ProfileTable("prod", world.table, "config.toml profile prod")
    profile, _, sources = read_profile(table, world.environment())
    if isinstance(profile.auth, NoCredential):
        return
    ims, iam = asked_hosts(world, profile)
    region = Source("region", profile.region)
    if ims in world.written:
        where = sources["endpoint"].place if "endpoint" in sources else "profile"
        reached[f"written in {where}"] += 1
    elif ims:
        named = {*world.clouds, *filter(None, [domain_of(host_of(world.issuer))])}
        if named:
            assert domain_of(ims) in named
        else:  # a region alone says the cloud
            assert sources.get("endpoint", region) == region
            assert domain_of(ims) == cloud_domain_of(profile.region)
    if iam and iam != host_of(world.issuer):  # the operator wrote no such address
        assert not ims or domain_of(iam) in {domain_of(ims), *world.clouds}
    for service in (JobService.ECS, JobService.EVS):
        sibling = host_of(of_service(profile, service).endpoint)
        own = host_of(profile.endpoint)
        assert sibling in ("", f"{service}.{own.removeprefix('ims.')}")
    if not isinstance(profile.auth, PasswordSpec):  # which has a catalogue
        assert bool(profile.endpoint) is not bool(profile.gap)
    how = "written" if ims in world.written else "catalogue"
    if ims and profile.endpoint and how == "catalogue":
        how = "auth_url" if world.issuer else "cloud" if world.clouds else "region"
    reached[f"from {world.source}"] += 1
    reached[f"by {how if ims else 'nothing'}"] += 1


def test_a_credential_stays_in_the_cloud_that_issued_it() -> None:
    reached: Counter[str] = Counter()

    @settings(max_examples=2000, deadline=None)
    @given(worlds())
    def check(world: World) -> None:
        check_world(world, reached)

    check()
    ways = ("auth_url", "catalogue", "cloud", "region", "written", "nothing")
    places = ("profile", "environment", "~/.huaweicloud/regions.yaml")
    wanted = {f"from {source}" for source in SOURCES} | {f"by {way}" for way in ways}
    assert wanted | {f"written in {place}" for place in places} == reached.keys()


@pytest.mark.parametrize(
    ("region", "cloud_domain", "auth_url", "host"),
    [
        ("cn-north-4", "", "", f"cn-north-4.{HUAWEI}"),
        ("eu-west-101", "", "", f"eu-west-101.{HUAWEI_EUROPE}"),
        ("eu-de", "", "", f"eu-de.{OTC}"),
        ("eu-west-0", "", "", f"eu-west-0.{HUAWEI}"),
        ("eu-west-0", FLEXIBLE_ENGINE, "", f"eu-west-0.{FLEXIBLE_ENGINE}"),
        ("ru-moscow-1", SBERCLOUD, "", f"ru-moscow-1.{SBERCLOUD}"),
        ("ae-ad-1", G42, "", f"ae-ad-1.{G42}"),
        ("my-kualalumpur-1", TM_ONE, "", f"my-kualalumpur-1.{TM_ONE}"),
        ("", "", f"iam.eu-nl.{OTC}", f"eu-nl.{OTC}"),
        ("", "", f"iam.ae-ad-1.{G42}", f"ae-ad-1.{G42}"),
        ("cn-north-4", "", f"iam.{HUAWEI}", f"cn-north-4.{HUAWEI}"),
        ("", "", f"iam-apigateway-proxy.lab_1.{STACK}", f"lab_1.{STACK}"),
        ("lab-1", "", f"iam-apigateway-proxy.lab-1.{STACK}", f"lab-1.{STACK}"),
    ],
)
def test_where_each_cloud_is_asked(
    region: str, cloud_domain: str, auth_url: str, host: str
) -> None:
    environ = {"OS_TOKEN": "t", "OS_REGION_NAME": region}
    if auth_url:
        environ["OS_AUTH_URL"] = f"https://{auth_url}/v3"
    table = {"cloud_domain": cloud_domain} if cloud_domain else {}
    assert profile_of(environ, **table).endpoint == f"https://ims.{host}"


@pytest.mark.parametrize(
    "auth_url", ["https://keystone.private.example.org:5000/v3", "https://10.1.2.3/v3"]
)
def test_an_address_that_names_no_cloud_derives_nothing(auth_url: str) -> None:
    environ = {"OS_TOKEN": "t", "OS_REGION_NAME": "cn-north-4", "OS_AUTH_URL": auth_url}
    profile = profile_of(environ)
    assert profile.endpoint == ""
    assert profile.gap == f"The cloud of {auth_url} is not known. Set endpoint."
    assert profile_of(environ, endpoint="https://ims.x.y").endpoint == "https://ims.x.y"


def test_a_password_is_not_sent_to_another_cloud_than_the_written_endpoint() -> None:
    secret = {"OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_USER_DOMAIN_NAME": "d"}
    private = profile_of(
        secret, region="lab-1", endpoint="https://ims.lab-1.private.example.org"
    )
    assert isinstance(private.auth, PasswordSpec)
    assert private.auth.auth_url == "https://iam.lab-1.private.example.org/v3"
    unknown = profile_of(secret, region="cn-north-4", endpoint="https://images.example")
    assert isinstance(unknown.auth, NoCredential)
    assert "auth_url" in unknown.auth.reason


@pytest.mark.parametrize(
    ("region", "other"),
    [
        ("eu-west-0", FLEXIBLE_ENGINE),
        ("ru-moscow-1", SBERCLOUD),
        ("ae-ad-1", G42),
        ("my-kualalumpur-1", TM_ONE),
    ],
)
def test_a_choice_between_two_clouds_is_said(region: str, other: str) -> None:
    profile = profile_of({"OS_TOKEN": "t"}, region=region)
    assert f'cloud_domain = "{other}"' in profile.cloud_note
    chosen = profile_of({"OS_TOKEN": "t"}, region=region, cloud_domain=HUAWEI)
    assert chosen.cloud_note == ""


def test_a_region_that_nobody_lists_is_said() -> None:
    note = profile_of({"OS_TOKEN": "t"}, region="nowhere-1").cloud_note
    assert note.startswith(f"nowhere-1 is not a region that is known; {HUAWEI} is")
    near = profile_of({"OS_TOKEN": "t"}, region="cn-norht-4").cloud_note
    assert "known (nearest: cn-north-4);" in near
    near = profile_of({"OS_TOKEN": "t"}, region="eu-du").cloud_note
    assert "known (nearest: eu-de);" in near
    for table in ({"cloud_domain": STACK}, {"endpoint": f"https://ims.{STACK}"}):
        assert (
            profile_of({"OS_TOKEN": "t"}, region="nowhere-1", **table).cloud_note == ""
        )
    for region in ("cn-north-4", "eu-de", "eu-west-101"):
        assert profile_of({"OS_TOKEN": "t"}, region=region).cloud_note == ""


def test_the_regions_are_those_of_the_official_sdk() -> None:
    listed = vars(ImsRegion).values()
    regions = {region.id for region in listed if isinstance(region, Region)}
    assert regions == HUAWEI_REGIONS


def with_regions(
    text: object, table: dict[str, object] | None = None, **environ: str
) -> Profile:
    """A profile beside a `regions.yaml` that says this, or that cannot be read."""

    def parse(_text: str) -> object:
        if isinstance(text, Exception):
            raise text
        return text

    def read(path: str) -> FileText:
        if path == "/home/o/.huaweicloud/regions.yaml":
            return FileText("-", exists=True)
        return FileText(reason="is not there")

    environment = Environment({"OS_TOKEN": "t", **environ}, read, parse, "/home/o")
    keys = {"region": "cn-north-4", **(table or {})}
    place = ProfileTable("prod", keys, "config.toml profile prod")
    return read_profile(place, environment)[0]


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "cn-north-4", "endpoints": ["https://ims.private.example.net"]},
        {"id": "cn-north-4", "endpoint": "https://ims.private.example.net"},
        {"id": "cn-north-4", "endpoint": "ims.private.example.net, https://other"},
        {
            "id": "cn-north-4",
            "endpoint": "https://other",
            "endpoints": ["ims.private.example.net"],
        },
    ],
)
def test_regions_yaml_is_read_as_the_sdk_reads_it(entry: dict[str, object]) -> None:
    before = {"id": "cn-north-4", "endpoint": "https://earlier"}
    empty = {"id": "cn-north-4", "endpoints": []}
    listed = [{"id": "eu-de"}, {"name": "x"}, before, entry, empty]
    profile = with_regions({"IMS": listed, "ECS": None})
    assert profile.endpoint == "https://ims.private.example.net"


def test_another_region_of_regions_yaml_is_another_matter() -> None:
    profile = with_regions({"IMS": [{"id": "eu-de", "endpoint": "https://x"}]})
    assert profile.endpoint == f"https://ims.cn-north-4.{HUAWEI}"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (ConfigError("it is not YAML in line 3"), "it is not YAML in line 3"),
        (["IMS"], "holds no services"),
        ({"IMS": [{"id": "cn-north-4", "endpoint": "ftp://x"}]}, "holds no address"),
        ({"IMS": [{"id": "cn-north-4", "endpoint": 5}]}, "holds no address"),
        ({"IMS": [{"id": "cn-north-4", "endpoints": {"a": "x"}}]}, "holds no address"),
        ({"IMS": {"cn-north-4": "https://x"}}, "holds no list of id and endpoints"),
        ({"ims": "https://x"}, "holds no list of id and endpoints under IMS"),
        ({"IMS": ["https://x"]}, "holds no list of id and endpoints under IMS"),
    ],
)
def test_a_regions_yaml_that_cannot_be_used_sends_nothing(
    text: object, word: str
) -> None:
    profile = with_regions(text)
    assert isinstance(profile.auth, NoCredential)
    assert word in profile.auth.reason
    assert "~/.huaweicloud/regions.yaml" in profile.auth.reason
    assert profile.endpoint == ""
    assert "set endpoint in the profile" in profile.auth.remedy
    mended = with_regions(text, table={"endpoint": "https://ims.own.example"})
    assert isinstance(mended.auth, TokenSpec)
    assert mended.endpoint == "https://ims.own.example"


def test_a_regions_file_that_is_named_has_to_be_there() -> None:
    profile = with_regions({}, HUAWEICLOUD_SDK_REGIONS_FILE="/etc/r.yaml")
    assert isinstance(profile.auth, NoCredential)
    assert "/etc/r.yaml is not there" in profile.auth.reason


def test_a_sibling_that_is_written_wrongly_is_a_matter_of_its_own() -> None:
    profile = with_regions({"ECS": [{"id": "cn-north-4", "endpoint": "ftp://x"}]})
    assert isinstance(profile.auth, TokenSpec)
    assert profile.endpoint == f"https://ims.cn-north-4.{HUAWEI}"
    ecs = of_service(profile, JobService.ECS)
    assert isinstance(ecs.auth, NoCredential)
    assert ecs.endpoint == ""
    assert "~/.huaweicloud/regions.yaml holds no address" in ecs.gap
    assert "set ecs_endpoint in the profile" in ecs.gap
    assert of_service(profile, JobService.EVS).endpoint.startswith("https://evs.")


def test_an_address_written_for_the_sdk_names_the_cloud() -> None:
    secret = {"OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_USER_DOMAIN_NAME": "d"}
    written = {"HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4": f"ims.cn-north-4.{STACK}"}
    profile = profile_of(secret | written, region="cn-north-4")
    assert isinstance(profile.auth, PasswordSpec)
    assert profile.auth.auth_url == f"https://iam.cn-north-4.{STACK}/v3"


@pytest.mark.parametrize(
    "written",
    ["https://ims.x.example,https://ims.y.example", "ims.x.example", " ,ims.x.example"],
)
def test_the_sdk_variable_may_list_addresses(written: str) -> None:
    environ = {"HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4": written, "OS_TOKEN": "t"}
    assert profile_of(environ, region="cn-north-4").endpoint == "https://ims.x.example"


@pytest.mark.parametrize("written", [" ", ",", "ftp://x", "https://", "a b"])
def test_an_sdk_variable_without_an_address_sends_nothing(written: str) -> None:
    name = "HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4"
    profile = profile_of({name: written, "OS_TOKEN": "t"}, region="cn-north-4")
    assert profile.endpoint == ""
    assert isinstance(profile.auth, NoCredential)
    assert f"{name} holds no address" in profile.auth.reason
    assert profile.auth.remedy.startswith("Correct it and start ims-tui again")


@pytest.mark.parametrize(
    ("table", "environ", "endpoint"),
    [
        ({}, {}, f"https://ecs.cn-north-4.{HUAWEI}"),
        ({"ecs_endpoint": "https://e.corp"}, {}, "https://e.corp"),
        (
            {},
            {"HUAWEICLOUD_SDK_REGION_ECS_CN_NORTH_4": "ecs.corp.example,x"},
            "https://ecs.corp.example",
        ),
        ({"endpoint": "https://images.example"}, {}, ""),
    ],
)
def test_the_address_of_a_sibling(
    table: dict[str, str], environ: dict[str, str], endpoint: str
) -> None:
    profile = profile_of({"OS_TOKEN": "t", **environ}, region="cn-north-4", **table)
    assert of_service(profile, JobService.ECS).endpoint == endpoint
