"""What is told stands in sentences, each with its end, and nothing is told twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.text import sentences

TEXT = st.text(st.sampled_from("abC .?!"), max_size=12)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("No answer: refused", "Check it"), "No answer: refused. Check it."),
        (("No answer: refused.", "Check it."), "No answer: refused. Check it."),
        (("Refused.", "", " "), "Refused."),
        (("Refused for..", "", " "), "Refused for.."),
        (("Is it there?", "Look!"), "Is it there? Look!"),
        (
            ("Refused: no address. Correct it.", "Correct it"),
            "Refused: no address. Correct it.",
        ),
        ((), ""),
    ],
)
def test_texts_become_sentences(texts: tuple[str, ...], told: str) -> None:
    assert sentences(*texts) == told


@given(st.lists(TEXT, max_size=4))
def test_each_ends_once(texts: list[str]) -> None:
    told = sentences(*texts)
    assert not told or re.search(r"[.?!]$", told)
    assert told == told.strip()
    assert sentences(told) == told, "what is a sentence stays as it is"
