"""TOML of anybody: what `tomllib` reads, with a bound on depth and numbers."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given

from ims_tui.core.toml.reader import MAX_BITS, MAX_DEPTH, read_toml
from tests.core.toml.documents import mutated


@given(mutated())
def test_it_reads_what_tomllib_reads_and_nothing_else(text: str) -> None:
    try:
        meant = tomllib.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"\w"):
            read_toml(text)
    else:
        assert repr(read_toml(text)) == repr(meant)


@pytest.mark.parametrize(
    "text",
    [
        f"x{'.a' * 3000} = 1",
        f"[x{'.a' * 3000}]",
        f"[[x{'.a' * 3000}]]",
        f"x = {'[' * 200}{']' * 200}",
        f"x = {'[' * 100_000}",
        f"x = {'{a = ' * 90}1{'}' * 90}",
    ],
)
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_toml(text)


def test_the_last_level_and_the_longest_number_are_read() -> None:
    text = f"x = {'[' * (MAX_DEPTH - 1)}{']' * (MAX_DEPTH - 1)}"
    assert read_toml(text) == tomllib.loads(text)
    assert read_toml(f"x = 0x{'f' * (MAX_BITS // 4)}")["x"] == 2**MAX_BITS - 1
    with pytest.raises(ValueError, match="has a whole number of more than"):
        read_toml(f"x = [0x1{'0' * (MAX_BITS // 4)}]")
