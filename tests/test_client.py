"""The Python API against a real service on loopback."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ims_tui import Client, WaitTimeoutError
from ims_tui.core.errors import ConfigError, ImsTuiError, UsageError
from tests.cli.program import QUICK, Program
from tests.cli.service import TOKEN, Service, failed, job_id, running, succeeded

ONE, TWO, UNKNOWN = job_id(1), job_id(2), job_id(3)


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running_service:
        yield running_service


@pytest.fixture
def program(tmp_path: Path, service: Service) -> Program:
    """The command line on the files that the client uses."""
    program = Program(tmp_path, service.url)
    program.configure(QUICK)
    return program


@pytest.fixture
def client(program: Program) -> Client:
    return Client(environ=program.environ)


async def test_wait_gives_each_job_in_the_order_of_the_names(
    client: Client, service: Service
) -> None:
    service.jobs = {ONE: failed(), TWO: succeeded()}
    two, one = await client.wait([TWO, ONE], until="done", timeout_s=20)
    assert (two.job_id, two.status, two.has_succeeded) == (TWO, "SUCCESS", True)
    assert two.image_id == "4c8e5d1a-0000-4000-8000-000000000000"
    assert (one.error_code, one.has_ended, one.has_succeeded) == (
        "IMG.0057",
        True,
        False,
    )
    assert one.document["fail_reason"] == one.fail_reason


async def test_wait_ends_at_its_time_and_says_why_nothing_more_comes(
    client: Client, service: Service
) -> None:
    service.jobs = {ONE: running()}
    with pytest.raises(TimeoutError) as told:
        await client.wait([ONE, TWO], timeout_s=3)
    assert isinstance(told.value, WaitTimeoutError)
    assert isinstance(told.value, ImsTuiError)
    assert str(told.value) == (
        f"after 3s 2 jobs have not ended; {TWO} is not known to the service"
    )
    assert [job.status for job in told.value.jobs] == ["RUNNING", None]


async def test_an_unknown_id_ends_the_wait_after_its_time(
    service: Service, program: Program
) -> None:
    client = Client(environ=program.environ, unknown_after_s=0.2)
    (unknown,) = await client.wait([UNKNOWN], timeout_s=20)
    assert not unknown.has_ended
    assert unknown.error is not None
    assert unknown.error["kind"] == "gone"
    assert "does not know" in str(unknown.error["message"])


async def test_a_service_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = Client(environ=Program(tmp_path, endpoint).environ)
        with pytest.raises(WaitTimeoutError, match=f"not ended; {ONE}: no answer yet"):
            await client.wait([ONE], timeout_s=0.5)


async def test_watch_tells_each_change_until_the_end(
    client: Client, service: Service
) -> None:
    service.jobs = {ONE: running(0.5)}
    seen = []
    async for event in client.watch([ONE]):
        seen.append((event.kind, event.before, event.job.status))
        service.jobs[ONE] = succeeded()
    assert seen == [
        ("state", None, "RUNNING"),
        ("state", "RUNNING", "SUCCESS"),
    ]


def test_the_list_is_the_one_of_the_command_line_and_labels_are_names(
    client: Client, service: Service, program: Program
) -> None:
    service.jobs = {ONE: succeeded()}
    program.run("add", ONE, "--label", "golden")
    (job,) = client.jobs()
    assert (job.label, job.status) == ("golden", None)
    assert job.error is not None
    assert job.error["kind"] == "never_asked"
    (waited,) = client.wait_sync(["golden"], timeout_s=20)
    assert waited.has_succeeded
    assert [job.status for job in client.jobs()] == ["SUCCESS"]
    asked = len(service.asked)
    client.wait_sync(["golden"])
    assert len(service.asked) == asked, "an ended job is not asked about again"


async def test_what_is_wrong_is_one_of_our_errors(
    client: Client, program: Program
) -> None:
    for names in ([], ["no such label"]):
        with pytest.raises(UsageError):
            await client.wait(names)
    with pytest.raises(UsageError, match="put it into a list"):
        await client.wait(ONE)
    with pytest.raises(UsageError, match="timeout_s is nan"):
        await client.wait([ONE], timeout_s=float("nan"))
    with pytest.raises(UsageError):
        await client.wait([ONE], until="never")
    wrong: Any = [None, [None], [ONE, 7], 5, b"ids"]
    for ids in wrong:
        with pytest.raises(UsageError, match=r"text"):
            await client.wait(ids)
        with pytest.raises(UsageError, match=r"text"):
            await anext(client.watch(ids))
    wrong = ["5", True, [1]]
    for seconds in wrong:
        with pytest.raises(UsageError, match=r"timeout_s is .* number of seconds"):
            await client.wait([ONE], timeout_s=seconds)
        with pytest.raises(UsageError, match="unknown_after_s is"):
            Client(environ=program.environ, unknown_after_s=seconds)
    with pytest.raises(ConfigError):
        Client(environ=program.environ, config="/nowhere/config.toml")
    assert TOKEN not in repr(client)


@pytest.mark.filterwarnings("error")
async def test_a_wait_that_would_block_the_loop_is_refused(client: Client) -> None:
    with pytest.raises(UsageError, match="await wait"):
        client.wait_sync([ONE])
    gc.collect()  # what was made and never awaited would be said now


def test_the_package_itself_loads_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import ims_tui;"
        "new = set(sys.modules) - before - {'__future__'};"
        "ours = {'ims_tui', 'ims_tui.core', 'ims_tui.core.release'};"
        "assert new == ours, new;"
        "ims_tui.Client"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
