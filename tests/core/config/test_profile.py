"""Profiles: which one is in use, and what its credential is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ims_tui.core.config.environment import Environment, FileText
from ims_tui.core.config.layers import environment_layer, option_layer
from ims_tui.core.config.provenance import Layer, Loaded
from ims_tui.core.config.reader import read_settings
from ims_tui.core.config.settings import (
    CommandSpec,
    KeySpec,
    NoCredential,
    PasswordSpec,
    Profile,
    TokenSpec,
)
from ims_tui.core.errors import ConfigError
from ims_tui.core.signin.secret import Secret
from ims_tui.core.toml.lines import key_lines

HUAWEI = "https://ims.cn-north-4.myhuaweicloud.com"


def read(
    text: str = "",
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, object] | None = None,
    files: Mapping[str, FileText] | None = None,
    clouds: object = None,
) -> Loaded:
    import tomllib

    environ = environ or {}
    found = files or {}

    def parse_yaml(_text: str) -> object:
        if isinstance(clouds, ConfigError):
            raise clouds
        return clouds

    environment = Environment(
        environ,
        lambda path: found.get(path, FileText(reason="is not there")),
        parse_yaml,
        "/home/op",
    )
    layers = [
        option_layer(options or {}),
        environment_layer(environ),
        Layer("config.toml", tomllib.loads(text), key_lines(text)),
    ]
    return read_settings(layers, environment)


def in_use(loaded: Loaded) -> Profile:
    return loaded.settings.profiles[loaded.settings.default_profile]


def reason(loaded: Loaded) -> str:
    auth = in_use(loaded).auth
    assert isinstance(auth, NoCredential)
    return auth.reason


def text_file(text: str, *, writable_by_others: bool = False) -> FileText:
    return FileText(text, exists=True, writable_by_others=writable_by_others)


def test_endpoint_and_token_need_no_file() -> None:
    loaded = read("", {"IMS_TUI_ENDPOINT": "http://127.0.0.1:1/", "IMS_TUI_TOKEN": "t"})
    profile = in_use(loaded)
    assert loaded.problems == ()
    assert profile.name == "default"
    assert profile.endpoint == "http://127.0.0.1:1"
    assert profile.auth == TokenSpec(Secret("t"), source="environment IMS_TUI_TOKEN")
    assert str(loaded.source("profiles.default.endpoint")) == (
        "environment IMS_TUI_ENDPOINT"
    )


PRODUCTION = """
default_profile = "prod"
[profiles.prod]
region = "cn-north-4"
auth = "password"
domain = "d"
user = "u"
password_env = "PW"
[profiles.dr]
region = "eu-de"
"""


def test_the_pair_is_the_profile_default_whatever_the_file_says() -> None:
    environ = {
        "IMS_TUI_ENDPOINT": "http://127.0.0.1:1",
        "IMS_TUI_TOKEN": "t",
        "PW": "p",
    }
    loaded = read(PRODUCTION, environ)
    assert in_use(loaded).name == "default"
    assert isinstance(in_use(loaded).auth, TokenSpec)
    # The accounts of the file keep their own endpoints.
    assert loaded.settings.profiles["prod"].endpoint == HUAWEI
    named = read(PRODUCTION, environ, {"profile": "prod"})
    assert in_use(named).name == "prod"
    assert isinstance(in_use(named).auth, PasswordSpec)
    assert in_use(named).endpoint == "http://127.0.0.1:1"


def test_which_profile_is_in_use() -> None:
    assert in_use(read(PRODUCTION)).name == "prod"
    assert in_use(read(PRODUCTION, {"IMS_TUI_PROFILE": "dr"})).name == "dr"
    option = {"profile": "prod"}
    assert in_use(read(PRODUCTION, {"IMS_TUI_PROFILE": "dr"}, option)).name == "prod"
    assert in_use(read("[profiles.b]\n[profiles.a]\nregion = 'eu-de'")).name == "a"


def test_a_profile_that_nobody_wrote_uses_no_other_account() -> None:
    environ = {"HW_ACCESS_KEY": "a", "HW_SECRET_KEY": "s"}
    loaded = read(PRODUCTION, environ, {"profile": "prd"})
    assert [str(problem) for problem in loaded.problems] == [
        'option --profile: "prd" names no profile; did you mean prod?'
    ]
    assert reason(loaded) == 'No credential: there is no profile "prd".'


@pytest.mark.parametrize("by_option", [True, False])
def test_a_misspelt_profile_is_not_asked_with_the_token_around(
    by_option: bool,
) -> None:
    environ = {"IMS_TUI_ENDPOINT": "http://127.0.0.1:1", "IMS_TUI_TOKEN": "t"}
    named = {} if by_option else {"IMS_TUI_PROFILE": "prd"}
    loaded = read(PRODUCTION, environ | named, {"profile": "prd"} if by_option else {})
    assert len(loaded.problems) == 1
    assert reason(loaded) == 'No credential: there is no profile "prd".'


def test_password_from_a_variable() -> None:
    loaded = read(PRODUCTION, {"PW": "geheim"})
    profile = in_use(loaded)
    assert profile.endpoint == HUAWEI
    assert profile.auth == PasswordSpec(
        "https://iam.cn-north-4.myhuaweicloud.com/v3",
        "u",
        "d",
        Secret("geheim"),
        "cn-north-4",
        source="config.toml profile prod, environment PW",
    )
    assert "geheim" not in repr(loaded)
    assert reason(read(PRODUCTION)) == (
        "No credential for profile prod: the variable PW is not set."
    )


def test_a_token_file_is_left_to_whoever_sends_it() -> None:
    text = "[profiles.p]\nregion = 'eu-de'\ntoken_file = '~/token'"
    for files in ({}, {"/home/op/token": text_file("tok\n")}):
        profile = in_use(read(text, files=files))
        assert isinstance(profile.auth, TokenSpec)
        assert profile.auth.token is None  # a new one is no other profile
        assert profile.auth.file == "/home/op/token"


def test_secrets_from_files() -> None:
    text = """[profiles.p]
region = 'eu-de'
auth = 'aksk'
access_key_env = 'AK'
secret_key_file = '~/key'
"""
    environ = {"AK": "access"}

    def after(*, writable_by_others: bool = False) -> str:
        file = text_file("two words", writable_by_others=writable_by_others)
        return reason(read(text, environ, files={"/home/op/key": file}))

    good = in_use(read(text, environ, files={"/home/op/key": text_file("sk\n")}))
    assert isinstance(good.auth, KeySpec)
    assert good.auth.secret_key == Secret("sk")
    assert "can be written by others" in after(writable_by_others=True)
    assert "a header cannot carry" in after()
    assert "~/key is not there" in reason(read(text, environ))


def test_access_keys() -> None:
    text = (
        "[profiles.dr]\nregion = 'eu-de'\nauth = 'aksk'\naccess_key_env = 'AK'\n"
        "secret_key_file = '/sk'\nsecurity_token_env = 'ST'\nproject_id = 'abc'\n"
        "ca_bundle = '~/ca.pem'\nallow_http = true\nbudget = '60/5m'"
    )
    environ = {"AK": "ak", "ST": "st"}
    profile = in_use(read(text, environ, files={"/sk": text_file("sk\n")}))
    assert profile.auth == KeySpec(
        "ak",
        Secret("sk"),
        Secret("st"),
        "abc",
        "https://iam.eu-de.otc.t-systems.com",
        "eu-de",
        "config.toml profile dr, environment AK",
    )
    assert profile.endpoint == "https://ims.eu-de.otc.t-systems.com"
    assert profile.ca_bundle == "/home/op/ca.pem"
    assert profile.allow_http


def test_a_command() -> None:
    text = "[profiles.p]\nendpoint = 'https://x'\nauth = 'command'\n"
    auth = in_use(read(text + "token_command = ['vault', 'read']")).auth
    assert isinstance(auth, CommandSpec)
    assert auth.argv == ("vault", "read")
    assert "token_command is not set" in reason(read(text))


CLOUDS = {
    "clouds": {
        "staging": {
            "auth": {
                "auth_url": "https://iam.eu-de.otc.t-systems.com/v3",
                "username": "u",
                "user_domain_name": "OTC1",
                "project_name": "eu-de_images",
                "password": 123,
            },
            "cacert": "~/ca.pem",
        },
        "vendor": {"profile": "otc"},
    }
}
STAGING = "[profiles.p]\nauth = 'clouds'\ncloud = 'staging'"
CLOUDS_FILE = {"/home/op/.config/openstack/clouds.yaml": text_file("yaml")}


def test_an_entry_of_clouds_yaml() -> None:
    profile = in_use(read(STAGING, files=CLOUDS_FILE, clouds=CLOUDS))
    assert isinstance(profile.auth, PasswordSpec)
    assert profile.auth.password == Secret("123")
    assert profile.auth.project_name == "eu-de_images"
    assert profile.region == "eu-de"
    assert profile.endpoint == "https://ims.eu-de.otc.t-systems.com"
    assert profile.ca_bundle == "/home/op/ca.pem"


@pytest.mark.parametrize(
    ("files", "clouds", "words"),
    [
        ({}, CLOUDS, "there is no clouds.yaml"),
        (CLOUDS_FILE, {"clouds": {"stagin": {}}}, "no entry staging (nearest: stagin)"),
        (CLOUDS_FILE, {"clouds": {"staging": {}}}, "it holds no token or password"),
        (CLOUDS_FILE, {"clouds": {"staging": {"profile": "otc"}}}, "vendor profiles"),
        (CLOUDS_FILE, [], "has no table clouds"),
        (CLOUDS_FILE, ConfigError("needs PyYAML"), "needs PyYAML"),
        (
            {"clouds.yaml": text_file("", writable_by_others=True)},
            CLOUDS,
            "clouds.yaml can be written by others",
        ),
    ],
)
def test_each_failure_of_clouds_yaml_has_its_words(
    files: dict[str, FileText], clouds: object, words: str
) -> None:
    assert words in reason(read(STAGING, files=files, clouds=clouds))


def test_a_profile_takes_only_its_scheme_from_around() -> None:
    environ = {
        "IMS_TUI_TOKEN": "t",
        "HUAWEICLOUD_SDK_AK": "ak",
        "HUAWEICLOUD_SDK_SK": "sk",
    }
    text = "[profiles.p]\nregion = 'cn-north-4'\nproject_id = 'x'\n"
    assert isinstance(in_use(read(text, environ)).auth, TokenSpec)
    loaded = read(text + "auth = 'aksk'", environ)
    auth = in_use(loaded).auth
    assert isinstance(auth, KeySpec)
    assert (auth.access_key, auth.project_id) == ("ak", "x")
    assert loaded.choices["p"].passed_over[0].reason == 'the profile says auth = "aksk"'


def test_an_endpoint_override_of_the_sdk() -> None:
    variable = "HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4"
    loaded = read("[profiles.p]\nregion = 'cn-north-4'", {variable: "https://own.x/"})
    assert in_use(loaded).endpoint == "https://own.x"
    assert str(loaded.source("profiles.p.endpoint")) == f"environment {variable}"


def test_a_profile_without_a_place_is_a_problem() -> None:
    loaded = read("[profiles.p]\ntoken_env = 'T'", {"T": "t"})
    assert [str(problem) for problem in loaded.problems] == [
        "config.toml line 2: profiles.p: Neither region nor endpoint is set. "
        "Set one of them."
    ]


def test_a_region_option_moves_the_profile_in_use_only() -> None:
    loaded = read(PRODUCTION, {}, {"region": "ap-southeast-3"})
    assert in_use(loaded).endpoint == "https://ims.ap-southeast-3.myhuaweicloud.com"
    assert loaded.settings.profiles["dr"].region == "eu-de"
    (problem,) = read(PRODUCTION, {}, {"region": "a/b"}).problems
    assert str(problem).startswith('option --region: "a/b" is not a region')
