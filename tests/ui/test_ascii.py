"""Where only ASCII is shown, everything is, and stands where it would stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.text import cell_len, in_ascii, printable
from tests.scenes import HOSTILE
from tests.ui.stage import stage
from tests.ui.test_dialogs import KEYS


@given(st.text())
def test_a_text_takes_the_same_cells(text: str) -> None:
    shown = printable(text)
    assert in_ascii(shown).isascii()
    assert len(in_ascii(shown)) == cell_len(shown)
    assert in_ascii(shown) == shown or not shown.isascii()


@pytest.mark.parametrize("size", [(80, 24), (170, 44), (40, 10)])
async def test_whatever_is_open(size: tuple[int, int]) -> None:
    async with stage(HOSTILE, size=size, glyphs="ascii") as it:
        for key in ("enter", "slash", *KEYS):
            await it.press(key)
            assert it.text.isascii(), (key, it.text)
            await it.press("escape")
