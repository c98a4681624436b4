"""Access keys, against a service that verifies with the official signer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

import httpx
import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from msgspec.structs import replace

from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.core.config.settings import KeySpec
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.signin.credential import SignInError, SignInRefusedError
from ims_tui.core.signin.refusal import RefusalKind
from ims_tui.core.signin.secret import Secret

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMS = "https://ims.example.com:8443"
JOB = f"{IMS}/v1/cloudimages/job/ff80808280c204e30180d2784c3c0d86"
KEY, SECRET = "EXAMPLEACCESSKEY0001", "exampleSecretKeyForTestVectorsOnly0000001"
PROJECT = "0123456789abcdef0123456789abcdef"
SPEC = KeySpec(KEY, Secret(SECRET), project_id=PROJECT, source="keys of the test")
TOLERANCE = timedelta(minutes=15)
FAILED = "Incorrect IAM authentication information: "


@dataclass
class Keys:
    """What the official signer needs."""

    ak: str = KEY
    sk: str = SECRET


class Service:
    """IMS and IAM behind a gateway that verifies signatures."""

    def __init__(self) -> None:
        self.clock = START
        self.skew = timedelta()
        self.dates = True
        self.requests: list[httpx.Request] = []
        self.refused = 0
        self.projects = [{"id": PROJECT, "name": "cn-north-4"}]
        self.iam_status = 200
        self.is_asked = asyncio.Event()

    def now(self) -> datetime:
        """The client's clock."""
        return self.clock

    async def handle(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        self.requests.append(request)
        true_time = self.clock - self.skew
        headers = (
            {"Date": format_datetime(true_time, usegmt=True)} if self.dates else {}
        )
        complaint = self._complaint(request, true_time)
        if complaint:
            self.refused += 1
            error = {"error_code": "APIGW.0301", "error_msg": FAILED + complaint}
            return httpx.Response(401, json=error, headers=headers)
        if request.url.host == "iam.example.com":
            reply = {"projects": self.projects}
            self.is_asked.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return httpx.Response(self.iam_status, json=reply, headers=headers)
        return httpx.Response(200, json={}, headers=headers)

    def _complaint(self, request: httpx.Request, true_time: datetime) -> str:
        sent = request.headers["Authorization"]
        signed = sent.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        path, _, query = request.url.raw_path.decode().partition("?")
        again = SdkRequest(
            method=request.method,
            schema="https",
            host=request.headers["Host"],
            resource_path=path,
            query_params=parse_qsl(query, keep_blank_values=True),
            header_params={name: request.headers[name] for name in signed},
            body=request.content,
        )
        expected = Signer(Keys()).sign(again).header_params["Authorization"]
        if f"Access={KEY}," not in sent:
            return f"ak {sent.partition('Access=')[2].partition(',')[0]} not exist"
        date = datetime.fromisoformat(request.headers["X-Sdk-Date"])
        if abs(date - true_time) > TOLERANCE or sent != expected:
            return "verify aksk signature fail, ......"
        return ""


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.MockTransport(service.handle)
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


def auth_of(
    service: Service, http: httpx.AsyncClient, spec: KeySpec = SPEC
) -> SignInAuth:
    return make_auth(spec, http=http, now=service.now, region="cn-north-4")


async def test_the_official_signer_agrees(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(service, http)
    assert (await http.get(JOB, auth=auth)).is_success
    assert auth.state.is_accepted
    assert auth.state.project_id == PROJECT
    sent = service.requests[0].headers
    assert sent["X-Project-Id"] == PROJECT
    assert "X-Security-Token" not in sent
    names = "SignedHeaders=content-type;host;x-project-id;x-sdk-date,"
    assert names in sent["Authorization"]
    assert sent["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "url",
    [
        f"{IMS}/",
        f"{IMS}",
        f"{IMS}/a b/é/%2F/~x/",
        f"{IMS}/p?b=2&a=1&a=0&empty=&flag",
        f"{IMS}/p?q=%20+%2B/é&n=中",
        "https://ims.example.com/p//q/../r",
    ],
)
async def test_odd_addresses_and_bodies_are_signed_alike(
    url: str, service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(service, http)
    assert (await http.get(url, auth=auth)).is_success
    assert (await http.post(url, auth=auth, json={"a": ["é"]})).is_success
    assert (await http.put(url, auth=auth, content=b"\0\xff")).is_success
    text = {"Content-Type": "text/plain"}
    assert (await http.put(url, auth=auth, content=b"x", headers=text)).is_success


async def test_temporary_keys_bring_their_security_token(
    service: Service, http: httpx.AsyncClient
) -> None:
    spec = replace(SPEC, security_token=Secret("temporary"))
    assert (await http.get(JOB, auth=auth_of(service, http, spec))).is_success
    sent = service.requests[0].headers
    assert sent["X-Security-Token"] == "temporary"
    assert ";x-security-token," in sent["Authorization"]


async def test_a_wrong_secret_key_is_tried_once_however_many_polls_wait(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(service, http, replace(SPEC, secret_key=Secret("wrong")))
    outcomes = await asyncio.gather(
        *(http.get(JOB, auth=auth) for _ in range(50)), return_exceptions=True
    )
    assert all(isinstance(outcome, SignInRefusedError) for outcome in outcomes)
    assert service.refused == 1
    assert auth.state.is_stopped
    assert auth.state.refusal is not None
    assert auth.state.refusal.kind is RefusalKind.WRONG_KEY
    auth.reload()
    with pytest.raises(SignInRefusedError):
        await http.get(JOB, auth=auth)
    assert service.refused == 2


async def test_an_echoed_access_key_is_masked(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(service, http, replace(SPEC, access_key="lower-case-key"))
    with pytest.raises(SignInRefusedError) as failed:
        await http.get(JOB, auth=auth)
    assert failed.value.refusal.kind is RefusalKind.UNKNOWN_KEY
    assert "not exist" in failed.value.refusal.said
    assert "lower-case-key" not in failed.value.refusal.said


@pytest.mark.parametrize("minutes", [-1200, -20, 20, 1200])
async def test_a_wrong_clock_is_corrected_by_the_services_date(
    minutes: int, service: Service, http: httpx.AsyncClient
) -> None:
    service.skew = timedelta(minutes=minutes)
    auth = auth_of(service, http)
    answers = await asyncio.gather(*(http.get(JOB, auth=auth) for _ in range(20)))
    assert all(answer.is_success for answer in answers)
    assert service.refused == 1
    service.skew = timedelta()  # somebody sets the clock right
    assert (await http.get(JOB, auth=auth)).is_success
    assert (await http.get(JOB, auth=auth)).is_success
    assert service.refused == (1 if abs(minutes) < 15 else 2)


async def test_a_wrong_clock_and_a_wrong_key_stop_after_two(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.skew = timedelta(minutes=-20)
    auth = auth_of(service, http, replace(SPEC, secret_key=Secret("wrong")))
    await asyncio.gather(
        *(http.get(JOB, auth=auth) for _ in range(20)), return_exceptions=True
    )
    assert service.refused == 2
    assert auth.state.refusal is not None
    assert auth.state.refusal.kind is RefusalKind.CLOCK_OFF
    assert "20:00 behind" in auth.state.refusal.cause


async def test_without_a_date_the_clock_is_believed(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.skew, service.dates = timedelta(minutes=20), False
    auth = auth_of(service, http)
    with pytest.raises(SignInRefusedError):
        await http.get(JOB, auth=auth)
    assert service.refused == 1


LOOKED_UP = replace(SPEC, project_id="", iam_url="https://iam.example.com/v3")


async def test_a_missing_project_is_looked_up_once(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(service, http, LOOKED_UP)
    answers = await asyncio.gather(*(http.get(JOB, auth=auth) for _ in range(20)))
    assert all(answer.is_success for answer in answers)
    lookup, *polls = service.requests
    assert str(lookup.url) == "https://iam.example.com/v3/projects?name=cn-north-4"
    assert "X-Project-Id" not in lookup.headers
    assert {poll.headers["X-Project-Id"] for poll in polls} == {PROJECT}
    assert len(polls) == 20
    assert auth.state.project_id == PROJECT


async def test_a_lookup_also_corrects_the_clock(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.skew = timedelta(minutes=20)
    assert (await http.get(JOB, auth=auth_of(service, http, LOOKED_UP))).is_success
    assert service.refused == 1


@pytest.mark.parametrize(
    ("projects", "kind", "words"),
    [
        ([], RefusalKind.NO_PROJECT, "no project named cn-north-4"),
        (
            [{"id": f"p{n}"} for n in range(2)],
            RefusalKind.SEVERAL_PROJECTS,
            "2 projects named cn-north-4: p0, p1.",
        ),
        (
            [{"id": f"p{n}"} for n in range(9)],
            RefusalKind.SEVERAL_PROJECTS,
            "9 projects named cn-north-4: p0, p1, p2, ...",
        ),
    ],
)
async def test_no_project_or_several_are_told(
    projects: list[dict[str, str]],
    kind: RefusalKind,
    words: str,
    service: Service,
    http: httpx.AsyncClient,
) -> None:
    service.projects = projects
    auth = auth_of(service, http, LOOKED_UP)
    for _ in range(2):
        with pytest.raises(SignInRefusedError) as failed:
            await http.get(JOB, auth=auth)
        assert failed.value.refusal.kind is kind
        assert words in failed.value.refusal.cause
    assert len(service.requests) == 1
    service.projects = [{"id": PROJECT}]
    auth.reload()
    assert (await http.get(JOB, auth=auth)).is_success


async def test_a_reload_during_a_lookup_wins(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.projects = []
    auth = auth_of(service, http, LOOKED_UP)
    waiting = asyncio.create_task(http.get(JOB, auth=auth))
    await service.is_asked.wait()
    auth.reload()
    service.projects = [{"id": PROJECT}]
    assert (await waiting).is_success
    assert auth.state.refusal is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, RefusalKind.PROJECTS_HIDDEN), (404, RefusalKind.AUTH_URL)],
)
async def test_a_lookup_that_is_refused(
    status: int, kind: RefusalKind, service: Service, http: httpx.AsyncClient
) -> None:
    service.iam_status = status
    with pytest.raises(SignInRefusedError) as failed:
        await http.get(JOB, auth=auth_of(service, http, LOOKED_UP))
    assert failed.value.refusal.kind is kind


async def test_a_lookup_without_an_answer_is_tried_again(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.iam_status = 503
    auth = auth_of(service, http, LOOKED_UP)
    with pytest.raises(SignInError) as failed:
        await http.get(JOB, auth=auth)
    assert failed.value.failure is FailureKind.SERVER_FAULT
    assert auth.state.unavailable is not None
    service.iam_status = 200
    assert (await http.get(JOB, auth=auth)).is_success
    assert auth.state.unavailable is None


async def test_a_wrong_key_is_refused_once_at_the_lookup(
    service: Service, http: httpx.AsyncClient
) -> None:
    spec = replace(LOOKED_UP, secret_key=Secret("wrong"))
    auth = auth_of(service, http, spec)
    for _ in range(3):
        with pytest.raises(SignInRefusedError):
            await http.get(JOB, auth=auth)
    assert service.refused == 1
    await auth.aclose()


async def test_nothing_is_signed_over_plain_http(
    service: Service, http: httpx.AsyncClient
) -> None:
    for url, spec in (
        ("http://ims.example.com/", SPEC),
        (JOB, replace(LOOKED_UP, iam_url="http://iam.example.com")),
    ):
        with pytest.raises(SignInRefusedError) as failed:
            await http.get(url, auth=auth_of(service, http, spec))
        assert failed.value.refusal.kind is RefusalKind.PLAIN_HTTP
    assert not service.requests
