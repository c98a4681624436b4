"""Signing in with a password: once for all, early, never twice with a wrong one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.core.config.settings import PasswordSpec
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.signin.credential import SignInError, SignInRefusedError
from ims_tui.core.signin.refusal import RefusalKind
from ims_tui.core.signin.secret import Secret

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMS = "https://ims.example.com/v1/cloudimages/job/ff80808280c204e30180d2784c3c0d86"
PASSWORD = "correct horse battery"
SPEC = PasswordSpec(
    "https://iam.example.com/v3", "watcher", "example-domain", Secret(PASSWORD)
)


class Cloud:
    """IAM and IMS under one fake clock."""

    def __init__(self) -> None:
        self.clock = START
        self.sign_ins: list[datetime] = []
        self.bodies: list[dict[str, object]] = []
        self.urls: list[httpx.URL] = []
        self.refused = 0
        self.polls = 0
        self.live: dict[str, datetime] = {}
        self.life = timedelta(days=1)
        self.iam: Callable[[], httpx.Response | None] = lambda: None
        self.gate: asyncio.Event | None = None

    def now(self) -> datetime:
        return self.clock

    async def handle(self, request: httpx.Request) -> httpx.Response:
        # Every request takes a moment, so that concurrent ones really overlap.
        await asyncio.sleep(0)
        if request.url.host == "iam.example.com":
            return await self._sign_in(request)
        self.polls += 1
        end = self.live.get(request.headers["X-Auth-Token"])
        if end is None or self.clock >= end:
            self.refused += 1
            message = "Incorrect IAM authentication information: decrypt token fail"
            return httpx.Response(
                401, json={"error_code": "APIGW.0301", "error_msg": message}
            )
        return httpx.Response(200, json={"status": "RUNNING"})

    async def _sign_in(self, request: httpx.Request) -> httpx.Response:
        self.sign_ins.append(self.clock)
        self.urls.append(request.url)
        self.bodies.append(json.loads(request.content))
        if self.gate is not None:
            await self.gate.wait()
        answer = self.iam()
        if answer is not None:
            return answer
        user = json.loads(request.content)["auth"]["identity"]["password"]["user"]
        if user["password"] != PASSWORD:
            message = "The username or password is wrong."
            return httpx.Response(
                401, json={"error": {"code": 401, "message": message}}
            )
        token = f"token-number-{len(self.sign_ins)}"
        end = self.clock + self.life
        self.live[token] = end
        described = {
            "expires_at": f"{end:%Y-%m-%dT%H:%M:%S.%fZ}",
            "project": {"name": "cn-north-4", "id": "p", "domain": {"name": "acme"}},
        }
        return httpx.Response(
            201, headers={"x-subject-token": token}, json={"token": described}
        )

    def client(self) -> httpx.AsyncClient:
        # A careless client: what signs in must not follow redirects all the same.
        transport = httpx.MockTransport(self.handle)
        return httpx.AsyncClient(transport=transport, follow_redirects=True)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
async def http(cloud: Cloud) -> AsyncIterator[httpx.AsyncClient]:
    async with cloud.client() as client:
        yield client


def auth_of(
    cloud: Cloud, http: httpx.AsyncClient, spec: PasswordSpec = SPEC
) -> SignInAuth:
    return make_auth(spec, http=http, now=cloud.now, region="cn-north-4")


async def settle() -> None:
    """Let what runs in the background come to its end."""
    for _ in range(20):
        await asyncio.sleep(0)


async def poll(http: httpx.AsyncClient, auth: SignInAuth) -> int:
    return (await http.get(IMS, auth=auth)).status_code


async def test_the_request_is_the_documented_one(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    assert await poll(http, auth) == 200
    assert str(cloud.urls[0]) == "https://iam.example.com/v3/auth/tokens?nocatalog=true"
    domain = {"name": "example-domain"}
    user = {"name": "watcher", "domain": domain, "password": PASSWORD}
    assert cloud.bodies[0] == {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "cn-north-4", "domain": domain}},
        }
    }
    state = auth.state
    assert state.is_accepted
    assert (state.project, state.account) == ("cn-north-4", "acme")
    assert state.expires_at == START + timedelta(days=1)


@pytest.mark.parametrize("end", ["", "/", "/v3", "/v3/"])
async def test_the_address_may_end_in_v3_or_not(
    end: str, cloud: Cloud, http: httpx.AsyncClient
) -> None:
    spec = PasswordSpec(
        f"https://iam.example.com{end}", "u", "d", Secret(PASSWORD), project_id="p1"
    )
    assert await poll(http, auth_of(cloud, http, spec)) == 200
    assert cloud.urls[0].path == "/v3/auth/tokens"
    assert '"scope": {"project": {"id": "p1"}}' in json.dumps(cloud.bodies[0])


async def test_200_polls_at_expiry_share_one_sign_in(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    await poll(http, auth)
    cloud.clock += timedelta(days=1)
    answers = await asyncio.gather(*(poll(http, auth) for _ in range(200)))
    assert answers == [200] * 200
    assert len(cloud.sign_ins) == 2
    assert cloud.refused == 0


async def test_a_token_that_dies_early_is_renewed_once_for_all(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    await poll(http, auth)
    cloud.live.clear()
    answers = await asyncio.gather(*(poll(http, auth) for _ in range(50)))
    assert answers == [200] * 50
    assert len(cloud.sign_ins) == 2
    assert auth.state.refusal is None


async def test_a_new_token_is_fetched_early_without_a_wait(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    await poll(http, auth)
    cloud.clock += timedelta(hours=23)
    cloud.gate = asyncio.Event()
    assert await poll(http, auth) == 200  # answered while IAM still thinks
    assert auth.state.expires_at == START + timedelta(days=1)
    cloud.gate.set()
    await settle()
    assert auth.state.expires_at == START + timedelta(days=1, hours=23)
    assert await poll(http, auth) == 200
    assert len(cloud.sign_ins) == 2


async def test_a_wrong_password_is_sent_once_until_reload(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    spec = PasswordSpec("https://iam.example.com", "u", "d", Secret("wrong"))
    auth = auth_of(cloud, http, spec)
    outcomes = await asyncio.gather(
        *(poll(http, auth) for _ in range(200)), return_exceptions=True
    )
    assert all(isinstance(outcome, SignInRefusedError) for outcome in outcomes)
    with pytest.raises(SignInRefusedError):
        await poll(http, auth)
    assert len(cloud.sign_ins) == 1
    assert cloud.polls == 0
    stopped = auth.state
    assert stopped.is_stopped
    assert stopped.refusal is not None
    assert stopped.refusal.kind is RefusalKind.WRONG_PASSWORD
    auth.reload()
    assert not auth.state.is_stopped
    with pytest.raises(SignInRefusedError):
        await poll(http, auth)
    assert len(cloud.sign_ins) == 2


async def test_a_token_held_serves_to_its_end_though_the_next_is_refused(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    await poll(http, auth)
    cloud.iam = lambda: httpx.Response(401, json={"error": {"message": "Wrong."}})
    cloud.clock += timedelta(hours=23)
    for _ in range(3):
        assert await poll(http, auth) == 200
        await settle()
    assert len(cloud.sign_ins) == 2
    warned = auth.state
    assert warned.refusal is not None
    assert not warned.is_stopped
    cloud.clock += timedelta(hours=1)
    with pytest.raises(SignInRefusedError):
        await poll(http, auth)
    assert auth.state.is_stopped
    assert len(cloud.sign_ins) == 2


async def test_everything_goes_on_after_reload(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    locked = {"error": {"code": 401, "message": "The account is locked."}}
    cloud.iam = lambda: httpx.Response(401, json=locked)
    with pytest.raises(SignInRefusedError):
        await poll(http, auth)
    assert auth.state.refusal is not None
    assert auth.state.refusal.kind is RefusalKind.ACCOUNT_LOCKED
    cloud.iam = lambda: None
    auth.reload()
    assert await poll(http, auth) == 200
    assert auth.state.refusal is None


async def test_two_refused_tokens_in_a_row_stop_everything(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    cloud.life = timedelta()  # each token is dead for IMS ...
    end = {"token": {"expires_at": "2026-11-24T12:00:00.000000Z"}}  # ... not on paper
    numbers = iter(range(99))
    cloud.iam = lambda: httpx.Response(
        201, headers={"X-Subject-Token": f"dead-{next(numbers)}"}, json=end
    )
    outcomes = await asyncio.gather(
        *(poll(http, auth) for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(outcome, SignInRefusedError) for outcome in outcomes)
    assert cloud.refused == 2
    assert len(cloud.sign_ins) == 2


@pytest.mark.parametrize(
    ("answer", "failure", "retry_after_s"),
    [
        (httpx.Response(503, json={"error_code": "APIGW.0613"}),
         FailureKind.SERVER_FAULT, None),
        (httpx.Response(429, json={"error_code": "IAM.0012", "error_msg": "slow down"},
                        headers={"Retry-After": "7"}), FailureKind.THROTTLED, 7.0),
        (httpx.Response(429, text="no"), FailureKind.THROTTLED, None),
        (httpx.Response(500, json={"error_code": "X", "error_msg": "long " * 800}),
         FailureKind.SERVER_FAULT, None),
    ],
)  # fmt: skip
async def test_an_iam_that_cannot_answer_is_asked_again(
    answer: httpx.Response,
    failure: FailureKind,
    retry_after_s: float | None,
    cloud: Cloud,
    http: httpx.AsyncClient,
) -> None:
    auth = auth_of(cloud, http)
    cloud.iam = lambda: answer
    with pytest.raises(SignInError) as failed:
        await poll(http, auth)
    assert failed.value.failure is failure
    assert failed.value.retry_after_s == retry_after_s
    assert len(str(failed.value)) < 400
    assert auth.state.unavailable is not None
    assert not auth.state.is_stopped
    cloud.iam = lambda: None
    assert await poll(http, auth) == 200
    assert auth.state.unavailable is None


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadTimeout("")]
)
async def test_a_network_fault_is_shared_by_all_who_wait(
    error: httpx.TransportError, cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)

    def fail() -> httpx.Response:
        raise error

    cloud.iam = fail
    outcomes = await asyncio.gather(
        *(poll(http, auth) for _ in range(200)), return_exceptions=True
    )
    failures = {o.failure for o in outcomes if isinstance(o, SignInError)}
    assert failures == {FailureKind.UNREACHABLE}
    assert len(cloud.sign_ins) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(302, headers={"Location": "https://evil.example.com/"}),
         RefusalKind.AUTH_URL),
        (httpx.Response(404, text="<html>nothing here</html>"), RefusalKind.AUTH_URL),
        (httpx.Response(201, json={"token": {}}), RefusalKind.AUTH_URL),
        (httpx.Response(200, text="<html>login</html>"), RefusalKind.AUTH_URL),
        (httpx.Response(400, json={"error": {"message": "body is invalid"}}),
         RefusalKind.REFUSED),
        (httpx.Response(403, json={"error_code": "APIGW.0302", "error_msg": "no"}),
         RefusalKind.NO_ACCESS),
    ],
)  # fmt: skip
async def test_other_answers_stop_the_sign_in(
    answer: httpx.Response, kind: RefusalKind, cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    cloud.iam = lambda: answer
    with pytest.raises(SignInRefusedError) as failed:
        await poll(http, auth)
    assert failed.value.refusal.kind is kind
    assert len(cloud.urls) == 1


@pytest.mark.parametrize(
    ("auth_url", "region", "kind"),
    [
        ("https://iam.example.com", "", RefusalKind.NO_PROJECT),
        ("http://iam.example.com", "r", RefusalKind.PLAIN_HTTP),
        ("https://iam:port", "r", RefusalKind.AUTH_URL),
        ("iam.example.com", "r", RefusalKind.PLAIN_HTTP),
    ],
)
async def test_nothing_is_sent_where_it_cannot_work(
    auth_url: str, region: str, kind: RefusalKind, cloud: Cloud, http: httpx.AsyncClient
) -> None:
    spec = PasswordSpec(auth_url, "u", "d", Secret(PASSWORD))
    auth = make_auth(spec, http=http, now=cloud.now, region=region)
    with pytest.raises(SignInRefusedError) as failed:
        await poll(http, auth)
    assert failed.value.refusal.kind is kind
    assert not cloud.sign_ins


async def test_a_token_goes_nowhere_over_plain_http(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    with pytest.raises(SignInRefusedError) as failed:
        await http.get("http://ims.example.com/", auth=auth)
    assert failed.value.refusal.kind is RefusalKind.PLAIN_HTTP
    assert not cloud.sign_ins
    allowed = make_auth(
        SPEC, http=http, now=cloud.now, region="cn-north-4", allow_http=True
    )
    assert (await http.get("http://ims.example.com/", auth=allowed)).is_success


async def test_expiry_is_counted_by_our_clock_though_iam_has_another(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    token = {"token": {"expires_at": "2026-11-24T12:20:00.000000Z"}}
    date = "Mon, 23 Nov 2026 12:20:00 GMT"
    headers = {"X-Subject-Token": "t1", "Date": date}
    cloud.live["t1"] = START + timedelta(days=1)
    cloud.iam = lambda: httpx.Response(201, headers=headers, json=token)
    assert await poll(http, auth) == 200
    assert auth.state.expires_at == START + timedelta(days=1)


async def test_a_cancelled_poll_does_not_cancel_the_sign_in_of_others(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    cloud.gate = asyncio.Event()
    first = asyncio.create_task(poll(http, auth))
    second = asyncio.create_task(poll(http, auth))
    await settle()
    first.cancel()
    cloud.gate.set()
    assert await second == 200
    assert len(cloud.sign_ins) == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_reload_during_a_sign_in_wins(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    cloud.gate = asyncio.Event()
    answers = iter([httpx.Response(401, json={"error": {"message": "locked"}}), None])
    cloud.iam = lambda: next(answers)
    waiting = asyncio.create_task(poll(http, auth))
    await settle()
    auth.reload()
    cloud.gate.set()
    assert await waiting == 200
    assert auth.state.refusal is None


async def test_closing_ends_a_sign_in_under_way(
    cloud: Cloud, http: httpx.AsyncClient
) -> None:
    auth = auth_of(cloud, http)
    await auth.aclose()
    cloud.gate = asyncio.Event()
    waiting = asyncio.create_task(poll(http, auth))
    await settle()
    await auth.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize(
    ("outage_from_h", "outage_h", "longest_gap_h"),
    [(21.9, 1, 0.1), (21.0, 1, 0.1), (21.9, 3, 1.2)],
    ids=["at renewal", "before renewal", "over the end of the token"],
)
async def test_a_week_with_an_outage_of_iam(
    outage_from_h: float,
    outage_h: float,
    longest_gap_h: float,
    cloud: Cloud,
    http: httpx.AsyncClient,
) -> None:
    auth = auth_of(cloud, http)
    begin = START + timedelta(days=2, hours=outage_from_h)
    end = begin + timedelta(hours=outage_h)

    def iam() -> httpx.Response | None:
        return httpx.Response(503) if begin <= cloud.clock < end else None

    cloud.iam = iam
    interval = timedelta(minutes=5)
    last_good, longest = START, timedelta()
    while cloud.clock < START + timedelta(days=7):
        try:
            await poll(http, auth)
        except SignInError as error:
            assert error.failure is FailureKind.SERVER_FAULT
        else:
            longest = max(longest, cloud.clock - last_good)
            last_good = cloud.clock
        await settle()
        cloud.clock += interval
    assert longest <= timedelta(hours=longest_gap_h)
    assert longest <= timedelta(hours=outage_h) + interval
    assert cloud.refused == 0
    assert cloud.clock - last_good == interval
    outside = [at for at in cloud.sign_ins if not begin <= at < end]
    assert len(outside) <= 8


@pytest.mark.parametrize("year", ["0001", "9999"])
async def test_a_date_of_iam_far_from_any_clock_moves_no_expiry(
    cloud: Cloud, http: httpx.AsyncClient, year: str
) -> None:
    auth = auth_of(cloud, http)
    token = {"token": {"expires_at": "2026-11-24T12:00:00.000000Z"}}
    headers = {"X-Subject-Token": "t1", "Date": f"Fri, 31 Dec {year} 23:59:59 GMT"}
    cloud.live["t1"] = START + timedelta(days=1)
    cloud.iam = lambda: httpx.Response(201, headers=headers, json=token)
    assert await poll(http, auth) == 200
    assert auth.state.expires_at == START + timedelta(days=1)
