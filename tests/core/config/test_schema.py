"""The JSON Schemas say of a file what its own check says, as far as they can."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from ims_tui.core.config.provenance import Layer
from ims_tui.core.config.reader import read_settings
from ims_tui.core.config.schema import config_schema
from ims_tui.core.config.settingkey import SettingKey
from ims_tui.core.config.spec import KEYS
from ims_tui.core.config.text import example as example_text
from ims_tui.core.config.vocabulary import Vocabulary
from ims_tui.core.show.actions import BY_ID
from ims_tui.core.show.columns import COLUMNS

KNOWN = Vocabulary(actions=BY_ID, columns=COLUMNS)
SCHEMA = config_schema(KNOWN)
VALIDATOR = Draft202012Validator(SCHEMA)

RAW: st.SearchStrategy[object] = (
    st.booleans()
    | st.integers(-5, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.lists(st.text(max_size=5) | st.integers(), max_size=3)
    | st.from_regex(r"\A *[0-9]{1,4}(\.[0-9])?[smhd]? *\Z")
    | st.from_regex(r"\A([0-9]{1,3}[dhms]){1,4}\Z")
    | st.from_regex(r"\A[0-9]{1,4}/[0-9]{1,3}[smhd]\Z")
    | st.sampled_from(["https://a.b", "HTTP://a:1/x", "auto", "-label", "fail", "x-1"])
    | st.lists(st.sampled_from(["fail", "success", "label", "state"]), max_size=3)
    | st.just({})
)


def document(key: SettingKey, raw: object) -> dict[str, object]:
    """A file in which only this key stands."""
    path = ["remove" if part == "*" else part for part in key.path]
    for part in reversed(path):
        raw = {part: raw}
    assert isinstance(raw, dict)
    return raw


def refused(values: Mapping[str, object]) -> bool:
    """Whether the check finds a value that is not allowed, or no setting."""
    problems = read_settings([Layer("config.toml", values)], known=KNOWN).problems
    marks = (" Kept ", " Left out.")
    return any(mark in problem.text for problem in problems for mark in marks)


@pytest.mark.parametrize("validator", [Draft202012Validator, Draft4Validator])
def test_it_is_a_schema_of_the_newest_draft_and_of_the_one_that_taplo_reads(
    validator: type[Draft202012Validator],
) -> None:
    body = {name: value for name, value in SCHEMA.items() if name[0] != "$"}
    validator.check_schema(body)


def test_every_setting_is_described() -> None:
    for key in KEYS:
        part: Mapping[str, object] = SCHEMA
        for name in key.path:
            inner = part.get("properties") or part.get("patternProperties")
            if name == "*":
                inner = inner or {"*": part.get("additionalProperties")}
                name = next(iter(inner))  # type: ignore[call-overload]
            part = inner[name]  # type: ignore[index]
        assert key.kind.schema, key.name
        assert part["description"] or key.name == "schema", key.name


@pytest.mark.parametrize("every", [False, True])
def test_the_example_is_valid_as_it_is_and_with_everything_set(every: bool) -> None:
    text = example_text()
    if every:
        text = re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)
    VALIDATOR.validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "schema = 2",
        "colour = 1",
        "ui = 1",
        "[ui]\ntheme = 1",
        "[ui]\nglyphs = 'fat'",
        "[ui]\nmouse = 'yes'",
        "[ui]\nmuose = true",
        "[ui]\nsort = '--label'",
        "[ui]\ncolumns = ['label', 'host']",
        "[ui]\narchive_after = 7",
        "[ui]\narchive_after = '7 days'",
        "[poll]\nmin_interval = 0",
        "[poll]\nbudget = '200'",
        "[poll]\nbudget = '0/5m'",
        "[poll]\nmax_in_flight = 33",
        "[poll]\nmax_in_flight = 1.5",
        "[stall]\nby_type = { x = '5' }",
        "[stall]\nfactor = 0.5",
        "[notify]\nevents = ['fail', 'fail']",
        "[notify]\nevents = ['none']",
        "[notify.command]\nargv = 'notify-send'",
        "[notify.command]\nargv = []",
        "[keys]\nlaugh = 'x'",
        "[keys]\nremove = 1",
        "[profiles.' x']\nregion = 'eu-de'",
        "[profiles.prod]\nregion = '9'",
        "[profiles.prod]\nauth = 'magic'",
        "[profiles.prod]\nendpoint = 'ftp://x'",
        "[profiles.prod]\npassword = 'x'",
        "[profiles.prod]\npassword_env = '$PW'",
        "[profiles.prod]\nproject_id = 'a/b'",
        '[profiles.prod]\nca_bundle = "a\\u0007"',
        "[profiles.prod]\nallow_http = 1",
        "[profiles.prod]\ncolour = 'red'",
    ],
)
def test_what_the_check_finds_the_schema_refuses(text: str) -> None:
    values = tomllib.loads(text)
    assert refused(values)
    assert not VALIDATOR.is_valid(values)


@settings(max_examples=600)
@given(st.sampled_from(KEYS), RAW)
@example(KEYS[0], 1.0)
def test_what_the_check_allows_the_schema_allows(key: SettingKey, raw: object) -> None:
    values = document(key, raw)
    if not refused(values):
        VALIDATOR.validate(values)
