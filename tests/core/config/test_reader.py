"""Layers of raw values to settings with provenance."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from ims_tui.core.config.environment import Environment
from ims_tui.core.config.layers import environment_layer, option_layer
from ims_tui.core.config.provenance import Layer, Loaded, Source
from ims_tui.core.config.reader import read_settings
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.settings import NoCredential, Settings
from ims_tui.core.config.spec import KEYS, default_text, field_of
from ims_tui.core.config.values import PROGRAM, Rate
from ims_tui.core.config.vocabulary import Vocabulary
from ims_tui.core.show.actions import clashes
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.text import printable
from ims_tui.core.toml.lines import key_lines


def file_layer(text: str, *, writable_by_others: bool = False) -> Layer:
    return Layer(
        "config.toml",
        tomllib.loads(text),
        key_lines(text),
        writable_by_others=writable_by_others,
    )


def read(
    text: str = "",
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, object] | None = None,
    known: Vocabulary | None = None,
    before: Loaded | None = None,
) -> Loaded:
    layers = [
        option_layer(options or {}),
        environment_layer(environ or {}),
        file_layer(text),
    ]
    return read_settings(
        layers, Environment(environ or {}), known or Vocabulary(), before
    )


def lines_of(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def test_nothing_gives_the_defaults_and_one_profile() -> None:
    loaded = read()
    assert loaded.problems == ()
    assert loaded.settings.poll == Settings().poll
    assert list(loaded.settings.profiles) == ["default"]
    assert loaded.settings.default_profile == "default"
    assert str(loaded.source("poll.budget")) == "default"


def test_a_wrong_value_names_line_key_and_what_stays() -> None:
    text = "[ui]\nmouse = true\n\n[poll]\nmax_in_flight = 8\nbudget = 'fast'\n"
    loaded = read(text)
    assert lines_of(loaded) == [
        'config.toml line 6: poll.budget = "fast" is not a rate such as "200/5m". '
        "Kept 200/5m."
    ]
    assert loaded.settings.poll.budget == Rate(200, 300)
    assert loaded.settings.poll.max_in_flight == 8
    assert loaded.source("poll.max_in_flight") == Source("config.toml", "", 5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[ui]\nglyphs = 'ascci'",
            "braille, blocks, ascii (nearest: ascii). Kept auto.",
        ),
        ("[ui]\nthme = 'x'", "ui.thme is not a setting (nearest: ui.theme). Left out."),
        ("[pol]\nmode = 'x'", "pol is not a setting (nearest: poll). Left out."),
        ("ui = 3", "ui is not a table. Left out."),
        ("[poll]\nmin_interval = 10", 'has no unit. Write "10s", "5m", "2h" or "7d"'),
        ("[poll]\nmode = 'fixed'", "poll.mode is not a setting"),
        ("[ui]\nanimation = 'full'", "ui.animation is not a setting"),
        ("[notify.ntfy]\nurl = 'x'", "notify.ntfy is not a setting"),
        ("[keys]\nquit = 3", "keys.quit = 3 is not a text in quotes. Left out."),
        ("[stall.by_type]\nimsX = 'soon'", 'stall.by_type.imsX = "soon" is not a dura'),
        ("schema = 2", "schema = 2 is not a schema this version knows. Kept 1."),
        ("[profiles]\nprod = 'x'", "profiles.prod is not a table. Left out."),
        ('[profiles."a\\tb"]\nregion = "r"', 'profiles."a\\tb" is not a name for'),
    ],
)
def test_each_mistake_has_its_line(text: str, line: str) -> None:
    (problem,) = lines_of(read(text))
    assert problem.startswith("config.toml line ")
    assert line in problem


def test_option_beats_environment_beats_file_beats_default() -> None:
    text = "[ui]\ntheme = 'a'\nmouse = true\n[log]\nlevel = 'error'\n"
    text += "[poll]\nbudget = '9/1m'"
    environ = {"IMS_TUI_THEME": "b", "IMS_TUI_LOG": "debug", "IMS_TUI_ASCII": "1"}
    options = {"theme": "c", "no_mouse": True, "ascii": False}
    loaded = read(text, environ, options)
    assert loaded.problems == ()
    assert loaded.settings.ui.theme == "c"
    assert loaded.settings.ui.mouse is False
    assert loaded.settings.ui.glyphs == "ascii"
    assert loaded.settings.log_level == "debug"
    assert loaded.settings.poll.budget == Rate(9, 60)
    assert [
        str(loaded.source(key)) for key in ("ui.theme", "log.level", "ui.mouse")
    ] == [
        "option --theme",
        "environment IMS_TUI_LOG",
        "option --no-mouse",
    ]


def test_a_wrong_option_says_nothing_of_what_stays() -> None:
    loaded = read("", {}, {"timeout_request": "abc", "endpoint": "ftp://x"})
    assert lines_of(loaded) == [
        'option --timeout-request: "abc" is not a duration such as "10s", "5m", "2h" '
        'or "7d".',
        'option --endpoint: is not an address such as "https://host/path".',
    ]


def test_a_filter_that_cannot_be_read_is_left_out_with_its_line() -> None:
    known = Vocabulary(filter_problem=lambda text: parse_filter(text).problem)
    loaded = read("[filters]\nnight = 'ended<12h'\nbad = '/((/'", known=known)
    assert dict(loaded.settings.filters) == {"night": "ended<12h"}
    (line,) = lines_of(loaded)
    assert line.startswith("config.toml line 3: filters.bad")
    assert "/((/ is not a pattern" in line
    assert line.endswith("Left out.")


def test_a_key_for_two_actions_is_named_with_its_line() -> None:
    text = '[keys]\nadd = "f9"\nacknowledge = "q"'
    assert lines_of(read(text, known=Vocabulary(clashes=clashes))) == [
        "config.toml line 3: keys.acknowledge: q stands for acknowledge and quit; "
        "only one can have it."
    ]


def test_a_wrong_variable_leaves_the_value_of_the_file() -> None:
    loaded = read("[log]\nlevel = 'error'", {"IMS_TUI_LOG": "klingon"})
    (line,) = lines_of(loaded)
    assert line.startswith('environment IMS_TUI_LOG: log.level = "klingon" is not one')
    assert line.endswith("Kept error.")
    assert loaded.settings.log_level == "error"


@pytest.mark.parametrize("value", ["", "0", "false", "No"])
def test_a_flag_variable_can_say_no(value: str) -> None:
    assert read("", {"IMS_TUI_NO_NOTIFY": value}).settings.notify.when == "away"
    assert read("", {"IMS_TUI_NO_NOTIFY": "1"}).settings.notify.when == "never"


def test_on_a_reload_the_earlier_value_stays() -> None:
    before = read("[poll]\nbudget = '60/5m'\nmax_in_flight = 2")
    after = read("[poll]\nbudget = 'fast'\n", before=before)
    assert after.settings.poll.budget == Rate(60, 300)
    assert after.settings.poll.max_in_flight == 4
    assert lines_of(after)[0].endswith("Kept 60/5m.")


def test_intervals_in_the_wrong_order_both_stay_as_they_were() -> None:
    loaded = read("[poll]\nmin_interval = '90s'\nmax_interval = '30s'")
    assert loaded.settings.poll == Settings().poll
    assert lines_of(loaded) == [
        "config.toml line 2: poll.min_interval is longer than poll.max_interval. "
        "Kept 2s and 35s."
    ]


def test_names_that_other_rooms_own_are_checked() -> None:
    text = (
        "[keys]\nquit = 'q'\nquitt = 'x'\n"
        "[ui]\nsort = '-labl'\ncolumns = ['state', 'nope']\ntheme = 'ims-drak'"
    )
    known = Vocabulary({"quit", "add"}, ("state", "label"), {"ims-dark"})
    loaded = read(text, known=known)
    assert loaded.settings.keys == {"quit": "q"}
    assert loaded.settings.ui == Settings().ui
    problems = "\n".join(lines_of(loaded))
    for nearest in ("label", "ims-dark"):
        assert f"(nearest: {nearest})" in problems
    assert 'keys.quitt = "x" names no action; near are quit; ims-tui' in problems
    assert read("[ui]\nsort = '-label'", known=known).problems == ()


def test_tables_with_free_names() -> None:
    loaded = read("[stall.by_type]\nimsImportImageJob = '45m'\n[keys]\nadd = 'a,+'")
    assert loaded.problems == ()
    assert loaded.settings.stall.by_type_s == {"imsImportImageJob": 2700.0}
    assert loaded.settings.keys == {"add": "a,+"}


def test_programs_in_a_file_that_others_write_are_not_taken() -> None:
    text = (
        "[notify.command]\nargv = ['ring', 'SECRET']\n"
        "[profiles.p]\nauth = 'command'\ntoken_command = ['get', 'SECRET']\n"
    )
    loaded = read_settings([file_layer(text, writable_by_others=True)])
    assert loaded.settings.notify.command == ()
    auth = loaded.settings.profiles["p"].auth
    assert isinstance(auth, NoCredential)
    assert "others can write config.toml (chmod go-w mends it)" in auth.reason
    assert [problem.source.line for problem in loaded.problems] == [2, 5]
    assert "SECRET" not in repr(loaded.problems)
    trusted = read_settings([file_layer(text)])
    assert trusted.settings.notify.command == ("ring", "SECRET")


@pytest.mark.parametrize(
    "text",
    [
        "password = 'hunter2'",
        "token = 'hunter2'",
        "secret_key = 'hunter2'",
        "access_key = 'hunter2'",
        "security_token = 'hunter2'",
        "pasword = 'hunter2'",
        "password_env = 'hunter2 !'",
        "token_command = 'get hunter2'",
        "auth = 'hunter2'",
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_shown(text: str) -> None:
    loaded = read(f"[profiles.p]\nregion = 'eu-de'\n{text}", {"IMS_TUI_TOKEN": "t0ken"})
    (line,) = lines_of(loaded)
    assert line.startswith("config.toml line 3: profiles.p.")
    assert "hunter2" not in repr(loaded)
    if "pasword" not in text:
        # Not silently another account than the one that was meant.
        assert isinstance(loaded.settings.profiles["p"].auth, NoCredential)
        assert "profiles.p." in loaded.choices["p"].why


_keys = st.sampled_from([key.path for key in KEYS])
_scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.builds(pow, st.just(10), st.just(5000)),
    st.floats(),
    st.text(max_size=20),
    st.datetimes(),
)
_junk = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ),
    max_leaves=4,
)


def _planted(path: tuple[str, ...], raw: object) -> dict[str, object]:
    tree: object = raw
    for part in reversed(path):
        tree = {"x" if part == "*" else part: tree}
    assert isinstance(tree, dict)
    return tree


@settings(max_examples=150)
@given(_keys, _junk)
def test_junk_is_taken_or_named(path: tuple[str, ...], raw: object) -> None:
    tree = _planted(path, raw)
    loaded = read_settings([Layer("config.toml", tree)])
    name = ".".join("x" if part == "*" else part for part in path)
    for problem in loaded.problems:
        assert problem.key.startswith(name.rpartition(".")[0])
        assert printable(str(problem), 1000) == str(problem)
    if not loaded.problems:
        assert name in loaded.sources or raw in (1, False, "none", "predictive", "")


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=9), _junk, max_size=4))
def test_unknown_keys_are_all_named(tree: dict[str, object]) -> None:
    tree = {key: raw for key, raw in tree.items() if key not in ("keys", "profiles")}
    known = {key.path[0] for key in KEYS}
    loaded = read_settings([Layer("config.toml", tree)])
    named = {problem.key for problem in loaded.problems}
    assert all(printable(key, 100) in named for key in tree if key not in known)
    assert loaded.settings.ui == Settings().ui


GOOD = "[profiles.p]\nregion = 'eu-de'\nauth = 'command'\ntoken_command = ['t']\n"


@pytest.mark.parametrize(
    "mistake", ["region = 7", "regoin = 'eu-nl'", "auth = 'comand'", "budget = 'fast'"]
)
def test_a_mistake_in_a_profile_leaves_it_as_it_was_on_a_reload(mistake: str) -> None:
    before = read_settings([file_layer(GOOD)])
    key = mistake.partition(" ")[0]
    kept = "".join(line for line in GOOD.splitlines(True) if not line.startswith(key))
    after = read_settings([file_layer(kept + mistake + "\n")], before=before)
    assert after.settings.profiles == before.settings.profiles
    assert after.choices == before.choices
    assert any("stays as it was" in str(problem) for problem in after.problems)
    mended = read_settings([file_layer(GOOD.replace("eu-de", "eu-nl"))], before=after)
    assert not mended.problems
    assert mended.settings.profiles["p"].region == "eu-nl"


def plain_fields(table: type[Struct], place: str = "") -> Iterator[str]:
    """Paths of the fields that hold a value, not a table of settings or of names."""
    for name, kind in get_type_hints(table).items():
        if isinstance(kind, type) and issubclass(kind, Struct) and kind is not Rate:
            yield from plain_fields(kind, f"{place}{name}.")
        elif get_origin(kind) is not Mapping:
            yield f"{place}{name}"


def test_the_declaration_of_a_field_is_all_there_is_of_a_setting() -> None:
    declared = [key.field for key in KEYS if key.field]
    assert declared == sorted(declared, key=[*plain_fields(Settings)].index)
    assert {*declared} == {*plain_fields(Settings)}
    assert len({key.path for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", [k for k in KEYS if k.field], ids=lambda key: key.name)
def test_a_setting_takes_the_default_that_stands_beside_it(key: SettingKey) -> None:
    text = default_text(key)
    written: object = tomllib.loads(f"value = {text}")["value"]
    if key.kind is PROGRAM:  # there is none, which nobody can write
        assert written == []
    else:
        assert key.kind.read(written) == field_of(Settings(), key.field)
