"""The one table of settings: every key with its kind, default and meaning.

Validation, `config show`, `config init` and `config schema` derive from it. Defaults
stand in the dataclasses of `settings.py`; `SettingKey.field` names theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from msgspec import Struct

from ims_tui.core.config.provenance import KeyPath
from ims_tui.core.config.settings import EVENTS, SCHEMES, Settings
from ims_tui.core.config.values import (
    BOOLEAN,
    HOST,
    HOURS,
    IDENTIFIER,
    PAGE,
    PATH,
    PROGRAM,
    RATE,
    REGION,
    TEXT,
    TEXTS,
    URL,
    VARIABLE,
    ValueKind,
    duration,
    number,
    one_of,
    secret,
    some_of,
    unused,
)
from ims_tui.core.config.vocabulary import Vocabulary
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.quiet_hours import DAYS

CHANNEL_KINDS = (
    "apprise",
    "bell",
    "command",
    "dingtalk",
    "feishu",
    "json",
    "lark",
    "ntfy",
    "slack",
    "teams",
    "terminal",
    "wecom",
)
"""What a channel may be."""


class SettingKey(Struct, frozen=True):
    """One key of config.toml."""

    path: KeyPath
    kind: ValueKind
    help: str = ""
    field: str = ""
    """Attribute path below Settings, such as `poll.min_interval_s`.

    Empty for keys that make something else: a credential, or nothing.
    """
    is_private: bool = False
    """Whether a mistaken value may be a secret, so that messages never show it."""
    example: str = ""
    """What stands in the example where the default would say nothing."""
    names: Callable[[Vocabulary], Collection[str] | None] = lambda known: None
    """What its words must be of; None: anything."""
    sign: str = ""
    """What may stand in front of such a word."""
    scheme: str = ""
    """The scheme of the credential that it names."""
    is_part: bool = False
    """Whether it is part of a credential without naming one."""

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)

    @property
    def is_credential(self) -> bool:
        """Whether a credential is another one, or none, by its value."""
        return self.is_part or bool(self.scheme)

    @property
    def comment(self) -> str:
        """What it means and what is allowed, in one line."""
        allowed = self.kind.allowed
        if self.help and not self.kind.is_choice:
            return self.help
        return f"{self.help}: {allowed}" if self.help else allowed


class Switch(Struct, frozen=True):
    """A variable or option that sets a key."""

    name: str
    path: KeyPath
    turned_on: object = None
    """The value that its presence sets; None: its own text."""


def _key(
    name: str,
    kind: ValueKind,
    help: str = "",
    *,
    field: str = "",
    private: bool = False,
    **more: Any,
) -> SettingKey:
    return SettingKey(tuple(name.split(".")), kind, help, field, private, **more)


KEYS: tuple[SettingKey, ...] = (
    _key("schema", unused(1, "is not a schema this version knows")),
    _key(
        "default_profile",
        TEXT,
        "the account used where none is named; the first if not set",
        field="default_profile",
        example='default_profile = "team"',
    ),
    _key(
        "ui.theme",
        TEXT,
        "auto, one of ours, or any theme of Textual",
        field="ui.theme",
        names=lambda known: known.looks,
    ),
    _key(
        "ui.glyphs",
        one_of("auto", "braille", "blocks", "ascii"),
        "signs of bars",
        field="ui.glyphs",
    ),
    _key(
        "ui.times",
        one_of("elapsed", "local", "utc"),
        "how times are shown",
        field="ui.times",
    ),
    _key("ui.mouse", BOOLEAN, "clicks select, sort and open", field="ui.mouse"),
    _key(
        "ui.confirm_quit",
        one_of("never", "active", "always"),
        "whether q asks first; active = while jobs run",
        field="ui.confirm_quit",
    ),
    _key(
        "ui.sort",
        TEXT,
        "attention, or a column; with - in front descending",
        field="ui.sort",
        names=lambda known: known.orders,
        sign="-",
    ),
    _key(
        "ui.columns",
        TEXTS,
        'in order, such as ["state", "label", "progress"]; empty: as wide as fits',
        field="ui.columns",
        names=lambda known: known.columns,
    ),
    _key(
        "ui.default_facet",
        one_of("all", "active", "attention", "failed", "done", "archive"),
        "the jobs shown at the start",
        field="ui.default_facet",
    ),
    _key(
        "ui.archive_after",
        duration(),
        "finished jobs leave the table then; 0 = never",
        field="ui.archive_after_s",
    ),
    _key(
        "ui.window_title",
        BOOLEAN,
        "counts in the title of the terminal",
        field="ui.window_title",
    ),
    _key(
        "ui.taskbar",
        BOOLEAN,
        "progress in the taskbar, where the terminal knows OSC 9;4",
        field="ui.taskbar",
    ),
    _key(
        "ui.clipboard",
        one_of("auto", "osc52", "native", "off"),
        "how a copy gets to the clipboard",
        field="ui.clipboard",
    ),
    _key(
        "poll.min_interval",
        duration(0.5, 3600),
        "no job is asked more often",
        field="poll.min_interval_s",
    ),
    _key(
        "poll.max_interval",
        duration(1, 86400),
        "no running job is asked less often",
        field="poll.max_interval_s",
    ),
    _key(
        "poll.budget",
        RATE,
        "requests per profile; a quarter of it at once",
        field="poll.budget",
    ),
    _key(
        "poll.max_in_flight",
        number(1, 32, whole=True),
        "requests of a profile at a time",
        field="poll.max_in_flight",
    ),
    _key(
        "poll.request_timeout",
        duration(1, 300),
        "a request without an answer ends then",
        field="poll.request_timeout_s",
    ),
    _key(
        "poll.unfocused_factor",
        number(1, 100),
        "slower when nobody looks",
        field="poll.unfocused_factor",
    ),
    _key(
        "poll.give_up_unknown_after",
        duration(),
        "for ids the service does not know",
        field="poll.give_up_unknown_after_s",
    ),
    _key(
        "stall.enabled",
        BOOLEAN,
        "jobs that stand still are told",
        field="stall.enabled",
    ),
    _key(
        "stall.minimum",
        duration(1),
        "no shorter pause counts as stalled",
        field="stall.minimum_s",
    ),
    _key(
        "stall.factor",
        number(1, 100),
        "times the usual longest pause",
        field="stall.factor",
    ),
    _key(
        "stall.by_type.*",
        duration(1),
        "pause of one job type that counts as stalled",
        example='imsImportImageJob = "15m"',
    ),
    _key(
        "notify.when",
        one_of("away", "always", "never"),
        "when the terminal is told",
        field="notify.when",
    ),
    _key(
        "notify.min_duration",
        duration(),
        "shorter jobs do not leave the app",
        field="notify.min_duration_s",
    ),
    _key("notify.events", some_of(*EVENTS), "what is told", field="notify.events"),
    _key(
        "notify.away_after",
        duration(),
        "nobody looks, where the terminal does not report its focus",
        field="notify.away_after_s",
    ),
    _key(
        "notify.digest_after",
        duration(1),
        "who was away for so long is told what happened",
        field="notify.digest_after_s",
    ),
    _key(
        "notify.coalesce",
        duration(0, 600),
        "what comes within this time is one message",
        field="notify.coalesce_s",
    ),
    _key(
        "notify.quiet.hours",
        HOURS,
        'such as "22:00-07:30": told at their end; empty: never',
        field="notify.quiet_hours",
    ),
    _key(
        "notify.quiet.days",
        some_of(*DAYS),
        "the days on which they begin",
        field="notify.quiet_days",
    ),
    _key(
        "notify.quiet.allow",
        some_of(*map(str, Level)),
        "levels that are told all the same",
        field="notify.quiet_allow",
    ),
    _key(
        "notify.escalate.after",
        duration(1, 86400),
        "what is urgent and nobody acknowledged for so long goes on",
        field="notify.escalate_after_s",
    ),
    _key(
        "notify.escalate.channels",
        TEXTS,
        "to these, which hear of failures only then",
        field="notify.escalate_channels",
        example='channels = ["oncall"]',
    ),
    _key(
        "notify.command.argv",
        PROGRAM,
        field="notify.command",
        private=True,
        example='argv = ["notify-send", "$IMS_TUI_TITLE"]',
    ),
    _key(
        "notify.command.timeout",
        duration(1, 300),
        "the program is stopped then",
        field="notify.command_timeout_s",
    ),
    _key(
        "notify.command.credentials",
        BOOLEAN,
        "whether the program gets the variables that hold credentials",
        field="notify.command_credentials",
    ),
    _key("notify.channels.*.kind", one_of(*CHANNEL_KINDS), "where it goes"),
    _key(
        "notify.channels.*.level",
        one_of(*map(str, Level)),
        "urgent, warning or news: what matters less is left out",
    ),
    _key(
        "notify.channels.*.filter",
        TEXT,
        "the jobs it hears of, as in the table: tag:prod",
    ),
    _key("notify.channels.*.url", secret("url_env or url_file"), private=True),
    _key(
        "notify.channels.*.url_env",
        VARIABLE,
        "variable that holds the address",
        private=True,
    ),
    _key("notify.channels.*.url_file", PATH, "file that holds the address"),
    _key("notify.channels.*.secret", secret("secret_env"), private=True),
    _key(
        "notify.channels.*.secret_env",
        VARIABLE,
        "variable of what the address signs or authorises with",
        private=True,
    ),
    _key("notify.channels.*.argv", PROGRAM, "the program of a command", private=True),
    _key(
        "notify.channels.*.language",
        one_of("en", "zh-CN"),
        "what it is told in; what the service says stays as it is",
    ),
    _key(
        "notify.channels.*.template",
        TEXT,
        'of kind json, its body: {"text": "$IMS_TUI_TITLE"}',
    ),
    _key("notify.channels.*.timeout", duration(1, 300), "the program is stopped then"),
    _key(
        "notify.channels.*.credentials",
        BOOLEAN,
        "whether the program gets the variables that hold credentials",
    ),
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
    _key(
        "log.level",
        one_of("debug", "info", "warning", "error"),
        "debug logs requests",
        field="log_level",
    ),
    _key(
        "privacy.keep_history",
        duration(),
        "0 = keep nothing beyond the watchlist",
        field="keep_history_s",
    ),
    _key("profiles.*.region", REGION),
    _key(
        "profiles.*.endpoint",
        URL,
        "address of IMS; by default from the region",
        private=True,
    ),
    _key(
        "profiles.*.ecs_endpoint",
        URL,
        "address of ECS; by default beside that of IMS",
        private=True,
    ),
    _key(
        "profiles.*.evs_endpoint",
        URL,
        "address of EVS; by default beside that of IMS",
        private=True,
    ),
    _key(
        "profiles.*.cloud_domain",
        HOST,
        "such as myhuaweicloud.eu; by default from the region",
    ),
    _key(
        "profiles.*.auth",
        one_of(*SCHEMES),
        "the scheme, where several could be meant",
        private=True,
        is_part=True,
    ),
    _key(
        "profiles.*.auth_url",
        URL,
        "address of IAM; by default from the region",
        private=True,
    ),
    _key("profiles.*.domain", TEXT, "the account name"),
    _key("profiles.*.user", TEXT, "the IAM user", scheme="password"),
    _key(
        "profiles.*.password",
        secret("password_env, password_file or token_command"),
        private=True,
        is_part=True,
    ),
    _key("profiles.*.password_env", VARIABLE, private=True, scheme="password"),
    _key("profiles.*.password_file", PATH, scheme="password"),
    _key(
        "profiles.*.token",
        secret("token_env, token_file or token_command"),
        private=True,
        is_part=True,
    ),
    _key("profiles.*.token_env", VARIABLE, private=True, scheme="token"),
    _key("profiles.*.token_file", PATH, scheme="token"),
    _key("profiles.*.access_key", secret("access_key_env"), private=True, is_part=True),
    _key("profiles.*.access_key_env", VARIABLE, private=True, scheme="aksk"),
    _key(
        "profiles.*.secret_key",
        secret("secret_key_env or secret_key_file"),
        private=True,
        is_part=True,
    ),
    _key("profiles.*.secret_key_env", VARIABLE, private=True, scheme="aksk"),
    _key("profiles.*.secret_key_file", PATH, scheme="aksk"),
    _key(
        "profiles.*.security_token",
        secret("security_token_env"),
        private=True,
        is_part=True,
    ),
    _key("profiles.*.security_token_env", VARIABLE, private=True, is_part=True),
    _key(
        "profiles.*.token_command",
        PROGRAM,
        "a program that prints a token, or JSON with token and expires_at",
        private=True,
        scheme="command",
    ),
    _key("profiles.*.cloud", TEXT, "entry of clouds.yaml", scheme="clouds"),
    _key("profiles.*.project", TEXT, "name of the project"),
    _key("profiles.*.project_id", IDENTIFIER),
    _key("profiles.*.ca_bundle", PATH),
    _key("profiles.*.allow_http", BOOLEAN, "send credentials over plain http"),
    _key(
        "profiles.*.console_url",
        PAGE,
        "page of the cloud's console that o opens; may hold {region}, {project_id}, "
        "{job_id}, {image_id}",
        private=True,
    ),
    _key("profiles.*.budget", RATE, "instead of poll.budget"),
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
