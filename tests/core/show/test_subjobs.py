"""Sub-jobs as rows: in the order that is asked for, the failed one with its number."""

from __future__ import annotations

from datetime import UTC

import pytest

from ims_tui.core.show.pages import items_with
from ims_tui.core.show.subjobs import SubOrder, sub_job_rows
from ims_tui.core.show.view import View
from tests.core.entries import FAIL, RUNNING, SUCCESS, job, moment

VIEW = View(moment(20), zone=UTC)
PARENT = job(1, subs=(job(7, SUCCESS), job(8, RUNNING), job(9, FAIL)))


@pytest.mark.parametrize(
    ("order", "numbers"), [(SubOrder.STATE, [3, 2, 1]), (SubOrder.NUMBER, [1, 2, 3])]
)
def test_rows_stand_in_the_chosen_order(order: SubOrder, numbers: list[int]) -> None:
    rows = sub_job_rows(PARENT, order, VIEW, 80)
    assert [row.of for row in rows] == numbers


def test_a_failed_one_says_its_number_and_why() -> None:
    first = sub_job_rows(PARENT, SubOrder.STATE, VIEW, 80)[0]
    text = ["".join(cell.text for cell in line) for line in first.lines]
    assert text[0].split()[:2] == ["3", "FAIL"]
    assert len(text) > 1


def test_words_narrow_the_rows() -> None:
    rows = sub_job_rows(PARENT, SubOrder.STATE, VIEW, 80)
    assert items_with(rows, "nowhere") == []
    assert [row.of for row in items_with(rows, "fail")] == [3]
    assert items_with(rows, "") == rows
