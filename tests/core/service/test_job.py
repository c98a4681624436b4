"""Payload to job: every documented field, and what is odd."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ims_tui.core.service.job import (
    JobError,
    JobStatus,
    Oddity,
    OddityKind,
    short_step,
)
from ims_tui.core.service.jsontext import MAX_ITEMS, Json
from ims_tui.core.service.payload import MAX_SUB_JOBS
from ims_tui.core.show.sentences import odd_line
from ims_tui.core.watchlist.watch import result_of
from tests.core.samples import JOB_ID, MANUAL_ID, good, sample


def job_with(entities: dict[str, object] | None = None, **fields: object) -> bytes:
    """A reply about `JOB_ID` with these fields."""
    given = {"status": "RUNNING", "entities": entities or {}, **fields}
    return json.dumps(given).encode()


def odd_kinds(body: bytes) -> list[OddityKind]:
    """How a reply about `JOB_ID` is odd."""
    return [odd.kind for odd in good(body).oddities]


def test_the_sample_of_the_manual() -> None:
    job = good(sample("manual-sample.json"), MANUAL_ID)
    assert job.status is JobStatus.SUCCESS
    assert job.job_type == "createImageByInstance"
    assert job.step == "ImportImageTask:ObtainImageInfoTask"
    assert job.progress_ratio == 0.24
    assert job.begin_time == datetime(2016, 3, 12, 9, 30, 15, 204_000, UTC)
    assert job.began_at == datetime(2016, 3, 12, 1, 30, 15, 205_000, UTC)
    assert job.begin_offset_s == 8 * 3600
    assert job.end_time is None
    assert job.ended_at is None
    assert job.error is None
    assert {odd.kind: odd.value for odd in job.oddities} == {
        OddityKind.TRAILING_COMMA: "",
        OddityKind.SUCCESS_BELOW_FULL: "0.24",
        OddityKind.BEGIN_CONTRADICTS_ID: "28800",
    }


def test_the_end_of_the_sample_is_kept_as_stated_and_computed_by_the_id() -> None:
    stated = datetime(2015, 6, 4, 18, 11, 6, 586_000, UTC)
    payload = {
        "status": "FAIL",
        "begin_time": "04-Jun-2015 18:11:06:586",
        "end_time": "04-Jun-2015 18:21:06:586",
    }
    job = good(json.dumps(payload).encode(), "ff8080814dbd65d7014dbe0d84db0013")
    kept = result_of(job, stated).job
    assert (kept.begin_time, kept.begin_offset_s) == (stated, 8 * 3600)
    assert kept.began_at == stated - timedelta(hours=8)
    assert kept.ended_at == stated - timedelta(hours=8, minutes=-10)


def test_a_running_job() -> None:
    job = good(sample("running.json"))
    assert job.status is JobStatus.RUNNING
    assert job.raw_status == "RUNNING"
    assert job.job_type == "imsCopyImageInRegionJob"
    assert job.progress_ratio == 0.4
    assert not job.is_progress_computed
    assert job.step == "CopyImageInRegionTask:"
    assert job.image_id == "498cc67e-0000-482c-8c47-32bcece2d7ec"
    assert job.image_name == "rocky9-base"
    assert job.entities["subJobId"] == "98ac851100004186afc1f50df6ed6ecd"
    assert job.entities["brand_new"] == {"of": ("later", 2)}
    assert job.extra == {"priority": 7}
    assert job.began_at == job.begin_time
    assert job.oddities == ()


def test_a_parent_gets_a_roll_up() -> None:
    job = good(sample("running-parent.json"), "9a175ac79d2a54ad019df20050660002")
    assert job.is_progress_computed
    # Half of the first, the whole of the failed one, nothing of the one not begun.
    assert job.progress_ratio == 0.5
    assert [sub.status for sub in job.sub_jobs] == [JobStatus.RUNNING, JobStatus.FAIL]
    assert job.sub_jobs[0].job_type == "imsImportImageJob"
    assert job.sub_jobs[1].error == JobError("IMG.0057", "file missing or empty")
    assert job.error == JobError(
        "IMG.0057", "file missing or empty", "entities.sub_jobs_result[1]"
    )
    assert [(odd.kind, odd.value) for odd in job.oddities] == [
        (OddityKind.SUB_JOB_FAILED, "1 of 3")
    ]


@pytest.mark.parametrize("status", ["RUNNING", "FAIL", "SUCCESS", "INIT", "PAUSED"])
@pytest.mark.parametrize(
    ("ends", "ratio"),
    [
        (["SUCCESS", "FAIL"], 0.5),
        (["FAIL"], 0.0),
        (["FAIL", "SUCCESS", "SUCCESS", "SUCCESS"], 0.75),
    ],
)
def test_a_parent_of_a_failed_sub_job_is_never_complete(
    status: str, ends: list[str], ratio: float
) -> None:
    subs = [{"status": end} for end in ends]
    job = good(job_with({"sub_jobs_result": subs}, status=status))
    assert (job.progress_ratio, job.is_progress_computed) == (ratio, True)


@pytest.mark.parametrize(
    ("entities", "count"),
    [
        ({"sub_jobs_total": 4}, 4),
        ({"sub_jobs_list": ["a", "b", "c", "d"]}, 4),
        ({"sub_jobs_total": 1}, 2),
        ({"sub_jobs_total": -3}, 2),
        ({"sub_jobs_total": 10**400}, 2),
        ({"sub_jobs_total": " 4 "}, 4),
        ({"sub_jobs_total": "4.0"}, 2),
        ({"sub_jobs_total": "9" * 5000}, 2),
        ({}, 2),
    ],
)
def test_sub_jobs_that_are_only_counted_count(
    entities: dict[str, object], count: int
) -> None:
    subs = [{"status": "SUCCESS"}, {"status": "RUNNING"}]
    job = good(job_with({"sub_jobs": subs, **entities}))
    assert job.sub_count == count
    assert job.progress_ratio == 1 / count


@pytest.mark.parametrize(
    ("listed", "ids"),
    [
        ("a", ("a",)),
        (" a , b,", ("a", "b")),
        (["a", "b"], ("a", "b")),
        ([{"image_id": "a"}, {"id": "b"}, {"name": "c"}], ("a", "b")),
        ({"image_id": "a"}, ("a",)),
        ([["a"], 5, None], ()),
        (5, ()),
        (None, ()),
        ("", ()),
    ],
)
def test_data_images_are_images_of_the_job(listed: object, ids: tuple[str]) -> None:
    job = good(job_with({"__data_images": listed}, status="SUCCESS"))
    assert job.data_images == ids
    assert job.image_id == (ids[0] if ids else "")
    both = good(job_with({"__data_images": listed, "image_id": "own"}))
    assert both.image_id == "own"


def test_a_parent_that_succeeded_is_complete() -> None:
    job = good(sample("success-parent.json"), "9a175ac79d2a54ad019df20050660006")
    assert (job.progress_ratio, job.is_progress_computed) == (1.0, True)
    assert job.image_id == "bfb2de92-0000-4820-9522-416d8f2c812a"
    assert job.image_name == "db"
    assert job.oddities == ()
    short = job_with(
        {"sub_jobs_list": ["a", "b"], "sub_jobs_result": [{"status": "SUCCESS"}]},
        status="SUCCESS",
    )
    assert good(short).progress_ratio == 1.0


def test_the_sibling_names_sub_jobs_otherwise() -> None:
    job_id = "2c9eb2c5544cbf61019df2005066000c"
    job = good(sample("sibling-sub-jobs.json"), job_id)
    assert job.error == JobError("", "no host", "entities.sub_jobs[0].entities")
    assert [sub.job_type for sub in job.sub_jobs] == ["createSingleServer"]


def test_results_of_the_sibling_stay_in_entities() -> None:
    job = good(sample("member-results.json"), "9a175ac79d2a54ad019df2005066000a")
    results = (
        {"image_id": "30e55148-0000-4923-adb9-91618de16ba0", "status": "success"},
    )
    assert job.entities["results"] == results
    assert job.progress_ratio is None
    assert job.ended_at is not None
    assert job.began_at is not None
    assert job.ended_at - job.began_at == timedelta(seconds=2.4)


def test_nulls_are_nothing() -> None:
    job = good(sample("init-null.json"), "9a175ac79d2a54ad019df20050660009")
    assert job.status is JobStatus.INIT
    assert job.entities == {}
    assert job.begin_time is None
    assert job.began_at == datetime(2026, 5, 4, 8, 0, 0, 102_000, UTC)
    assert job.oddities == ()


def test_missing_keys_are_nothing() -> None:
    job = good(b'{"status": "RUNNING"}')
    assert (job.job_id, job.status) == (JOB_ID, JobStatus.RUNNING)
    assert (job.job_type, job.step, job.image_id) == ("", "", "")
    assert job.progress_ratio is None
    assert job.error is None
    assert job.oddities == ()


@pytest.mark.parametrize("word", ["RUNNING", "running", " Running "])
def test_known_status_words(word: str) -> None:
    job = good(job_with(status=word))
    assert (job.status, job.raw_status) == (JobStatus.RUNNING, word.strip())


@pytest.mark.parametrize("word", ["PENDING", "OTHER", "完成"])
def test_unknown_status_words_are_shown_and_live(word: str) -> None:
    job = good(job_with(status=word))
    assert (job.status, job.raw_status) == (JobStatus.OTHER, word)
    assert not job.status.has_ended
    assert job.has(OddityKind.UNKNOWN_STATUS)


@pytest.mark.parametrize(
    ("fields", "entities", "expected"),
    [
        (
            {"error_code": "IMG.0057", "fail_reason": "no file"},
            {},
            JobError("IMG.0057", "no file", ""),
        ),
        ({"fail_reason": "no file"}, {}, JobError("", "no file", "")),
        (
            {"error_code": None, "fail_reason": ""},
            {"error_code": "IMG.0057", "error": "no file"},
            JobError("IMG.0057", "no file", "entities"),
        ),
        (
            {},
            {"addition_error_code": "A.1", "addition_error_msg": "more"},
            JobError("A.1", "more", "entities"),
        ),
        ({}, {"alarm_code": "B.2"}, JobError("B.2", "", "entities")),
        (
            {"error_code": "IMG.0057"},
            {"addition_error_msg": "no file"},
            JobError("IMG.0057", "no file", ""),
        ),
        ({"error_code": 404}, {}, JobError("404", "", "")),
        ({"error_code": None, "fail_reason": None}, {}, None),
        (
            {"error_code": "IMG.0057", "error_msg": "no file"},
            {},
            JobError("IMG.0057", "no file", ""),
        ),
        (
            {"errorCode": "IMG.0057", "errorMsg": "no file"},
            {},
            JobError("IMG.0057", "no file", ""),
        ),
        ({"code": "EVS.2024", "message": "bad"}, {}, JobError("EVS.2024", "bad", "")),
        ({"code": 400, "message": "bad"}, {}, JobError("", "bad", "")),
        ({"error": "bad"}, {}, JobError("", "bad", "")),
        ({"errorcode_message": "bad"}, {}, JobError("", "bad", "")),
        (
            {"error": {"code": "Ecs.0021", "message": "quota"}},
            {},
            JobError("Ecs.0021", "quota", "error"),
        ),
        (
            {},
            {"error": {"error_code": "VolumeBackup.0064", "error_msg": "bad"}},
            JobError("VolumeBackup.0064", "bad", "entities.error"),
        ),
        (
            {"error_code": "Common.0021"},
            {
                "sub_jobs": [
                    {"status": "FAIL", "error_code": "EVS.2024", "error": "bad"}
                ]
            },
            JobError("Common.0021", "EVS.2024 bad", "entities.sub_jobs[0]"),
        ),
        (
            {"error_code": "EVS.2024"},
            {
                "sub_jobs": [
                    {"status": "SUCCESS", "message": "fine"},
                    {"status": "FAIL", "error_code": "EVS.2024"},
                    {"status": "FAIL", "entities": {"errorcode_message": "bad"}},
                ]
            },
            JobError("EVS.2024", "bad", "entities.sub_jobs[2].entities"),
        ),
        (
            {"fail_reason": {"code": "Ecs.0032", "message": "not active"}},
            {},
            JobError("Ecs.0032", "not active", "fail_reason"),
        ),
        (
            {},
            {"result": {"errors": [{"code": "IMG.0060", "message": "too many"}]}},
            JobError("IMG.0060", "too many", "entities"),
        ),
        (
            {},
            {
                "result": {"code": "IMG.0060", "message": "less telling"},
                "sub_jobs": [{"status": "FAIL", "error_code": "X.1", "error": "other"}],
            },
            JobError("X.1", "other", "entities.sub_jobs[0]"),
        ),
        (
            {"error_code": "IMG.0057", "fail_reason": "no file"},
            {"sub_jobs": [{"status": "FAIL", "error_code": "X.1", "error": "other"}]},
            JobError("IMG.0057", "no file", ""),
        ),
    ],
)
def test_the_error_is_found_where_it_hides(
    fields: dict[str, object], entities: dict[str, object], expected: JobError | None
) -> None:
    assert good(job_with(entities, status="FAIL", **fields)).error == expected


@pytest.mark.parametrize(
    ("value", "ratio", "kinds"),
    [
        (0, 0.0, []),
        (-0.0, 0.0, []),
        (1, 1.0, []),
        (0.4, 0.4, []),
        (1.0000000002, 1.0, []),
        (24, 0.24, [OddityKind.PROGRESS_AS_PERCENT]),
        (100, 1.0, [OddityKind.PROGRESS_AS_PERCENT]),
        ("0.4", 0.4, [OddityKind.NOT_TEXT]),
        ("1%", 0.01, [OddityKind.NOT_TEXT]),
        ("40%", 0.4, [OddityKind.PROGRESS_AS_PERCENT]),
        (None, None, []),
        ("", None, []),
        (-0.1, None, [OddityKind.PROGRESS_UNREADABLE]),
        (101, None, [OddityKind.PROGRESS_UNREADABLE]),
        (10**400, None, [OddityKind.PROGRESS_UNREADABLE]),
        (True, None, [OddityKind.PROGRESS_UNREADABLE]),
        ("half", None, [OddityKind.PROGRESS_UNREADABLE]),
        ("nan", None, [OddityKind.PROGRESS_UNREADABLE]),
        (float("nan"), None, [OddityKind.PROGRESS_UNREADABLE]),
        (float("inf"), None, [OddityKind.PROGRESS_UNREADABLE]),
        ([0.4], None, [OddityKind.PROGRESS_UNREADABLE]),
    ],
)
def test_progress(value: object, ratio: float | None, kinds: list[OddityKind]) -> None:
    job = good(job_with({"process_percent": value}))
    assert job.progress_ratio == ratio
    assert not str(job.progress_ratio).startswith("-")
    assert [odd.kind for odd in job.oddities] == kinds


def test_success_below_full_is_odd_and_failing_is_not() -> None:
    for status, kinds in (
        ("SUCCESS", [OddityKind.SUCCESS_BELOW_FULL]),
        ("FAIL", []),
        ("RUNNING", []),
    ):
        assert odd_kinds(job_with({"process_percent": 0.24}, status=status)) == kinds


def test_an_end_before_the_begin_is_odd() -> None:
    begin, end = "2026-05-04T08:00:00.100Z", "2026-05-04T07:59:59.100Z"
    body = job_with(begin_time=begin, end_time=end, status="SUCCESS")
    assert odd_kinds(body) == [OddityKind.END_BEFORE_BEGIN]


@pytest.mark.parametrize(
    ("status", "is_odd"),
    [("INIT", True), ("RUNNING", True), ("SUCCESS", False), ("FAIL", False)],
)
def test_an_end_of_a_job_that_goes_on_is_odd(status: str, is_odd: bool) -> None:
    body = job_with(status=status, end_time="2026-05-04T08:10:00.100Z")
    assert good(body).has(OddityKind.END_OF_ACTIVE) is is_odd


@pytest.mark.parametrize("name", ["sub_jobs", "sub_jobs_result"])
def test_one_sub_job_may_stand_without_its_list(name: str) -> None:
    failed = {"status": "FAIL", "fail_reason": "The disk is full."}
    job = good(job_with({name: failed}, status="FAIL"))
    assert job.error == JobError("", "The disk is full.", f"entities.{name}[0]")


@pytest.mark.parametrize(
    ("end", "took_s"),
    [("04-May-2026 16:05:00:100", 299.998), ("2026-05-04T08:05:00.100Z", 299.998)],
)
def test_legacy_times_are_put_right_one_by_one(end: str, took_s: float) -> None:
    job = good(job_with(begin_time="04-May-2026 16:00:00:100", end_time=end))
    assert job.began_at is not None
    assert job.ended_at is not None
    assert (job.ended_at - job.began_at).total_seconds() == took_s
    assert not job.has(OddityKind.END_BEFORE_BEGIN)


def test_an_iso_time_is_never_overruled_by_the_id() -> None:
    job = good(job_with(begin_time="2026-05-04T16:00:00.100Z"))
    assert job.began_at == job.begin_time
    assert [(odd.kind, odd.value) for odd in job.oddities] == [
        (OddityKind.BEGIN_CONTRADICTS_ID, "28800")
    ]


@pytest.mark.parametrize(
    "stated", ["yesterday", "2026-13-01T00:00:00Z", 1777881600, []]
)
def test_unreadable_times_are_odd(stated: object) -> None:
    job = good(job_with(begin_time=stated))
    assert job.begin_time is None
    assert job.has(OddityKind.TIME_UNREADABLE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7, "7"), (True, "true"), ({"a": 1}, '{"a": 1}'), ([], "[]"), (0, "0")],
)
def test_other_types_where_text_belongs_are_shown_and_odd(
    value: object, shown: str
) -> None:
    job = good(job_with({"current_task": value}, job_type=value))
    assert (job.job_type, job.step) == (shown, shown)
    assert [(odd.kind, odd.field) for odd in job.oddities] == [
        (OddityKind.NOT_TEXT, "job_type"),
        (OddityKind.NOT_TEXT, "current_task"),
    ]


@pytest.mark.parametrize("entities", ["text", 5, [1, 2], True])
def test_entities_of_another_type_are_odd(entities: object) -> None:
    body = json.dumps({"status": "RUNNING", "entities": entities}).encode()
    assert good(body).entities == {}
    assert odd_kinds(body) == [OddityKind.NOT_TEXT]


@pytest.mark.parametrize("listed", ["text", 5, {}, [], [1, None, "x"], None])
def test_sub_jobs_of_another_type_stay_in_entities_only(listed: Json) -> None:
    job = good(job_with({"sub_jobs_result": listed}))
    assert job.sub_jobs == ()
    assert job.progress_ratio is None
    assert "sub_jobs_result" in job.entities


def test_sub_jobs_do_not_nest_for_ever() -> None:
    body: dict[str, object] = {"status": "RUNNING"}
    for _ in range(10):
        body = {"status": "RUNNING", "entities": {"sub_jobs_result": [body] * 2}}
    job = good(json.dumps(body).encode())
    assert job.sub_jobs[0].sub_jobs[0].sub_jobs == ()


@pytest.mark.parametrize("count", [MAX_SUB_JOBS + 5, MAX_ITEMS + 5])
def test_so_many_sub_jobs_are_read_and_more_are_counted(count: int) -> None:
    subs = [{"status": "SUCCESS"}] * count
    job = good(job_with({"sub_jobs_result": subs}))
    assert len(job.sub_jobs) == MAX_SUB_JOBS
    assert job.progress_ratio == MAX_SUB_JOBS / count
    more = Oddity(
        OddityKind.SUB_JOBS_LEFT_OUT, "sub_jobs_result", str(count - MAX_SUB_JOBS)
    )
    assert job.oddities == (more,)
    assert odd_line(more, job) == f"{count - MAX_SUB_JOBS} more sub-jobs are not read."


def test_sub_jobs_of_sub_jobs_share_their_bound() -> None:
    inner = {"status": "INIT", "entities": {"sub_jobs": [{"status": "INIT"}] * 100}}
    job = good(job_with({"sub_jobs": [inner] * 100}))
    read = [len(sub.sub_jobs) for sub in job.sub_jobs]
    assert read == [100, MAX_SUB_JOBS - 200, *[0] * 98]
    assert job.oddities == ()  # those of the job itself are all there


@pytest.mark.parametrize(
    ("step", "short"),
    [
        ("ImportImageTask:ObtainImageInfoTask", "ObtainImageInfo"),
        ("CopyImageInRegionTask:", "CopyImageInRegion"),
        ("CreateImageByInstanceTask", "CreateImageByInstance"),
        ("Task", "Task"),
        ("", ""),
    ],
)
def test_short_steps(step: str, short: str) -> None:
    assert short_step(step) == short
