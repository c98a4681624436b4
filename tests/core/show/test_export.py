"""JSON, CSV, Markdown and plain lines of jobs."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.show.copies import COPIES, curl_line, file_name
from ims_tui.core.show.export import (
    FLAT,
    entry_json,
    error_json,
    to_csv,
    to_json,
    to_markdown,
    to_plain,
)
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.state.health import Health, Link
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import Watch, kept_result
from tests.core.entries import ending
from tests.core.samples import JOB_ID, NOW

VIEW = View(Moment(NOW, 1000.0))
COLUMNS = ("state", "label", "progress", "elapsed", "id")


def entry(label: str = "golden", **fields: object) -> Entry:
    reply = {
        "job_id": JOB_ID,
        "job_type": "imsImportImageJob",
        "begin_time": "2026-11-23T11:00:00.000Z",
        "end_time": "",
        "status": "RUNNING",
        "entities": {"process_percent": 0.5, "new": [1, {"deep": None}]},
        **fields,
    }
    body = json.dumps(reply).encode()
    outcome = parse_reply(200, {}, body, JOB_ID, now=NOW)
    watch = Watch(JOB_ID, "prod", printable(label), ("sap", "weekly"), "note")
    return after_poll(Entry(watch), outcome, VIEW.now, NOW)


def test_json_has_the_apis_names_and_ours_beside_them() -> None:
    found = entry_json(entry(), VIEW)
    assert found == {
        "job_id": JOB_ID,
        "job_type": "imsImportImageJob",
        "status": "RUNNING",
        "begin_time": "2026-11-23T11:00:00.000Z",
        "end_time": None,
        "error_code": None,
        "fail_reason": None,
        "entities": {"process_percent": 0.5, "new": [1, {"deep": None}]},
        "label": "golden",
        "tags": ["sap", "weekly"],
        "note": "note",
        "profile": "prod",
        "service": "ims",
        "meaning": None,
        "try": None,
        "process_percent": 0.5,
        "current_task": None,
        "elapsed_s": 3600.0,
        "remaining_s": None,
        "expected_end": None,
        "stalled": False,
        "seen_at": "2026-11-23T12:00:00.000Z",
        "detection_latency_s": None,
        "raw_status": "RUNNING",
        "begin_time_offset_s": 0,
        "image_id": None,
        "server_id": None,
        "volume_id": None,
        "error": None,
        "attention": False,
        "muted": False,
        "acknowledged": None,
        "added_at": None,
    }


def failed_poll(kind: FailureKind, code: str = "") -> Entry:
    """A job whose last request brought nothing."""
    failure = PollFailed(kind, "no luck", code=code)
    return Entry(Watch(JOB_ID), failure=failure, failing_since=VIEW.now)


STOPPED = Health(
    "default",
    Link.STOPPED,
    PollFailed(FailureKind.AUTH_REJECTED, "no", code="APIGW.0301"),
    since=VIEW.now,
)


@pytest.mark.parametrize(
    ("found", "health", "kind", "code"),
    [
        (Entry(Watch(JOB_ID)), None, "never_asked", None),
        (Entry(Watch(JOB_ID)), STOPPED, "auth_rejected", "APIGW.0301"),
        (failed_poll(FailureKind.NOT_UNDERSTOOD), None, "not_understood", None),
        (
            failed_poll(FailureKind.REQUEST_REFUSED, "X.1"),
            None,
            "request_refused",
            "X.1",
        ),
        (
            replace(
                failed_poll(FailureKind.NOT_KNOWN, "IMG.0023"),
                unknown_since=VIEW.now,
            ),
            None,
            "not_known",
            "IMG.0023",
        ),
        (
            replace(
                failed_poll(FailureKind.NOT_KNOWN, "IMG.0023"),
                unknown_since=VIEW.now,
                is_gone=True,
            ),
            None,
            "gone",
            "IMG.0023",
        ),
    ],
)
def test_an_error_tells_apart_why_there_is_no_news(
    found: Entry, health: Health | None, kind: str, code: str | None
) -> None:
    view = replace(VIEW, health={"default": health} if health else {})
    error = error_json(found, view)
    assert error is not None
    assert (error["kind"], error["code"]) == (kind, code)
    assert error["message"]
    assert (error["since"] is None) == (kind == "never_asked")


def test_remaining_is_what_the_table_shows() -> None:
    found = ending(entry(), 600.0)
    assert found.estimate is not None
    later = replace(VIEW, now=Moment(NOW, found.estimate.at_s + 60.0))
    said = entry_json(found, later)
    assert said["remaining_s"] == 540.0
    assert said["expected_end"] == "2026-11-23T12:10:00.000Z"


def test_an_unknown_status_is_said_as_received() -> None:
    found = entry_json(entry(status="pending_payment"), VIEW)
    assert found["status"] == found["raw_status"] == "pending_payment"


def test_a_job_never_asked_and_one_known_by_its_result_only() -> None:
    fresh = entry_json(Entry(Watch(JOB_ID)), VIEW)
    assert fresh["status"] is None
    assert fresh["elapsed_s"] is None
    result = kept_result(
        JobStatus.FAIL,
        "imsImportImageJob",
        NOW - timedelta(hours=1),
        NOW,
        NOW,
        "IMG.0057",
        "wrong format",
    )
    kept = entry_json(Entry(Watch(JOB_ID, result=result)), VIEW)
    assert (kept["status"], kept["error_code"]) == ("FAIL", "IMG.0057")
    assert kept["end_time"] == "2026-11-23T12:00:00.000Z"
    assert kept["elapsed_s"] == 3600.0


def test_a_kept_result_is_exported_as_stated_and_computed_by_the_id() -> None:
    result = kept_result(
        JobStatus.FAIL,
        stated_begin=NOW,
        stated_end=NOW - timedelta(hours=7),
        began_offset_s=28800,
    )
    kept = entry_json(Entry(Watch(JOB_ID, result=result)), VIEW)
    assert kept["begin_time"] == "2026-11-23T12:00:00.000Z"
    assert kept["begin_time_offset_s"] == 28800
    assert kept["elapsed_s"] == 3600.0


def test_the_document_carries_its_schema() -> None:
    document = json.loads(to_json([entry(), entry("other")], VIEW))
    assert document["schema"] == 2
    assert [job["label"] for job in document["jobs"]] == ["golden", "other"]


@given(st.text(max_size=30), st.sampled_from(["", "=", "+", "-", "@", " =", "\t="]))
def test_no_csv_cell_is_a_formula_and_all_lines_stay_whole(
    label: str, start: str
) -> None:
    text = to_csv([entry(start + label)], VIEW, guards=True)
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == 2
    assert len(rows[1]) == len(FLAT)
    for cell in rows[1]:
        assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell


@given(st.text(max_size=30))
def test_a_markdown_row_has_its_columns_whatever_the_name(label: str) -> None:
    lines = to_markdown([entry(label)], VIEW, COLUMNS).splitlines()
    assert len(lines) == 3
    bare = lines[2].replace("\\\\", "").replace("\\|", "")
    assert bare.count("|") == len(COLUMNS) + 1


def test_markdown_and_plain_say_what_the_table_shows_whole() -> None:
    rows = [entry("a label that is much longer than its column could ever be")]
    assert "a label that is much longer than its column could ever be" in to_markdown(
        rows, VIEW, COLUMNS
    )
    state, _, percent, elapsed, job_id = (
        to_plain(rows, VIEW, COLUMNS).rstrip("\n").split("\t")
    )
    assert (state, percent, elapsed, job_id) == ("RUN", "50%", "1h00m", JOB_ID)


def test_plain_lines_have_their_times_in_utc_wherever_they_are_read() -> None:
    view = replace(VIEW, zone=ZoneInfo("Asia/Shanghai"))
    (line,) = to_plain([entry()], view, ["started", "ended"]).splitlines()
    assert line == "2026-11-23T11:00:00.000Z\t-"


def test_the_curl_line_names_a_variable_instead_of_a_token() -> None:
    line = curl_line(JOB_ID, "https://ims.example.com/it's")
    assert '"X-Auth-Token: $IMS_TUI_TOKEN"' in line
    assert line.endswith(f"""/v1/cloudimages/job/{JOB_ID}'""")


def test_every_copy_works_for_a_job_never_asked() -> None:
    bare = Entry(Watch(JOB_ID))
    texts = {what.words: what.text(bare, VIEW, "https://e") for what in COPIES}
    assert texts["job id"] == JOB_ID
    assert texts["raw reply"] == texts["error text"] == texts["image id"] == ""


@given(st.text(max_size=200))
def test_a_file_name_is_one_name(name: str) -> None:
    made = file_name(name, "json")
    assert "/" not in made
    assert not made.startswith((".", "-"))
    assert made.endswith(".json")


def test_a_failed_reason_with_a_formula_is_guarded_where_that_is_asked_for() -> None:
    failed = entry(status="FAIL", error_code="IMG.1", fail_reason="=cmd|' /C calc'!A0")
    for guards, start in ((True, "'=cmd"), (False, "=cmd")):
        text = to_csv([failed], VIEW, guards=guards)
        (row,) = csv.DictReader(text.splitlines())
        assert row["fail_reason"].startswith(start)
