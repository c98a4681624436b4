"""The README's table of exit codes: each row comes true in a real process."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable

import pytest

from tests.cli.program import ROOT, Program
from tests.cli.service import Service, failed, job_id, running, succeeded

GOOD, BAD, GOING, UNKNOWN = map(job_id, range(1, 5))


def promised() -> list[int]:
    """The codes of the table, the first that applies first."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("Exit codes, the first that applies:")[2].split("\n\n")[1]
    rows = re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE)
    return [int(code) for row in rows for code in row.split(",")]


def nothing(program: Program) -> None:
    """The service answers, the credential is taken."""


def refused(program: Program) -> None:
    program.environ["IMS_TUI_TOKEN"] = "another-token"


def no_credential(program: Program) -> None:
    del program.environ["IMS_TUI_TOKEN"]


def refused_later(program: Program) -> None:
    program.run("add", BAD)
    program.run("get", BAD)
    refused(program)


def bad_config(program: Program) -> None:
    program.configure("[poll\n")


def bad_list(program: Program) -> None:
    program.watchlist.parent.mkdir(parents=True)
    program.watchlist.write_text("[[jobs", encoding="utf-8")


def locked_list(program: Program) -> None:
    (program.watchlist.parent / "watchlist.toml.lock").mkdir(parents=True)


def plain_http(program: Program) -> None:
    program.environ["IMS_TUI_ENDPOINT"] = "http://ims.example.com"


def no_service(program: Program) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program.environ["IMS_TUI_ENDPOINT"] = f"http://127.0.0.1:{port}"


ROWS: list[tuple[int, Callable[[Program], None], str]] = [
    (2, nothing, "wait"),
    (2, bad_config, f"wait {GOOD} --tiemout 2h"),
    (7, bad_config, f"get {GOOD}"),
    (7, bad_list, "list"),
    (7, bad_list, f"wait {BAD}"),
    (7, locked_list, f"add {GOOD}"),
    (7, plain_http, f"wait {GOOD}"),
    (7, plain_http, "auth check"),
    (4, refused, f"get {GOOD}"),
    (4, refused, f"wait {GOOD}"),
    (4, refused, "auth check"),
    (4, no_credential, f"wait {GOOD} --give-up 9s"),
    (4, refused_later, f"wait {BAD} {GOOD}"),
    (3, nothing, f"wait {GOOD} {BAD}"),
    (3, nothing, f"wait {BAD} {UNKNOWN}"),
    (3, nothing, f"wait {BAD} {GOING} --timeout 2s"),
    (3, nothing, f"wait {BAD} {GOING} --fail-fast"),
    (3, nothing, f"get {BAD} --exit-status"),
    (5, nothing, f"get {UNKNOWN}"),
    (5, nothing, f"explain {UNKNOWN}"),
    (5, nothing, f"wait {UNKNOWN} {GOING} --unknown-after 1s --timeout 9s"),
    (5, nothing, f"wait {UNKNOWN} {GOING} --unknown-after 1s --fail-fast"),
    (6, no_service, f"get {GOOD}"),
    (6, no_service, f"wait {GOOD} --give-up 2s"),
    (6, no_service, "auth check"),
    (124, nothing, f"wait {GOING} --timeout 1"),
    (1, no_credential, "doctor"),
    (0, nothing, f"wait {GOOD}"),
    (0, nothing, f"wait {BAD} {GOING} {GOOD} --any"),
    (0, nothing, f"wait {BAD} {GOOD} --until done"),
    (0, nothing, f"get {BAD}"),
    (0, nothing, f"get {GOING} --exit-status"),
    (0, nothing, f"add {GOOD}"),
    (0, nothing, "list"),
    (0, nothing, "auth check"),
]

SIGNALS = [
    (130, signal.SIGINT, f"wait {GOING}"),
    (130, signal.SIGINT, "watch"),
    (143, signal.SIGTERM, f"wait {GOING}"),
    (129, signal.SIGHUP, f"wait {GOING}"),
    (0, signal.SIGTERM, "watch"),
    (0, signal.SIGTERM, "simulate"),
]


@pytest.fixture
def jobs(service: Service) -> None:
    service.jobs = {GOOD: succeeded(), BAD: failed(), GOING: running()}


def test_each_code_of_the_table_is_tried() -> None:
    tried = {row[0] for row in ROWS} | {row[0] for row in SIGNALS}
    assert tried == set(promised())


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(
    ("code", "given", "command"), ROWS, ids=lambda v: getattr(v, "__name__", str(v))
)
def test_a_row(
    program: Program, code: int, given: Callable[[Program], None], command: str
) -> None:
    given(program)
    done = program.run(*command.split())
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert (done.stdout + done.stderr).strip(), "it says why"


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(("code", "number", "command"), SIGNALS)
def test_a_signal(program: Program, code: int, number: int, command: str) -> None:
    program.run("add", GOING)
    process = program.start(*command.split())
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    ended = process.returncode
    assert (ended if ended >= 0 else 128 - ended) == code, err
    assert GOING in program.watchlist.read_text(encoding="utf-8")
