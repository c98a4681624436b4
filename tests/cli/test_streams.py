"""Standard streams that a shell closed, or whose disk is full."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, PATIENCE_S, Program
from tests.cli.service import Service, job_id, running

ONE = job_id(1)
FULL = Path("/dev/full")


def run(program: Program, words: str, streams: str) -> subprocess.CompletedProcess[str]:
    """Run by a shell that does something to the streams."""
    command = f"exec {shlex.join([*COMMAND, *words.split()])} {streams}"
    return subprocess.run(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=program.environ,
        cwd=program.home,
        timeout=PATIENCE_S,
        check=False,
    )


LOST = [
    pytest.param(">&-", "Bad file descriptor", id="closed"),
    pytest.param(
        ">/dev/full",
        "No space left on device",
        id="full",
        marks=pytest.mark.skipif(not FULL.exists(), reason="only on Linux"),
    ),
]
WORDS = [
    "--version",
    "--help",
    "list --help",
    "list --ids",
    "list --json",
    f"get {ONE}",
    f"get {ONE} --raw",
    f"wait {ONE} --timeout 5s",
    "watch --exit-when-done",
    "explain IMG.0057",
    "config path",
    "auth check",
    "doctor",
    "completion bash",
]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(("streams", "why"), LOST)
def test_output_that_cannot_be_written_is_one_line_and_a_code(
    program: Program, service: Service, words: str, streams: str, why: str
) -> None:
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    done = run(program, words, streams)
    told = done.stderr.strip().splitlines()
    assert told[-1] == f"ims-tui: standard output cannot be written: {why}"
    assert "fault" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 7


@pytest.mark.parametrize("words", ["--version", "list --ids", f"get {ONE}"])
@pytest.mark.parametrize(("streams", "why"), LOST)
def test_so_it_is_where_python_does_not_buffer(
    program: Program, service: Service, words: str, streams: str, why: str
) -> None:
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    program.environ["PYTHONUNBUFFERED"] = "1"
    done = run(program, words, streams)
    assert done.stderr.endswith(f"ims-tui: standard output cannot be written: {why}\n")
    assert done.returncode == 7


@pytest.mark.parametrize("words", WORDS)
def test_all_streams_closed_is_no_crash(
    program: Program, service: Service, words: str
) -> None:
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    assert run(program, words, "<&- >&- 2>&-").returncode == 7
    assert program.watchlist.read_text().count("[[jobs]]") == 1


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full", "<&-", "<&- 2>&-"])
def test_narration_that_nobody_hears_changes_nothing(
    program: Program, service: Service, streams: str
) -> None:
    service.jobs = {ONE: running()}
    added = run(program, f"add {ONE}", streams)
    assert (added.stdout, added.returncode) == (f"{ONE}\n", 0)
    listed = run(program, "list --ids", streams)
    assert (listed.stdout, listed.returncode) == (f"{ONE}\n", 0)
    assert run(program, "nonsense", streams).returncode == 2
    assert run(program, "", streams).returncode == 2
    assert run(program, f"wait {ONE} --timeout 0.1s", streams).returncode == 124
