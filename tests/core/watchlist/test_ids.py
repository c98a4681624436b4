"""Job ids are picked out of whatever an operator pastes."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.watchlist.ids import IdReport, check_id, find_ids, is_job_id

JOB = "9a175ac792fa12d20193002100dd2762"
OTHER = "ff8080814dbd65d7014dbe0d84db0013"
PROJECT = "2a2d5d0a4cb94b0eb3d6a5d4ce4d2f5e"


@pytest.mark.parametrize(
    "text",
    [
        JOB,
        JOB.upper(),
        f'"{JOB}"',
        f"' {JOB}'",
        f'{{"job_id": " {JOB}"}}',
        f"https://ims.cn-north-4.example/v1/cloudimages/job/{JOB}",
        f"https://x/v1/cloudimages/job/{JOB}?project_id={PROJECT}",
        f"GET /v1/{PROJECT}/jobs/{JOB} HTTP/1.1",
        f"X-Project-Id: {PROJECT}\nJob: {JOB}",
        f'{{"project_id":"{PROJECT}","job_id":"{JOB}"}}',
        f"job%3D%22{JOB}%22",
        f'{{"msg": "submitted\\n{JOB}\\n"}}',
        f"\x1b[1;32m{JOB}\x1b[0m",
        f"$ PROJECT_ID={PROJECT} submit.sh\n{JOB}\n",
        f"| project_id | {PROJECT} |\n| id         | {JOB} |",
        f"job {JOB} submitted, request id {PROJECT}",
        f"project {PROJECT}: job {JOB} runs",
        f"项目ID：{PROJECT} 任务ID：{JOB}",
        f"任务{JOB}已提交",
        f"job-{JOB}.log",
        f"huaweicloud_images_image.a: job_id = {JOB}, image 3f7185de-b59a-4bb8-aa1d-"
        "7a513528b0e9",
        f'2026-11-23 WARN {{"user": {{"id": "{PROJECT}"\n2026-11-23 INFO id: {JOB}',
        f'{{"project": {{"domain": {{"id": "{PROJECT}"}}}}, "id": "{JOB}"}}',
        f"md5sum: {PROJECT}\n{JOB}",
    ],
)
def test_the_job_is_found_and_nothing_else(text: str) -> None:
    assert find_ids(text).found == (JOB,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3f7185de-b59a-4bb8-aa1d-7a513528b0e9",
        f"sha256:{JOB}{OTHER}",
        f"commit {JOB}01234567",
        f"traceparent: 00-{JOB}-00f067aa0ba902b7-01",
        "12345678901234567890",
        "abcdefabcdefabcdefabcdef",
        "MySuperLongPasswordWithoutAnySense",
    ],
)
def test_what_only_looks_long_is_not_even_mentioned(text: str) -> None:
    assert find_ids(text) == IdReport()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (JOB[:26], "too short (26 of 32 characters)"),
        (JOB + "0", "too long (33 of 32 characters)"),
        (JOB[:-1] + "l", '"l" at place 32 is no hex digit'),
        (f"project_id={JOB}", "not a job id by its name (project_id)"),
        (f"/v2.1/{JOB}/servers", "a project id, by its place in the URL"),
        (f'{{"subJobId": "{JOB}"}}', "a sub-job, which its parent shows"),
        (f'{{"roles": [{{"id": "{JOB}"}}]}}', "not a job id by its name (roles)"),
    ],
)
def test_what_is_not_taken_says_why(text: str, why: str) -> None:
    report = find_ids(text)
    assert report.found == ()
    assert [each.why for each in report.rejected] == [why]


def test_sub_jobs_are_left_to_their_parent() -> None:
    reply = {
        "job_id": JOB,
        "entities": {
            "sub_jobs_list": [PROJECT],
            "sub_jobs_result": [{"job_id": OTHER, "entities": {}}],
        },
    }
    report = find_ids(json.dumps(reply, indent=2))
    assert report.found == (JOB,)
    assert {each.text for each in report.rejected} == {OTHER, PROJECT}


def test_known_ids_are_told_apart_and_order_is_kept() -> None:
    report = find_ids(f"{OTHER} {JOB.upper()} {OTHER} {JOB[:26]}", [JOB])
    assert (report.found, report.known) == ((OTHER,), (JOB,))
    assert [each.text for each in report.rejected] == [JOB[:26]]


def test_an_id_taken_somewhere_is_not_rejected_elsewhere() -> None:
    report = find_ids(f"request_id: {JOB}\njob_id: {JOB}")
    assert report == IdReport(found=(JOB,))


@pytest.mark.parametrize("name", ["X-Auth-Token: ", '"password": "', "signature="])
def test_secrets_are_not_repeated(name: str) -> None:
    assert find_ids(f"{name}{JOB}") == IdReport()


def test_brackets_beyond_any_sense_do_not_confuse_what_follows() -> None:
    depth = 1000
    text = '{"user": ' * depth + "{}" + "}" * depth + f' id {JOB} {{"a": 1}}'
    assert find_ids(text).found == (JOB,)


@given(st.text())
def test_any_text_is_read_and_what_is_found_is_an_id(text: str) -> None:
    report = find_ids(text)
    assert all(is_job_id(each) for each in report.found + report.known)


ids = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(
    st.lists(ids, unique=True), st.sampled_from([" ", "\n", ", ", "; ", "\t", "','"])
)
def test_a_plain_list_gives_every_id(wanted: list[str], between: str) -> None:
    assert find_ids(between.join(wanted)).found == tuple(wanted)


@given(ids, st.text())
def test_a_named_job_is_found_whatever_stands_before(job_id: str, before: str) -> None:
    before = re.sub(r"(?i)sub", "", before)
    assert job_id in find_ids(f'{before}\n"job_id": "{job_id}"').found


@pytest.mark.parametrize(
    "unit",
    [
        *("{", "a", '"a": {', "a ", '"', "\\", "%22", "\x1b[", "a-", JOB + " ", "\n"),
        *("x:[", "[]", "\x1b[0", "tokenid", "/v1/", f"https://ecs.a/v1/{JOB}/jobs/"),
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        began = time.perf_counter()
        find_ids(text)
        return time.perf_counter() - began

    # Squared growth would be a factor of 256; noise is no factor of 8 above 16.
    small = max(min(seconds(20_000) for _ in range(3)), 1e-4)
    assert seconds(320_000) < small * 128


def test_check_id_gives_the_service_s_spelling() -> None:
    assert check_id(f" {JOB.upper()}\n") == JOB


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("abc", '"abc" is not a job id: it has 3 characters'),
        ("", '"" is not a job id: it has 0 characters'),
        ("3f7185de-b59a-4bb8-aa1d-7a513528b0e9", "image id"),
        (JOB[:-1] + "g", '"g" at place 32 is no hex digit'),
        ("\x1b[2J", '"\\x1b" at place 1'),
        ("a" * 5000, "it has 5000 characters"),
    ],
)
def test_check_id_names_the_thing_and_what_is_allowed(text: str, part: str) -> None:
    with pytest.raises(ValueError, match="A job id has 32 hex digits") as caught:
        check_id(text)
    message = str(caught.value)
    assert part in message
    assert message.isprintable()
    assert len(message) < 200


@pytest.mark.parametrize("service", ["ecs", "evs", "ECS"])
def test_a_url_says_whose_job_it_names(service: str) -> None:
    url = f"https://{service}.cn-east-3.myhuaweicloud.com/v1/{PROJECT}/jobs/{JOB}"
    report = find_ids(f"GET {url}\n{OTHER}")
    assert report.found == (JOB, OTHER)
    assert report.rejected == ((PROJECT, "a project id, by its place in the URL"),)
    assert report.services == {JOB: service.lower()}


@pytest.mark.parametrize("service", ["bms", "vbs", "SDRS"])
def test_a_job_of_another_service_is_left_out_with_its_reason(service: str) -> None:
    project, job = (
        "0123456789abcdef0123456789abcdef",
        "ff8080827e7810fb017f06338a731328",
    )
    host = f"{service}.cn-east-3.myhuaweicloud.com"
    report = find_ids(f"GET https://{host}/v1/{project}/jobs/{job}")
    assert report.found == ()
    why = dict(report.rejected)
    assert why[job] == f"a job of {service.upper()}, which is not followed"
    ims = find_ids(f"https://ims.x.com/v1/{project}/jobs/{job}")
    assert ims.found == (job,)
