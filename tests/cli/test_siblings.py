"""A job of ECS from its URL to its end, beside one of IMS."""

from __future__ import annotations

import json

from tests.cli.program import QUICK, Program
from tests.cli.service import Service, job_id, running

IMAGE, SERVER = job_id(1), job_id(2)
PROJECT = "5a4f8c1e0b7d4c6e9f2a1b3c4d5e6f70"
URL = f"https://ecs.cn-north-4.myhuaweicloud.com/v1/{PROJECT}/jobs/{SERVER}"


def test_each_job_is_asked_for_by_the_call_of_its_service(
    program: Program, service: Service
) -> None:
    program.configure(f"{QUICK}\n[profiles.default]\nproject_id = '{PROJECT}'\n")
    service.jobs = {IMAGE: running(), SERVER: running()}
    assert program.run("add", URL, IMAGE).returncode == 0
    done = program.run("list", "--refresh", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    shown = {job["job_id"]: job for job in json.loads(done.stdout)["jobs"]}
    assert {i: (j["service"], j["status"]) for i, j in shown.items()} == {
        IMAGE: ("ims", "RUNNING"),
        SERVER: ("ecs", "RUNNING"),
    }
    assert sorted(service.paths) == [
        f"/v1/{PROJECT}/jobs/{SERVER}",
        f"/v1/cloudimages/job/{IMAGE}",
    ]
    done = program.run("get", SERVER)
    assert "Service" in done.stdout
    assert "ECS" in done.stdout


def test_a_url_on_standard_input_says_it_too(
    program: Program, service: Service
) -> None:
    program.configure(f"{QUICK}\n[profiles.default]\nproject_id = '{PROJECT}'\n")
    service.jobs = {SERVER: {**running(), "status": "SUCCESS"}}
    done = program.run("wait", "-", given=URL)
    assert done.returncode == 0
    assert service.paths == [f"/v1/{PROJECT}/jobs/{SERVER}"]


def test_the_address_that_is_lacking_is_asked_for_by_its_setting(
    program: Program, service: Service
) -> None:
    program.configure(
        f"{QUICK}\n[profiles.default]\nproject_id = '{PROJECT}'\n"
        "endpoint = 'https://images.example.com'\n"
    )
    program.environ.pop("IMS_TUI_ENDPOINT", None)
    done = program.run("get", SERVER, "--service", "ecs")
    assert done.returncode != 0
    assert "Set ecs_endpoint of the profile." in done.stderr
    assert service.paths == []
