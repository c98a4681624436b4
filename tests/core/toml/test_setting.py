"""One key is set, and every other byte stays."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.errors import UsageError
from ims_tui.core.text import BOM
from ims_tui.core.toml.setting import with_setting
from ims_tui.core.toml.settingtext import setting_text

TEXT = """\
# mine
default_profile = "eu"   # the usual one

# about the screen
[ui]  # a table
theme = 'nord'  # dark

# of the profile
[profiles.eu]
region = "eu-de"
"""


def changed(text: str, key: str, value: str) -> str:
    s = setting_text(key, value)
    return with_setting(text, s.path, s.value, s.header, s.name)


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("ui.theme", "dracula", "'nord'", '"dracula"'),
        ("default_profile", "cn", '"eu"   #', '"cn"   #'),
        ("ui.times", "utc", "# dark\n", '# dark\ntimes = "utc"\n'),
        (
            "ui.columns",
            "state,label",
            "# dark\n",
            '# dark\ncolumns = ["state", "label"]\n',
        ),
        (
            "poll.budget",
            "100/5m",
            'region = "eu-de"\n',
            'region = "eu-de"\n\n[poll]\nbudget = "100/5m"\n',
        ),
        ("profiles.eu.region", "eu-nl", '"eu-de"', '"eu-nl"'),
    ],
)
def test_only_that_key_changes(key: str, value: str, old: str, new: str) -> None:
    assert changed(TEXT, key, value) == TEXT.replace(old, new)


def test_a_byte_order_mark_stays_in_front() -> None:
    for key, value in (("ui.theme", "dracula"), ("default_profile", "cn")):
        assert changed(BOM + TEXT, key, value) == BOM + changed(TEXT, key, value)
    assert changed(BOM, "ui.times", "utc") == f'{BOM}[ui]\ntimes = "utc"\n'


def test_a_key_of_no_table_comes_before_the_first() -> None:
    text = "# the screen\n[ui]\n"
    wanted = 'default_profile = "x"\n\n# the screen\n[ui]\n'
    assert changed(text, "default_profile", "x") == wanted
    assert changed("", "default_profile", "x") == 'default_profile = "x"\n'


@pytest.mark.parametrize(
    "text", ['ui = { theme = "x" }\n', 'ui.theme = "x"\n', "[ui]\n"]
)
def test_whatever_the_form_nothing_else_is_said(text: str) -> None:
    try:
        found = tomllib.loads(changed(text, "ui.times", "utc"))
    except ValueError:
        assert "{" in text or "." in text
        return
    assert found["ui"]["times"] == "utc"


def test_line_ends_of_another_system_stay() -> None:
    text = "[ui]\r\ntheme = 'x'\r\n"
    assert changed(text, "ui.times", "utc") == text + 'times = "utc"\r\n'


@given(st.text(max_size=30))
def test_no_value_says_more_than_its_key(value: str) -> None:
    try:
        text = changed(TEXT, "notify.channels.team.filter", value)
    except UsageError:
        return
    found = tomllib.loads(text)
    assert found.pop("notify").keys() == {"channels"}
    assert found == tomllib.loads(TEXT)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("ui.thema", "x", "nearest: ui.theme"),
        ("ui", "x", "is a table"),
        ("ui.theme = 1\nx", "1", "is not a key"),
        ("poll.budget", "fast", "is not a rate"),
        ("ui.mouse", "1\nx = 2", "ui.mouse"),
    ],
)
def test_what_is_no_setting_is_named(key: str, value: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        setting_text(key, value)
