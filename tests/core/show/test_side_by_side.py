"""Summary and timeline share the room there is."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.show.detail import tab_lines
from ims_tui.core.show.side_by_side import beside
from ims_tui.core.show.view import Cell, View
from ims_tui.core.show.viewstate import Tab
from ims_tui.core.text import cell_len
from tests.scenes import MOMENT, MORNING

VIEW = View(MOMENT, zone=UTC)


def texts(width: int, height: int) -> list[str]:
    lines = tab_lines(Tab.SUMMARY, MORNING[0].entry(0), VIEW, width, None, "", height)
    return ["".join(cell.text for cell in line) for line in lines]


def test_the_timeline_stands_beside_the_summary_where_both_fit() -> None:
    wide = texts(138, 12)
    assert any(line.startswith("State") and "HERE" in line for line in wide)


def test_the_timeline_stands_below_where_all_of_it_fits() -> None:
    high, low = texts(64, 40), texts(64, 20)
    assert any(line.startswith("STEP") for line in high)
    assert not any(line.startswith("STEP") for line in low)


WORDS = st.lists(st.text("a文 ", max_size=30), max_size=6)


@given(WORDS, WORDS, st.integers(1, 40))
def test_what_stands_beside_begins_at_one_column(
    left: list[str], right: list[str], width: int
) -> None:
    one, other = ([(Cell(text),) for text in some] for some in (left, right))
    lines = beside(one, other, width)
    assert len(lines) == max(len(left), len(right))
    for line, text in zip(lines, right, strict=False):
        assert line[-1].text == text
        assert sum(cell_len(cell.text) for cell in line[:-1]) == width
