"""A credential never leaves its cloud, whatever the environment says."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.config.environment import Environment, FileText
from ims_tui.core.config.profile import ProfileTable, read_profile
from ims_tui.core.config.regions import (
    FLEXIBLE_ENGINE,
    G42,
    HUAWEI,
    HUAWEI_EUROPE,
    OTC,
    SBERCLOUD,
    TM_ONE,
)
from ims_tui.core.config.settings import KeySpec, NoCredential, PasswordSpec, Profile
from ims_tui.core.errors import ConfigError
from ims_tui.core.service.jobservice import JobService
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


LOGINS = st.fixed_dictionaries(
    {},
    optional={
        "AUTH_URL": st.builds(
            lambda form, r, d: f"https://{form.format(r=r, d=d)}/v3",
            st.sampled_from(ISSUERS),
            st.sampled_from(REGIONS),
            st.sampled_from(DOMAINS),
        ),
        "REGION_NAME": st.sampled_from(REGIONS),
        "PROJECT_NAME": st.sampled_from((*REGIONS, "cn-north-4_team", "MOS")),
    },
)
SECRETS = st.sampled_from(
    [
        {"TOKEN": "t"},
        {"USERNAME": "u", "PASSWORD": "p", "USER_DOMAIN_NAME": "d"},
        {"ACCESS_KEY": "a", "SECRET_KEY": "s"},
    ]
)
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(REGIONS),
        "cloud_domain": st.sampled_from(DOMAINS),
        "endpoint": st.builds(
            lambda r, d: f"https://ims.{r}.{d}",
            st.sampled_from(REGIONS),
            st.sampled_from(DOMAINS),
        ),
    },
)


@settings(max_examples=2000, deadline=None)
@given(LOGINS, SECRETS, TABLES)
def test_a_credential_stays_in_the_cloud_that_issued_it(
    login: dict[str, str], secret: dict[str, str], table: dict[str, object]
) -> None:
    environ = {f"OS_{name}": text for name, text in (login | secret).items()}
    profile = profile_of(environ, **table)
    written = {"endpoint", "cloud_domain"} & table.keys()
    issuer = login.get("AUTH_URL", "")
    if profile.endpoint and issuer and not written:
        assert domain_of(host_of(profile.endpoint)) == domain_of(host_of(issuer))
    identity = ""
    if isinstance(profile.auth, PasswordSpec):
        identity = profile.auth.auth_url
    elif isinstance(profile.auth, KeySpec):
        identity = profile.auth.iam_url
    if identity and not issuer and "cloud_domain" not in table and profile.endpoint:
        assert domain_of(host_of(identity)) == domain_of(host_of(profile.endpoint))
    for service in (JobService.ECS, JobService.EVS):
        sibling = of_service(profile, service).endpoint
        if sibling and sibling != profile.endpoint:  # one on this machine is for all
            own, other = host_of(profile.endpoint), host_of(sibling)
            assert other == f"{service.value}.{own.removeprefix('ims.')}"
    if not isinstance(profile.auth, PasswordSpec):  # which has a catalogue
        assert bool(profile.endpoint) is not bool(profile.gap)


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


def with_regions(text: object, **environ: str) -> Profile:
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
    table = ProfileTable("prod", {"region": "cn-north-4"}, "config.toml profile prod")
    return read_profile(table, environment)[0]


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "cn-north-4", "endpoints": ["https://ims.private.example.net"]},
        {"id": "cn-north-4", "endpoint": "https://ims.private.example.net"},
        {"id": "cn-north-4", "endpoint": "ims.private.example.net, https://other"},
    ],
)
def test_regions_yaml_is_read_as_the_sdk_reads_it(entry: dict[str, object]) -> None:
    profile = with_regions({"IMS": [{"id": "eu-de"}, entry]})
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


@pytest.mark.parametrize(
    "written",
    ["https://ims.x.example,https://ims.y.example", "ims.x.example", " ,ims.x.example"],
)
def test_the_sdk_variable_may_list_addresses(written: str) -> None:
    environ = {"HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4": written, "OS_TOKEN": "t"}
    assert profile_of(environ, region="cn-north-4").endpoint == "https://ims.x.example"


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
