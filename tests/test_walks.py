"""In a real terminal: what is painted is what a full repaint shows, from the start on.

A few walks; `python -m tests.walks --count 200` is the long form.
"""

from __future__ import annotations

import shutil

import pytest

from tests.walks import first_key, walk

pytestmark = pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux")


@pytest.mark.parametrize("seed", range(1_000, 1_006))
def test_a_walk_ends_in_what_a_full_repaint_shows(seed: int) -> None:
    assert not walk(seed)


@pytest.mark.parametrize("line", ["slow", "stalling"])
@pytest.mark.parametrize("seed", range(2_000, 2_002))
def test_a_walk_over_a_bad_line_ends_so_too(seed: int, line: str) -> None:
    assert not walk(seed, line=line)


@pytest.mark.parametrize("seed", range(3))
def test_the_first_key_moves_the_cursor(seed: int) -> None:
    assert first_key(seed)
