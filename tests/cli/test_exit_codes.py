"""Every exit code, from a real process; each with one line that says why."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, ROOT, Program, hear_signals, until
from tests.cli.service import Service, failed, job_id, running, succeeded

JOB, OTHER = job_id(1), job_id(2)


def one_line(text: str) -> str:
    """The only line, which is no traceback."""
    lines = text.splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("ims-tui: ")
    return lines[0]


def test_0_all_succeeded(program: Program, service: Service) -> None:
    service.jobs = {JOB: succeeded(), OTHER: succeeded()}
    done = program.run("wait", JOB, OTHER)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[1:3] for line in done.stdout.splitlines()] == [
        [JOB, "SUCCESS"],
        [OTHER, "SUCCESS"],
    ]


SABOTAGE = """
import sys, ims_tui.cli.status as status
status.run = lambda call: 1 / 0
from ims_tui.cli.main import main
sys.exit(main(['status']))
"""


def sabotaged(program: Program, code: str) -> subprocess.CompletedProcess[str]:
    """Run with a fault of ours."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=program.environ | {"TMPDIR": str(program.home)},
        cwd=ROOT,
        check=False,
    )


def test_1_a_fault_of_ours_where_no_file_can_be_written(program: Program) -> None:
    no_folder = (
        "import tempfile\n"
        "def none():\n"
        "    raise FileNotFoundError(2, 'No usable temporary directory found')\n"
        "tempfile._get_default_tempdir = none\n"
    )
    done = sabotaged(program, no_folder + SABOTAGE)
    assert done.returncode == 1
    *report, last = done.stderr.splitlines()
    assert report[-1] == "ZeroDivisionError: division by zero"
    assert last.startswith("ims-tui: a fault of ims-tui: ZeroDivisionError")
    assert "the report stands above" in last


def test_1_a_fault_of_ours_leaves_a_report(program: Program) -> None:
    done = sabotaged(program, SABOTAGE)
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert "a fault of ims-tui: ZeroDivisionError" in line
    assert "Traceback" in Path(line.split()[-1]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wait"], "no job is named"),
        (["wait", "xyz"], '"xyz" is not a job id'),
        (["wait", "-"], "no job id in standard input"),
        (["wait", JOB, "--timeout", "90x"], "is not a duration such as"),
        (["wait", JOB, "--unknown-after", "abc"], '--unknown-after "abc" is not a'),
        (["wait", JOB, "--timeot", "2h"], "did you mean --timeout?"),
        (["wiat", JOB], "did you mean wait?"),
        (["list", "--sort", "colour"], "is not a sort order"),
        (["list", "--columns", "colour"], "is no column"),
        (["list", "--filter", "colour:red"], "no field colour"),
        (["status", "--format", "{colour}"], "--format has no 'colour'"),
        (["add", "xyz"], '"xyz" is not a job id'),
        (["add", "-"], "no job id was found"),
        (["add", "--from", "nowhere.txt"], "nowhere.txt cannot be read"),
        (["set", JOB, "--label", "x"], "is not on the list"),
        (["wait", "--tag", "x"], "no job on the list has the tag 'x'"),
        (["explain", "IMG.9999"], "no meaning of IMG.9999 is known"),
        (["completion", "tcsh"], "name a shell"),
        (["list", "--state", "bogus"], "there are init, run"),
        (["list", "--timeout-request", "abc"], '"abc" is not a duration'),
        (["status", "--endpoint", "ftp://x"], "--endpoint is not an address"),
        (["get", JOB, "--theme", "nosuch"], '--theme "nosuch" is not one of'),
        (["rm", JOB, "-p", "nosuch"], '"nosuch" names no profile'),
        (["add", JOB, "-p", "defualt"], "did you mean default?"),
        ([], "needs a terminal"),
        (["demo"], "without one use: ims-tui simulate"),
        (["auth"], "ims-tui auth needs one of its commands: status, check"),
        (["config"], "ims-tui config needs one of its commands: "),
        (["notify"], "ims-tui notify needs one of its commands: "),
        ([JOB], "needs a terminal"),
    ],
)
def test_2_wrong_usage_changes_nothing(
    program: Program, words: list[str], said: str
) -> None:
    done = program.run(*words)
    assert done.returncode == 2
    assert said in one_line(done.stderr)
    assert done.stdout == ""
    assert not program.watchlist.exists()


def test_3_a_job_failed(program: Program, service: Service) -> None:
    service.jobs = {JOB: succeeded(), OTHER: failed()}
    done = program.run("wait", JOB, OTHER)
    assert done.returncode == 3
    last = done.stdout.splitlines()[-1]
    said = 'FAIL 38% IMG.0057 "image file format is not supported" Try: Check the '
    assert said in last, "what the reason says is not said again"
    assert program.run("wait", JOB, OTHER, "--until", "done").returncode == 0
    assert program.run("get", OTHER).returncode == 0
    assert program.run("get", OTHER, "--exit-status").returncode == 3


@pytest.mark.parametrize("command", ["get", "wait"])
def test_4_a_refused_credential(
    program: Program, service: Service, command: str
) -> None:
    service.jobs = {JOB: running()}
    program.environ["IMS_TUI_TOKEN"] = "another-token"
    done = program.run(command, JOB)
    assert done.returncode == 4
    assert "Not signed in" in done.stderr
    assert "another-token" not in done.stderr
    assert len(service.asked) == 1, "a refused credential is not tried again"


@pytest.mark.parametrize("command", [["list", "--refresh"], ["get", JOB, OTHER]])
def test_4_with_the_reason_and_the_values_that_are_known(
    program: Program, service: Service, command: list[str]
) -> None:
    service.jobs = {JOB: running(), OTHER: running()}
    program.run("add", JOB, OTHER)
    program.environ["IMS_TUI_TOKEN"] = "another-token"
    done = program.run(*command)
    assert done.returncode == 4
    lines = done.stderr.splitlines()
    assert lines and all("Not signed in" in line for line in lines)
    assert len(lines) == 1 or command[0] == "get"


def test_4_no_credential(program: Program, service: Service) -> None:
    del program.environ["IMS_TUI_TOKEN"]
    done = program.run("get", JOB)
    assert done.returncode == 4
    one_line(done.stderr)
    assert service.asked == []


def test_5_an_unknown_id(program: Program) -> None:
    done = program.run("get", JOB)
    assert done.returncode == 5
    assert "The service does not know this job" in one_line(done.stderr)
    waited = program.run("wait", JOB)
    assert waited.returncode == 5
    assert f"{JOB} is not known to the service" in waited.stderr


def test_6_no_service(program: Program) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        program.environ["IMS_TUI_ENDPOINT"] = (
            f"http://127.0.0.1:{taken.getsockname()[1]}"
        )
        done = program.run("get", JOB)
        assert done.returncode == 6
        assert "No answer: connection refused" in one_line(done.stderr)
        assert program.run("wait", JOB, "--give-up", "1s").returncode == 6
        timed_out = program.run("wait", JOB, "--timeout", "10s")
        assert timed_out.returncode == 6, "why it did not end says more than 124"


def test_7_an_unreadable_list(program: Program) -> None:
    program.watchlist.parent.mkdir(parents=True)
    program.watchlist.write_text('[[jobs]]\nid = "\n', encoding="utf-8")
    before = program.watchlist.read_bytes()
    for words in (["list"], ["add", JOB], ["wait", JOB], ["watch"], ["status"]):
        done = program.run(*words)
        assert done.returncode == 7, words
        assert "line 2" in one_line(done.stderr)
    assert program.watchlist.read_bytes() == before


def test_7_an_unreadable_configuration(program: Program) -> None:
    program.configure("[poll\n")
    done = program.run("wait", JOB)
    assert done.returncode == 7
    assert "config.toml line 1" in one_line(done.stderr)


@pytest.mark.parametrize("command", ["list", "status", "watch", "add"])
def test_7_a_named_configuration_that_is_not_there(
    program: Program, command: str
) -> None:
    words = [command, *([JOB] if command == "add" else [])]
    done = program.run("-C", "/proc/nonexistent.toml", *words)
    assert done.returncode == 7
    assert "/proc/nonexistent.toml is not there" in one_line(done.stderr)


def test_a_mistake_in_the_configuration_is_said_once_and_no_end(
    program: Program, service: Service
) -> None:
    program.configure("[poll]\nmax_in_flight = 99\n")
    service.jobs = {JOB: running()}
    for words in (["list"], ["get", JOB]):
        done = program.run(*words)
        assert done.returncode == 0
        lines = done.stderr.splitlines()
        assert sum("max_in_flight" in line for line in lines) == 1


def test_a_misspelt_profile_sends_nothing(program: Program, service: Service) -> None:
    assert program.run("-p", "nosuch", "get", JOB).returncode == 2
    assert service.asked == []


def test_rm_of_what_is_not_on_the_list(program: Program) -> None:
    done = program.run("rm", JOB)
    assert done.returncode == 0
    assert one_line(done.stderr) == f"ims-tui: {JOB} is not on the list"


def test_a_sentence_ends_once(program: Program) -> None:
    done = program.run("get", JOB, "--endpoint", "http://example.com")
    assert done.returncode == 7, "nobody refused it; the setting is wrong"
    assert one_line(done.stderr).endswith("in the profile.")
    assert not done.stderr.strip().endswith("..")


def test_7_a_list_that_cannot_be_written(program: Program) -> None:
    program.watchlist.parent.mkdir(parents=True)
    (program.watchlist.parent / "watchlist.toml.lock").mkdir()
    done = program.run("add", JOB)
    assert done.returncode == 7
    assert "cannot be written" in one_line(done.stderr)


def test_124_the_time_is_over(program: Program, service: Service) -> None:
    service.jobs = {JOB: running()}
    done = program.run("wait", JOB, "--timeout", "4s")
    assert done.returncode == 124
    assert one_line(done.stderr) == (
        "ims-tui: --timeout is over and 1 job has not ended"
    )


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_signals_end_a_wait_and_leave_the_list_saved(
    program: Program, service: Service, number: int, code: int
) -> None:
    service.jobs = {JOB: running()}
    process = program.start("wait", "--add", JOB)
    assert process.stdout is not None
    assert "RUNNING" in process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (code, "")
    assert JOB in program.watchlist.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["watch", "simulate"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, -signal.SIGINT)]
)
def test_what_serves_until_it_is_told_to_end_has_then_done_its_work(
    program: Program, service: Service, command: str, number: int, code: int
) -> None:
    service.jobs = {JOB: running()}
    program.run("add", JOB)
    process = program.start(command)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (code, "")


def test_an_interrupt_ends_the_loop_of_a_shell(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: running()}
    words = " ".join(map(shlex.quote, [*COMMAND, "wait", JOB]))
    loop = f"for n in 1 2 3; do {words}; echo round; done"
    shell = subprocess.Popen(
        ["bash", "-c", loop],
        env=program.environ,
        cwd=program.home,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_signals,
    )
    assert shell.stdout is not None
    assert "RUNNING" in shell.stdout.readline()
    os.killpg(shell.pid, signal.SIGINT)  # as a terminal does
    rest, _ = shell.communicate(timeout=20)
    assert "round" not in rest
    assert shell.returncode == -signal.SIGINT


def test_7_a_port_that_is_taken(program: Program) -> None:
    pytest.importorskip("prometheus_client")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for words in (["simulate", "--port", port], ["watch", "--metrics-port", port]):
            done = program.run(*words)
            assert done.returncode == 7, words
            assert re.search(r"(?i)had: address already in use$", one_line(done.stderr))


def test_141_a_closed_pipe_is_quiet(program: Program) -> None:
    program.run("add", "-", given="\n".join(map(job_id, range(1, 50))))
    process = program.start("list", "--ids")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    until(lambda: process.poll() is not None, "the end of list")
    assert process.returncode == 141


@pytest.mark.parametrize("address", ["hello", "http://127.0.0.1:99999"])
def test_7_an_address_that_is_none_is_named_with_its_variable(
    program: Program, address: str
) -> None:
    program.environ |= {"IMS_TUI_ENDPOINT": address, "IMS_TUI_TOKEN": "t"}
    done = program.run("get", JOB)
    assert done.returncode == 7
    last = done.stderr.splitlines()[-1]
    assert 'IMS_TUI_ENDPOINT is not an address such as "https://host/path"' in last
    assert "No such call" not in done.stderr
    assert "Neither" not in done.stderr
