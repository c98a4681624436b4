"""The tables of `[notify.channels]`: which there are, and their addresses.

A channel with a mistake is left out as a whole, or on a reload stays as it was: half of
its rules would tell the wrong people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from msgspec import Struct, field

from ims_tui.core.config.channelkinds import CHANNEL_KINDS, OWN_KEYS
from ims_tui.core.config.environment import (
    Environment,
    UnusableError,
    header_secret,
    secret_file,
    secret_variable,
)
from ims_tui.core.config.layers import RawSetting, dotted
from ims_tui.core.config.provenance import Loaded, SettingProblem, Source
from ims_tui.core.config.settings import ChannelSettings
from ims_tui.core.config.values import UnacceptableError
from ims_tui.core.signin.address import is_loopback
from ims_tui.core.signin.secret import Secret

_NAME = r"[A-Za-z0-9_-]{1,40}"


class Channels(Struct):
    """What the layers say about channels."""

    channels: dict[str, ChannelSettings] = field(default_factory=dict)
    problems: list[SettingProblem] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)


def read_channels(
    entries: Sequence[RawSetting], environment: Environment, before: Loaded | None
) -> Channels:
    """Make the channels of all layers; never raises."""
    result = Channels()
    own = [e for e in entries if e.path[:2] == ("notify", "channels")]
    for name in dict.fromkeys(e.path[2] for e in own):
        mine = [e for e in own if e.path[2] == name]
        try:
            values = _values(name, mine)
            result.channels[name] = _channel(values, environment)
        except UnacceptableError as refusal:
            place = dotted(("notify", "channels", name))
            kept = before.settings.notify.channels.get(name) if before else None
            end = "It stays as it was" if kept else "Left out"
            if kept:
                result.channels[name] = kept
            text = f"{place}{refusal}. {end}."
            result.problems.append(SettingProblem(_source(refusal, mine), place, text))
        result.sources |= {e.name: e.source for e in mine}
    return result


class _KeyRefusedError(UnacceptableError):
    """What one key of a table says is not allowed."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f".{key}{why}")
        self.key = key


def _source(refusal: UnacceptableError, entries: Sequence[RawSetting]) -> Source:
    """Where the refused key stands; else where the table begins."""
    key = refusal.key if isinstance(refusal, _KeyRefusedError) else ""
    return next((e.source for e in entries if e.path[3:] == (key,)), entries[0].source)


def _values(name: str, entries: Sequence[RawSetting]) -> Mapping[str, object]:
    """The checked values of one table, strongest first.

    Raises:
        UnacceptableError: one is not allowed; the text goes on after the table's name.
    """
    if not re.fullmatch(_NAME, name):
        raise UnacceptableError(" is not a name: letters, digits, - and _")
    values: dict[str, object] = {}
    for entry in entries:
        try:
            values.setdefault(entry.path[3], entry.read())
        except UnacceptableError as refusal:
            raise _KeyRefusedError(entry.path[3], f" {refusal}") from refusal
    return values


def _check_template(text: str) -> None:
    if not text:
        return
    from ims_tui.core.notices.template import problem_of  # few channels have one

    if why := problem_of(text):
        raise _KeyRefusedError("template", f" {why}")


def _channel(values: Mapping[str, object], environment: Environment) -> ChannelSettings:
    kind = str(values.get("kind", ""))
    if not kind:
        raise UnacceptableError(" has no kind")
    keys = CHANNEL_KINDS[kind]
    for key in sorted((OWN_KEYS - keys) & values.keys()):
        raise _KeyRefusedError(key, f" means nothing for kind {kind}")
    if "argv" in keys and "argv" not in values:
        raise UnacceptableError(" has no argv: the program and its arguments")
    template = str(values.get("template", ""))
    _check_template(template)
    timeout_s, argv = values.get("timeout", 10.0), values.get("argv", ())
    assert isinstance(timeout_s, float)
    assert isinstance(argv, tuple)
    return ChannelSettings(
        kind,
        str(values.get("level", "news")),
        str(values.get("filter", "")),
        _url(values, environment) if "url_env" in keys else None,
        _secret(values, environment),
        argv,
        timeout_s,
        values.get("credentials") is True,
        template,
        str(values.get("language", "en")),
    )


def _url(values: Mapping[str, object], environment: Environment) -> Secret:
    given = [key for key in ("url_env", "url_file") if key in values]
    if len(given) != 1:
        both = "both url_env and url_file" if given else "no url_env and no url_file"
        raise UnacceptableError(f" has {both}; one of them names the address")
    key, name = given[0], str(values[given[0]])
    read = secret_variable if key == "url_env" else secret_file
    try:
        url = header_secret(read(environment, name), name)
    except UnusableError as error:
        raise _KeyRefusedError(key, f": {error}") from error
    is_web = values.get("kind") != "apprise"
    if why := _unfit(url.reveal()) if is_web else _unfit_for_apprise(url.reveal()):
        raise _KeyRefusedError(key, f": what {name} holds {why}")
    return url


def _unfit(url: str) -> str:
    """Why a text is not an address to post to; empty where it is one."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("http", "https") or not host:
        return "is not an address such as https://host/path"
    if parts.scheme == "http" and not is_loopback(host):
        return "is plain http, where everybody on the way could read it"
    return ""


def _unfit_for_apprise(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    is_one = mark and rest and scheme.isascii() and scheme.isalnum()
    return "" if is_one else "is not an address of apprise such as mailtos://..."


def _secret(values: Mapping[str, object], environment: Environment) -> Secret | None:
    if "secret_env" not in values:
        return None
    name = str(values["secret_env"])
    try:
        return header_secret(secret_variable(environment, name), name)
    except UnusableError as error:
        raise _KeyRefusedError("secret_env", f": {error}") from error
