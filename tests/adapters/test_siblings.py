"""Jobs of ECS and EVS over HTTP: where a credential goes, and what is lacking."""

from __future__ import annotations

import httpx
import pytest
from msgspec.structs import replace

from ims_tui.adapters.ims import ImsSource
from ims_tui.core.config.settings import (
    AuthSpec,
    KeySpec,
    PasswordSpec,
    Profile,
    TokenSpec,
)
from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.outcome import FailureKind, PollFailed, PollOk
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.account import of_service
from ims_tui.simulator.account import DEMO
from tests.simulator.stage import STARTED, Stage
from tests.simulator.transport import SimulatorTransport

PLACE = "cn-north-4.myhuaweicloud.com"
TOKEN = TokenSpec(Secret(DEMO.token), source="environment IMS_TUI_TOKEN")
PROFILE = Profile(
    endpoint=f"https://ims.{PLACE}", auth=TOKEN, project_id=DEMO.project.id
)
PASSWORD = PasswordSpec(
    f"https://iam.{PLACE}/v3",
    DEMO.user,
    DEMO.domain,
    Secret(DEMO.password),
    DEMO.project.name,
)
KEYS = KeySpec(
    DEMO.key.access_key,
    Secret(DEMO.key.secret_key),
    iam_url=f"https://iam.{PLACE}",
    project_name=DEMO.project.name,
)


class Asked(httpx.AsyncBaseTransport):
    """Passes requests on to the simulator and keeps where they went."""

    def __init__(self, stage: Stage) -> None:
        self._service = SimulatorTransport(stage.api)
        self.urls: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the simulator does."""
        self.urls.append(f"{request.url.host}{request.url.path}")
        return await self._service.handle_async_request(request)


def source_of(asked: Asked, profile: Profile, service: JobService) -> ImsSource:
    account = of_service(profile, service)
    return ImsSource(account, now=lambda: STARTED, transport=asked)


@pytest.mark.parametrize("auth", [TOKEN, PASSWORD, KEYS], ids=["token", "user", "key"])
@pytest.mark.parametrize(
    ("service", "name"), [("ecs", "build-vm"), ("evs", "scratch-disk")]
)
async def test_the_host_and_the_call_are_the_services(
    auth: AuthSpec, service: str, name: str
) -> None:
    stage = Stage("chain")
    asked = Asked(stage)
    known = "" if auth is not TOKEN else DEMO.project.id
    profile = replace(PROFILE, auth=auth, project_id=known)
    source = source_of(asked, profile, JobService(service))
    job_id = stage.job_id(name)
    outcome = await source.show(job_id)
    assert isinstance(outcome, PollOk)
    path = f"/v1/{DEMO.project.id}/jobs/{job_id}"
    assert asked.urls[-1] == f"{service}.{PLACE}{path}"
    assert source.call == ""
    await source.close()


async def test_an_unpaid_order_of_the_simulator_waits() -> None:
    stage = Stage("chain")
    source = source_of(Asked(stage), PROFILE, JobService.ECS)
    outcome = await source.show(stage.job_id("yearly-vm"))
    assert isinstance(outcome, PollOk)
    assert (outcome.job.status, outcome.job.is_unpaid) == (JobStatus.INIT, True)
    await source.close()


@pytest.mark.parametrize(
    ("profile", "cause", "remedy"),
    [
        (
            replace(PROFILE, project_id=""),
            "jobs of ECS are asked for by project id, which is not known",
            "Set project_id of the profile, or IMS_TUI_PROJECT_ID.",
        ),
        (
            replace(PROFILE, endpoint="https://images.example.com"),
            "The address of ECS is not known",
            "Set ecs_endpoint of the profile.",
        ),
    ],
)
async def test_what_is_lacking_is_named_and_nothing_is_sent(
    profile: Profile, cause: str, remedy: str
) -> None:
    asked = Asked(Stage("chain"))
    source = source_of(asked, profile, JobService.ECS)
    outcome = await source.show("0" * 32)
    assert isinstance(outcome, PollFailed)
    assert (outcome.cause, outcome.remedy) == (cause, remedy)
    assert outcome.kind.stops_profile
    assert asked.urls == []
    await source.close()


async def test_a_written_address_comes_first() -> None:
    stage = Stage("chain")
    asked = Asked(stage)
    written = {JobService.ECS: "https://compute.corp.example"}
    source = source_of(asked, replace(PROFILE, endpoints=written), JobService.ECS)
    assert isinstance(await source.show(stage.job_id("build-vm")), PollOk)
    assert asked.urls[0].startswith("compute.corp.example/")
    await source.close()


async def test_else_the_catalogue_of_the_sign_in_names_it() -> None:
    stage = Stage("chain")
    asked = Asked(stage)
    profile = Profile(auth=PASSWORD, allow_http=True)  # as the simulator's addresses
    source = source_of(asked, profile, JobService.ECS)
    job_id = stage.job_id("build-vm")
    assert isinstance(await source.show(job_id), PollOk)
    assert asked.urls == [
        f"iam.{PLACE}/v3/auth/tokens",
        f"iam.{PLACE}/v1/{DEMO.project.id}/jobs/{job_id}",
    ]
    await source.close()


async def test_where_the_call_is_not_published_the_setting_is_named() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"error_code": "APIGW.0101"})

    account = of_service(PROFILE, JobService.EVS)
    transport = httpx.MockTransport(handle)
    source = ImsSource(account, now=lambda: STARTED, transport=transport)
    outcome = await source.show("0" * 32)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.WRONG_ENDPOINT
    assert "evs_endpoint" in outcome.remedy
    await source.close()
