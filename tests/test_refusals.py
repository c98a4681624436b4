"""A refused credential is sent twice at most, whatever its scheme: five lock a key.

Two hours in virtual time, twelve jobs, a service that refuses everybody, and a program
that looks for new credentials. Files: `adapters/test_auth_token.py`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from ims_tui.adapters.ims import ImsSource
from ims_tui.core.config.settings import AuthSpec, KeySpec, Profile
from ims_tui.core.state.health import Link
from ims_tui.engine.lane import LaneLimits
from ims_tui.engine.runtime import KEY_PAIR_IN_FLIGHT
from tests.fakes import job_id
from tests.test_bad_credentials import key_pair, key_without_project, password, token
from tests.virtual_time import virtual
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


SCHEMES = (token, password, key_pair, key_without_project)


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
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda each: each.__name__)
def test_hours_of_refusals_are_two_requests(
    scheme: object, refusal: tuple[int, object], iam_gives: bool, tmp_path: Path
) -> None:
    assert callable(scheme)
    auth: AuthSpec = scheme(IAM, tmp_path)

    @virtual
    async def play() -> None:
        most = KEY_PAIR_IN_FLIGHT if isinstance(auth, KeySpec) else 4
        world = World(limits=LaneLimits(max_in_flight=most))
        cloud = Refusing(refusal, iam_gives=iam_gives)
        profile = Profile(
            "prod", "cn-north-4", endpoint="https://ims.example.com", auth=auth
        )
        source = ImsSource(profile, now=world.clock.now, transport=cloud)
        for number in range(12):
            world.watch(job_id(number))
        world.open_lane(source)
        async with world.running():
            for _ in range(int(SPAN_S / EVERY_S)):
                await asyncio.sleep(EVERY_S)
                await world.tracker.reload_changed()
            assert world.health().link is Link.STOPPED
        assert cloud.refused
        assert max(cloud.refused.values()) <= MOST_IN_A_ROW, cloud.refused

    play()
