"""Published replies say what they say: every file that `SOURCES.md` lists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ims_tui.core.headless.signcheck import SignCheck
from ims_tui.core.service.errorcode import PERMISSION
from ims_tui.core.service.job import Job, JobStatus, OddityKind
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.signin.refusal import (
    RefusalKind,
    Scheme,
    explain_refusal,
    of_temporary_keys,
)
from tests.core.samples import NOW, sample

_ROW = re.compile(r"\| (\S+\.json) \| (\d+|4xx/5xx) \|")
_LIST = (Path(__file__).parents[1] / "payloads" / "SOURCES.md").read_text()
STATUS = {
    name: 400 if status == "4xx/5xx" else int(status)
    for name, status in _ROW.findall(_LIST)
}
SUCCESSES = [
    name for name in STATUS if name.startswith(("progress-success", "status-success"))
]
REFUSED, DENIED = FailureKind.AUTH_REJECTED, FailureKind.ACCESS_DENIED
FAILURES = {
    "error-400-iam-invalid-body": (FailureKind.REQUEST_REFUSED, ""),
    "error-400-ims-img-0024": (FailureKind.REQUEST_REFUSED, "IMG.0024"),
    "error-400-ims-img-0101-not-the-gateways-0101": (
        FailureKind.REQUEST_REFUSED,
        "IMG.0101",
    ),
    "error-401-apig-0301-token-expires": (REFUSED, "APIG.0301"),
    "error-401-apigw-0301-ak-locked": (REFUSED, "APIGW.0301"),
    "error-401-apigw-0301-canonical-request": (REFUSED, "APIGW.0301"),
    "error-401-apigw-0301-decrypt-token": (REFUSED, "APIGW.0301"),
    "error-401-apigw-0301-get-secretkey": (REFUSED, "APIGW.0301"),
    "error-401-apigw-0301-unauthorized": (REFUSED, "APIGW.0301"),
    "error-401-apigw-0301-verify-aksk": (REFUSED, "APIGW.0301"),
    "error-401-apigw-0303-signature-expired": (REFUSED, "APIGW.0303"),
    "error-401-apigw-0307-token-must-be-updated": (REFUSED, "APIGW.0307"),
    "error-401-iam-wrong-password": (REFUSED, ""),
    "error-401-keystone-unauthorized": (REFUSED, ""),
    "error-403-apigw-0402-ip-not-allowed": (DENIED, "APIGW.0402"),
    "error-404-apigw-0101": (FailureKind.WRONG_ENDPOINT, "APIGW.0101"),
    "error-429-apigw-0308": (FailureKind.THROTTLED, "APIGW.0308"),
    "error-429-apigw-0308-policy-ip": (FailureKind.THROTTLED, "APIGW.0308"),
    "error-502-apigw-0201-backend-unavailable": (
        FailureKind.SERVER_FAULT,
        "APIGW.0201",
    ),
    "error-503-apigw-0613-iam-unavailable": (FailureKind.SERVER_FAULT, "APIGW.0613"),
    "error-flat-doc-as-0001": (FailureKind.REQUEST_REFUSED, "AS.0001"),
    "sibling-200-flat-code-message": (FailureKind.NOT_KNOWN, "Common.0011"),
    "sibling-202-common-0024-flow-limit": (FailureKind.THROTTLED, "Common.0024"),
    "sibling-400-common-0011-job-unknown": (FailureKind.NOT_KNOWN, "Common.0011"),
    "sibling-400-common-0018-project-mismatch": (REFUSED, "Common.0018"),
    "accepted-job-id": (FailureKind.NOT_KNOWN, ""),
    "auth-200-projects": (FailureKind.NOT_UNDERSTOOD, ""),
    "auth-201-token-project-scope": (FailureKind.NOT_UNDERSTOOD, ""),
}
# Status, progress, code, reason, place of a job that is not a plain success.
JOBS: dict[str, tuple[str, float | None, str, str, str]] = {
    "constructed-fail-no-reason": ("FAIL", None, "", "", ""),
    "constructed-fail-top-level-reason": (
        "FAIL",
        0.3,
        "IMG.0057",
        "The image file does not exist, is empty, or in the incorrect format.",
        "",
    ),
    "constructed-init-empty-entities": ("INIT", None, "", "", ""),
    "constructed-init-null-entities": ("INIT", None, "", "", ""),
    "constructed-running-missing-keys": ("RUNNING", None, "", "", ""),
    "constructed-running-parent-mixed-subjobs": (
        "RUNNING",
        0.5,
        "IMG.0057",
        "The image file does not exist, is empty, or in the incorrect format.",
        "entities.sub_jobs_result[1]",
    ),
    "fail-parent-ova-one-part": (
        "FAIL",
        0.5,
        "IMG.0057",
        "The image file is empty",
        "entities.sub_jobs_result[1]",
    ),
    "progress-running-copy-in-region": ("RUNNING", 0.4, "", "", ""),
    "real-sibling-evs-fail-2016": (
        "FAIL",
        None,
        "EVS.2024",
        "EbsCreateVolumeTask-fail:volume is error!",
        "",
    ),
    "sibling-ecs-fail-errorcode-message": (
        "FAIL",
        0.0,
        "",
        "The image is not active.",
        "entities.sub_jobs[0].entities",
    ),
    "sibling-ecs-success-subjobs": ("SUCCESS", 1.0, "", "", ""),
    "sibling-elb-success-nested-entity": ("SUCCESS", None, "", "", ""),
    "sibling-sdrs-success-zero-host-id": ("SUCCESS", None, "", "", ""),
    "success-data-images-key": ("SUCCESS", None, "", "", ""),
}


def outcome(name: str) -> Outcome:
    """What a file says, asked about the job that it is about."""
    body = sample(f"{name}.json")
    job_id = json.loads(body).get("job_id", "0" * 32)
    return parse_reply(STATUS[f"{name}.json"], {}, body, job_id, now=NOW)


def job_of(name: str) -> Job:
    """The job that a file describes."""
    found = outcome(name)
    assert isinstance(found, PollOk), found
    return found.job


def test_every_listed_file_is_looked_at() -> None:
    named = {f"{name}.json" for name in (*FAILURES, *JOBS)} | set(SUCCESSES)
    assert named == STATUS.keys()
    assert len(named) > 60


@pytest.mark.parametrize("name", FAILURES)
def test_a_refusal_goes_by_its_code(name: str) -> None:
    found = outcome(name)
    assert isinstance(found, PollFailed)
    assert (found.kind, found.code) == FAILURES[name]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_says_how_it_stands_and_why(name: str) -> None:
    job = job_of(name)
    error = job.error
    said = (error.code, error.reason, error.place) if error else ("", "", "")
    assert (job.status.value, job.progress_ratio, *said) == JOBS[name]


@pytest.mark.parametrize("name", SUCCESSES)
def test_a_success_is_one(name: str) -> None:
    job = job_of(name.removesuffix(".json"))
    assert job.status is JobStatus.SUCCESS
    assert job.error is None
    assert job.job_type
    # Only jobs about members are about no image of their own.
    assert bool(job.image_id) is ("Members" not in job.job_type)


def test_the_id_of_a_data_image_is_found() -> None:
    job = job_of("success-data-images-key")
    assert job.image_id == "f1d5f0de-15f8-4c0e-9d2b-1b4f61c9f001"


def test_limits_are_read_of_every_throttling() -> None:
    found = {name: outcome(name) for name in FAILURES if "0308" in name}
    assert {n: f.limit for n, f in found.items() if isinstance(f, PollFailed)} == {
        "error-429-apigw-0308": (200, 300.0),
        "error-429-apigw-0308-policy-ip": (5, 5.0),
    }


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("APIGW.0402", "IP address"),
        ("APIG.0401", "IP address"),
        ("APIGW.0802", "region"),
        ("APIGW.0310", "project_id"),
        ("APIGW.0304", "application"),
        ("IMG.0026", "role"),
        ("APIGW.0302", PERMISSION),
        ("APIGW.0502", "balance"),
        ("Pdp.0001", PERMISSION),
        ("", PERMISSION),
    ],
)
def test_a_denial_has_the_remedy_of_its_code(code: str, word: str) -> None:
    body = json.dumps({"error_code": code, "error_msg": "no"}).encode()
    found = parse_reply(403, {}, body, "0" * 32, now=NOW)
    assert isinstance(found, PollFailed)
    assert found.kind is DENIED
    assert word in found.remedy


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        (
            "Policy doesn't allow ims:images:get to be performed.",
            "The user needs the permission ims:images:get.",
        ),
        (
            "User iam::1:user:x lacks ecs:cloudServers:showServer at 12:30:45",
            "The user needs the permission ecs:cloudServers:showServer.",
        ),
        ("no rights on iam::1:user:x", f"The user needs the permission {PERMISSION}."),
    ],
)
def test_a_denial_that_names_its_action_has_that_in_its_remedy(
    message: str, remedy: str
) -> None:
    body = json.dumps({"error_code": "Pdp.0001", "error_msg": message}).encode()
    found = parse_reply(403, {}, body, "0" * 32, now=NOW)
    assert isinstance(found, PollFailed)
    assert found.remedy == remedy


def test_a_page_that_denies_is_not_about_a_permission() -> None:
    body = b"\n<html><title>403 Forbidden</title>CloudWAF</html>"
    found = parse_reply(403, {}, body, "0" * 32, now=NOW)
    assert isinstance(found, PollFailed)
    assert found.kind is DENIED
    assert found.remedy.startswith("A page answers in place of the service")


@pytest.mark.parametrize("http_status", [201, 202, 203])
def test_a_reply_goes_by_its_body_where_the_status_is_inaccurate(
    http_status: int,
) -> None:
    body = json.dumps({"status": "RUNNING"}).encode()
    assert isinstance(parse_reply(http_status, {}, body, "0" * 32, now=NOW), PollOk)
    body = b'{"code": "Common.0024", "message": "flow limit"}'
    found = parse_reply(http_status, {}, body, "0" * 32, now=NOW)
    assert isinstance(found, PollFailed)
    assert found.kind is FailureKind.THROTTLED
    assert f"HTTP {http_status}: Common.0024" in found.cause


def test_a_clock_that_is_off_is_told_by_the_two_times_of_the_text() -> None:
    found = outcome("error-401-apigw-0303-signature-expired")
    assert isinstance(found, PollFailed)
    assert found.exchange is not None
    text = json.loads(found.exchange.body)["error_msg"]
    assert "20230527T000431Z" in text  # a time is not starred as a key would be
    refused = explain_refusal(found.code, text, None, Scheme.KEY)
    assert refused.kind is RefusalKind.CLOCK_OFF
    assert "2h01m behind the service's" in refused.cause


@pytest.mark.parametrize(
    ("message", "kind", "cause"),
    [
        ("token expires, expires_at: x", "TOKEN_EXPIRED", "temporary keys have ended"),
        ("decrypt token fail", "TOKEN_INVALID", "this security token"),
        ("verify aksk signature fail", "WRONG_KEY", "refused the signature"),
    ],
)
def test_what_is_said_of_a_token_is_about_temporary_keys(
    message: str, kind: str, cause: str
) -> None:
    text = f"Incorrect IAM authentication information: {message}"
    refused = explain_refusal("APIGW.0301", text, None, Scheme.KEY)
    assert refused.kind is RefusalKind[kind]
    told = of_temporary_keys(refused)
    assert cause in told.cause
    assert "temporary keys" in told.remedy.lower()
    assert told.said == refused.said


@pytest.mark.parametrize("code", ["IMG.0030", "Common.0018"])
def test_a_sign_in_of_another_project_is_said_so(code: str) -> None:
    refused = explain_refusal(code, "no", None, Scheme.TOKEN)
    assert refused.kind is RefusalKind.OTHER_PROJECT


def test_which_sub_jobs_failed_is_known() -> None:
    job = job_of("fail-parent-ova-one-part")
    assert job.failed_subs == (1,)
    assert not job.has(OddityKind.SUB_JOB_FAILED)  # the job itself says so


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"code": "EVS.2024", "message": "no"}, ""),
        ({"error": {"code": "EVS.2024", "message": "no"}}, "error"),
        ({"entities": {"code": "EVS.2024", "message": "no"}}, "entities"),
        (
            {"entities": {"error": {"error_code": "EVS.2024", "error_msg": "no"}}},
            "entities.error",
        ),
    ],
)
def test_a_reason_is_found_wherever_it_hides(
    fields: dict[str, object], place: str
) -> None:
    body = json.dumps({"status": "FAIL", **fields}).encode()
    found = parse_reply(200, {}, body, "0" * 32, now=NOW)
    assert isinstance(found, PollOk)
    error = found.job.error
    assert error is not None
    assert (error.code, error.reason, error.place) == ("EVS.2024", "no", place)


@pytest.mark.parametrize("subs", [["SUCCESS", "SUCCESS"], ["FAIL", "FAIL"], ["FAIL"]])
def test_a_parent_that_failed_is_never_complete(subs: list[str]) -> None:
    parts = [{"status": status} for status in subs]
    body = {"status": "FAIL", "entities": {"sub_jobs_result": parts}}
    found = parse_reply(200, {}, json.dumps(body).encode(), "0" * 32, now=NOW)
    assert isinstance(found, PollOk)
    assert found.job.progress_ratio in (None, 0.0)


def test_a_start_in_the_future_is_odd() -> None:
    body = {"status": "RUNNING", "begin_time": "2026-11-23T12:05:00.000Z"}
    found = parse_reply(200, {}, json.dumps(body).encode(), "0" * 32, now=NOW)
    assert isinstance(found, PollOk)
    assert found.job.has(OddityKind.BEGIN_IN_FUTURE)


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [
        ("sibling-400-common-0011-job-unknown", 0),
        ("sibling-200-flat-code-message", 0),
        ("sibling-400-common-0018-project-mismatch", 4),
        ("sibling-202-common-0024-flow-limit", 6),
        ("error-403-apigw-0402-ip-not-allowed", 4),
    ],
)
def test_a_check_ends_by_what_the_code_says(name: str, exit_code: int) -> None:
    check = SignCheck("prod", outcome(name), None, "", NOW)
    assert check.exit_code == exit_code
