"""Jobs of ECS and EVS: where they are asked for, and by which words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobservice import (
    JobService,
    lane_name,
    lane_parts,
    sibling_endpoint,
)
from ims_tui.core.service.outcome import FailureKind, Outcome, PollFailed, PollOk
from ims_tui.core.service.reply import parse_reply

ECS, EVS, IMS = JobService.ECS, JobService.EVS, JobService.IMS
JOB = "2c9eb2c5544cbf6101544f0602af2b4f"
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ims", "ecs"),
    [
        (
            "https://ims.cn-north-4.myhuaweicloud.com",
            "https://ecs.cn-north-4.myhuaweicloud.com",
        ),
        ("https://IMS.eu-de.otc.t-systems.com/", "https://ecs.eu-de.otc.t-systems.com"),
        ("https://ims.r1.cloud.corp:8443", "https://ecs.r1.cloud.corp:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://images.example.com", ""),
        ("https://ims.example.com", ""),  # ecs.example.com may be somebody else's
        ("https://ims.com", ""),
        ("https://ims.a.b.c@evil.example", ""),
        ("https://ims.a.b.c/path", ""),
        ("http://127.0.0.1.evil.example", ""),
        ("", ""),
    ],
)
def test_the_address_beside_that_of_ims(ims: str, ecs: str) -> None:
    assert sibling_endpoint(ims, ECS) == ecs


@given(
    labels=st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), max_size=5),
    service=st.sampled_from([ECS, EVS]),
)
def test_it_never_leaves_the_domain(labels: list[str], service: JobService) -> None:
    rest = "".join(f".{label}" for label in labels)
    found = sibling_endpoint(f"https://ims{rest}", service)
    assert found in ("", f"https://{service.value}{rest}")


def test_lanes_have_names_of_their_own() -> None:
    names = [lane_name("prod", service) for service in JobService]
    assert names == ["prod", "prod (ecs)", "prod (evs)"]
    assert [lane_parts(name) for name in names] == [("prod", s) for s in JobService]


def ask(status: int, body: bytes, service: JobService) -> Outcome:
    return parse_reply(status, {}, body, JOB, now=NOW, service=service)


@pytest.mark.parametrize(
    ("service", "named"),
    [
        (IMS, "ims:imageJobs:getPercentage"),
        (ECS, "ECS ReadOnlyAccess"),
        (EVS, "EVS ReadOnlyAccess"),
    ],
)
def test_the_right_that_is_missing_is_the_services(
    service: JobService, named: str
) -> None:
    failed = ask(403, b'{"code": "Common.0020", "message": "no right"}', service)
    assert isinstance(failed, PollFailed)
    assert named in failed.remedy
    place = ask(403, b'{"error_code": "APIGW.0802"}', service)
    assert isinstance(place, PollFailed)
    assert "region" in place.remedy


def test_ecs_says_that_it_forgets() -> None:
    body = b'{"code": "Common.0011", "message": "Failed to query system tasks."}'
    failed = ask(400, body, ECS)
    assert isinstance(failed, PollFailed)
    assert failed.kind is FailureKind.NOT_KNOWN
    assert failed.remedy == "ECS forgets a finished job after a day."
    other = ask(400, body, IMS)
    assert isinstance(other, PollFailed)
    assert other.remedy == ""


def test_an_unpaid_order_waits() -> None:
    body = f'{{"status": "PENDING_PAYMENT", "job_id": "{JOB}"}}'.encode()
    outcome = ask(200, body, ECS)
    assert isinstance(outcome, PollOk)
    assert outcome.job.status is JobStatus.INIT
    assert outcome.job.is_unpaid
    assert outcome.job.oddities == ()
