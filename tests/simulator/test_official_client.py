"""The official SDK as a client of the simulator."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkims.v2 import (
    CreateImageRequest,
    CreateImageRequestBody,
    ImsAsyncClient,
    ImsClient,
    ShowJobProgressRequest,
    ShowJobRequest,
)

from ims_tui.simulator.account import DEMO
from ims_tui.simulator.scenario import scenario
from ims_tui.simulator.server import SimulatorServer
from ims_tui.simulator.simulation import Simulation
from tests.simulator.stage import utc_now


@pytest.fixture
def simulation() -> Simulation:
    return Simulation(scenario("calm"), started=utc_now())


def client(server: SimulatorServer, credentials: BasicCredentials) -> Any:
    return (
        ImsClient.new_builder()
        .with_http_config(HttpConfig.get_default_config())
        .with_credentials(credentials)
        .with_endpoint(server.url)
        .build()
    )


def right_key() -> BasicCredentials:
    return BasicCredentials(DEMO.key.access_key, DEMO.key.secret_key, DEMO.project.id)


async def test_it_gets_a_job(server: SimulatorServer, simulation: Simulation) -> None:
    job_id = simulation.job_ids[0]
    request = ShowJobProgressRequest(job_id=job_id)
    job = await asyncio.to_thread(
        client(server, right_key()).show_job_progress, request
    )
    assert (job.job_id, job.status) == (job_id, "RUNNING")
    assert job.entities.image_name == "rocky9-base"
    assert 0 < job.entities.process_percent < 1


async def test_it_gets_the_deprecated_reply_too(
    server: SimulatorServer, simulation: Simulation
) -> None:
    request = ShowJobRequest(job_id=simulation.job_ids[0])
    with pytest.warns(DeprecationWarning, match="show_job"):
        job = await asyncio.to_thread(client(server, right_key()).show_job, request)
    assert job.status == "RUNNING"


async def test_it_signs_in_with_a_temporary_key(
    server: SimulatorServer, simulation: Simulation
) -> None:
    key = DEMO.keys[1]
    credentials = BasicCredentials(key.access_key, key.secret_key, DEMO.project.id)
    credentials.with_security_token(key.security_token)
    request = ShowJobProgressRequest(job_id=simulation.job_ids[0])
    job = await asyncio.to_thread(
        client(server, credentials).show_job_progress, request
    )
    assert job.status == "RUNNING"


async def test_its_asynchronous_client_gets_a_job(
    server: SimulatorServer, simulation: Simulation
) -> None:
    job_id = simulation.job_ids[0]
    asked = (
        ImsAsyncClient.new_builder()
        .with_http_config(HttpConfig.get_default_config())
        .with_credentials(right_key())
        .with_endpoint(server.url)
        .build()
        .show_job_progress_async(ShowJobProgressRequest(job_id=job_id))
    )
    job = await asyncio.to_thread(asked.result)
    assert (job.job_id, job.status) == (job_id, "RUNNING")


async def test_a_job_is_unknown_in_another_project(
    server: SimulatorServer, simulation: Simulation
) -> None:
    other = DEMO.projects[1].id
    key = BasicCredentials(DEMO.key.access_key, DEMO.key.secret_key, other)
    request = ShowJobProgressRequest(job_id=simulation.job_ids[0])
    with pytest.raises(ClientRequestException) as refused:
        await asyncio.to_thread(client(server, key).show_job_progress, request)
    assert refused.value.error_code == "IMG.0023"


async def test_it_starts_a_job(server: SimulatorServer, simulation: Simulation) -> None:
    request = CreateImageRequest(
        body=CreateImageRequestBody(name="来自 SDK", instance_id="i")
    )
    reply = await asyncio.to_thread(client(server, right_key()).create_image, request)
    assert simulation.job_body(reply.job_id, 60.0) is not None


async def test_a_wrong_key_is_refused(
    server: SimulatorServer, simulation: Simulation
) -> None:
    wrong = BasicCredentials(DEMO.key.access_key, "wrong", DEMO.project.id)
    request = ShowJobProgressRequest(job_id=simulation.job_ids[0])
    with pytest.raises(ClientRequestException) as refused:
        await asyncio.to_thread(client(server, wrong).show_job_progress, request)
    assert refused.value.status_code == 401
    assert refused.value.error_code == "APIGW.0301"
    assert "verify aksk signature fail" in refused.value.error_msg
