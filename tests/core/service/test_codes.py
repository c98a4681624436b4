"""The table of error codes."""

from __future__ import annotations

import re

import pytest

from ims_tui.core.service.codes import find_code, is_code, read_codes
from ims_tui.wiring import packaged_text

CODES = read_codes(packaged_text("service/codes.toml"))


def test_every_code_has_a_sentence_and_a_remedy() -> None:
    assert len(CODES) > 210
    for meaning in CODES.values():
        assert re.fullmatch(r"(IMG|APIGW)\.\d{4}", meaning.code)
        for text in (meaning.text, meaning.remedy):
            assert re.fullmatch(r"[A-Zi].*\.", text), meaning
            assert not re.search(r"please|sorry|error occurred|!", text, re.I), meaning


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("IMG.0057", "IMG.0057"),
        (" img.0057", "IMG.0057"),
        ("0057", "IMG.0057"),
        ("APIG.0308", "APIGW.0308"),
        ("APIGW.0308", "APIGW.0308"),
    ],
)
def test_a_code_is_found_however_it_is_written(written: str, code: str) -> None:
    meaning = find_code(CODES, written)
    assert meaning is not None
    assert meaning.code == code
    assert is_code(written.strip())


def test_what_is_no_code() -> None:
    assert find_code(CODES, "IMG.9999") is None
    assert not any(map(is_code, ("", "golden", "0" * 32, "1.2.3.0057", ".0057")))
