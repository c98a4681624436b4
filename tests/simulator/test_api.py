"""The calls, their errors, and the gateway's view of credentials."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from msgspec.structs import replace

from ims_tui.simulator.account import DEMO, KeyPair
from ims_tui.simulator.fault import Fault, FaultKind
from ims_tui.simulator.plan import JobPlan, Quirk
from ims_tui.simulator.recipes import CREATE, HOUR
from ims_tui.simulator.scenario import SCENARIOS, Scenario
from tests.simulator.signer import signed
from tests.simulator.stage import Stage, decoded, header
from tests.simulator.transport import SimulatorTransport

UNKNOWN_JOB = "/v1/cloudimages/job/" + "0" * 32


def faulty(kind: FaultKind, **more: object) -> Stage:
    """A stage on which every request meets this fault."""
    fault = replace(Fault(kind, 0, HOUR), **more)
    return Stage(Scenario("test", 0, (JobPlan("x", CREATE, -60, 600),), (fault,)))


def test_the_documented_call() -> None:
    status, body = Stage().show("rocky9-base")
    assert (status, body["status"]) == (200, "RUNNING")
    assert body["entities"]["image_name"] == "rocky9-base"


def test_the_deprecated_call_needs_the_project() -> None:
    stage = Stage()
    job_id = stage.job_id("rocky9-base")
    status, body = stage.get(f"/v1/{DEMO.project.id}/jobs/{job_id}")
    assert (status, body["status"]) == (200, "RUNNING")
    assert "process_percent" not in body["entities"]
    status, body = stage.get(f"/v1/{'0' * 32}/jobs/{job_id}")
    assert (status, body["error"]["code"]) == (400, "Common.0018")
    status, body = stage.get(f"/v1/{DEMO.project.id}/jobs/{'0' * 32}")
    assert (status, body["error"]["code"]) == (400, "Common.0011")


def test_jobs_are_known_in_their_own_project_only() -> None:
    stage = Stage()
    job_id, other = stage.job_id("rocky9-base"), DEMO.projects[1]
    scope = {"project": {"name": other.name}}
    domain = {"name": DEMO.domain}
    user = {"name": DEMO.user, "domain": domain, "password": DEMO.password}
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": scope}}
    token = header(stage.ask("POST", "/v3/auth/tokens", body), "X-Subject-Token")
    status, told = stage.get(f"/v1/cloudimages/job/{job_id}", x_auth_token=token)
    assert (status, told["error"]["code"]) == (400, "IMG.0023")
    path = f"/v1/{DEMO.project.id}/jobs/{job_id}"
    status, told = stage.get(path, x_auth_token=token)
    assert (status, told["error"]["code"]) == (400, "Common.0018")
    path = f"/v1/{other.id}/jobs/{job_id}"
    status, told = stage.get(path, x_auth_token=token)
    assert (status, told["error"]["code"]) == (400, "Common.0011")


def test_iam_tells_its_version_to_anybody() -> None:
    status, body = Stage().get("/v3", x_auth_token="")
    assert (status, body["version"]["id"]) == (200, "v3.6")


def test_only_the_deprecated_call_is_published_in_legacy() -> None:
    stage = Stage("legacy")
    status, body = stage.show("rocky9-base")
    assert (status, body["error_code"]) == (404, "APIGW.0101")
    job_id = stage.job_id("rocky9-base")
    status, body = stage.get(f"/v1/{DEMO.project.id}/jobs/{job_id}")
    assert (status, body["begin_time"]) == (200, "23-Nov-2026 19:57:50:000")


def test_date_and_request_id_are_always_there() -> None:
    stage = Stage()
    for target in (UNKNOWN_JOB, "/nowhere", "/v3/projects"):
        response = stage.ask("GET", target)
        assert parsedate_to_datetime(header(response, "Date")) == stage.now()
        assert len(header(response, "X-Request-Id")) == 32


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/v1/cloudimages/jobs/" + "0" * 32),
        ("POST", UNKNOWN_JOB),
        ("HEAD", UNKNOWN_JOB),
        ("GET", "/v2/cloudimages/action"),
        ("GET", "/v3/auth/tokens"),
    ],
)
def test_an_unpublished_call(method: str, target: str) -> None:
    response = Stage().ask(method, target, x_auth_token="")
    status, body = decoded(response)
    assert (status, body["error_code"]) == (404, "APIGW.0101")
    assert body["request_id"] == header(response, "X-Request-Id")


def test_a_job_that_is_not_known() -> None:
    status, body = Stage().get(UNKNOWN_JOB)
    assert (status, body["error"]["code"]) == (400, "IMG.0023")


def test_a_job_that_has_not_begun_is_not_known() -> None:
    stage = Stage(Scenario("test", 0, (JobPlan("x", CREATE, 60, 600),)))
    assert stage.show("x")[0] == 400
    stage.elapsed_s = 61
    assert stage.show("x")[0] == 200


@pytest.mark.parametrize(
    ("token", "cause"),
    [
        ("", "x-auth-token not found"),
        ("garbage", "decrypt token fail"),
        ("é" * 9, "decrypt token fail"),
        ("A" * 200, "decrypt token fail"),
    ],
)
def test_a_wrong_token(token: str, cause: str) -> None:
    status, body = Stage().get(UNKNOWN_JOB, x_auth_token=token)
    assert (status, body["error_code"]) == (401, "APIGW.0301")
    assert body["error_msg"] == f"Incorrect IAM authentication information: {cause}"


def test_a_token_without_rights() -> None:
    status, body = Stage().show("rocky9-base", x_auth_token=DEMO.powerless_token)
    assert (status, body["error"]["code"]) == (403, "IMG.0026")
    assert "ims:imageJobs:getPercentage" in body["error"]["message"]


def test_the_ready_token_dies_early_in_auth() -> None:
    stage = Stage("auth", speed=20)
    stage.elapsed_s = 899
    assert stage.show("rocky9-base")[0] == 200
    stage.elapsed_s = 900
    status, body = stage.show("rocky9-base")
    assert status == 401
    assert body["error_msg"].endswith("token expires, expires_at: 2026-11-23T12:00:45Z")


def test_a_right_signature() -> None:
    stage = Stage()
    target = f"/v1/cloudimages/job/{stage.job_id('rocky9-base')}"
    project = {"X-Project-Id": DEMO.project.id}
    response = stage.api.answer(signed("GET", target, at=stage.now(), headers=project))
    assert decoded(response)[0] == 200


def test_another_project_than_the_account_has() -> None:
    stage = Stage()
    foreign = {"X-Project-Id": "0" * 32}
    request = signed("GET", UNKNOWN_JOB, at=stage.now(), headers=foreign)
    status, body = decoded(stage.api.answer(request))
    assert (status, body["error_code"]) == (403, "APIGW.0310")


def test_an_unknown_access_key_is_echoed() -> None:
    stage = Stage()
    key = KeyPair("SOMEBODYELSE", "secret")
    request = signed("GET", UNKNOWN_JOB, at=stage.now(), key=key)
    status, body = decoded(stage.api.answer(request))
    assert status == 401
    assert body["error_msg"].endswith("ak SOMEBODYELSE not exist")


def test_an_authorization_of_another_kind() -> None:
    status, body = Stage().get(UNKNOWN_JOB, x_auth_token="", authorization="Basic dTpw")
    assert (status, body["error_code"]) == (401, "APIGW.0301")


@pytest.mark.parametrize(
    ("security_token", "status"),
    [("demo-security-token", 400), ("other", 401), (None, 401)],
)
def test_a_temporary_key_needs_its_security_token(
    security_token: str | None, status: int
) -> None:
    stage = Stage()
    headers = {"X-Security-Token": security_token} if security_token else {}
    request = signed(
        "GET", UNKNOWN_JOB, at=stage.now(), key=DEMO.keys[1], headers=headers
    )
    assert decoded(stage.api.answer(request))[0] == status


def test_six_wrong_signatures_in_a_row_lock_the_key_for_five_minutes() -> None:
    stage = Stage()
    wrong = KeyPair(DEMO.key.access_key, "wrong")

    def attempt(key: KeyPair) -> str:
        request = signed("GET", UNKNOWN_JOB, at=stage.now(), key=key)
        status, body = decoded(stage.api.answer(request))
        return str(body["error_msg"]) if status == 401 else "in"

    for _ in range(5):
        assert "verify aksk signature fail" in attempt(wrong)
    assert attempt(DEMO.key) == "in"
    for _ in range(6):
        assert "verify aksk signature fail" in attempt(wrong)
    for stage.elapsed_s in (1, 299):
        assert "AK access failed to reach the limit,forbidden" in attempt(DEMO.key)
    stage.elapsed_s = 300
    assert attempt(DEMO.key) == "in"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (FaultKind.THROTTLE, 429, "APIGW.0308"),
        (FaultKind.INTERNAL, 500, "APIGW.0601"),
        (FaultKind.BAD_GATEWAY, 502, "APIGW.0201"),
        (FaultKind.GATEWAY_TIMEOUT, 504, "APIGW.0201"),
        (FaultKind.IAM_DOWN, 503, "APIGW.0613"),
    ],
)
def test_trouble_behind_the_gateway(kind: FaultKind, status: int, code: str) -> None:
    assert_fault = faulty(kind).show("x")
    assert (assert_fault[0], assert_fault[1]["error_code"]) == (status, code)


def test_a_throttled_reply_names_the_limit_in_its_text_only() -> None:
    response = faulty(FaultKind.THROTTLE).ask("GET", UNKNOWN_JOB)
    _, body = decoded(response)
    assert "ratelimit,limit:200,time:5 minute" in body["error_msg"]
    with pytest.raises(KeyError):
        header(response, "Retry-After")


def test_a_retry_after_can_be_asked_for() -> None:
    stage = faulty(FaultKind.THROTTLE, retry_after_s=20, limit="limit:3,time:1 second")
    response = stage.ask("GET", UNKNOWN_JOB)
    assert header(response, "Retry-After") == "20"
    assert "limit:3,time:1 second" in decoded(response)[1]["error_msg"]


def test_credentials_are_checked_before_the_limit() -> None:
    stage = faulty(FaultKind.THROTTLE)
    assert stage.show("x", x_auth_token="garbage")[0] == 401
    assert stage.get("/v3/projects")[0] == 200


def test_an_outage_is_silence() -> None:
    assert faulty(FaultKind.OUTAGE).ask("GET", UNKNOWN_JOB) is None


def test_the_page_of_a_load_balancer() -> None:
    response = faulty(FaultKind.HTML_PAGE).ask("GET", UNKNOWN_JOB)
    assert response is not None
    assert (response.status, header(response, "Content-Type")) == (502, "text/html")
    assert response.body.startswith(b"<html>")


def test_a_slow_answer_is_a_right_one() -> None:
    stage = faulty(FaultKind.SLOW, delay_s=2.5)
    response = stage.ask("GET", f"/v1/cloudimages/job/{stage.job_id('x')}")
    assert response is not None
    assert (response.status, response.delay_s) == (200, 2.5)


def test_broken_bodies_are_sent_as_they_are() -> None:
    plan = JobPlan("x", CREATE, -60, 600, quirk=Quirk.TRAILING_COMMA)
    stage = Stage(Scenario("test", 0, (plan,)))
    response = stage.ask("GET", f"/v1/cloudimages/job/{stage.job_id('x')}")
    assert response is not None
    assert response.body.endswith(b",}}")


@pytest.mark.parametrize("name", SCENARIOS)
def test_two_runs_of_a_scenario_are_the_same_bytes(name: str) -> None:
    def run() -> list[object]:
        stage = Stage(name, seed=11, speed=20)
        answers: list[object] = []
        for stage.elapsed_s in range(0, 2400, 75):
            for job_id in stage.simulation.job_ids[:20]:
                answers.append(stage.ask("GET", f"/v1/cloudimages/job/{job_id}"))
        return answers

    assert run() == run()


async def test_as_a_transport_it_needs_no_socket() -> None:
    stage = Stage()
    transport = SimulatorTransport(stage.api)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://127.0.0.1",
        headers={"X-Auth-Token": DEMO.token},
    ) as client:
        reply = await client.get(f"/v1/cloudimages/job/{stage.job_id('rocky9-base')}")
        assert reply.json()["status"] == "RUNNING"
        assert reply.headers["date"] == "Mon, 23 Nov 2026 12:00:00 GMT"
        filtered = await client.get("/v3/projects", params={"name": "nowhere"})
        assert filtered.json()["projects"] == []


async def test_as_a_transport_an_outage_is_a_network_error() -> None:
    transport = SimulatorTransport(faulty(FaultKind.OUTAGE).api)
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("http://127.0.0.1/")


def test_wall_time_follows_the_speed() -> None:
    stage = Stage(speed=20)
    stage.elapsed_s = 600
    date = header(stage.ask("GET", UNKNOWN_JOB), "Date")
    begun = stage.simulation.wall(0)
    assert parsedate_to_datetime(date) - begun == timedelta(seconds=30)
