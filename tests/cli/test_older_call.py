"""Commands that ask once, where the cloud has only the deprecated call."""

from __future__ import annotations

from tests.cli.program import QUICK, Program
from tests.cli.service import Service, job_id, running

DOCUMENTED, DEPRECATED = "/v1/cloudimages/job/", "/v1/"
JOB = job_id(1)
PROJECT = "5a4f8c1e0b7d4c6e9f2a1b3c4d5e6f70"


def use_project(program: Program) -> None:
    """Name the project, which the deprecated call has in its path."""
    program.configure(f"{QUICK}\n[profiles.default]\nproject_id = '{PROJECT}'\n")


def test_the_older_call_is_taken_within_the_command_and_remembered(
    program: Program, service: Service
) -> None:
    use_project(program)
    service.jobs, service.calls = {JOB: running()}, (DEPRECATED,)
    done = program.run("get", JOB)
    assert (done.returncode, done.stderr) == (0, "")
    assert "RUNNING" in done.stdout
    older = f"/v1/{PROJECT}/jobs/{JOB}"
    assert service.paths == [f"{DOCUMENTED}{JOB}", older]
    service.paths.clear()
    assert program.run("get", JOB).returncode == 0
    assert service.paths == [older]


def test_where_the_older_call_is_gone_the_documented_one_is_taken(
    program: Program, service: Service
) -> None:
    use_project(program)
    service.jobs, service.calls = {JOB: running()}, (DEPRECATED,)
    assert program.run("get", JOB).returncode == 0
    service.calls = (DOCUMENTED,)
    service.paths.clear()
    assert program.run("get", JOB).returncode == 0
    assert service.paths[-1] == f"{DOCUMENTED}{JOB}"
    service.paths.clear()
    assert program.run("get", JOB).returncode == 0
    assert service.paths == [f"{DOCUMENTED}{JOB}"]
