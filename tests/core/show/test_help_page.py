"""The page of keys: all of it can be read at the widths of usual terminals."""

from __future__ import annotations

import pytest

from ims_tui.core.show.pages import broken, found_in, help_page
from ims_tui.core.show.texts import NONE_FOUND
from ims_tui.core.show.view import Line
from ims_tui.core.text import cell_len


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


@pytest.mark.parametrize("width", [38, 56, 74, 116])
def test_no_line_is_cut_and_nothing_is_lost(width: int) -> None:
    lines = help_page({})
    shown = broken(lines, width)
    assert max(cell_len(text(line)) for line in shown) <= width
    words = " ".join(text(line) for line in shown).split()
    assert words == " ".join(text(line) for line in lines).split()


def test_what_goes_on_stands_below_its_begin() -> None:
    lines = [line for line in help_page({}) if "Remove from the list" in text(line)]
    first, second = map(text, broken(lines, 60))
    place = first.index("Remove")
    assert second[:place].isspace()
    assert not second[place].isspace()


def test_a_search_without_a_hit_says_so() -> None:
    assert [text(line) for line in found_in(help_page({}), "xyzzy")] == [NONE_FOUND]
    assert found_in([], "") == []
