"""The order of credential sources, and why one won."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.config.ecosystem import choose
from ims_tui.core.config.environment import Environment, FileText
from ims_tui.core.config.profile import ProfileTable, read_profile
from ims_tui.core.config.settings import KeySpec, NoCredential, PasswordSpec, TokenSpec
from ims_tui.core.signin.secret import Secret

SDK_FILE = "/home/op/.huaweicloud/credentials"
CLOUD = {
    "auth_url": "https://iam.eu-de.otc.t-systems.com/v3",
    "token": "secret-cloud",
}
# In their order: the name of each source, and what makes it complete.
SOURCES: list[tuple[str, dict[str, str]]] = [
    ("environment IMS_TUI_TOKEN", {"IMS_TUI_TOKEN": "secret-own"}),
    ("environment OS_CLOUD, clouds.yaml entry c", {"OS_CLOUD": "c"}),
    (
        "environment OS_*",
        {
            "OS_AUTH_URL": "https://iam.cn-north-4.myhuaweicloud.com/v3",
            "OS_USERNAME": "u",
            "OS_PASSWORD": "secret-os",
            "OS_USER_DOMAIN_NAME": "d",
        },
    ),
    (
        "environment HUAWEICLOUD_SDK_AK",
        {"HUAWEICLOUD_SDK_AK": "secret-ak", "HUAWEICLOUD_SDK_SK": "secret-sk"},
    ),
    (
        "environment HW_*",
        {"HW_ACCESS_KEY": "secret-ak2", "HW_SECRET_KEY": "secret-sk2"},
    ),
    (
        "environment OTC_SDK_AK",
        {"OTC_SDK_AK": "secret-ak4", "OTC_SDK_SK": "secret-sk4"},
    ),
    (
        "environment HCS_*",
        {
            "HCS_ACCESS_KEY": "secret-ak5",
            "HCS_SECRET_KEY": "secret-sk5",
            "HCS_CLOUD": "private.example.org",
        },
    ),
    (
        "environment SBC_*",
        {"SBC_ACCESS_KEY": "secret-ak6", "SBC_SECRET_KEY": "secret-sk6"},
    ),
    (
        "environment G42_*",
        {"G42_ACCESS_KEY": "secret-ak7", "G42_SECRET_KEY": "secret-sk7"},
    ),
    ("~/.huaweicloud/credentials", {}),
    ("~/.hcloud/config.json profile default", {}),
]
KOO_FILE = "/home/op/.hcloud/config.json"
KOO = (
    '{"profiles": [{"name": "default", "accessKeyId": "SECRETACCESSKEY00001",'
    ' "secretAccessKey": "secret-sk8", "region": "cn-north-4"}]}'
)
INI = "[basic]\nak = secret-ak3\nsk = secret%sk3\nproject_id = p\n"


def around(chosen: set[int]) -> Environment:
    environ: dict[str, str] = {}
    for index in chosen:
        environ |= SOURCES[index][1]
    files = {"clouds.yaml": FileText("y", exists=True)}
    if 9 in chosen:
        files[SDK_FILE] = FileText(INI, exists=True)
    if 10 in chosen:
        files[KOO_FILE] = FileText(KOO, exists=True)
    return Environment(
        environ,
        lambda path: files.get(path, FileText(reason="is not there")),
        lambda _: {"clouds": {"c": {"auth": CLOUD}}},
        "/home/op",
    )


@given(st.sets(st.integers(0, 10)))
def test_the_first_complete_source_wins_and_the_others_say_why(
    chosen: set[int],
) -> None:
    found, choice = choose(around(chosen))
    present = [SOURCES[index][0] for index in sorted(chosen)]
    assert [choice.winner, *(p.source for p in choice.passed_over)] == (present or [""])
    assert all(p.reason == f"{present[0]} comes first" for p in choice.passed_over)
    assert isinstance(found.auth, NoCredential) is not bool(chosen)
    assert "secret-" not in repr(choice)


def test_nothing_says_where_was_looked() -> None:
    found, choice = choose(Environment())
    assert isinstance(found.auth, NoCredential)
    assert "IMS_TUI_TOKEN" in found.auth.reason
    assert choice.why == found.auth.reason


def test_an_incomplete_source_is_passed_over_with_its_gap() -> None:
    environ = {"OS_USERNAME": "u", "OS_AUTH_URL": "https://iam.x/v3"} | SOURCES[4][1]
    found, choice = choose(Environment(environ))
    assert isinstance(found.auth, KeySpec)
    assert choice.winner == "environment HW_*"
    assert choice.passed_over[0].reason == "it lacks password, domain"


@pytest.mark.parametrize(
    "environ", [{"IMS_TUI_TOKEN": "two words"}, {"OS_CLOUD": "nowhere"}]
)
def test_who_names_a_token_or_cloud_does_not_get_another_account(
    environ: dict[str, str],
) -> None:
    found, choice = choose(Environment(environ | SOURCES[4][1]))
    assert isinstance(found.auth, NoCredential)
    assert choice.winner == ""
    assert "two words" not in repr(choice)


def test_openstack_variables() -> None:
    environ = SOURCES[2][1] | {"OS_PROJECT_NAME": "cn-north-4", "OS_CACERT": "/ca"}
    found, _ = choose(Environment(environ))
    assert isinstance(found.auth, PasswordSpec)
    assert found.auth.project_name == "cn-north-4"
    assert (found.region, found.cloud_domain) == ("cn-north-4", "myhuaweicloud.com")
    assert found.ca_bundle == "/ca"
    found, _ = choose(Environment(environ | {"OS_TOKEN": "t", "OS_PROJECT_ID": "p"}))
    assert isinstance(found.auth, TokenSpec)
    assert found.project_id == "p"


def test_an_insecure_wish_is_named_and_not_followed() -> None:
    _, choice = choose(Environment({"IMS_TUI_TOKEN": "t", "OS_INSECURE": "true"}))
    assert choice.passed_over[0].source == "environment OS_INSECURE"
    assert "always verified" in choice.passed_over[0].reason


def test_the_profile_comes_before_what_the_source_says() -> None:
    environ = SOURCES[4][1] | {"HW_REGION_NAME": "cn-north-1", "HW_PROJECT_ID": "env"}
    found, _ = choose(
        Environment(environ), "", {"region": "eu-de", "project": "eu-de_x"}
    )
    assert isinstance(found.auth, KeySpec)
    assert found.region == "eu-de"
    assert (found.auth.project_id, found.auth.project_name) == ("", "eu-de_x")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OS_AUTH_URL", "https://u:geheim@iam.x/v3"),
        ("OS_REGION_NAME", "geheim.example/"),
        ("OS_PROJECT_ID", "geheim\r\nX-Other: 1"),
    ],
)
def test_what_cannot_be_an_address_or_header_is_refused(
    variable: str, value: str
) -> None:
    found, _ = choose(Environment(SOURCES[2][1] | {variable: value}))
    assert isinstance(found.auth, NoCredential)
    assert "environment OS_*: its " in found.auth.reason
    assert "geheim" not in found.auth.reason


def test_the_credentials_file_of_the_sdk() -> None:
    found, _ = choose(around({9}))
    assert isinstance(found.auth, KeySpec)
    assert found.auth.secret_key == Secret("secret%sk3")
    assert found.project_id == "p"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (FileText("sk secret", exists=True), "is not an ini file"),
        (FileText("[other]\n", exists=True), "no section [basic]"),
        (FileText("[basic]\nak = secret\n", exists=True), "lacks the secret key"),
        (FileText(reason="cannot be read (no)", exists=True), "cannot be read (no)"),
        (FileText(INI, exists=True, writable_by_others=True), "written by others"),
    ],
)
def test_each_failure_of_that_file_has_its_words(file: FileText, words: str) -> None:
    found, choice = choose(Environment({}, lambda _: file, home="/home/op"))
    assert isinstance(found.auth, NoCredential)
    assert words in found.auth.reason
    assert "secret-" not in repr(choice)
    assert "sk secret" not in repr(choice)


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        (
            {"OTC_SDK_AK": "a", "OTC_SDK_SK": "s", "OTC_SDK_REGION": "eu-de"},
            "https://ims.eu-de.otc.t-systems.com",
        ),
        (
            {"SBC_ACCESS_KEY": "a", "SBC_SECRET_KEY": "s", "SBC_REGION_NAME": "x-1"},
            "https://ims.x-1.hc.sbercloud.ru",
        ),
        (
            {"G42_ACCESS_KEY": "a", "G42_SECRET_KEY": "s", "G42_REGION_NAME": "y-1"},
            "https://ims.y-1.g42cloud.com",
        ),
        (
            {
                "HCS_ACCESS_KEY": "a",
                "HCS_SECRET_KEY": "s",
                "HCS_REGION_NAME": "lab-1",
                "HCS_CLOUD": "private.example.org",
            },
            "https://ims.lab-1.private.example.org",
        ),
    ],
)
def test_variables_of_a_cloud_lead_to_that_cloud(
    environ: dict[str, str], endpoint: str
) -> None:
    table = ProfileTable("default", {})
    assert read_profile(table, Environment(environ))[0].endpoint == endpoint


@pytest.mark.parametrize("prefix", ["SBC", "G42"])
@pytest.mark.parametrize("name", ["AUTH_TOKEN", "USER_NAME", "CLOUD"])
def test_names_that_a_provider_does_not_know_are_not_read(
    prefix: str, name: str
) -> None:
    found, choice = choose(Environment({f"{prefix}_{name}": "x"}))
    assert isinstance(found.auth, NoCredential)
    assert choice.winner == ""


def test_a_provider_with_a_user_name_and_a_password_of_its_own() -> None:
    environ = {
        "SBC_USERNAME": "u",
        "SBC_PASSWORD": "secret-p",
        "SBC_ACCOUNT_NAME": "d",
        "SBC_REGION_NAME": "ru-moscow-1",
    }
    found, _ = choose(Environment(environ))
    assert isinstance(found.auth, PasswordSpec)
    assert (found.auth.user, found.auth.domain) == ("u", "d")
    assert found.auth.auth_url == "https://iam.ru-moscow-1.hc.sbercloud.ru/v3"


def test_a_private_cloud_that_nobody_names_is_asked_for() -> None:
    environ = {"HCS_ACCESS_KEY": "a", "HCS_SECRET_KEY": "s", "HCS_REGION_NAME": "r-1"}
    found, choice = choose(Environment(environ))
    assert isinstance(found.auth, NoCredential)
    assert "it lacks HCS_CLOUD" in choice.why


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no profiles"),
        ('{"profiles": []}', "has no profile default"),
        (
            '{"profiles": [{"name": "default", "accessKeyId": "b64:secret=="}]}',
            "has no plain key pair",
        ),
    ],
)
def test_a_koocli_file_of_no_use_says_why(text: str, word: str) -> None:
    files = {KOO_FILE: FileText(text, exists=True)}
    missing = FileText(reason="is not there")
    environment = Environment(
        {}, lambda path: files.get(path, missing), home="/home/op"
    )
    _, choice = choose(environment)
    assert word in choice.why
    assert "secret" not in choice.why
