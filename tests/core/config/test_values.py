"""Kinds of setting values."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ims_tui.core.config.spec import KEYS
from ims_tui.core.config.values import (
    BOOLEAN,
    PAGE,
    PROGRAM,
    RATE,
    URL,
    VARIABLE,
    Rate,
    UnacceptableError,
    duration,
    duration_text,
    number,
    one_of,
    shown,
    some_of,
)
from ims_tui.core.text import printable


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("10s", 10),
        ("5m", 300),
        ("2h", 7200),
        ("7d", 604800),
        ("0", 0),
        (0, 0),
        ("1.5s", 1.5),
        ("1m30s", 90),
        ("1h0.5s", 3600.5),
        ("1d2h3m4s", 93784),
    ],
)
def test_durations(raw: object, seconds: float) -> None:
    assert duration().read(raw) == seconds


@pytest.mark.parametrize("raw", [10, 1.5, "10", float("inf"), 10**400])
def test_a_duration_without_a_unit_is_refused_with_the_form(raw: object) -> None:
    with pytest.raises(UnacceptableError, match=r'has no unit\. Write "10s", "5m"'):
        duration().read(raw)


@pytest.mark.parametrize(
    "raw", ["", "s", "-5m", "5 m", "5w", "1e3s", "1s2m", "1m5", "1m1m", True, None, [1]]
)
def test_other_things_are_no_duration(raw: object) -> None:
    with pytest.raises(UnacceptableError, match="is not a duration"):
        duration().read(raw)


def test_bounds_of_a_duration_are_named() -> None:
    with pytest.raises(UnacceptableError, match="shorter than 2s"):
        duration(2).read("1s")
    with pytest.raises(UnacceptableError, match="longer than 1h"):
        duration(0, 3600).read("61m")


@given(st.integers(0, 3 * 10**8))
def test_a_written_duration_reads_back(seconds: int) -> None:
    assert duration().read(duration_text(float(seconds))) == seconds


def test_rates() -> None:
    assert RATE.read("200/5m") == Rate(200, 300)
    assert RATE.write(Rate(60, 300.0)) == '"60/5m"'


@pytest.mark.parametrize("raw", ["fast", "200", "0/5m", "5m/200", "1/0", "9/0.1s", 5])
def test_other_things_are_no_rate(raw: object) -> None:
    with pytest.raises(UnacceptableError):
        RATE.read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "http://user:pw@host/",
        "ftp://host",
        "https://",
        "https://host/?q=1",
        "https://host/#f",
        "host",
        "https://ho st",
        "https://host\n",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "https://xn--zzzzzz",
        "https://xn--a.example/x",
        "https://a..b",
        "https://[::1::2]",
        f"https://{'a' * 64}.example",
        3,
    ],
)
def test_addresses_carry_nothing_but_a_place(raw: object) -> None:
    with pytest.raises(UnacceptableError):
        URL.read(raw)


def test_addresses() -> None:
    good = "http://127.0.0.1:8080 https://[::1]:9/v3 https://ims.x.y/p/q"
    for text in (*good.split(), "https://xn--bcher-kva.example", "https://ims.x:65535"):
        assert URL.read(text + "/") == text


@pytest.mark.parametrize(
    "raw",
    [
        "https://console.example.com",
        "https://console.example.com:8443/ims/?region={region}#/image/{image_id}",
        "https://c.example.com/{project_id}/{job_id}?a=b&c=%20@",
    ],
)
def test_pages_of_a_console(raw: str) -> None:
    assert PAGE.read(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "http://console.example.com",
        "https://user:secret@console.example.com/",
        "https://{region}.example.com/",
        "https://c.example.com/{token}",
        "https://c.example.com/{region!r}",
        "https://c.example.com/{",
        "https://c.example.com/{{region}}",
        "https://c.example.com/a b",
        "https://c.example.com/\n",
        "-https://c.example.com",
        "",
        3,
    ],
)
def test_other_things_are_no_page(raw: object) -> None:
    with pytest.raises(UnacceptableError, match="it may name"):
        PAGE.read(raw)


def test_words_numbers_programs() -> None:
    with pytest.raises(UnacceptableError, match=r"one of on, off \(nearest: off\)"):
        one_of("on", "off").read("of")
    with pytest.raises(UnacceptableError, match="twice"):
        some_of("a", "b").read(["a", "a"])
    assert some_of("a", "b").read(["b", "a"]) == ("b", "a")
    assert number(1, 4, whole=True).read(4) == 4
    junk: list[object] = [0, 5, 1.5, True, "2", float("nan"), 10**400]
    for raw in junk:
        with pytest.raises(UnacceptableError):
            number(1, 4, whole=True).read(raw)
    assert PROGRAM.read(["a", ""]) == ("a", "")
    programs: list[object] = [[], "a b", [""], ["a", 1], ["a\0"]]
    for program in programs:
        with pytest.raises(UnacceptableError):
            PROGRAM.read(program)
    for text in ("true", "1", ""):
        with pytest.raises(UnacceptableError):
            BOOLEAN.read(text)
    with pytest.raises(UnacceptableError):
        VARIABLE.read("not a name!")


_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.builds(pow, st.just(10), st.just(5000)),
    st.floats(),
    st.text(),
    st.datetimes(),
)
raw_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(raw_values)
def test_a_kind_accepts_or_refuses_and_never_breaks(raw: object) -> None:
    for key in KEYS:
        try:
            value = key.kind.read(raw)
        except UnacceptableError as refusal:
            assert printable(str(refusal), 500) == str(refusal)
        else:
            # What is written is TOML and JSON at once, and reads as the same value.
            written = json.loads(key.kind.write(value))
            assert key.kind.read(written) == value


@given(raw_values)
@example("\U0001133a" * 60)
def test_a_shown_value_is_short_and_safe(raw: object) -> None:
    text = shown(raw)
    assert len(text) < 100
    assert printable(text, 1000) == text
