"""A job whose sub-job failed: seen while it runs, and told as it is when it ended."""

from __future__ import annotations

import json

import pytest

from ims_tui.core.show.cells import sign_of
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.detail import entities, summary
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import FACETS, Facet
from ims_tui.core.state.tally import tally
from tests.core.entries import FAIL, RUNNING, SUCCESS, job, moment, seen
from tests.core.samples import good

VIEW = View(moment(20))


def part_failed(status: object = RUNNING) -> Entry:
    """A parent with one of two sub-jobs failed."""
    subs = (job(7, SUCCESS), job(8, FAIL))
    return seen(job(1, status, subs=subs), 1)  # type: ignore[arg-type]


def test_it_is_in_attention_and_has_a_sign_while_it_runs() -> None:
    entry = part_failed()
    assert sign_of(entry, VIEW) == "x"
    assert FACETS[Facet.ATTENTION](entry)
    assert tally([entry, seen(job(2), 2)])[Facet.ATTENTION] == 1
    assert COLUMNS["step"].cell(entry, VIEW, 40).text == "=1 of 2 sub-jobs failed"


def test_the_summary_says_which_failed() -> None:
    lines = summary(part_failed(FAIL), VIEW, 100, None)
    text = "\n".join("".join(cell.text for cell in line) for line in lines)
    assert f"1 of 2 failed: number 2 {job(8).job_id}" in text


@pytest.mark.parametrize("name", ["sub_jobs", "sub_jobs_result"])
def test_sub_jobs_are_shown_once_whatever_their_name(name: str) -> None:
    part = {"status": "FAIL", "job_id": "b" * 32}
    body = {"status": "RUNNING", "entities": {name: [part], "extra": 1}}
    entry = seen(good(json.dumps(body).encode()))
    text = "\n".join(
        "".join(cell.text for cell in line) for line in entities(entry, VIEW)
    )
    assert text.count("b" * 32) == 1
    assert name not in text
    assert "extra" in text


@pytest.mark.parametrize(
    ("listed", "is_shown"),
    [(["b" * 32], False), (["b" * 32, "c" * 32], True), (["c" * 32], True), ([], True)],
)
def test_ids_that_the_table_has_are_not_listed_again(
    listed: list[str], is_shown: bool
) -> None:
    part = {"status": "RUNNING", "job_id": "b" * 32}
    of = {"sub_jobs_result": [part], "sub_jobs_list": listed}
    body = {"status": "RUNNING", "entities": of}
    entry = seen(good(json.dumps(body).encode()))
    text = "\n".join(
        "".join(cell.text for cell in line) for line in entities(entry, VIEW)
    )
    assert ("sub_jobs_list" in text) is is_shown
