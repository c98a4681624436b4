"""`ims-tui wait` in real processes: what ends it, and what it tells."""

from __future__ import annotations

import json
import signal
import tomllib
from typing import IO

from tests.cli.program import COMMAND, Program, until
from tests.cli.service import Service, failed, job_id, running, succeeded
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
    assert (final["schema"], final["exit_code"], done.returncode) == (1, 3, 3)
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
channels = ["command"]
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
