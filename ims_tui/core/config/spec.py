"""The one table of settings: every key with its kind, default and meaning.

Validation, `config show`, `config init` and the documentation derive from it. Defaults
stand in the dataclasses of `settings.py`; `Key.field` names theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ims_tui.core.config.provenance import KeyPath
from ims_tui.core.config.settings import EVENTS, Settings
from ims_tui.core.config.values import (
    BOOLEAN,
    HOST,
    IDENTIFIER,
    PATH,
    PROGRAM,
    RATE,
    REGION,
    TEXT,
    TEXTS,
    URL,
    VARIABLE,
    Kind,
    duration,
    number,
    one_of,
    secret,
    some_of,
    unused,
)


class Key(Struct, frozen=True):
    """One key of config.toml."""

    path: KeyPath
    kind: Kind
    help: str = ""
    field: str = ""
    """Attribute path below Settings, such as `poll.min_interval_s`.

    Empty for keys that make something else: a credential, or nothing.
    """
    is_private: bool = False
    """Whether a mistaken value may be a secret, so that messages never show it."""

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)


class Switch(Struct, frozen=True):
    """A variable or option that sets a key."""

    name: str
    path: KeyPath
    turned_on: object = None
    """The value that its presence sets; None: its own text."""


def _key(
    name: str, kind: Kind, help: str = "", *, field: str = "", private: bool = False
) -> Key:
    return Key(tuple(name.split(".")), kind, help, field, private)


KEYS: tuple[Key, ...] = (
    _key("schema", unused(1, "is not a schema this version knows")),
    _key(
        "default_profile",
        TEXT,
        "the account used where none is named; the first if not set",
        field="default_profile",
    ),
    _key(
        "ui.theme", TEXT, "auto, one of ours, or any theme of Textual", field="ui.theme"
    ),
    _key("ui.glyphs", one_of("auto", "braille", "blocks", "ascii"), field="ui.glyphs"),
    _key("ui.times", one_of("elapsed", "local", "utc"), field="ui.times"),
    _key("ui.mouse", BOOLEAN, field="ui.mouse"),
    _key(
        "ui.confirm_quit", one_of("never", "active", "always"), field="ui.confirm_quit"
    ),
    _key(
        "ui.sort",
        TEXT,
        "attention, or a column; with - in front descending",
        field="ui.sort",
    ),
    _key(
        "ui.columns",
        TEXTS,
        'in order, such as ["state", "label", "progress"]; empty: as wide as fits',
        field="ui.columns",
    ),
    _key(
        "ui.default_facet",
        one_of("all", "active", "attention", "failed", "done", "archive"),
        field="ui.default_facet",
    ),
    _key(
        "ui.archive_after",
        duration(),
        "finished jobs leave the table then; 0 = never",
        field="ui.archive_after_s",
    ),
    _key("ui.window_title", BOOLEAN, field="ui.window_title"),
    _key(
        "ui.clipboard", one_of("auto", "osc52", "native", "off"), field="ui.clipboard"
    ),
    _key("poll.min_interval", duration(0.5, 3600), field="poll.min_interval_s"),
    _key("poll.max_interval", duration(1, 86400), field="poll.max_interval_s"),
    _key(
        "poll.budget",
        RATE,
        "requests per profile; a quarter of it at once",
        field="poll.budget",
    ),
    _key("poll.max_in_flight", number(1, 32, whole=True), field="poll.max_in_flight"),
    _key("poll.request_timeout", duration(1, 300), field="poll.request_timeout_s"),
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
    _key("stall.enabled", BOOLEAN, field="stall.enabled"),
    _key("stall.minimum", duration(1), field="stall.minimum_s"),
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
    ),
    _key("notify.when", one_of("unfocused", "always", "never"), field="notify.when"),
    _key(
        "notify.min_duration",
        duration(),
        "shorter jobs do not leave the app",
        field="notify.min_duration_s",
    ),
    _key("notify.events", some_of(*EVENTS), field="notify.events"),
    _key("notify.command.argv", PROGRAM, field="notify.command", private=True),
    _key("notify.command.timeout", duration(1, 300), field="notify.command_timeout_s"),
    _key(
        "notify.command.credentials",
        BOOLEAN,
        "whether the program gets the variables that hold credentials",
        field="notify.command_credentials",
    ),
    _key("keys.*", TEXT, "action = keys, comma-separated"),
    _key(
        "log.level",
        one_of("debug", "info", "warning", "error"),
        "debug, info, warning, error; debug logs requests",
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
        "profiles.*.cloud_domain",
        HOST,
        "such as myhuaweicloud.eu; by default from the region",
    ),
    _key(
        "profiles.*.auth",
        one_of("password", "token", "aksk", "clouds", "command"),
        private=True,
    ),
    _key(
        "profiles.*.auth_url",
        URL,
        "address of IAM; by default from the region",
        private=True,
    ),
    _key("profiles.*.domain", TEXT, "the account name"),
    _key("profiles.*.user", TEXT, "the IAM user"),
    _key(
        "profiles.*.password",
        secret("password_env, password_file or token_command"),
        private=True,
    ),
    _key("profiles.*.password_env", VARIABLE, private=True),
    _key("profiles.*.password_file", PATH),
    _key(
        "profiles.*.token",
        secret("token_env, token_file or token_command"),
        private=True,
    ),
    _key("profiles.*.token_env", VARIABLE, private=True),
    _key("profiles.*.token_file", PATH),
    _key("profiles.*.access_key", secret("access_key_env"), private=True),
    _key("profiles.*.access_key_env", VARIABLE, private=True),
    _key(
        "profiles.*.secret_key",
        secret("secret_key_env or secret_key_file"),
        private=True,
    ),
    _key("profiles.*.secret_key_env", VARIABLE, private=True),
    _key("profiles.*.secret_key_file", PATH),
    _key("profiles.*.security_token", secret("security_token_env"), private=True),
    _key("profiles.*.security_token_env", VARIABLE, private=True),
    _key(
        "profiles.*.token_command",
        PROGRAM,
        "a program that prints a token, or JSON with token and expires_at",
        private=True,
    ),
    _key("profiles.*.cloud", TEXT, "entry of clouds.yaml"),
    _key("profiles.*.project", TEXT, "name of the project"),
    _key("profiles.*.project_id", IDENTIFIER),
    _key("profiles.*.ca_bundle", PATH),
    _key("profiles.*.allow_http", BOOLEAN, "send credentials over plain http"),
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


def key_at(path: KeyPath) -> Key | None:
    """The key that a path names, where `*` matches any one part."""
    if key := _BY_PATH.get(path):
        return key
    match path:
        case (("keys") as table, _):
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
    depth = len(pattern)
    return {
        key.path[depth]
        for key in KEYS
        if len(key.path) > depth and key.path[:depth] == pattern
    }


def general_keys() -> Iterator[Key]:
    """Keys that fill one field of Settings."""
    return (key for key in KEYS if key.field)


def field_of(settings: Settings, field: str) -> object:
    """The value of a field path such as `poll.min_interval_s`."""
    value: object = settings
    for part in field.split("."):
        value = getattr(value, part)
    return value


def default_text(key: Key) -> str:
    """The default of a key as TOML; empty where there is none."""
    if key.field:
        return key.kind.write(field_of(_DEFAULTS, key.field))
    return "" if "*" in key.path or key.kind is PROGRAM else key.kind.allowed
