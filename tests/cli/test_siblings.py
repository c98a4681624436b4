"""A job of ECS from its URL to its end, beside one of IMS."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import QUICK, Program
from tests.cli.service import TOKEN, Service, job_id, running, succeeded

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


def test_a_job_that_was_added_without_its_service_is_moved_by_set(
    program: Program, service: Service
) -> None:
    program.configure(f"{QUICK}\n[profiles.default]\nproject_id = '{PROJECT}'\n")
    service.jobs = {SERVER: running()}
    assert program.run("add", SERVER).returncode == 0
    again = program.run("add", URL)
    change = f"ims-tui set {SERVER} --service ecs"
    assert f"listed as a job of IMS; change: {change}" in again.stderr
    assert program.run(*change.split()[1:]).returncode == 0
    assert 'service = "ecs"' in program.watchlist.read_text()
    assert program.run("list", "--refresh").returncode == 0
    assert service.paths == [f"/v1/{PROJECT}/jobs/{SERVER}"]
    back = program.run("set", SERVER, "--service", "ims")
    assert back.returncode == 0
    assert "service" not in program.watchlist.read_text()
    wrong = program.run("set", SERVER, "--service", "bms")
    assert wrong.returncode == 2
    assert "ims" in wrong.stderr


def test_the_project_of_a_url_chooses_the_profile_that_has_it(
    program: Program,
) -> None:
    program.configure(
        f"{QUICK}\n[profiles.default]\nproject_id = '{'f' * 32}'\n"
        f"[profiles.images]\nproject_id = '{PROJECT}'\n"
    )
    done = program.run("add", URL)
    assert f"{SERVER}: of profile images, whose project its URL names" in done.stderr
    assert 'profile = "images"' in program.watchlist.read_text()
    stray = program.run("add", URL, "-p", "default")
    assert f"its URL names project {PROJECT}, but profile default has" in stray.stderr
    assert program.watchlist.read_text().count(f'id = "{SERVER}"') == 2


@pytest.mark.parametrize("command", ["get", "explain", "wait"])
def test_a_url_names_a_job_its_service_and_its_profile(
    program: Program, service: Service, command: str
) -> None:
    address = program.environ["IMS_TUI_ENDPOINT"]
    program.environ["IMAGES_TOKEN"] = TOKEN
    program.configure(
        f"{QUICK}\n[profiles.default]\nproject_id = '{'f' * 32}'\n"
        f"[profiles.images]\nproject_id = '{PROJECT}'\n"
        f"endpoint = '{address}'\necs_endpoint = '{address}'\n"
        "token_env = 'IMAGES_TOKEN'\n"
    )
    service.jobs = {SERVER: succeeded()}
    assert program.run(command, URL).returncode == 0
    assert service.paths == [f"/v1/{PROJECT}/jobs/{SERVER}"]
    stray = program.run(command, URL.replace(PROJECT, "d" * 32), "--timeout", "1s")
    assert f"its URL names project {'d' * 32}, but profile default has" in stray.stderr
    none = program.run(command, "https://ims.example.com/v2/images")
    assert none.returncode == 2
    assert "no job id is in https://ims.example.com/v2/images" in none.stderr
