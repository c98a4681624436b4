"""Open Telekom Cloud's SDK, on top of openstacksdk, as a client of the simulator."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ims_tui.simulator.account import DEMO
from ims_tui.simulator.scenario import scenario
from ims_tui.simulator.server import SimulatorServer
from ims_tui.simulator.simulation import Simulation
from tests.simulator.stage import utc_now

openstack = pytest.importorskip(
    "openstack", reason="openstacksdk is not installed (extra test)"
)
sdk = pytest.importorskip(
    "otcextensions.sdk", reason="otcextensions is not installed (extra test)"
)

pytestmark = pytest.mark.filterwarnings("ignore")
"""The SDK tells of its own next version with every connection."""


@pytest.fixture
def simulation() -> Simulation:
    return Simulation(scenario("chain"), started=utc_now())


def connected(server: SimulatorServer) -> Any:
    """A connection that signs in by password, as a clouds.yaml would say it."""
    return openstack.connect(
        auth_url=f"{server.url}/v3",
        username=DEMO.user,
        password=DEMO.password,
        user_domain_name=DEMO.domain,
        project_name=DEMO.project.name,
        project_domain_name=DEMO.domain,
        region_name=DEMO.project.name,
        load_yaml_config=False,
        load_envvars=False,
    )


async def test_openstacksdk_signs_in(server: SimulatorServer) -> None:
    def sign_in() -> tuple[str, str]:
        cloud = connected(server)
        return cloud.session.get_project_id(), cloud.session.get_endpoint(
            service_type="image", region_name=DEMO.project.name
        )

    assert await asyncio.to_thread(sign_in) == (DEMO.project.id, server.url)


async def test_openstacksdk_is_told_of_a_wrong_password(
    server: SimulatorServer,
) -> None:
    def sign_in() -> None:
        openstack.connect(
            auth_url=f"{server.url}/v3",
            username=DEMO.user,
            password="wrong",
            user_domain_name=DEMO.domain,
            project_name=DEMO.project.name,
            project_domain_name=DEMO.domain,
            load_yaml_config=False,
            load_envvars=False,
        ).authorize()

    with pytest.raises(openstack.exceptions.SDKException, match="401"):
        await asyncio.to_thread(sign_in)


async def test_otcextensions_gets_a_job(
    server: SimulatorServer, simulation: Simulation
) -> None:
    job_id = simulation.job_ids[1]

    def show() -> Any:
        cloud = connected(server)
        sdk.register_otc_extensions(cloud)
        return cloud.imsv1.get_async_job(job_id)

    job = await asyncio.to_thread(show)
    assert (job.job_id, job.status) == (job_id, "RUNNING")
    assert job.job_type == "imsCreateImageByInstance"
    assert job.entities.image_name == "golden-2026-11"


async def test_otcextensions_waits_for_a_job_of_ecs(
    server: SimulatorServer, simulation: Simulation
) -> None:
    """The framework's call is one for all services; only the address differs."""
    job_id = simulation.job_ids[0]

    def wait() -> Any:
        cloud = connected(server)
        sdk.register_otc_extensions(cloud)
        return cloud.imsv1.wait_for_async_job(job_id, timeout=5, wait=0.1)

    job = await asyncio.to_thread(wait)
    assert (job.status, job.job_type) == ("SUCCESS", "createServer")
