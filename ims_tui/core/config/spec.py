"""Every key of config.toml; checks, `config show`, `init` and `schema` are made of it.

What fills a field of the settings is declared there, in `settings.py`; the keys of
tables that the operator names, such as profiles, stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.channelkinds import CHANNEL_KINDS
from ims_tui.core.config.provenance import KeyPath
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.settings import SCHEMES, Settings
from ims_tui.core.config.values import (
    BOOLEAN,
    HOST,
    IDENTIFIER,
    PAGE,
    PATH,
    PROGRAM,
    RATE,
    REGION,
    TEXT,
    URL,
    VARIABLE,
    ValueKind,
    duration,
    one_of,
    secret,
    unused,
)
from ims_tui.core.notices.news import Level
from ims_tui.core.service.jobservice import JobService


class Switch(Struct, frozen=True):
    """A variable or option that sets a key."""

    name: str
    path: KeyPath
    turned_on: object = None
    """The value that its presence sets; None: its own text."""


def _key(name: str, kind: ValueKind, help: str = "", **more: Any) -> SettingKey:
    return SettingKey(kind, help, tuple(name.split(".")), **more)


def _below(table: KeyPath, key: SettingKey) -> SettingKey:
    return replace(key, path=(*table, *key.path))


_CHANNEL: tuple[SettingKey, ...] = (
    _key("kind", one_of(*CHANNEL_KINDS), "where it goes"),
    _key(
        "level",
        one_of(*map(str, Level)),
        "urgent, warning or news: what matters less is left out",
    ),
    _key("filter", TEXT, "the jobs it hears of, as in the table: tag:prod"),
    _key("url", secret("url_env or url_file"), is_private=True),
    _key("url_env", VARIABLE, "variable that holds the address", is_private=True),
    _key("url_file", PATH, "file that holds the address"),
    _key("secret", secret("secret_env"), is_private=True),
    _key(
        "secret_env",
        VARIABLE,
        "variable of what the address signs or authorises with",
        is_private=True,
    ),
    _key("argv", PROGRAM, "the program of a command", is_private=True),
    _key(
        "language",
        one_of("en", "zh-CN"),
        "what it is told in; what the service says stays as it is",
    ),
    _key("template", TEXT, 'of kind json, its body: {"text": "$IMS_TUI_TITLE"}'),
    _key("timeout", duration(1, 300), "the program is stopped then"),
    _key(
        "credentials",
        BOOLEAN,
        "whether the program gets the variables that hold credentials",
    ),
)
"""The keys of a channel."""

_NAMED: tuple[SettingKey, ...] = (
    _key(
        "stall.by_type.*",
        duration(1),
        "pause of one job type that counts as stalled",
        example='imsImportImageJob = "15m"',
    ),
    *(_below(("notify", "channels", "*"), key) for key in _CHANNEL),
    _key(
        "filters.*",
        TEXT,
        "name = what the filter line says; : and the name show it",
        example='night = "ended<12h state:fail"',
    ),
    _key(
        "keys.*",
        TEXT,
        "action = keys, comma-separated",
        example='acknowledge = "x,ctrl+k"',
    ),
)
"""The keys of tables whose names the operator chooses, but for profiles."""

_PROFILE: tuple[SettingKey, ...] = (
    _key("region", REGION),
    _key(
        "endpoint", URL, "address of IMS; by default from the region", is_private=True
    ),
    *(
        _key(
            f"{service}_endpoint",
            URL,
            f"address of {service.word}; by default beside that of IMS",
            is_private=True,
        )
        for service in (JobService.ECS, JobService.EVS)
    ),
    _key("cloud_domain", HOST, "such as myhuaweicloud.eu; by default from the region"),
    _key(
        "auth",
        one_of(*SCHEMES),
        "the scheme, where several could be meant",
        is_private=True,
        is_part=True,
    ),
    _key(
        "auth_url", URL, "address of IAM; by default from the region", is_private=True
    ),
    _key("domain", TEXT, "the account name"),
    _key("user", TEXT, "the IAM user", scheme="password"),
    _key(
        "password",
        secret("password_env, password_file or token_command"),
        is_private=True,
        is_part=True,
    ),
    _key("password_env", VARIABLE, is_private=True, scheme="password"),
    _key("password_file", PATH, scheme="password"),
    _key(
        "token",
        secret("token_env, token_file or token_command"),
        is_private=True,
        is_part=True,
    ),
    _key("token_env", VARIABLE, is_private=True, scheme="token"),
    _key("token_file", PATH, scheme="token"),
    _key("access_key", secret("access_key_env"), is_private=True, is_part=True),
    _key("access_key_env", VARIABLE, is_private=True, scheme="aksk"),
    _key(
        "secret_key",
        secret("secret_key_env or secret_key_file"),
        is_private=True,
        is_part=True,
    ),
    _key("secret_key_env", VARIABLE, is_private=True, scheme="aksk"),
    _key("secret_key_file", PATH, scheme="aksk"),
    _key("security_token", secret("security_token_env"), is_private=True, is_part=True),
    _key("security_token_env", VARIABLE, is_private=True, is_part=True),
    _key(
        "token_command",
        PROGRAM,
        "a program that prints a token, or JSON with token and expires_at",
        is_private=True,
        scheme="command",
    ),
    _key("cloud", TEXT, "entry of clouds.yaml", scheme="clouds"),
    _key("project", TEXT, "name of the project"),
    _key("project_id", IDENTIFIER),
    _key("ca_bundle", PATH),
    _key("allow_http", BOOLEAN, "send credentials over plain http"),
    _key(
        "console_url",
        PAGE,
        "page of the cloud's console that o opens; may hold {region}, {project_id}, "
        "{job_id}, {image_id}",
        is_private=True,
    ),
    _key("budget", RATE, "instead of poll.budget"),
)
"""The keys of a profile."""


def _declared(table: type[Struct], *place: str) -> Iterator[SettingKey]:
    """The keys that the fields of a table declare, and those of the tables in it."""
    for name, hint in table.__annotations__.items():
        path = (*place, name.removesuffix("_s"))
        if isinstance(hint, type) and issubclass(hint, Struct):
            yield from _declared(hint, *path)
        elif own := next(iter(getattr(hint, "__metadata__", ())), None):
            path = (*place, *own.path) if own.path else path
            yield replace(own, path=path, field=".".join((*place, name)))
        else:
            below = (*path, "*")
            yield from (key for key in _NAMED if key.path[: len(below)] == below)


KEYS: tuple[SettingKey, ...] = (
    _key("schema", unused(1, "is not a schema this version knows")),
    *_declared(Settings),
    *(_below(("profiles", "*"), key) for key in _PROFILE),
)
"""Every key. `*` stands for a name the operator chooses."""

SELECTED = "*"
"""Stands for a profile name in variables and options."""

VARIABLES: tuple[Switch, ...] = (
    Switch("IMS_TUI_PROFILE", ("default_profile",)),
    Switch("IMS_TUI_REGION", ("profiles", SELECTED, "region")),
    Switch("IMS_TUI_ENDPOINT", ("profiles", SELECTED, "endpoint")),
    Switch("IMS_TUI_PROJECT_ID", ("profiles", SELECTED, "project_id")),
    Switch("IMS_TUI_TOKEN_FILE", ("profiles", SELECTED, "token_file")),
    Switch("IMS_TUI_THEME", ("ui", "theme")),
    Switch("IMS_TUI_ASCII", ("ui", "glyphs"), "ascii"),
    Switch("IMS_TUI_LOG", ("log", "level")),
    Switch("IMS_TUI_NO_NOTIFY", ("notify", "when"), "never"),
)
"""Environment variables that set a key."""

OPTIONS: tuple[Switch, ...] = (
    Switch("--profile", ("default_profile",)),
    Switch("--region", ("profiles", SELECTED, "region")),
    Switch("--endpoint", ("profiles", SELECTED, "endpoint")),
    Switch("--theme", ("ui", "theme")),
    Switch("--ascii", ("ui", "glyphs"), "ascii"),
    Switch("--no-mouse", ("ui", "mouse"), False),
    Switch("--timeout-request", ("poll", "request_timeout")),
    Switch("--unknown-after", ("poll", "give_up_unknown_after")),
)
"""Command line options that set a key."""

_BY_PATH = {key.path: key for key in KEYS}
_DEFAULTS = Settings()


def key_at(path: KeyPath) -> SettingKey | None:
    """The key that a path names, where `*` matches any one part."""
    if key := _BY_PATH.get(path):
        return key
    match path:
        case ("notify", "channels", _, name):
            return _BY_PATH.get(("notify", "channels", "*", name))
        case (("keys" | "filters") as table, _):
            return _BY_PATH[table, "*"]
        case ("stall", "by_type", _):
            return _BY_PATH["stall", "by_type", "*"]
        case ("profiles", _, name):
            return _BY_PATH.get(("profiles", "*", name))
    return None


def names_below(path: KeyPath) -> set[str]:
    """The names that may stand in the table at a path; empty where none may."""
    pattern = ("profiles", "*", *path[2:]) if len(path) > 1 else path
    pattern = pattern if path[:1] == ("profiles",) else path
    if len(path) > 2 and path[:2] == ("notify", "channels"):
        pattern = ("notify", "channels", "*", *path[3:])
    depth = len(pattern)
    return {
        key.path[depth]
        for key in KEYS
        if len(key.path) > depth and key.path[:depth] == pattern
    }


def general_keys() -> Iterator[SettingKey]:
    """Keys that fill one field of Settings."""
    return (key for key in KEYS if key.field)


def field_of(settings: Settings, field: str) -> object:
    """The value of a field path such as `poll.min_interval_s`."""
    value: object = settings
    for part in field.split("."):
        value = getattr(value, part)
    return value


def default_text(key: SettingKey) -> str:
    """The default of a key as TOML; empty where there is none."""
    if key.field:
        return key.kind.write(field_of(_DEFAULTS, key.field))
    return "" if "*" in key.path else key.kind.allowed
