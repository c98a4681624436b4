"""`history` and `events`: what was, from the list and the archive."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.archive_row import archived
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import Watch, kept_result
from tests.cli.program import Program
from tests.cli.service import Service, failed, job_id, running

OLD, ONE, TWO = job_id(1), job_id(2), job_id(3)


def keep_in_archive(program: Program, days: float) -> None:
    """An archived job that ended so many days ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    watch = Watch(
        OLD, label="old", result=kept_result(JobStatus.SUCCESS, "", None, at, at)
    )
    with closing(StateDb(program.home / "state" / "ims-tui" / "state.db")) as db:
        db.archive([archived(Entry(watch), at)])


def test_history_is_what_ended_on_the_list_and_in_the_archive(
    program: Program, service: Service
) -> None:
    end = datetime.now(UTC).isoformat()
    service.jobs = {ONE: failed() | {"end_time": end}, TWO: running()}
    program.run("add", ONE, "--label", "bad")
    program.run("add", TWO, "--label", "going")
    program.run("list", "--refresh")
    keep_in_archive(program, days=3)
    asked = len(service.asked)
    assert program.run("history", "--ids").stdout.split() == [ONE, OLD]
    assert program.run("history", "--since", "2d", "--ids").stdout.split() == [ONE]
    assert program.run("history", "--state", "ok", "--ids").stdout.split() == [OLD]
    document = json.loads(program.run("history", "--json").stdout)
    assert [job["label"] for job in document["jobs"]] == ["bad", "old"]
    assert len(service.asked) == asked


def test_a_job_that_was_never_asked_about_has_no_event(program: Program) -> None:
    program.run("add", job_id(1))
    done = program.run("events")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_events_are_told_in_their_order(program: Program, service: Service) -> None:
    service.jobs = {ONE: running(0.25)}
    program.run("add", ONE, "--label", "mine", "--tag", "x")
    program.run("list", "--refresh")
    service.jobs = {ONE: failed()}
    program.run("list", "--refresh")
    keep_in_archive(program, days=3)
    lines = program.run("events", "--since", "1h").stdout.splitlines()
    assert [line.split()[1:4] for line in lines] == [
        [ONE, "RUNNING", "25%"],
        [ONE, "FAIL", "38%"],
    ]
    assert "IMG.0057" in lines[1]
    all_of = program.run("events", "--since", "7d", "--jsonl").stdout.splitlines()
    events = [json.loads(line) for line in all_of]
    assert [(e["label"], e["from"], e["to"]) for e in events] == [
        ("old", None, "SUCCESS"),
        ("mine", None, "RUNNING"),
        ("mine", "RUNNING", "FAIL"),
    ]
    assert program.run("events", "--tag", "y").stdout == ""


def test_utc_is_utc(program: Program, service: Service) -> None:
    program.environ["TZ"] = "Asia/Shanghai"
    service.jobs = {ONE: failed() | {"end_time": "2026-01-02T20:00:00Z"}}
    program.run("add", ONE)
    program.run("list", "--refresh")
    for words, shown in (
        (["--utc"], "2026-01-02 20:00:00"),
        ([], "2026-01-03 04:00:00"),
        (["--plain"], "2026-01-02T20:00:00.000Z"),
    ):
        assert shown in program.run("list", "--columns", "ended", *words).stdout


def test_plain_lines_end_with_the_id(program: Program, service: Service) -> None:
    program.run("add", ONE)
    assert program.run("list", "--plain").stdout.rstrip("\n").split("\t")[-1] == ONE


def test_options_that_mean_nothing_together_are_refused(program: Program) -> None:
    for words in (
        ["list", "--json", "--columns", "id"],
        ["history", "--csv", "--columns", "id"],
        ["list", "--guard-formulas"],
    ):
        done = program.run(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert words[-2 if "id" in words else -1] in done.stderr
