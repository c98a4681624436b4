"""What is read fast is what `tomllib` reads; the rest is left to it."""

from __future__ import annotations

import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.toml.subset import read_plain
from tests.core.toml.documents import mutated

LINES = st.sampled_from(
    [
        "schema = 1",
        "n = 01",
        "n = -1",
        "[[jobs]]",
        "[jobs.result]",
        "[other.result]",
        "[jobs]",
        "jobs = 1",
        'jobs = ["a"]',
        'id = "a"',
        'id = "b"  # said',
        "id = 'c'",
        'label = "é \\" \\u00e9 \\\\"',
        'label = "\\q"',
        'label = "\\',
        'label = """',
        '"""',
        "tags = []",
        'tags = ["a", "b"]',
        'tags = ["a", ]',
        'tags = ["a"',
        "]",
        "added = 2026-11-23T12:00:00Z",
        "added = 2026-11-23T12:00:00.123456+08:00",
        "added = 2026-11-23T12:00:00.1-00:30",
        "added = 2026-13-23T12:00:00Z",
        "added = 2026-11-23T24:00:00Z",
        "added = 2026-11-23T12:00:00+24:00",
        "added = 2026-11-23",
        "muted = true",
        "result = 1",
        'result = "x"',
        "# a comment",
        "#\x01",
        "",
        " ",
        "a.b = 1",
    ]
)


def by_the_book(text: str) -> object:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


@given(st.lists(LINES, max_size=12).map("\n".join), st.sampled_from(["", "\n"]))
def test_it_reads_what_tomllib_reads_or_nothing(text: str, end: str) -> None:
    read = read_plain(text + end)
    assert read is None or read == by_the_book(text + end)


@given(mutated().filter(lambda text: "\r" not in text))
def test_a_damaged_text_is_read_as_tomllib_reads_it_or_not_at_all(text: str) -> None:
    for each in (text, f"{text}\n", text.replace("  ", "").replace("=", " = ")):
        read = read_plain(each)
        assert read is None or repr(read) == repr(by_the_book(each))


PARTS = st.tuples(*[st.integers(0, most) for most in (14, 32, 25, 61, 61, 25, 61)])


@given(PARTS, st.sampled_from("+-"))
def test_a_time_is_one_where_tomllib_finds_one(
    parts: tuple[int, ...], sign: str
) -> None:
    month, day, hour, minute, second, zone, rest = (f"{part:02}" for part in parts)
    at = f"2026-{month}-{day}T{hour}:{minute}:{second}{sign}{zone}:{rest}"
    text = f"added = {at}\n"
    assert read_plain(text) == by_the_book(text)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"id": st.text()},
            optional={
                "tags": st.lists(st.text(), max_size=2),
                "added": st.datetimes(timezones=st.timezones()),
                "result": st.fixed_dictionaries({"reason": st.text()}),
            },
        ),
        max_size=3,
    )
)
def test_any_value_is_the_same(jobs: list[dict[str, object]]) -> None:
    try:
        text = tomli_w.dumps({"schema": 1, "jobs": jobs})
        whole = by_the_book(text)
    except ValueError:  # seconds in an offset
        return
    read = read_plain(text)
    assert read is None or read == whole


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# head\nschema = 1\n\n[[jobs]]\nid = \"a\"\ntags = [\"x\", \"y\"]\n\n"
        "[jobs.result]\nstatus = \"FAIL\"\n\n[[jobs]]\nid = \"é\\\"\"\nmuted = true\n",
    ],
)  # fmt: skip
def test_what_we_write_is_plain(text: str) -> None:
    read = read_plain(text)
    assert read is not None
    assert read == tomllib.loads(text)
