"""The way to the service: which call, no redirects, no credential in the open."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import httpx
import pytest
from msgspec.structs import replace

from ims_tui.adapters.ims import DEPRECATED_CALL, ImsSource
from ims_tui.core.config.settings import (
    AuthSpec,
    KeySpec,
    PasswordSpec,
    Profile,
    Settings,
    TokenSpec,
)
from ims_tui.core.headless.diagnosis import of_sign_in
from ims_tui.core.headless.signcheck import PROBE_ID, lines
from ims_tui.core.service.outcome import FailureKind, PollFailed, PollOk
from ims_tui.core.service.reply import MAX_BODY
from ims_tui.core.signin.secret import Secret
from ims_tui.simulator.account import DEMO, Project
from ims_tui.simulator.server import SimulatorServer
from ims_tui.wiring import try_profile
from tests.simulator.stage import STARTED, Stage
from tests.simulator.transport import SimulatorTransport

TOKEN = TokenSpec(Secret(DEMO.token), source="environment IMS_TUI_TOKEN")
PROFILE = Profile(endpoint="https://ims.example.com", auth=TOKEN)
PASSWORD = PasswordSpec(
    "https://iam.example.com/v3",
    DEMO.user,
    DEMO.domain,
    Secret(DEMO.password),
    DEMO.project.name,
)

Handler = Callable[[httpx.Request], httpx.Response]


def source_of(
    transport: httpx.AsyncBaseTransport | Handler, profile: Profile = PROFILE
) -> ImsSource:
    if not isinstance(transport, httpx.AsyncBaseTransport):
        transport = httpx.MockTransport(transport)
    return ImsSource(profile, now=lambda: STARTED, transport=transport)


async def test_a_redirect_is_not_followed_with_a_credential() -> None:
    seen = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://evil.example.net/x"})

    source = source_of(handle)
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.WRONG_ENDPOINT
    assert outcome.cause == "HTTP 302 to https://evil.example.net/x, not followed"
    assert seen == ["ims.example.com"]
    await source.close()


KEYS = KeySpec("AKIDEXAMPLE0123", Secret("never-sent"), Secret("temp/tok+en="), "p")


@pytest.mark.parametrize("auth", [TOKEN, KEYS], ids=["token", "key pair"])
@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500, 503])
async def test_a_credential_that_the_service_echoes_is_kept_nowhere(
    auth: AuthSpec, status: int
) -> None:
    sent: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        names = ("X-Auth-Token", "X-Security-Token", "Authorization")
        values = [request.headers[name] for name in names if name in request.headers]
        signature = values[-1].rpartition("Signature=")[2]
        sent.extend([*values, signature])
        said = {"error_code": f"E.{values[0]}", "error_msg": f"got {values}"}
        job = {"status": "FAIL", "job_id": PROBE_ID, "fail_reason": signature}
        return httpx.Response(
            status,
            json={**said, **job, "entities": {"headers": [json.dumps(values)]}},
            headers={
                "Location": f"https://x.example/?t={quote(values[0], safe='')}",
                "X-Request-Id": signature,
            },
        )

    source = source_of(handle, replace(PROFILE, auth=auth, project_id="p"))
    outcome = await source.show(PROBE_ID)
    kept = repr(outcome) + repr(source.credential)
    assert sent
    assert not [secret for secret in sent if secret in kept]
    assert not [secret for secret in sent if quote(secret, safe="") in kept]
    await source.close()


async def test_nothing_of_a_reply_goes_into_the_next_request() -> None:
    seen = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        headers = [("Set-Cookie", "a=b"), ("X-Auth-Token", "other")]
        return httpx.Response(200, headers=headers, json={"status": "INIT"})

    source = source_of(handle, replace(PROFILE, endpoint="https://ims.example.com/x/"))
    for _ in range(2):
        assert isinstance(await source.show(PROBE_ID), PollOk)
    await source.close()
    first, second = seen
    assert first.url == f"https://ims.example.com/x/v1/cloudimages/job/{PROBE_ID}"
    assert first.headers["Host"] == "ims.example.com"
    assert second.headers == first.headers
    assert "Cookie" not in second.headers


async def test_nothing_goes_over_plain_http_unless_the_profile_allows_it() -> None:
    seen = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["X-Auth-Token"])
        return httpx.Response(200, content=b"")

    open_profile = replace(PROFILE, endpoint="http://ims.example.com")
    source = source_of(handle, open_profile)
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.MISCONFIGURED
    assert "not sent over plain http to ims.example.com" in outcome.cause
    assert "allow_http = true" in outcome.remedy
    assert not seen
    await source.close()
    source = source_of(handle, replace(open_profile, allow_http=True))
    await source.show(PROBE_ID)
    assert seen == [DEMO.token]
    await source.close()


@pytest.mark.parametrize(
    "profile",
    [
        replace(PROFILE, project_id=DEMO.project.id),
        replace(PROFILE, auth=PASSWORD, region=DEMO.project.name),
    ],
    ids=["project id of the profile", "project id of the token"],
)
async def test_the_older_call_is_used_where_the_documented_one_is_not_offered(
    profile: Profile,
) -> None:
    stage = Stage("legacy")
    source = source_of(SimulatorTransport(stage.api), profile)
    job_id = stage.job_id("rocky9-base")
    first = await source.show(job_id)
    assert isinstance(first, PollFailed)
    assert first.kind is FailureKind.NOT_UNDERSTOOD
    assert source.call == DEPRECATED_CALL
    second = await source.show(job_id)
    assert isinstance(second, PollOk)
    assert second.job.job_id == job_id
    await source.close()


async def test_without_a_project_id_the_older_call_cannot_be_used() -> None:
    source = source_of(SimulatorTransport(Stage("legacy").api))
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.WRONG_ENDPOINT
    assert "set project_id for the older call" in outcome.remedy
    assert source.call == ""
    await source.close()


async def test_where_neither_call_exists_the_address_is_wrong() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"error_code": "APIGW.0101", "error_msg": "no"})

    source = source_of(handle, replace(PROFILE, project_id=DEMO.project.id))
    await source.show(PROBE_ID)
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.WRONG_ENDPOINT
    assert source.call == ""
    await source.close()


async def test_auth_check_and_doctor_say_which_call_is_in_use() -> None:
    stage = Stage("legacy")
    async with SimulatorServer(stage.api) as server:
        profile = replace(PROFILE, endpoint=server.url, project_id=DEMO.project.id)
        check = await try_profile(profile, Settings())
    assert check.exit_code == 0
    assert check.document()["call"] == DEPRECATED_CALL
    said = "\n".join(lines(check))
    assert "the documented call is not offered here" in said
    assert DEPRECATED_CALL in of_sign_in(check).text


async def test_a_reply_without_end_is_not_read() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b" " * (MAX_BODY + 1))

    source = source_of(handle)
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.NOT_UNDERSTOOD
    await source.close()


async def test_everything_else_goes_on_while_a_large_reply_is_decoded() -> None:
    values = [["\x1b" * 4] * 1_900] * 24  # of the most that is taken
    body = {"job_id": PROBE_ID, "status": "RUNNING", "entities": {"values": values}}
    source = source_of(lambda request: httpx.Response(200, json=body))
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    other = asyncio.create_task(turn())
    assert isinstance(await source.show(PROBE_ID), PollOk)
    other.cancel()
    assert turns > 10
    await source.close()


class Parts(httpx.AsyncByteStream):
    """A body as it comes over the network."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.sent = 0
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 1024):
            part = self.body[start : start + 1024]
            self.sent += len(part)
            yield part

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("is_packed", [False, True])
async def test_a_body_is_unpacked_bounded_and_let_go_of(is_packed: bool) -> None:
    job, endless = b'{"status": "INIT"}', b" " * (4 * MAX_BODY)
    bodies = [Parts(gzip.compress(b) if is_packed else b) for b in (job, endless)]
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    replies = iter(httpx.Response(200, headers=headers, stream=b) for b in bodies)
    source = source_of(lambda request: next(replies))
    assert isinstance(await source.show(PROBE_ID), PollOk)
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.cause.startswith("a reply of more than")
    assert all(body.is_closed for body in bodies)
    assert bodies[1].sent < len(bodies[1].body) / 2
    await source.close()


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_is_unpacked_bounded_and_let_go_of(
    status: int, is_packed: bool
) -> None:
    told, endless = b'{"error_code": "IMG.0030"}', b" " * (4 * MAX_BODY)
    bodies = [Parts(gzip.compress(b) if is_packed else b) for b in (endless, told)]
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    replies = iter(httpx.Response(status, headers=headers, stream=b) for b in bodies)
    source = source_of(lambda request: next(replies))
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    if status == 401:  # whatever it says
        assert outcome.kind is FailureKind.AUTH_REJECTED
        await source.reload()
    else:
        assert outcome.cause.startswith("a reply of more than")
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert (outcome.kind, outcome.code) == (FailureKind.AUTH_REJECTED, "IMG.0030")
    assert all(body.is_closed for body in bodies)
    assert bodies[0].sent < len(bodies[0].body) / 2
    await source.close()


@pytest.mark.parametrize("is_packed", [False, True])
async def test_after_a_refusal_for_a_wrong_clock_the_reply_to_the_next_is_read(
    is_packed: bool,
) -> None:
    endless, job = Parts(b" " * (4 * MAX_BODY)), Parts(b'{"status": "INIT"}')
    if is_packed:
        endless.body = gzip.compress(endless.body)
    ahead = datetime.now(UTC) + timedelta(days=30)
    headers = {"Date": format_datetime(ahead, usegmt=True)}
    packed = {"Content-Encoding": "gzip"} if is_packed else {}
    replies = iter(
        (
            httpx.Response(401, headers=headers | packed, stream=endless),
            httpx.Response(200, headers=headers, stream=job),
        )
    )
    keys = KeySpec("AK", Secret("SK"), project_id="p")
    source = source_of(lambda request: next(replies), replace(PROFILE, auth=keys))
    assert isinstance(await source.show(PROBE_ID), PollOk)
    assert endless.sent < len(endless.body) / 2
    await source.close()


async def test_the_debug_log_has_requests_without_headers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "ims_tui")
    source = source_of(lambda request: httpx.Response(200, content=b""))
    await source.show(PROBE_ID)
    await source.close()
    assert f"GET /v1/cloudimages/job/{PROBE_ID}: 200" in caplog.text
    assert DEMO.token not in caplog.text


PAIR = KeySpec(
    DEMO.key.access_key,
    Secret(DEMO.key.secret_key),
    iam_url="https://iam.example.com",
    source="keys of the test",
)


@pytest.mark.parametrize("project", DEMO.projects[:2])
async def test_the_named_project_is_the_one_that_is_asked(project: Project) -> None:
    auth = replace(PAIR, project_name=project.name)
    profile = Profile(
        endpoint="https://ims.example.com", region="cn-north-4", auth=auth
    )
    source = source_of(SimulatorTransport(Stage().api), profile)
    await source.show(PROBE_ID)
    state = source.credential
    assert state is not None
    assert (state.project, state.project_id) == (project.name, project.id)
    await source.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "IAM knows no project named nowhere for this access key."),
        ("cn-north-4_twice", "IAM knows 2 projects named cn-north-4_twice: "),
    ],
)
async def test_a_name_of_no_project_or_of_two_is_said(name: str, said: str) -> None:
    profile = Profile(
        endpoint="https://ims.example.com",
        region="cn-north-4",
        auth=replace(PAIR, project_name=name),
    )
    source = source_of(SimulatorTransport(Stage().api), profile)
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.AUTH_REJECTED
    assert outcome.cause.startswith(said)
    await source.close()


@pytest.mark.parametrize(
    ("gap", "cause", "remedy"),
    [
        (
            "The cloud of https://k.example/v3 is not known. Set endpoint.",
            "The cloud of https://k.example/v3 is not known",
            "Set endpoint.",
        ),
        (
            "r.yaml is not there. Check path and permissions, then reload.",
            "r.yaml is not there",
            "Check path and permissions, then reload.",
        ),
        (
            "",
            "Neither region nor endpoint is set",
            "Set endpoint or region of the profile, or IMS_TUI_ENDPOINT.",
        ),
    ],
)
async def test_without_an_address_its_own_remedy_is_told_and_nothing_is_sent(
    gap: str, cause: str, remedy: str
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    source = source_of(handle, replace(PROFILE, endpoint="", region="", gap=gap))
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.MISCONFIGURED
    assert (outcome.cause, outcome.remedy) == (cause, remedy)
    await source.close()


async def test_a_key_of_the_object_store_is_no_missing_call() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        error = {"code": "IMG.0101", "message": "The original key does not exist."}
        return httpx.Response(400, json={"error": error})

    source = source_of(handle, replace(PROFILE, project_id=DEMO.project.id))
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.code == "IMG.0101"
    assert source.call == ""
    await source.close()


async def test_an_unknown_cloud_is_found_by_the_catalogue_of_the_sign_in() -> None:
    stage = Stage()
    asked: list[str] = []
    simulator = SimulatorTransport(stage.api)

    async def handle(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.scheme}://{request.url.host}")
        return await simulator.handle_async_request(request)

    auth = replace(PASSWORD, auth_url="https://keystone.private.example.org/v3")
    profile = Profile(region="cn-north-4", auth=auth, allow_http=True)
    source = source_of(httpx.MockTransport(handle), profile)
    outcome = await source.show(stage.job_id("rocky9-base"))
    assert isinstance(outcome, PollOk)
    # The simulator's catalogue names the host it is asked at.
    assert asked == [
        "https://keystone.private.example.org",
        "http://keystone.private.example.org",
    ]
    await source.close()


async def test_a_catalogue_without_ims_sends_no_token() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        token = {"catalog": [], "expires_at": "2030-01-01T00:00:00.000000Z"}
        headers = {"X-Subject-Token": "t"}
        return httpx.Response(201, json={"token": token}, headers=headers)

    source = source_of(handle, Profile(region="lab-1", auth=PASSWORD))
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.WRONG_ENDPOINT
    assert "catalogue" in outcome.cause
    assert asked == ["/v3/auth/tokens"]
    await source.close()


@pytest.mark.parametrize(
    ("said", "remedy"),
    [("Name or service not known", "cn-norht-4 is none."), ("no route", "")],
)
async def test_a_name_that_leads_nowhere_is_told_with_what_is_in_doubt(
    said: str, remedy: str
) -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(said)

    source = source_of(failing, replace(PROFILE, cloud_note="cn-norht-4 is none."))
    outcome = await source.show(PROBE_ID)
    assert isinstance(outcome, PollFailed)
    assert (outcome.kind, outcome.remedy) == (FailureKind.UNREACHABLE, remedy)
    await source.close()
