"""No secret shows: not in reprs, errors, tracebacks with their locals, or logs."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from ims_tui.adapters.auth import SignInAuth, make_auth
from ims_tui.core.config.settings import (
    AuthSpec,
    CommandSpec,
    KeySpec,
    PasswordSpec,
    TokenSpec,
)
from ims_tui.core.signin.secret import Secret

SECRET = "TheVerySecret0123456789abcdefXYZ"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMS = "https://ims.example.com/v1/cloudimages/job/x"
PRINT = f"print('{SECRET[:9]}' + '{SECRET[9:]}')"
HELPER = (sys.executable, "-S", "-c")


def specs(path: Path) -> list[AuthSpec]:
    """Each scheme with the secret in it; the helpers join it from two parts."""
    secret = Secret(SECRET)
    path.write_text(SECRET)
    path.chmod(0o600)
    return [
        TokenSpec(secret, source="environment"),
        TokenSpec(file=str(path)),
        PasswordSpec("https://iam.example.com", "u", "d", secret, project_name="p"),
        KeySpec("AKIAEXAMPLE", secret, secret, "p"),
        KeySpec("AKIAEXAMPLE", secret, secret, iam_url="https://iam.example.com"),
        CommandSpec((*HELPER, PRINT)),
        CommandSpec((*HELPER, f"{PRINT}; raise SystemExit(1)")),
        CommandSpec((*HELPER, f"{PRINT}; print('two words')")),
        CommandSpec((*HELPER, f"{PRINT}; import time; time.sleep(60)"), 1.0),
        CommandSpec((*HELPER, f"import sys; sys.exit('{SECRET[:9]}' '{SECRET[9:]}')")),
    ]


def echo(request: httpx.Request) -> httpx.Response:
    """Refuse, and say the secret back."""
    error = {"error_code": "APIGW.0301", "error_msg": f"key {SECRET} is not known"}
    return httpx.Response(401, json=error)


def accept_then_echo(request: httpx.Request) -> httpx.Response:
    """Let everybody sign in, then refuse."""
    if request.url.host != "iam.example.com":
        return echo(request)
    reply = {"token": {}, "projects": [{"id": "p"}]}
    return httpx.Response(201, headers={"X-Subject-Token": SECRET}, json=reply)


def break_off(request: httpx.Request) -> httpx.Response:
    """Answer nothing."""
    raise httpx.ConnectError("All connection attempts failed")


def everything_about(error: BaseException) -> str:
    """All that a crash report could hold, with the locals of our frames."""
    told = "".join(
        traceback.TracebackException.from_exception(error, capture_locals=True).format()
    )
    chain: list[BaseException] = [error]
    for link in chain:
        chain += [e for e in (link.__cause__, link.__context__) if e and e not in chain]
    return told + "".join(repr(e) + str(e) + repr(vars(e)) for e in chain)


def ours(auth: SignInAuth) -> str:
    """The repr of an auth and of all that hangs on it."""
    seen: list[object] = [auth]
    for held in seen:
        members = getattr(held, "__dict__", {})
        seen += [m for m in members.values() if not any(m is s for s in seen)]
    return "".join(map(repr, seen)) + repr(auth.state)


@pytest.fixture(params=[echo, accept_then_echo, break_off])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.MockTransport(request.param)
    async with httpx.AsyncClient(transport=transport) as client:
        yield client


@pytest.mark.parametrize("number", range(10))
async def test_no_secret_shows_when_a_sign_in_fails(
    number: int,
    http: httpx.AsyncClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    spec = specs(tmp_path / "token")[number]
    auth = make_auth(spec, http=http, now=lambda: NOW, region="r")
    # Two at once: the one that asks and one that waits.
    failures = await asyncio.gather(
        *(http.get(IMS, auth=auth) for _ in range(2)), return_exceptions=True
    )
    told = ours(auth) + repr(spec) + caplog.text
    for failure in failures:
        assert isinstance(failure, Exception)
        told += everything_about(failure)
    assert "Error" in told
    assert SECRET not in told
    await auth.aclose()
