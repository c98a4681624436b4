"""`[notify.channels]`: what may stand there, and that addresses stay secret."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from ims_tui.core.config.environment import Environment, FileText
from ims_tui.core.config.provenance import Layer, Loaded
from ims_tui.core.config.reader import read_settings
from ims_tui.core.config.settings import ChannelSettings
from ims_tui.core.config.text import effective

URL = "https://chat.example/hook?access_token=geheim"
ENVIRON = {"HOOK": URL, "SIGN": "SEC-geheim", "PLAIN": "http://chat.example/x"}
TEAM = '[notify.channels.team]\nkind = "dingtalk"\n'


def read(
    text: str, before: Loaded | None = None, environ: Mapping[str, str] = ENVIRON
) -> Loaded:
    layer = Layer("config.toml", tomllib.loads(text))
    file = FileText(f"{URL}\n", exists=True)
    environment = Environment(environ, lambda path: file)
    return read_settings([layer], environment, before=before)


def channels(loaded: Loaded) -> Mapping[str, ChannelSettings]:
    return loaded.settings.notify.channels


def test_a_channel_with_all_that_it_may_have() -> None:
    more = 'url_env = "HOOK"\nsecret_env = "SIGN"\nlevel = "urgent"\nfilter = "tag:x"'
    loaded = read(TEAM + more)
    assert loaded.problems == ()
    team = channels(loaded)["team"]
    assert (team.kind, team.level, team.filter) == ("dingtalk", "urgent", "tag:x")
    assert team.url is not None
    assert team.url.reveal() == URL
    assert team.secret is not None
    assert team.secret.reveal() == "SEC-geheim"


def test_a_problem_stands_where_its_key_stands() -> None:
    team = ("notify", "channels", "team")
    lines = {team: 1, (*team, "kind"): 2, (*team, "url"): 4}
    layer = Layer("config.toml", tomllib.loads(TEAM + "\nurl = 'geheim'"), lines)
    (problem,) = read_settings([layer], Environment({}, lambda _: FileText())).problems
    assert str(problem).startswith("config.toml line 4: notify.channels.team.url")


def test_an_address_in_a_file() -> None:
    team = channels(read(TEAM + 'url_file = "~/hook"'))["team"]
    assert team.url is not None
    assert team.url.reveal() == URL


def test_no_address_is_ever_shown() -> None:
    loaded = read(TEAM + 'url_env = "HOOK"\nsecret_env = "SIGN"')
    shown = "\n".join(f"{e.key} = {e.text} {e.source}" for e in effective(loaded))
    assert 'notify.channels.team.url = "***"' in shown
    assert "geheim" not in shown + repr(loaded)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", " has no url_env and no url_file; one of them names the address"),
        ('url_env = "HOOK"\nurl_file = "x"', " has both url_env and url_file"),
        ('url_env = "NONE"', ".url_env: the variable NONE is not set"),
        ('url_env = "PLAIN"', "is plain http, where everybody on the way"),
        ('url_env = "SIGN"', "is not an address such as https://host/path"),
        ('url = "https://geheim"', ".url would be a secret in this file: use url_env"),
        ('secret = "geheim"', ".secret would be a secret in this file: use secret_env"),
        ('url_env = "HOOK"\nlevel = "loud"', ".level is not one of urgent, warning"),
        ('url_env = "HOOK"\nargv = ["x"]', ".argv means nothing for kind dingtalk"),
        ('url_env = "HOOK"\nsecret_env = "NO"', ".secret_env: the variable NO is not"),
    ],
)
def test_a_channel_with_a_mistake_is_left_out(text: str, says: str) -> None:
    loaded = read(TEAM + text)
    assert channels(loaded) == {}
    (problem,) = loaded.problems
    assert f"notify.channels.team{says}" in str(problem) or says in str(problem)
    assert str(problem).endswith("Left out.")
    assert "geheim" not in str(problem)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[notify.channels.x]\nurl_env = "HOOK"', "x has no kind"),
        (
            '[notify.channels.x]\nkind = "pager"',
            "x.kind is not one of apprise, bell, command",
        ),
        ('[notify.channels.x]\nkind = "command"', "x has no argv"),
        ('[notify.channels."a b"]\nkind = "slack"', "is not a name: letters"),
        (
            '[notify.channels.x]\nkind = "slack"\nurl_env = "HOOK"\nsecret_env="SIGN"',
            "x.secret_env means nothing for kind slack",
        ),
        (
            '[notify.channels.x]\nkind = "terminal"\nurl_env = "HOOK"',
            "x.url_env means nothing for kind terminal",
        ),
        ('[notify.channels.x]\nurls = "x"', "x.urls is not a setting (nearest:"),
        (
            '[notify.channels.x]\nkind = "json"\nurl_env = "HOOK"\ntemplate = "{"',
            "x.template is not JSON with variables inside of its texts",
        ),
        (
            '[notify.channels.x]\nkind="json"\nurl_env="HOOK"\ntemplate="[$IMS_X]"',
            "x.template has $IMS_X, which is none of $IMS_TUI_TITLE",
        ),
        (
            '[notify.channels.x]\nkind="slack"\nurl_env="HOOK"\ntemplate="[]"',
            "x.template means nothing for kind slack",
        ),
        ('[notify.channels]\nx = "y"', "notify.channels.x is not a table"),
    ],
)
def test_other_mistakes_are_one_line(text: str, says: str) -> None:
    loaded = read(text)
    assert channels(loaded) == {}
    assert says in str(loaded.problems[0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", '"tema" is no channel: there is none. Nothing goes there.'),
        (TEAM + 'url_env = "HOOK"', '"tema" is not one of team'),
    ],
)
def test_failures_go_on_only_to_channels_that_are_there(text: str, says: str) -> None:
    loaded = read(f'[notify.escalate]\nchannels = ["tema"]\n{text}')
    (problem,) = loaded.problems
    assert "notify.escalate.channels" in str(problem)
    assert says in str(problem)


def test_on_a_reload_a_channel_with_a_mistake_stays_as_it_was() -> None:
    before = read(TEAM + 'url_env = "HOOK"')
    after = read(TEAM + 'url_env = "HOOK"\nlevel = "loud"', before)
    assert channels(after) == channels(before)
    assert str(after.problems[0]).endswith("It stays as it was.")


@pytest.mark.parametrize("text", ["22:00", "22:00-22:00", "x-y", "25:00-07:00", "1-2"])
def test_hours_that_are_none(text: str) -> None:
    loaded = read(f'[notify.quiet]\nhours = "{text}"')
    assert loaded.settings.notify.quiet_hours == ()
    assert 'is not hours such as "22:00-07:30"' in str(loaded.problems[0])


def test_quiet_hours_as_they_are_written() -> None:
    loaded = read('[notify.quiet]\nhours = "22:00-07:30"\ndays = ["sat"]\nallow = []')
    assert loaded.problems == ()
    found = {e.key: e.text for e in effective(loaded)}
    assert found["notify.quiet.hours"] == '"22:00-07:30"'
    assert loaded.settings.notify.quiet_allow == ()
