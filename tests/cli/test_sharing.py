"""Several processes on one machine: one poller for a job, one budget for an account."""

from __future__ import annotations

import json
import time

from tests.cli.program import Program, until
from tests.cli.service import Service, job_id, running, succeeded

ONE, TWO = job_id(1), job_id(2)


def test_wait_list_and_get_use_what_a_running_copy_knows(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    poller = program.start("watch", "--jsonl")
    assert poller.stdout is not None
    poller.stdout.readline()
    until(lambda: _status(program) == "RUNNING", "a stored reply")
    pace = len(service.asked)
    begun = time.monotonic()
    wait = program.start("wait", ONE)
    assert wait.stdout is not None
    assert "RUNNING" in wait.stdout.readline()
    for words in (["list", "--refresh"], ["get", ONE]):
        assert program.run(*words).returncode == 0
    # One poller asks at most once a second with these settings.
    assert len(service.asked) - pace <= time.monotonic() - begun + 1
    service.jobs[ONE] = succeeded()
    wait.communicate(timeout=20)
    assert wait.returncode == 0
    assert service.asked.count(ONE) == len(service.asked)
    poller.terminate()
    poller.communicate(timeout=10)


def test_wait_asks_itself_once_the_running_copy_is_gone(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    poller = program.start("watch", "--jsonl")
    assert poller.stdout is not None
    poller.stdout.readline()
    until(lambda: _status(program) == "RUNNING", "a stored reply")
    wait = program.start("wait", ONE)
    assert wait.stdout is not None
    assert "RUNNING" in wait.stdout.readline()
    poller.kill()  # its lock goes with it
    poller.communicate()
    service.jobs[ONE] = succeeded()
    wait.communicate(timeout=20)
    assert wait.returncode == 0


def _status(program: Program) -> object:
    return json.loads(program.run("list", "--json").stdout)["jobs"][0]["status"]


def test_the_budget_holds_over_processes(program: Program, service: Service) -> None:
    # A burst of two, a quarter of eight; the other six over ten minutes.
    program.configure('[poll]\nbudget = "8/10m"\nmin_interval = "1s"\n')
    service.jobs = {job_id(n): running() for n in range(1, 9)}
    calls = [program.start("get", job) for job in service.jobs]
    said = [call.stderr.readline() for call in calls if call.stderr]
    waiting = [c for c, line in zip(calls, said, strict=True) if line]
    assert all("waiting for the request budget" in line for line in said if line)
    assert len(service.asked) == 2
    assert len(waiting) == 6
    for call in waiting:
        call.kill()
    for call in calls:
        call.communicate(timeout=30)
        assert call.returncode == (-9 if call in waiting else 0)
