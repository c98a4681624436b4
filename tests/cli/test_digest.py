"""`ims-tui digest` in a real process."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.cli.program import QUICK, Program, until
from tests.cli.service import Service, failed, job_id, running

ONE, TWO = job_id(1), job_id(2)


def test_from_stored_values_only(program: Program, service: Service) -> None:
    end = datetime.now(UTC).isoformat()
    service.jobs = {ONE: failed() | {"end_time": end}, TWO: running()}
    program.run("add", ONE, "--label", "bad")
    program.run("add", TWO, "--label", "going")
    program.run("list", "--refresh")
    asked = len(service.asked)
    done = program.run("digest", "--since", "1h")
    assert done.returncode == 0, done.stderr
    assert "1 failed, 0 ok, 1 still running" in done.stdout
    assert "  IMG.0057  image file format is not supported" in done.stdout
    assert "  Try: " in done.stdout
    document = json.loads(program.run("digest", "--json").stdout)
    assert [job["label"] for job in document["running"]] == ["going"]
    assert len(service.asked) == asked


def test_only_the_named_profile(program: Program) -> None:
    program.configure(
        """\
default_profile = "one"
[profiles.one]
region = "eu-de"
[profiles.other]
region = "eu-nl"
"""
    )
    program.run("add", ONE, "--label", "mine")
    program.run("add", TWO, "--label", "theirs", "-p", "other")
    document = json.loads(program.run("digest", "--json", "-p", "other").stdout)
    assert [job["label"] for job in document["no_reply"]] == ["theirs"]
    assert document["running"] == []


def test_an_outage_that_watch_saw(program: Program, service: Service) -> None:
    program.configure(QUICK)
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    service.instead = 502, {}
    process = program.start("watch")
    said = process.stderr
    assert said is not None
    until(lambda: "no usable answer" in said.readline(), "the outage")
    service.instead = None
    until(lambda: "reachable again" in said.readline(), "its end")
    process.terminate()
    process.communicate(timeout=20)
    assert "\n## Outages\n\n- default: offline " in program.run("digest").stdout
    (outage,) = json.loads(program.run("digest", "--json").stdout)["outages"]
    assert (outage["profile"], outage["over"]) == ("default", True)
    assert outage["since"] <= outage["until"]
    assert outage["cause"]
    events = map(json.loads, program.run("events", "--jsonl").stdout.splitlines())
    told = [e["event"] for e in events if "job_id" not in e]
    assert told == ["offline", "back"]
    assert "default: reachable again " in program.run("events").stdout
    for words in (["--tag", "x"], ["-p", "other"]):
        assert program.run("events", *words).stdout == ""


def test_a_span_without_a_meaning(program: Program) -> None:
    done = program.run("digest", "--since", "soon")
    assert (done.returncode, done.stdout) == (2, "")
