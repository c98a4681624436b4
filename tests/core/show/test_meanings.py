"""A failure says what it means and what to try, wherever it is told."""

from __future__ import annotations

import pytest

from ims_tui.core.headless.candidates import candidates
from ims_tui.core.headless.changes import (
    Change,
    ChangeKind,
    change_json,
    change_line,
)
from ims_tui.core.service.job import JobError
from ims_tui.core.show.detail import tab_lines
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.pages import events_page
from ims_tui.core.show.view import View
from ims_tui.core.show.viewstate import Tab
from ims_tui.core.state.store import Event, EventKind, Snapshot
from ims_tui.wiring import explain
from tests.core.entries import FAIL, SUCCESS, at, id_of, job, moment, seen

VIEW = View(moment(20), explain=explain)
ENTRY = seen(job(1, FAIL, end_s=5, error=JobError("IMG.0058", "bad bucket")), 1)
MEANING, TRY = "The bucket is in another region.", "Copy the file into a bucket"
FAILED = Event(at(5), EventKind.FAILED, ENTRY.key)


def test_in_the_summary() -> None:
    lines = tab_lines(Tab.SUMMARY, ENTRY, VIEW, 100, None)
    told = ["".join(cell.text for cell in line) for line in lines[:4]]
    assert told[0] == "IMG.0058  bad bucket"
    assert told[1] == MEANING
    assert told[2].startswith(f"Try: {TRY}")


def test_in_a_line_of_wait() -> None:
    line = change_line(Change(ChangeKind.STATE, None, ENTRY), VIEW)
    assert MEANING in line
    assert f"Try: {TRY}" in line
    assert "\n" not in line


def test_a_line_of_wait_says_which_sub_jobs_failed() -> None:
    subs = (job(2, FAIL), job(3, SUCCESS))
    parent = seen(job(1, FAIL, ratio=0.5, subs=subs, is_computed=True), 1)
    line = change_line(Change(ChangeKind.STATE, None, parent), VIEW)
    assert f"FAIL =50% sub-jobs: 1 of 2 failed: number 1 {id_of(2)}" in line


def test_in_a_json_line_of_watch_in_both_languages() -> None:
    found = change_json(Change(ChangeKind.STATE, None, ENTRY), VIEW)
    assert found["meaning"] == {"en": MEANING, "zh": "桶在其他区域。"}
    remedy = found["try"]
    assert isinstance(remedy, dict)
    assert remedy["en"].startswith(TRY)


def test_in_the_list_of_events() -> None:
    ended = Event(at(9), EventKind.SUCCEEDED, ENTRY.key)
    snapshot = Snapshot(entries={ENTRY.key: ENTRY}, events=(FAILED, ended))
    page = events_page(snapshot, VIEW, 76)
    lines = [line for told in page for line in told.lines]
    told = ["".join(cell.text for cell in line) for line in lines]
    assert told[1].endswith("IMG.0058  bad bucket")
    assert told[2].strip() == MEANING
    assert told[3].strip().startswith(f"Try: {TRY}")
    assert "made" in told[4], "what is long goes on below"
    assert len(told) == 5, "what went well has no meaning beside it"
    assert all(len(line) < 77 for line in told[2:])


def test_in_json_in_both_languages() -> None:
    found = entry_json(ENTRY, VIEW)
    meaning, remedy = found["meaning"], found["try"]
    assert isinstance(meaning, dict)
    assert isinstance(remedy, dict)
    assert meaning == {"en": MEANING, "zh": "桶在其他区域。"}
    assert remedy["en"].startswith(TRY)
    unknown = seen(job(1, FAIL, error=JobError("IMG.9999", "why")), 1)
    assert entry_json(unknown, VIEW)["meaning"] is None


def test_in_a_notice_for_a_program() -> None:
    (found,) = candidates([FAILED], {ENTRY.key: ENTRY}, VIEW)
    assert found.news.facts["MEANING"] == MEANING
    assert found.news.facts["TRY"].startswith(TRY)


def test_an_unknown_code_adds_nothing() -> None:
    entry = seen(job(1, FAIL, error=JobError("IMG.9999", "why")), 1)
    lines = tab_lines(Tab.SUMMARY, entry, VIEW, 100, None)
    assert not any("Try:" in cell.text for line in lines for cell in line)


@pytest.mark.parametrize(
    "said",
    [
        "The image file does not exist, is empty, or in the incorrect format.",
        "image file format is not supported",
    ],
)
def test_what_the_service_says_itself_is_not_said_twice(said: str) -> None:
    error = JobError("IMG.0057", said)
    entry = seen(job(1, FAIL, end_s=5, error=error), 1)
    lines = tab_lines(Tab.SUMMARY, entry, VIEW, 200, None)
    told = ["".join(cell.text for cell in line) for line in lines[:2]]
    assert told[0] == f"IMG.0057  {said}"
    assert told[1].startswith("Try: Check the object's name")


@pytest.mark.parametrize("said", ["", "disk error 5", "镜像文件格式错误"])
def test_a_reason_that_tells_less_gets_its_meaning(said: str) -> None:
    entry = seen(job(1, FAIL, end_s=5, error=JobError("IMG.0057", said)), 1)
    lines = tab_lines(Tab.SUMMARY, entry, VIEW, 200, None)
    assert "".join(cell.text for cell in lines[1]).startswith(
        "The image file is missing"
    )
