"""`ims-tui wait` in real processes: what ends it, and what it tells."""

from __future__ import annotations

import json
import signal
import threading
import time
import tomllib
from typing import IO

import pytest

from tests.cli.program import COMMAND, QUICK, Program, until
from tests.cli.service import TOKEN, Service, failed, job_id, running, succeeded
from tests.pty_screen import PtyScreen

ONE, TWO, THREE = job_id(1), job_id(2), job_id(3)


def line_with(stream: IO[str] | None, word: str) -> str:
    """Read up to a line with a word."""
    assert stream is not None
    for line in stream:
        if word in line:
            return line
    raise AssertionError(f"no {word}")


def test_a_job_that_ends_meanwhile_is_told_at_once(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running()}
    process = program.start("wait", ONE)
    first = line_with(process.stdout, "RUNNING")
    assert first.split()[1:5] == [ONE, "RUNNING", "24%", "ImportImageTask:Convert"]
    service.jobs = {ONE: succeeded()}
    assert line_with(process.stdout, "SUCCESS").endswith("SUCCESS 100%\n")
    assert process.wait(10) == 0
    process.communicate()


def test_ended_jobs_answer_at_once_and_without_a_request(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: succeeded()}
    program.run("add", ONE)
    program.run("list", "--refresh")
    assert program.run("wait", ONE).returncode == 0
    assert service.asked == [ONE]


def test_any_and_fail_fast_do_not_wait_for_the_rest(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running(), TWO: succeeded(), THREE: failed()}
    assert program.run("wait", ONE, TWO, "--any").returncode == 0
    assert program.run("wait", ONE, THREE, "--fail-fast").returncode == 3
    any_done = program.run("wait", ONE, THREE, "--any", "--until", "done")
    assert any_done.returncode == 0
    none = program.run("wait", ONE, THREE, "--any", "--timeout", "0.5s")
    assert none.returncode == 3


def test_json_is_the_final_state_and_nothing_else_on_stdout(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: succeeded(), TWO: failed()}
    done = program.run("wait", ONE, TWO, "--json")
    final = json.loads(done.stdout)
    assert (final["schema"], final["exit_code"], done.returncode) == (2, 3, 3)
    assert [job["status"] for job in final["jobs"]] == ["SUCCESS", "FAIL"]
    assert "FAIL 38% IMG.0057" in done.stderr


def test_jsonl_is_one_event_a_line(program: Program, service: Service) -> None:
    service.jobs = {ONE: failed()}
    done = program.run("wait", "-", "--jsonl", given=ONE)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    last = events[-1]
    assert (last["event"], last["from"], last["to"]) == ("state", None, "FAIL")
    assert (last["error_code"], last["percent"]) == ("IMG.0057", 0.38)
    assert done.stderr == ""


def test_a_pipe_from_add_to_wait(program: Program, service: Service) -> None:
    service.jobs = {ONE: succeeded()}
    ids = program.run("add", "-", given=f'{{"job_id": "{ONE}"}}').stdout
    assert program.run("wait", "-", given=ids).returncode == 0
    jobs = tomllib.loads(program.watchlist.read_text(encoding="utf-8"))["jobs"]
    assert jobs[0]["result"]["status"] == "SUCCESS", "the list knows the result"


def test_only_add_puts_a_job_on_the_list(program: Program, service: Service) -> None:
    service.jobs = {ONE: succeeded()}
    program.run("wait", ONE)
    assert not program.watchlist.exists()
    program.run("wait", ONE, "--add")
    assert ONE in program.watchlist.read_text(encoding="utf-8")


def test_a_terminal_shows_a_bar_for_each_job_that_fits(
    program: Program, service: Service
) -> None:
    service.jobs = {job_id(n): running(0.5) for n in range(1, 21)}
    words = [*COMMAND, "wait", *service.jobs]
    with PtyScreen(words, rows=12, environ=program.environ) as screen:
        shown = screen.wait_for("and 10 more: 10 run")
        assert "⣿⣿⣿⣿⣀⣀⣀⣀" in shown
        assert "50%" in shown
        service.jobs = dict.fromkeys(service.jobs, succeeded())
        assert screen.end() == 0
        assert "\x1b[?25h" in screen.received.decode(), "the cursor is shown again"


def test_watch_tells_polls_the_list_and_ends_when_done(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running(), TWO: failed()}
    program.run("add", ONE, TWO)
    process = program.start("watch", "--jsonl", "--exit-when-done")
    line_with(process.stdout, ONE)
    service.jobs[ONE] = succeeded()
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    assert json.loads(out.splitlines()[-1])["to"] == "SUCCESS"


HOOK = """
[notify]
min_duration = "0"
[notify.command]
argv = ["sh", "-c", "cat > hook.json; printf %s \\"$1\\" > hook.txt", "x",
    "$IMS_TUI_TITLE"]
"""


def test_watch_runs_the_operators_program_without_a_shell_of_ours(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running()}
    program.configure('[poll]\nmin_interval = "1s"\nmax_interval = "2s"\n' + HOOK)
    program.run("add", ONE, "--label", "$(touch oops); `touch oops`")
    process = program.start("watch", "--exit-when-done")
    line_with(process.stdout, "RUNNING")
    service.jobs[ONE] = failed()
    process.communicate(timeout=20)
    assert process.returncode == 3
    told = json.loads((program.home / "hook.json").read_text(encoding="utf-8"))
    assert (told["event"], told["job"]["error_code"]) == ("fail", "IMG.0057")
    title = (program.home / "hook.txt").read_text(encoding="utf-8")
    assert title == "ims-tui: $(touch oops); `touch oops` FAIL"
    assert not (program.home / "oops").exists()


def test_watch_reads_settings_again_on_hup(program: Program, service: Service) -> None:
    service.jobs = {ONE: running()}
    program.environ["IMS_TUI_TOKEN"] = "old"
    program.run("add", ONE)
    process = program.start("watch")
    until(lambda: len(service.asked) == 1, "the first request")
    process.send_signal(signal.SIGHUP)
    until(lambda: len(service.asked) == 2, "a request with the credential read anew")
    process.terminate()
    _, err = process.communicate(timeout=10)
    assert "settings and credentials are read again" in err


def test_ids_from_a_pipe_and_keys_from_the_terminal(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running(0.5)}
    given = f'printf \'%s\' \'{{"job_id": "{ONE}"}}\' | "$@"'
    words = ["sh", "-c", given, "sh", *COMMAND, "-"]
    with PtyScreen(words, environ=program.environ) as screen:
        screen.wait_for("50%")
        screen.send("q")
        screen.wait_for("Press q again")
        screen.send("q")
        assert screen.end() == 0


def states(lines: str) -> list[tuple[object, object, object]]:
    """From, to and whether it was so already, of each change of state."""
    events = [json.loads(line) for line in lines.splitlines()]
    return [
        (event["from"], event["to"], event["initial"])
        for event in events
        if event["event"] == "state"
    ]


def test_no_change_is_told_that_never_was(program: Program, service: Service) -> None:
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    program.run("list", "--refresh")
    process = program.start("wait", ONE, "--jsonl", "--timeout", "60s")
    until(lambda: len(service.asked) >= 2, "a reply beside the stored one")
    service.jobs[ONE] = succeeded()
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert states(out) == [(None, "RUNNING", True), ("RUNNING", "SUCCESS", False)]


def test_watch_marks_what_was_so_before_it_began(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: succeeded(), TWO: running(), THREE: failed()}
    program.run("add", ONE, TWO)
    program.run("list", "--refresh")
    program.run("add", THREE)
    process = program.start("watch", "--jsonl", "--exit-when-done")
    until(lambda: service.asked.count(TWO) >= 2, "a look at the job that goes on")
    service.jobs[TWO] = succeeded()
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    told = sorted(states(out), key=str)
    assert (None, "SUCCESS", True) in told, "it ended before"
    assert (None, "RUNNING", True) in told
    assert (None, "FAIL", False) in told, "nobody has told it before"
    assert ("RUNNING", "SUCCESS", False) in told
    assert len(told) == 4


def test_the_program_runs_for_a_job_that_had_failed_at_the_first_look(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: failed()}
    program.configure('[poll]\nmin_interval = "1s"\nmax_interval = "2s"\n' + HOOK)
    program.run("add", ONE)
    assert program.run("watch", "--exit-when-done").returncode == 3
    told = json.loads((program.home / "hook.json").read_text(encoding="utf-8"))
    assert told["event"] == "fail"


TOKEN_FILE = """
[profiles.default]
endpoint = "{url}"
token_file = "{path}"
"""


@pytest.mark.parametrize("command", ["wait", "watch"])
def test_a_token_that_is_renewed_a_little_late_ends_nothing(
    program: Program, service: Service, command: str
) -> None:
    path = program.home / "token"
    path.write_text("an-old-token", encoding="utf-8")
    path.chmod(0o600)
    del program.environ["IMS_TUI_TOKEN"], program.environ["IMS_TUI_ENDPOINT"]
    program.configure(QUICK + TOKEN_FILE.format(url=service.url, path=path))
    service.jobs = {ONE: succeeded()}
    program.run("add", ONE)
    words = {"wait": ["wait", ONE], "watch": ["watch", "--exit-when-done"]}[command]
    process = program.start(*words)
    assert "polling stopped" in line_with(process.stderr, "stopped")
    path.write_text(TOKEN, encoding="utf-8")
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "SUCCESS" in out


def test_a_token_that_is_not_renewed_ends_it_within_give_up(program: Program) -> None:
    path = program.home / "token"
    path.write_text("an-old-token", encoding="utf-8")
    path.chmod(0o600)
    url = program.environ.pop("IMS_TUI_ENDPOINT")
    del program.environ["IMS_TUI_TOKEN"]
    program.configure(QUICK + TOKEN_FILE.format(url=url, path=path))
    done = program.run("wait", ONE, "--give-up", "2s")
    assert done.returncode == 4
    assert "The service does not accept this token. " in done.stderr


def test_a_service_that_hangs_is_given_up_in_time(
    program: Program, service: Service
) -> None:
    is_over = threading.Event()

    def hang(wanted: str, token: str) -> tuple[int, dict[str, object]]:
        is_over.wait(60)
        return 503, {}

    service.answer = hang  # type: ignore[method-assign]
    began_s = time.monotonic()
    done = program.run("wait", ONE, "--give-up", "2s")
    took_s = time.monotonic() - began_s
    is_over.set()
    assert done.returncode == 6
    assert "given up: no usable answer within 2s" in done.stderr
    assert took_s < 15, "the limit of one request is half a minute"


def test_an_unknown_id_ends_it_when_it_was_said(program: Program) -> None:
    program.configure('[poll]\nmin_interval = "1s"\n')  # ten minutes by default
    began_s = time.monotonic()
    for words in (["--unknown-after", "2"], ["--unknown-after", "2s", "--fail-fast"]):
        done = program.run("wait", ONE, *words)
        assert done.returncode == 5
        assert f"{ONE} is not known to the service" in done.stderr
    # The back-off after one reply of no use is 20 s at most, and doubles.
    assert time.monotonic() - began_s < 20


def test_fail_fast_does_not_wait_for_others_where_one_is_unknown(
    program: Program, service: Service
) -> None:
    service.jobs = {TWO: running()}
    words = ["--unknown-after", "1s", "--fail-fast", "--timeout", "25s"]
    assert program.run("wait", ONE, TWO, *words).returncode == 5


@pytest.mark.parametrize("command", ["wait", "get"])
def test_replies_that_cannot_be_stored_are_said(
    program: Program, service: Service, command: str
) -> None:
    service.jobs = {ONE: succeeded()}
    (program.home / "state" / "ims-tui" / "state.db").mkdir(parents=True)
    done = program.run(command, ONE)
    assert done.returncode == 0
    assert ONE in done.stdout
    assert "the last replies are not kept: " in done.stderr
