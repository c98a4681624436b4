"""`add`, `rm`, `set`, `list`, `get`, `status`, `explain` on one list."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from tests.cli.program import COMMAND, Program
from tests.cli.service import Service, failed, job_id, running, succeeded

JOB, OTHER = job_id(1), job_id(2)


def listed(program: Program) -> list[dict[str, Any]]:
    text = program.watchlist.read_text(encoding="utf-8")
    jobs: list[dict[str, Any]] = tomllib.loads(text)["jobs"]
    return jobs


def test_add_takes_ids_out_of_anything_and_says_what_it_found(
    program: Program,
) -> None:
    reply = json.dumps({"job_id": JOB, "project_id": "f" * 32})
    done = program.run("add", "-", "--label", "golden", "--tag", "weekly", given=reply)
    assert (done.returncode, done.stdout) == (0, f"{JOB}\n")
    assert "left out ffff" in done.stderr
    assert "added 1 job" in done.stderr
    (job,) = listed(program)
    assert (job["id"], job["label"], job["tags"]) == (JOB, "golden", ["weekly"])
    again = program.run("add", JOB)
    assert (again.returncode, again.stdout) == (0, f"{JOB}\n")
    assert "1 job known already" in again.stderr
    log = program.home / "build.log"
    log.write_text(f"job {OTHER} started\n", encoding="utf-8")
    assert program.run("add", "--from", str(log), "-q").stderr == ""
    assert [job["id"] for job in listed(program)] == [JOB, OTHER]


def test_bytes_of_any_kind_may_surround_an_id(program: Program) -> None:
    log = b"\xff\xfe \x1b[1m" + JOB.encode() + b"\x1b[0m \x00\n"
    done = subprocess.run(
        [*COMMAND, "add", "-"],
        input=log,
        env=program.environ,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{JOB}\n".encode())


def test_a_closed_input_is_an_empty_one(program: Program) -> None:
    command = f"{shlex.join(COMMAND)} wait - <&-"
    done = subprocess.run(
        ["sh", "-c", command],
        env=program.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "no job id in standard input" in done.stderr


def test_an_old_locale_gets_escapes(program: Program) -> None:
    program.run("add", JOB, "--label", "财务")
    done = program.run("list", PYTHONIOENCODING="iso-8859-1")
    assert done.returncode == 0
    assert r"\u8d22\u52a1" in done.stdout


def test_set_and_rm_name_jobs_by_label_tag_or_id(program: Program) -> None:
    program.run("add", JOB, "--label", "golden")
    program.run("add", OTHER, "--tag", "nightly")
    done = program.run("set", "golden", "--note", "ticket 4711", "--add-tag", "nightly")
    assert done.returncode == 0
    assert program.run("set", "--tag", "nightly", "--mute").returncode == 0
    assert [job["muted"] for job in listed(program)] == [True, True]
    assert listed(program)[0]["note"] == "ticket 4711"
    near = program.run("rm", "goldne")
    assert (near.returncode, near.stdout) == (2, "")
    assert "did you mean 'golden'?" in near.stderr
    assert program.run("rm", OTHER).returncode == 0
    assert [job["id"] for job in listed(program)] == [JOB]
    gone = program.run("rm", OTHER)
    assert gone.returncode == 0, "it is not on the list, as was asked for"
    assert "is not on the list" in gone.stderr


@pytest.mark.parametrize(
    "label", ["two words", "stage: one", "see https://x.y/z", "-x", "4711", "跨区:复制"]
)
def test_any_label_names_its_job(program: Program, label: str) -> None:
    program.run("add", JOB, f"--label={label}")
    assert program.run("set", "--note", "found", "--", label).returncode == 0
    assert program.run("ack", "--", label).returncode == 0
    assert program.run("rm", "--dry-run", "--", label).stdout == f"{JOB}  {label}\n"


def test_a_job_may_be_called_like_a_code(program: Program, service: Service) -> None:
    service.jobs = {JOB: failed()}
    program.run("add", JOB, "--label", "4711")
    program.run("list", "--refresh")
    assert program.run("explain", "4711").stdout.startswith("4711: FAIL")


def test_the_name_of_an_image_names_its_job(program: Program, service: Service) -> None:
    service.jobs = {JOB: running(image_name="ubuntu-24.04"), OTHER: failed()}
    program.run("add", JOB, OTHER)
    program.run("list", "--refresh")
    shown = program.run("list", "--plain", "--columns", "label,code,reason").stdout
    assert "ubuntu-24.04\t-\t-" in shown.splitlines()
    assert "\tIMG.0057\timage file format is not supported" in shown
    assert program.run("set", "ubuntu-24.04", "--note", "ask").returncode == 0
    assert [job.get("note", "") for job in listed(program)] == ["ask", ""]


def test_jobs_in_groups(program: Program, service: Service) -> None:
    service.jobs = {JOB: succeeded(), OTHER: failed()}
    program.run("add", JOB, OTHER, "--tag", "weekly")
    table = program.run("list", "--refresh", "--group", "tag").stdout.splitlines()
    assert table[0] == "weekly: 1 of 2 done, 1 failed"
    assert [line.split()[0] for line in table[1:]] == ["STATE", "FAIL", "OK"]
    causes = program.run("list", "--group", "cause").stdout.splitlines()
    assert (causes[0], len(causes)) == ("IMG.0057: 1 job failed", 3)
    wrong = program.run("list", "--group", "tag", "--json")
    assert wrong.returncode == 2
    assert "--group is for the table, not for --json" in wrong.stderr


def test_rm_finished_keeps_what_goes_on(program: Program, service: Service) -> None:
    service.jobs = {JOB: running(), OTHER: failed()}
    program.run("add", JOB, OTHER)
    program.run("list", "--refresh")
    assert program.run("rm", "--finished").returncode == 0
    assert [job["id"] for job in listed(program)] == [JOB]


def test_list_asks_nobody_unless_told(program: Program, service: Service) -> None:
    service.jobs = {JOB: running(0.62), OTHER: failed()}
    program.run("add", JOB, OTHER)
    before = json.loads(program.run("list", "--json").stdout)
    assert service.asked == []
    assert [job["status"] for job in before["jobs"]] == [None, None]
    refreshed = json.loads(program.run("list", "--refresh", "--json").stdout)
    assert sorted(service.asked) == [JOB, OTHER]
    stored = json.loads(program.run("list", "--json").stdout)
    assert len(service.asked) == 2
    for shown in (refreshed, stored):
        assert shown["schema"] == 2
        states = {job["job_id"]: job["status"] for job in shown["jobs"]}
        assert states == {JOB: "RUNNING", OTHER: "FAIL"}
    program.run("list", "--refresh")
    assert service.asked[2:] == [JOB], "an ended job is not asked about again"


def test_a_list_without_jobs_says_what_is_true(program: Program) -> None:
    """Entries of no use are no empty list; nor is a profile without jobs."""
    none = "the list holds no job; ims-tui add ID puts one on it"
    assert none in program.run("list").stderr
    program.run("add", JOB)
    known = program.watchlist.read_text(encoding="utf-8")
    program.watchlist.write_text(known.replace(JOB, "zzz"), encoding="utf-8")
    said = program.run("list").stderr
    assert "its entry stays in the file as it is" in said
    assert none in said
    program.watchlist.write_text(known, encoding="utf-8")
    config = program.home / "config" / "ims-tui" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('[profiles.dr]\nendpoint = "http://127.0.0.1:9"\n')
    said = program.run("list", "-p", "dr").stderr
    assert "the list holds no job of profile 'dr'" in said


def test_the_forms_of_the_list(program: Program, service: Service) -> None:
    service.jobs = {JOB: running(0.62), OTHER: failed()}
    program.run("add", JOB, "--label", "golden")
    program.run("add", OTHER, "--tag", "weekly")
    table = program.run("list", "--refresh").stdout.splitlines()
    assert table[0].split()[:3] == ["STATE", "LABEL", "PROGRESS"]
    assert any("golden" in line and "62%" in line for line in table)
    assert program.run("list", "--ids", "--sort", "-label").stdout.split() == [
        JOB,
        OTHER,
    ]
    assert program.run("list", "--ids", "--state", "fail").stdout.split() == [OTHER]
    assert program.run("list", "--ids", "--tag", "weekly").stdout.split() == [OTHER]
    assert program.run("list", "--ids", "--filter", "-golden").stdout.split() == [OTHER]
    done = program.run("list", "--ids", "--filter", "elapsed>abc")
    assert done.returncode == 2
    assert "elapsed> wants a time such as 90s, 30m or 1h30m" in done.stderr
    done = program.run("list", "--ids", "--filter", "tag:nobody")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no job has tag:nobody; there are" in done.stderr
    plain = program.run("list", "--plain", "--columns", "label,state").stdout
    assert "golden\tRUN" in plain.splitlines()
    rows = list(csv.DictReader(io.StringIO(program.run("list", "--csv").stdout)))
    assert {row["job_id"]: row["error_code"] for row in rows} == {
        JOB: "",
        OTHER: "IMG.0057",
    }


def test_no_colour_but_on_a_terminal_or_on_demand(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: failed()}
    program.run("add", JOB)
    program.run("list", "--refresh")
    assert "\x1b" not in program.run("get", JOB).stdout
    assert "\x1b[1;31m" in program.run("get", JOB, "--color", "always").stdout
    assert "\x1b[1;31m" in program.run("get", JOB, FORCE_COLOR="1").stdout
    forced = program.run("get", JOB, FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b" not in forced.stdout


def test_get_prints_ours_or_the_reply_as_received(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: running(0.62, image_name="rocky9")}
    shown = program.run("get", JOB)
    assert shown.returncode == 0
    assert "ImportImageTask:Convert" in shown.stdout
    ours = json.loads(program.run("get", JOB, "--json").stdout)
    assert (ours["schema"], ours["process_percent"]) == (2, 0.62)
    raw = json.loads(program.run("get", JOB, "--raw").stdout)
    assert raw == {"job_id": JOB, **service.jobs[JOB]}
    assert not program.watchlist.exists(), "asking about a job does not list it"


def test_get_keeps_what_the_list_says_of_a_job(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: succeeded()}
    program.run("add", JOB, "--label", "golden", "--note", "mine")
    assert program.run("get", "golden").returncode == 0
    (job,) = listed(program)
    assert (job["label"], job["note"]) == ("golden", "mine")
    assert job["result"]["status"] == "SUCCESS"
    program.run("get", "golden")
    assert service.asked == [JOB], "an ended job does not change"


def test_status_is_one_line_from_stored_values(
    program: Program, service: Service
) -> None:
    assert program.run("status").stdout == "no jobs\n"
    service.jobs = {JOB: running(), OTHER: failed()}
    program.run("add", JOB, OTHER)
    assert program.run("status").stdout == "2 not asked yet\n"
    program.run("list", "--refresh")
    asked = len(service.asked)
    states, _, done = program.run("status").stdout.partition(" all done ~")
    assert states == "1 run 1 FAIL"
    assert re.fullmatch(r"([-\d]{10} )?\d\d:\d\d\n", done)
    assert program.run("status", "--format", "{done}").stdout == f"~{done}"
    form = program.run("status", "--format", "{run}/{total} {{fail: {fail}}}")
    assert form.stdout == "1/2 {fail: 1}\n"
    assert len(service.asked) == asked


def test_explain_a_code_or_a_job(program: Program, service: Service) -> None:
    code = program.run("explain", "img.0057")
    assert code.stdout.startswith("IMG.0057  The image file is missing, empty")
    assert program.run("explain", "0057").stdout == code.stdout
    service.jobs = {JOB: failed()}
    program.run("add", JOB, "--label", "golden")
    program.run("list", "--refresh")
    about = program.run("explain", "golden").stdout
    assert about.startswith("golden: FAIL after 9:01")
    assert '"image file format is not supported"' in about
    assert "The image file is missing, empty" in about


@pytest.mark.parametrize("command", ["", "add", "wait", "list"])
def test_help_begins_with_examples(program: Program, command: str) -> None:
    done = program.run(*filter(None, [command]), "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("examples:\n  ")


def test_common_options_stand_before_or_behind_a_command(program: Program) -> None:
    program.configure("[ui]\nmouse = false\n")
    config = str(program.home / "config" / "ims-tui" / "config.toml")
    for words in (
        ["-C", config, "config", "check"],
        ["config", "-C", config, "check"],
        ["config", "check", "-C", config],
    ):
        assert program.run(*words).returncode == 0, words


@pytest.mark.parametrize("damage", [b"no database", b"\xff" * 9000])
def test_a_damaged_state_file_is_said_once_and_ends_no_command(
    program: Program, service: Service, damage: bytes
) -> None:
    service.jobs = {JOB: running(0.24)}
    program.run("add", JOB)
    state = program.home / "state" / "ims-tui" / "state.db"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_bytes(damage)
    first = program.run("list")
    assert first.returncode == 0
    assert "state.db is damaged; kept as state.broken" in first.stderr
    for words in (["list"], ["status"], ["get", JOB]):
        done = program.run(*words)
        assert (done.returncode, "damaged" in done.stderr) == (0, False), words
    assert state.with_suffix(".broken").read_bytes() == damage


def test_the_url_of_a_job_of_another_service_says_whose_it_is(
    program: Program,
) -> None:
    url = f"https://ecs.cn-east-3.myhuaweicloud.com/v1/{'0' * 32}/jobs/{JOB}"
    done = program.run("add", url.replace("ecs", "bms"))
    assert done.returncode == 2
    assert f"left out {JOB}: a job of BMS, which is not followed" in done.stderr
    assert program.run("add", url).returncode == 0
    assert 'service = "ecs"' in program.watchlist.read_text()
    shown = json.loads(program.run("list", "--json").stdout)
    assert shown["jobs"][0]["service"] == "ecs"


def test_the_service_of_an_id_is_named_on_the_command_line(program: Program) -> None:
    assert program.run("add", JOB, "--service", "evs").returncode == 0
    assert 'service = "evs"' in program.watchlist.read_text()
    done = program.run("add", JOB, "--service", "obs")
    assert done.returncode == 2
    assert "ims" in done.stderr
    assert "evs" in done.stderr


@pytest.mark.parametrize("command", ["wait", "get", "explain", "set", "rm"])
def test_what_follows_two_dashes_is_a_name(
    program: Program, service: Service, command: str
) -> None:
    service.jobs = {JOB: succeeded()}
    program.run("add", JOB, "--label", "-x")
    options = ["--note", "n"] if command == "set" else []
    done = program.run(command, *options, "--", "-x")
    assert done.returncode == 0, done.stderr
    assert "no label" in program.run(command, *options, "--", "--quiet").stderr.lower()
    assert program.run("list", "--").returncode == 0


def test_explain_asks_about_a_job_of_which_nothing_is_known(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: failed()}
    done = program.run("explain", JOB)
    assert done.returncode == 0
    assert "IMG.0057" in done.stdout
    program.run("add", JOB)
    program.run("get", JOB)
    asked = len(service.asked)
    assert "IMG.0057" in program.run("explain", JOB).stdout
    assert len(service.asked) == asked, "what is known is not asked for"
    assert program.run("explain", job_id(9)).returncode == 5


def test_a_wait_for_the_budget_is_said_and_bounded(
    program: Program, service: Service
) -> None:
    # A burst of two, a quarter of eight; the others over ten minutes.
    program.configure('[poll]\nbudget = "8/10m"\nmin_interval = "1s"\n')
    service.jobs = {job_id(n): running() for n in range(1, 5)}
    program.run("add", *service.jobs)
    done = program.run("list", "--refresh", "--timeout", "2", "--json")
    assert done.returncode == 124
    waiting, over = done.stderr.splitlines()
    assert waiting.startswith("ims-tui: waiting for the request budget, ")
    assert over == "ims-tui: --timeout is over; no answer about 2 jobs"
    known = [job["status"] for job in json.loads(done.stdout)["jobs"]]
    assert known == ["RUNNING", "RUNNING", None, None]
    got = program.run("get", job_id(1), "--timeout", "1s")
    assert got.returncode == 124
    assert "waiting for the request budget" in got.stderr
    assert job_id(1) in got.stdout, "what was known is shown"


UNKNOWN_USER = """
import pwd, sys
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
from ims_tui.cli.main import main
sys.exit(main())
"""


def test_a_user_without_a_home(program: Program, service: Service) -> None:
    service.jobs = {JOB: succeeded()}
    environ = {
        name: value
        for name, value in program.environ.items()
        if name != "HOME" and not name.startswith("XDG_")
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", UNKNOWN_USER, *words],
            capture_output=True,
            text=True,
            env=environ,
            cwd=program.home,
            check=False,
        )

    said = run("wait", JOB)
    assert said.returncode == 7
    assert said.stderr.startswith("ims-tui: there is no home directory and no XDG_")
    folder = program.home / "folder"
    assert run("wait", JOB, "--add", "--state-dir", str(folder)).returncode == 0
    assert JOB in (folder / "watchlist.toml").read_text(encoding="utf-8")
    assert run("--state-dir", str(folder), "list", "--ids").stdout == f"{JOB}\n"


def test_get_takes_several_jobs(program: Program, service: Service) -> None:
    service.jobs = {JOB: succeeded(), OTHER: failed()}
    both = program.run("get", JOB, OTHER, "--exit-status")
    assert both.returncode == 3
    assert both.stdout.index(JOB) < both.stdout.index(OTHER)
    document = json.loads(program.run("get", OTHER, JOB, "--json").stdout)
    assert [job["job_id"] for job in document["jobs"]] == [OTHER, JOB]
    missing = program.run("get", JOB, job_id(9))
    assert missing.returncode == 5
    assert JOB in missing.stdout
    assert program.run("get", JOB, OTHER, "--raw").returncode == 2


def test_rm_tells_first_what_it_would_remove(program: Program) -> None:
    program.run("add", JOB, "--label", "golden")
    before = program.watchlist.read_bytes()
    done = program.run("rm", "golden", OTHER, "--dry-run")
    assert (done.returncode, done.stdout) == (0, f"{JOB}  golden\n")
    assert program.watchlist.read_bytes() == before


@pytest.mark.parametrize("words", [["help", "wait"], ["help", "-q", "wait"]])
def test_help_is_a_command(program: Program, words: list[str]) -> None:
    assert program.run(*words).stdout == program.run("wait", "--help").stdout
    assert program.run("help").stdout == program.run("--help").stdout
    assert program.run("help", "nothing").returncode == 2


def test_ack_marks_results_as_looked_at(program: Program, service: Service) -> None:
    one, two = job_id(1), job_id(2)
    service.jobs = {one: failed(), two: running()}
    program.run("add", one, two)
    program.run("list", "--refresh")

    def told() -> dict[str, tuple[object, object]]:
        jobs = json.loads(program.run("list", "--json").stdout)["jobs"]
        return {j["job_id"]: (j["acknowledged"], j["attention"]) for j in jobs}

    assert told() == {one: (False, True), two: (None, False)}
    assert "acknowledged 1 job" in program.run("ack", "--all").stderr
    assert told() == {one: (True, False), two: (None, False)}
    assert "acknowledged 0 jobs" in program.run("ack", one).stderr
    assert program.run("ack").returncode == 2
    assert program.run("ack", "--all", one).returncode == 2
    assert program.run("ack", job_id(77)).returncode == 2


def test_a_pipe_gets_colour_only_where_that_is_asked_for(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: failed()}
    program.run("add", JOB)
    program.run("list", "--refresh")
    plain = program.run("list", "--columns", "state,label").stdout
    assert "\x1b" not in plain
    for words, environ in ((["--color", "always"], {}), ([], {"FORCE_COLOR": "1"})):
        shown = program.run("list", "--columns", "state,label", *words, **environ)
        assert "\x1b[1;31mFAIL " in shown.stdout
        assert re.sub(r"\x1b\[[0-9;]*m", "", shown.stdout) == plain


def test_a_word_behind_two_dashes_is_said_as_it_was_written(program: Program) -> None:
    done = program.run("list", "--", "-x")
    assert (done.returncode, done.stderr.partition(";")[0]) == (
        2,
        "ims-tui: unrecognized arguments: -x",
    )
