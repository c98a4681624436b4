"""Several processes on one machine: one poller for a job, one budget for an account."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

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


class Progressing(dict[str, dict[str, Any]]):
    """A job begun a minute ago whose percent grows with each request."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun = datetime.now(UTC) - timedelta(seconds=60)

    def __getitem__(self, key: str) -> dict[str, Any]:
        self.asked += 1
        return running(round(min(0.95, 0.05 * self.asked), 2)) | {
            "begin_time": f"{self.begun:%Y-%m-%dT%H:%M:%S}.000Z"
        }

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]


def test_every_process_tells_one_end_of_one_look(
    program: Program, service: Service
) -> None:
    service.jobs = Progressing()
    program.run("add", ONE)
    poller = program.start("watch", "--jsonl")
    assert poller.stdout is not None
    until(lambda: (_job(program)["process_percent"] or 0) >= 0.15, "a third look")
    known = _job(program)
    for line in poller.stdout:
        said = json.loads(line)
        if said.get("percent") == known["process_percent"]:
            break
    assert known["expected_end"] == said["expected_end"]
    poller.kill()
    poller.communicate()
    after, service.instead = _job(program), (503, {})
    again = program.start("watch", "--jsonl")
    again.terminate()
    again.communicate(timeout=20)
    assert _job(program)["expected_end"] == after["expected_end"]


def _job(program: Program) -> dict[str, Any]:
    (found,) = json.loads(program.run("list", "--json").stdout)["jobs"]
    return dict(found)


def _status(program: Program) -> object:
    return _job(program)["status"]


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
