"""Hostile bytes to bounded, printable JSON values."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.jsontext import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_ROOM,
    Json,
    NotJsonError,
    as_text,
    load,
    safe,
)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P"])),
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def loaded(text: str | bytes) -> Json:
    """The value of a body that needed no repair."""
    value, repaired = load(text.encode() if isinstance(text, str) else text)
    assert not repaired
    return value


@given(values)
def test_honest_json_is_untouched(value: Json) -> None:
    assert loaded(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1,}', {"a": 1}),
        (b"[1, [2,\n ], ]", (1, (2,))),
        (b'{"a": ",}", "b": "\\",]",}', {"a": ",}", "b": '",]'}),
    ],
)
def test_a_comma_before_a_bracket_is_dropped(body: bytes, expected: Json) -> None:
    assert load(body) == (expected, True)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"a": 1', "JSON ends early at character 7"),
        (b'{"a": "unfinis', "JSON ends early at character 14"),
        (b'{"a": 1,', "JSON ends early at character 8"),
        (b'{"a": 1 "b": 2}', "Expecting ',' delimiter at line 1 column 9"),
        (b'{"a": 1,, "b": 2}', "Expecting property name"),
        (b"{} {}", "Extra data at line 1 column 4"),
        (b"hello", "Expecting value at line 1 column 1"),
        (b"[" * 40_000, "nested too deeply"),
        (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "nested too deeply"),
        (b"[" + b"[]," * 600_000 + b"0]", "more than 50,000 values"),
        ('{"a": 1}'.encode("utf-16"), "Expecting value"),
        (b"\x1f\x8b\x08\x00\x00\xff", "Expecting value"),
        (b"\x00\x00", "Expecting value"),
    ],
)
def test_anything_else_is_not_json(body: bytes, why: str) -> None:
    with pytest.raises(NotJsonError, match=why.replace("(", r"\(")):
        load(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'"\\u001b[31m"', r"\x1b[31m"),
        (b'"\x1b\x00"', r"\x1b\x00"),
        (b'"\\ud800 \\udc00\\ud83d"', r"\ud800 \udc00\ud83d"),
        (b'"\\ud83d\\ude80"', "🚀"),
        (b'"\xe9t\xe9"', r"\xe9t\xe9"),
        (b"NaN", "NaN"),
        (b"-Infinity", "-Infinity"),
        (b"1e999", "1e999"),
        (b"1" * 10_000, "1" * 4096 + ".. (10000 characters)"),
        (b"0." + b"1" * 10_000, "0." + "1" * 4094 + ".. (10002 characters)"),
        (b'\xef\xbb\xbf"bom"', "bom"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"\\u202e": 1}', {r"\u202e": 1}),
    ],
)
def test_odd_values_become_visible_text(body: bytes, expected: Json) -> None:
    assert loaded(body) == expected


def test_nesting_is_cut() -> None:
    value = loaded("[" * 200 + "]" * 200)
    for _ in range(MAX_DEPTH):
        assert isinstance(value, tuple)
        value = value[0]
    assert value == f".. nested deeper than {MAX_DEPTH} levels"


def test_members_are_counted_beyond_a_bound() -> None:
    many = loaded(json.dumps(list(range(MAX_ITEMS + 5))))
    assert isinstance(many, tuple)
    assert many[-2:] == (MAX_ITEMS - 1, ".. 5 more")
    named = loaded(json.dumps({str(n): n for n in range(MAX_ITEMS + 5)}))
    assert isinstance(named, Mapping)
    assert named[".."] == "5 more"
    assert len(named) == MAX_ITEMS + 1


def test_the_whole_is_bounded() -> None:
    rows = [["\x01" * 4000] * 100] * 30
    assert len(json.dumps(loaded(json.dumps(rows)))) < 2 * MAX_ROOM


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "' + b"x" * 10_000_000 + b'"}',
        b'{"a": "' + b"\\u202e" * 1_600_000 + b'"}',
        b'"' + b'\\"' * 5_000_000,
        b'"",' * 400_000,
        b'{"a": 1,' + b" " * 10_000_000,
        b"9" * 10_000_000,
        b"0." + b"9" * 10_000_000,
    ],
    ids=["long", "escapes", "quotes", "commas", "blanks", "digits", "fraction"],
)
def test_ten_megabytes_are_read_or_refused_in_a_few_words(body: bytes) -> None:
    """What looks at each place again would never come back from here."""
    try:
        value, _ = load(body)
    except NotJsonError as error:
        assert len(str(error)) < 100
    else:
        assert len(str(value)) < 50_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("as it is", "as it is"),
        (True, "true"),
        (None, "null"),
        (0.25, "0.25"),
        ({"a": ("b", 1)}, '{"a": ["b", 1]}'),
    ],
)
def test_values_as_text(value: Json, expected: str) -> None:
    assert as_text(value) == expected


def test_only_json_can_be_made_safe() -> None:
    with pytest.raises(TypeError, match="object is not a JSON value"):
        safe(object())
