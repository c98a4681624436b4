"""Settings as text: the effective values with their source, and the example file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from msgspec import Struct

from ims_tui.core.config.provenance import Loaded, Source
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.settings import (
    AuthSpec,
    ChannelSettings,
    Profile,
)
from ims_tui.core.config.spec import KEYS, default_text, field_of, general_keys
from ims_tui.core.config.values import SECRET, duration_text, rate_text
from ims_tui.core.signin.secret import STARS, Secret

_COMMENT_COLUMN = 36


class Effective(Struct, frozen=True):
    """One value in force."""

    key: str
    text: str
    """As TOML, secrets as stars."""
    source: str

    @property
    def value(self) -> object:
        """As JSON would hold it; what we write as TOML is JSON as well."""
        return json.loads(self.text)


def effective(loaded: Loaded) -> Iterator[Effective]:
    """Every value in force with its source, in the order of the table."""
    for key in general_keys():
        text = key.kind.write(field_of(loaded.settings, key.field))
        if key.is_private:
            text = json.dumps(_program(json.loads(text)))
        yield Effective(key.name, text, str(loaded.source(key.name)))
    for job_type, seconds in loaded.settings.stall.by_type_s.items():
        name = f"stall.by_type.{job_type}"
        text = json.dumps(duration_text(seconds))
        yield Effective(name, text, str(loaded.source(name)))
    for action, keys in loaded.settings.keys.items():
        name = f"keys.{action}"
        yield Effective(name, json.dumps(keys), str(loaded.source(name)))
    for name, channel in loaded.settings.notify.channels.items():
        yield from _channel(loaded, f"notify.channels.{name}", channel)
    for profile in loaded.settings.profiles.values():
        yield from _profile(loaded, profile)


def _channel(
    loaded: Loaded, table: str, channel: ChannelSettings
) -> Iterator[Effective]:
    """What is set of a channel; its address is a secret."""
    for name in type(channel).__struct_fields__:
        value = getattr(channel, name)
        if not value or (name == "timeout_s" and not channel.argv):
            continue
        shown = _program(value) if isinstance(value, tuple) else str(value)
        if name == "template":  # it may hold a key
            shown = STARS
        if isinstance(value, float):
            name, shown = "timeout", duration_text(value)
        written = (f"{table}.{name}{end}" for end in ("", "_env", "_file"))
        found = (loaded.sources[key] for key in written if key in loaded.sources)
        source = next(found, loaded.source(table))
        text = json.dumps(shown, ensure_ascii=False)
        yield Effective(f"{table}.{name}", text, str(source))


def _profile(loaded: Loaded, profile: Profile) -> Iterator[Effective]:
    values: dict[str, object] = {
        "region": profile.region,
        "endpoint": profile.endpoint,
        "project_id": profile.project_id,
        "ca_bundle": profile.ca_bundle,
        "allow_http": profile.allow_http,
        "console_url": profile.console_url,
    }
    if profile.budget:
        values["budget"] = rate_text(profile.budget)
    for name, value in values.items():
        key = f"profiles.{profile.name}.{name}"
        text = json.dumps(value, ensure_ascii=False)
        yield Effective(key, text, str(loaded.source(key)))
    credential = Source(profile.auth.source or "nothing found")
    for name, shown in _credential(profile.auth):
        key = f"profiles.{profile.name}.{name}"
        text = json.dumps(shown, ensure_ascii=False)
        yield Effective(key, text, str(loaded.sources.get(key, credential)))


def _credential(auth: AuthSpec) -> Iterator[tuple[str, str | list[str]]]:
    """The parts of a credential; what is secret, or may be, as stars."""
    yield "auth", auth.scheme
    for name in type(auth).__struct_fields__:
        value = getattr(auth, name)
        if name in _NOT_SHOWN or not value:
            continue
        if isinstance(value, tuple):
            yield "token_command", _program(value)
        else:
            hidden = isinstance(value, Secret) or name == "access_key"
            yield name, STARS if hidden else str(value)


_NOT_SHOWN = ("source", "project_id", "timeout_s", "remedy")


def _program(argv: Sequence[str]) -> list[str]:
    """A program without its arguments, since those may hold a secret."""
    return [*argv[:1], *([STARS] if argv[1:] else [])]


_HEAD = """\
# Settings of ims-tui. Written once by `ims-tui config init`, then yours:
# the program only reads it. What has # in front is the default, or an example.
# A duration has its unit: "10s", "5m", "2h", "7d". A file may begin with ~/.
"""

_PROFILES = """\
# Profiles: one account in one region each. Secrets never stand in this file;
# name the variable, file or program they come from. Without auth, the first of
# these is used: IMS_TUI_TOKEN, OS_CLOUD, OS_*, HUAWEICLOUD_SDK_AK and _SK,
# HW_ACCESS_KEY and HW_SECRET_KEY, OTC_SDK_AK, HCS_*, SBC_*, G42_*,
# ~/.huaweicloud/credentials, ~/.hcloud/config.json.
"""

_CHANNELS = """\
# Channels: who is told outside of the terminal. An address is a secret: name the
# variable or file that holds it.
"""

_CHANNEL_EXAMPLES = """\
#[notify.channels.team]
#kind = "feishu"
#url_env = "IMS_FEISHU_URL"
#secret_env = "IMS_FEISHU_SECRET"
#level = "warning"
#filter = "tag:prod"

#[notify.channels.oncall]
#kind = "ntfy"
#url_env = "IMS_NTFY_URL"
#level = "urgent"
"""

_EXAMPLES = """\
#[profiles.team]
#region = "cn-north-4"
#auth = "password"
#domain = "our-account"
#user = "image-reader"
#password_env = "TEAM_PASSWORD"

#[profiles.europe]
#region = "eu-de"
#auth = "aksk"
#access_key_env = "EUROPE_ACCESS_KEY"
#secret_key_file = "~/.secrets/europe-secret-key"
#budget = "100/5m"

#[profiles.helper]
#endpoint = "https://ims.cn-south-1.myhuaweicloud.com"
#auth = "command"
#token_command = ["print-token", "--account", "images"]

#[profiles.openstack]
#auth = "clouds"
#cloud = "images"
"""


def example() -> str:
    """A complete config.toml in which nothing is set yet."""
    lines = [_HEAD, "schema = 1"]
    table: tuple[str, ...] = ()
    for key in KEYS:
        if _is_in_named_table(key) or (not key.field and "*" not in key.path):
            continue
        if key.path[:-1] != table:
            table = key.path[:-1]
            lines += ["", f"[{'.'.join(table)}]"]
        lines.append(_example_line(key))
    channel_keys = [key for key in KEYS if key.path[:2] == ("notify", "channels")]
    lines += ["", _CHANNELS + "#"]
    lines += [line for key in channel_keys if (line := _profile_line(key))]
    lines += ["", _CHANNEL_EXAMPLES.rstrip()]
    profile_keys = [key for key in KEYS if key.path[0] == "profiles"]
    lines += ["", _PROFILES + "#"]
    lines += [line for key in profile_keys if (line := _profile_line(key))]
    return "\n".join([*lines, "", _EXAMPLES])


def _is_in_named_table(key: SettingKey) -> bool:
    """Whether it stands in a table that the operator names."""
    return "*" in key.path[:-1]


def _example_line(key: SettingKey) -> str:
    setting = key.example or f"{key.path[-1]} = {default_text(key)}"
    line = f"#{setting}"
    comment = key.comment
    return f"{line:<{_COMMENT_COLUMN}} # {comment}" if comment else line


def _profile_line(key: SettingKey) -> str:
    if key.kind.allowed == SECRET:
        return ""
    return f"#   {key.path[-1]:<20} {key.comment}"
