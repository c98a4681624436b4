"""Clock times in UTC, wherever a command writes them in local time."""

from __future__ import annotations

import inspect

import pytest

from ims_tui.cli.parser import COMMANDS, module_of, the_parser
from tests.cli.program import Program
from tests.cli.service import Service, job_id, running, succeeded

ELSEWHERE = {"get", "watch"}
"""Their view is made in another module."""


def parts_of(name: str) -> str:
    return inspect.getsource(module_of(name))


@pytest.mark.parametrize(
    "name",
    [n for n in COMMANDS if n and ("plain_view" in parts_of(n) or n in ELSEWHERE)],
)
def test_what_looks_at_jobs_with_a_zone_takes_utc(name: str) -> None:
    if name == "events":
        return  # its times are in UTC
    parser = the_parser(name)
    words = ["dry-run"] if name == "notify" else []
    names = ["x"] if name in ("get", "explain") else []
    assert parser.parse([*words, "--utc", *names]).utc is True


def test_a_digest_tells_the_hour_of_utc(program: Program, service: Service) -> None:
    service.jobs = {job_id(1): succeeded(), job_id(2): running()}
    program.run("add", job_id(1), job_id(2))
    program.run("list", "--refresh")
    far = {"TZ": "Asia/Shanghai"}
    local, utc = (
        program.run("digest", "--since", "8h", *more, **far).stdout.splitlines()[0]
        for more in ([], ["--utc"])
    )
    hours = [int(line.partition(":")[0].split()[-1]) for line in (local, utc)]
    assert (hours[0] - hours[1]) % 24 in (8, 9)  # an hour may end in between
