"""A failure says what it means and what to try, wherever it is told."""

from __future__ import annotations

from ims_tui.core.headless.changes import Change, ChangeKind, change_line
from ims_tui.core.headless.news import candidates
from ims_tui.core.service.job import JobError
from ims_tui.core.show.detail import Tab, tab_lines
from ims_tui.core.show.toasts import toasts
from ims_tui.core.show.view import View
from ims_tui.core.state.store import Event, EventKind
from ims_tui.wiring import explain
from tests.core.entries import FAIL, at, job, moment, seen

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


def test_in_a_toast() -> None:
    (toast,) = toasts([FAILED], {ENTRY.key: ENTRY}, VIEW)
    assert MEANING in toast.text
    assert f"Try: {TRY}" in toast.text


def test_in_a_line_of_wait() -> None:
    line = change_line(Change(ChangeKind.STATE, None, ENTRY), VIEW)
    assert MEANING in line
    assert f"Try: {TRY}" in line
    assert "\n" not in line


def test_in_a_notice_for_a_program() -> None:
    (found,) = candidates([FAILED], {ENTRY.key: ENTRY}, VIEW)
    assert found.news.facts["MEANING"] == MEANING
    assert found.news.facts["TRY"].startswith(TRY)


def test_an_unknown_code_adds_nothing() -> None:
    entry = seen(job(1, FAIL, error=JobError("IMG.9999", "why")), 1)
    lines = tab_lines(Tab.SUMMARY, entry, VIEW, 100, None)
    assert not any("Try:" in cell.text for line in lines for cell in line)
