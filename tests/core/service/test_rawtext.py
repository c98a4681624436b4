"""Replies laid out for reading."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.rawtext import MAX_BYTES, MAX_LINES, MAX_WIDTH, raw_lines
from ims_tui.core.text import printable
from tests.core.samples import sample
from tests.core.service.test_jsontext import values


@given(values.filter(lambda value: value != ""))
def test_honest_json_is_laid_out_as_usual(value: object) -> None:
    usual = json.dumps(value, indent=2, ensure_ascii=False)
    assert raw_lines(json.dumps(value, ensure_ascii=False).encode()) == usual.split(
        "\n"
    )


def test_the_looks_of_what_was_received_stay() -> None:
    assert raw_lines(b'{"a":1.50,"a":[ ],"b":{},"c":"x\\u202ey",}') == [
        "{",
        '  "a": 1.50,',
        '  "a": [],',
        '  "b": {},',
        '  "c": "x\\u202ey",',
        "}",
    ]


def test_the_sample_of_the_manual_is_laid_out() -> None:
    assert '    "current_task": "ImportImageTask:ObtainImageInfoTask",' in raw_lines(
        sample("manual-sample.json")
    )


def test_other_text_stays_as_received() -> None:
    assert raw_lines(b"<p>\r\n\tno\x1b[2J") == ["<p>", r"    no\x1b[2J"]
    assert raw_lines(b'{"a": 1') == ['{"a": 1']
    assert raw_lines(b"") == [""]


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"1," * 100_000 + b"1]",
        b"\n" * 100_000,
        b"x" * (2 * MAX_BYTES),
        b'"' + b"\\u202e" * 200_000 + b'"',
        b"[" * 900 + b"1," * 50_000 + b"1" + b"]" * 900,
        b"[" * 100_000,
    ],
)
def test_lines_are_bounded(body: bytes) -> None:
    lines = raw_lines(body)
    assert len(lines) <= MAX_LINES + 1
    assert max(map(len, lines)) <= 10 * MAX_WIDTH


def test_a_cut_is_said() -> None:
    assert raw_lines(b"\n" * 5000)[-1] == ".. (cut; 5000 bytes in all)"
    assert raw_lines(b"\n" * 20)[-1] == ""


@given(st.binary(max_size=200) | st.text().map(lambda t: t.encode(errors="replace")))
def test_every_line_is_printable(body: bytes) -> None:
    for line in raw_lines(body):
        assert printable(line) == line
