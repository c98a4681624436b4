"""Ready tokens: from the environment, from a file that changes, or none at all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.core.config.settings import AuthSpec, NoCredential, TokenSpec
from ims_tui.core.signin.credential import SignInRefusedError
from ims_tui.core.signin.refusal import RefusalKind
from ims_tui.core.signin.secret import Secret

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMS = "https://ims.example.com/v1/cloudimages/job/x"


class Service:
    """IMS: takes the tokens in `good`, answers others with `answer`."""

    def __init__(self) -> None:
        self.good = {"good"}
        self.seen: list[str] = []
        self.clock = START
        self.status = 401
        self.refusal: dict[str, object] = {
            "error_code": "APIGW.0301",
            "error_msg": "Incorrect IAM authentication information: decrypt token fail",
        }

    async def handle(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        self.seen.append(request.headers["X-Auth-Token"])
        if self.seen[-1] in self.good:
            return httpx.Response(200, json={})
        return httpx.Response(self.status, json=self.refusal)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.MockTransport(service.handle)
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


def auth_of(spec: AuthSpec, http: httpx.AsyncClient, service: Service) -> SignInAuth:
    return make_auth(spec, http=http, now=lambda: service.clock)


def held(token: str) -> TokenSpec:
    return TokenSpec(Secret(token), source="environment IMS_TUI_TOKEN")


async def refused_kind(http: httpx.AsyncClient, auth: SignInAuth) -> RefusalKind:
    with pytest.raises(SignInRefusedError) as failed:
        await http.get(IMS, auth=auth)
    assert failed.value.refusal == auth.state.refusal
    return failed.value.refusal.kind


async def test_a_token_of_the_environment_is_sent(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(held("good"), http, service)
    before = auth.state
    assert before.source == "environment IMS_TUI_TOKEN"
    assert (await http.get(IMS, auth=auth)).is_success
    assert (before.is_accepted, auth.state.is_accepted) == (False, True)
    assert not before.renews


async def test_a_bad_one_is_sent_once_however_many_polls_wait(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(held("bad"), http, service)
    outcomes = await asyncio.gather(
        *(http.get(IMS, auth=auth) for _ in range(50)), return_exceptions=True
    )
    assert all(isinstance(outcome, SignInRefusedError) for outcome in outcomes)
    assert service.seen == ["bad"]
    assert auth.state.is_stopped
    assert await refused_kind(http, auth) is RefusalKind.TOKEN_INVALID
    auth.reload()
    assert await refused_kind(http, auth) is RefusalKind.TOKEN_INVALID
    assert service.seen == ["bad", "bad"]


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (401, "APIG.0301", "token expires, expires_at: 2024-01-02T00:00:00Z",
         RefusalKind.TOKEN_EXPIRED),
        (401, "APIGW.0307", "The token must be updated.", RefusalKind.OTHER_REGION),
        (400, "IMG.0030", "project and token differ", RefusalKind.OTHER_PROJECT),
        (403, "", "Token need to refresh", RefusalKind.TOKEN_INVALID),
    ],
)  # fmt: skip
async def test_what_the_service_says_is_told(
    status: int,
    code: str,
    message: str,
    kind: RefusalKind,
    service: Service,
    http: httpx.AsyncClient,
) -> None:
    service.status = status
    service.refusal = {"error_code": code, "error_msg": message}
    assert await refused_kind(http, auth_of(held("bad"), http, service)) is kind


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_other_failures_leave_the_credential_alone(
    status: int, service: Service, http: httpx.AsyncClient
) -> None:
    service.status = status
    service.refusal = {"error_code": "APIGW.0302", "error_msg": "no"}
    auth = auth_of(held("any"), http, service)
    assert (await http.get(IMS, auth=auth)).status_code == status
    assert auth.state.refusal is None


async def test_what_is_no_token_is_not_sent(
    service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(held("two\r\nlines"), http, service)
    assert await refused_kind(http, auth) is RefusalKind.TOKEN_INVALID
    assert not service.seen


@pytest.mark.parametrize("spec", [NoCredential("Looked everywhere."), TokenSpec()])
async def test_without_a_credential_nothing_is_sent(
    spec: AuthSpec, service: Service, http: httpx.AsyncClient
) -> None:
    auth = auth_of(spec, http, service)
    assert await refused_kind(http, auth) is RefusalKind.NO_CREDENTIAL
    assert not service.seen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


def write(path: Path, text: str, mode: int = 0o600) -> None:
    fresh = path.with_name("fresh")
    fresh.write_text(text)
    fresh.chmod(mode)
    fresh.replace(path)


async def test_a_file_is_read_again_when_its_token_is_refused(
    path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    write(path, "bad\n")
    auth = auth_of(TokenSpec(file=str(path)), http, service)
    assert await refused_kind(http, auth) is RefusalKind.TOKEN_INVALID
    assert service.seen == ["bad"]  # the same token is not tried twice
    assert not await auth.has_changed()


@pytest.mark.parametrize("text", ["bad\n", "bad", ' {"token": "bad"}'])
async def test_a_refused_token_that_is_written_again_is_not_sent_again(
    path: Path, service: Service, http: httpx.AsyncClient, text: str
) -> None:
    write(path, "bad\n")
    auth = auth_of(TokenSpec(file=str(path)), http, service)
    await refused_kind(http, auth)
    for _ in range(5):
        write(path, text)
        assert not await auth.has_changed()
        await refused_kind(http, auth)
    assert service.seen == ["bad"]
    write(path, "good")
    assert (await http.get(IMS, auth=auth)).is_success


async def test_everything_goes_on_when_the_file_changes(
    path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    write(path, "bad")
    auth = auth_of(TokenSpec(file=str(path)), http, service)
    await refused_kind(http, auth)
    write(path, "good")
    assert await auth.has_changed()
    assert (await http.get(IMS, auth=auth)).is_success
    assert auth.state.refusal is None
    assert not await auth.has_changed()


async def test_a_new_token_in_the_file_is_used_at_once(
    path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    service.good = {"one", "another"}
    write(path, "one")
    auth = auth_of(TokenSpec(file=str(path)), http, service)
    await http.get(IMS, auth=auth)
    write(path, "another")
    await http.get(IMS, auth=auth)
    assert service.seen == ["one", "another"]


async def test_a_file_may_hold_json_with_the_expiry(
    path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    write(path, '{"token": "good", "expires_at": "2026-11-23T13:00:00Z"}')
    auth = auth_of(TokenSpec(file=str(path)), http, service)
    assert (await http.get(IMS, auth=auth)).is_success
    assert auth.state.expires_at == START + timedelta(hours=1)
    service.clock += timedelta(hours=1)
    assert await refused_kind(http, auth) is RefusalKind.TOKEN_EXPIRED
    assert service.seen == ["good"]  # an expired token is not sent


async def test_bad_files_are_named(
    tmp_path: Path, path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    async def refused(file: Path) -> tuple[RefusalKind, str]:
        auth = auth_of(TokenSpec(file=str(file)), http, service)
        kind = await refused_kind(http, auth)
        assert auth.state.refusal is not None
        return kind, auth.state.refusal.cause

    kind, cause = await refused(path)
    assert (kind, cause) == (
        RefusalKind.FILE_UNREADABLE,
        f"The token file {path} does not exist.",
    )
    kind, cause = await refused(tmp_path)
    assert kind is RefusalKind.FILE_UNREADABLE
    os.mkfifo(tmp_path / "pipe")
    assert (await refused(tmp_path / "pipe"))[0] is RefusalKind.FILE_UNREADABLE
    write(path, "")
    kind, cause = await refused(path)
    assert (kind, cause) == (
        RefusalKind.FILE_RUBBISH,
        f"The token file {path} is empty.",
    )
    write(path, "not one token")
    assert (await refused(path))[0] is RefusalKind.FILE_RUBBISH
    write(path, "x" * 100_000)
    assert (await refused(path))[0] is RefusalKind.FILE_RUBBISH
    write(path, "good", mode=0o622)
    assert (await refused(path))[0] is RefusalKind.FILE_UNSAFE
    assert not service.seen


async def test_an_unreadable_file_is_a_refusal_not_a_crash(
    tmp_path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    auth = auth_of(TokenSpec(file=str(loop)), http, service)
    assert await refused_kind(http, auth) is RefusalKind.FILE_UNREADABLE


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
async def test_a_file_without_permission_is_named(
    path: Path, service: Service, http: httpx.AsyncClient
) -> None:
    write(path, "good", mode=0)
    auth = auth_of(TokenSpec(file=str(path)), http, service)
    assert await refused_kind(http, auth) is RefusalKind.FILE_UNREADABLE


async def test_a_broken_connection_does_not_hold_up_the_next_request(
    service: Service,
) -> None:
    tries = iter([httpx.ConnectError("down"), None])

    async def handle(request: httpx.Request) -> httpx.Response:
        if (error := next(tries)) is not None:
            raise error
        return await service.handle(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as http:
        auth = auth_of(held("good"), http, service)
        with pytest.raises(httpx.ConnectError):
            await http.get(IMS, auth=auth)
        async with asyncio.timeout(5):
            assert (await http.get(IMS, auth=auth)).is_success
