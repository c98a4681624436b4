"""A refused credential is sent twice at most, whatever its scheme: five lock a key.

Two hours in virtual time, twelve jobs, a service that refuses everybody, and a program
that looks for new credentials; files are written again with what they held.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ims_tui.adapters.atomicfile import write_atomic
from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.adapters.ims import ImsSource
from ims_tui.core.config.settings import (
    AuthSpec,
    CommandSpec,
    KeySpec,
    NoCredential,
    Profile,
)
from ims_tui.core.service.outcome import Outcome
from ims_tui.core.state.health import Link
from ims_tui.engine.lane import LaneLimits
from ims_tui.engine.runtime import KEY_PAIR_IN_FLIGHT
from tests.fakes import job_id
from tests.test_bad_credentials import (
    file_of,
    key_pair,
    key_without_project,
    password,
    token,
)
from tests.virtual_time import VirtualLoop, virtual
from tests.world import World

IAM = "https://iam.example.com"
MOST_IN_A_ROW = 2
SPAN_S = 7_200.0
EVERY_S = 300.0
REFUSALS = (
    (401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication"}),
    (401, {"error": {"code": 401, "message": "The token is wrong."}}),
    (403, {"error_code": "APIGW.0301", "error_msg": "verify aksk signature fail"}),
    (401, "<html>Unauthorized</html>"),
)


def token_command(url: str, folder: Path) -> AuthSpec:
    argv = (sys.executable, "-S", "-c", "print('a-token-of-a-helper')")
    return CommandSpec(argv, 30.0, "token_command")


def new_tokens(url: str, folder: Path) -> AuthSpec:
    code = "import uuid; print(uuid.uuid4().hex)"
    return CommandSpec((sys.executable, "-S", "-c", code), 30.0, "token_command")


def of_clouds(entry: str) -> Callable[[str, Path], AuthSpec]:
    """What an entry of clouds.yaml gives."""

    def make(url: str, folder: Path) -> AuthSpec:
        path = folder / "clouds.yaml"
        path.write_text(f"clouds:\n  c:\n    auth:\n      auth_url: {url}/v3\n{entry}")
        path.chmod(0o600)
        environ = {"OS_CLOUD": "c", "OS_CLIENT_CONFIG_FILE": str(path)}
        files = ConfigFiles(environ, {}, folder / "config.toml", folder)
        return files.load().settings.profiles["default"].auth

    return make


SCHEMES = {
    "token": token,
    "password": password,
    "key pair": key_pair,
    "key without project": key_without_project,
    "token file": file_of("a-token-of-a-file"),
    "token file of JSON": file_of('{"token": "a-token-of-a-file"}'),
    "token command": token_command,
    "token command with another each time": new_tokens,
    "token in clouds.yaml": of_clouds("      token: a-token-of-an-entry\n"),
    "password in clouds.yaml": of_clouds(
        "      username: u\n      user_domain_name: d\n      password: secret\n"
        "      project_name: cn-north-4\n    region_name: cn-north-4\n"
    ),
}


class Patient(ImsSource):
    """A source whose files and helpers take the time they take."""

    async def show(self, job_id: str) -> Outcome:
        """Ask."""
        with loop().real_time():
            return await super().show(job_id)

    async def has_changed(self) -> bool:
        """Look."""
        with loop().real_time():
            return await super().has_changed()


def loop() -> VirtualLoop:
    """The one that runs."""
    running = asyncio.get_running_loop()
    assert isinstance(running, VirtualLoop)
    return running


def write_again(folder: Path) -> None:
    """Give each file another time and number, and what it held."""
    for path in folder.iterdir():
        write_atomic(path, path.read_bytes())


class Refusing(httpx.AsyncBaseTransport):
    """Refuses all; where IAM gives tokens, IMS refuses those."""

    def __init__(self, refusal: tuple[int, object], *, iam_gives: bool) -> None:
        self._status, self._body = refusal
        self._iam_gives = iam_gives
        self.refused: dict[str, int] = {}
        """How often each credential was, by the user or the token or the key."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.05)  # requests overlap
        if request.url.path.startswith("/v3/") and self._iam_gives:
            return self._given(request)
        sent = request.headers.get("X-Auth-Token") or "the key pair or the password"
        self.refused[sent] = self.refused.get(sent, 0) + 1
        return httpx.Response(self._status, json=self._body)

    def _given(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            found = [{"id": "p", "name": "cn-north-4"}]
            return httpx.Response(200, json={"projects": found})
        given = {
            "expires_at": "2026-11-30T12:00:00Z",
            "issued_at": "2026-11-23T12:00:00Z",
            "project": {"id": "p", "name": "cn-north-4"},
        }
        token = {"X-Subject-Token": "a-given-token"}
        return httpx.Response(201, headers=token, json={"token": given})


@pytest.mark.parametrize("iam_gives", [True, False])
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: str(each[1])[:24])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_hours_of_refusals_are_two_requests(
    scheme: str, refusal: tuple[int, object], iam_gives: bool, tmp_path: Path
) -> None:
    auth = SCHEMES[scheme](IAM, tmp_path)
    assert not isinstance(auth, NoCredential), auth

    @virtual
    async def play() -> None:
        most = KEY_PAIR_IN_FLIGHT if isinstance(auth, KeySpec) else 4
        world = World(limits=LaneLimits(max_in_flight=most))
        cloud = Refusing(refusal, iam_gives=iam_gives)
        profile = Profile(
            "prod", "cn-north-4", endpoint="https://ims.example.com", auth=auth
        )
        source = Patient(profile, now=world.clock.now, transport=cloud)
        for number in range(12):
            world.watch(job_id(number))
        world.open_lane(source)
        async with world.running():
            for _ in range(int(SPAN_S / EVERY_S)):
                await asyncio.sleep(EVERY_S)
                write_again(tmp_path)
                await world.tracker.reload_changed()
            assert world.health().link is Link.STOPPED
        assert cloud.refused
        assert sum(cloud.refused.values()) <= MOST_IN_A_ROW, cloud.refused

    play()
