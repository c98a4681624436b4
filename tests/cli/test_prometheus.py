"""Metrics as a real Prometheus sees them, and the README's rule and query on them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import ROOT, Program, until
from tests.cli.service import Service, failed, job_id, running, succeeded

pytest.importorskip("prometheus_client")
PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
needs_prometheus = pytest.mark.skipif(
    not (PROMETHEUS and PROMTOOL),
    reason="prometheus and promtool are not installed (apt-get install prometheus)",
)

ONE, TWO, THREE = job_id(1), job_id(2), job_id(3)


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as response:
        text: str = response.read().decode()
    return text


@contextmanager
def watching(program: Program, *words: str) -> Iterator[tuple[str, Any]]:
    """A running `watch` with metrics; gives their address and the process."""
    port = () if "--metrics-port" in words else ("--metrics-port", "0")
    process = program.start("watch", *port, *words)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        yield found[0], process
    finally:
        process.terminate()
        process.communicate(timeout=10)


def readme(language: str, mark: str) -> str:
    """A fenced block of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"^```{language} {mark}\n(.*?)^```", text, re.S | re.M)
    assert block, f"README.md has no block ```{language} {mark}"
    return block[1]


def test_metrics_say_what_the_list_says(program: Program, service: Service) -> None:
    service.jobs = {ONE: running(0.25), TWO: running(0.5), THREE: failed()}
    program.run("add", ONE, TWO, THREE)
    with watching(program) as (url, _):
        state = '{profile="default",status="RUNNING"}'
        until(lambda: f"ims_tui_jobs{state} 2.0" in fetch(url), "two running jobs")
        service.jobs[TWO] = succeeded()
        ended = 'ims_tui_jobs_ended_total{profile="default",status="SUCCESS"} 1.0'
        until(lambda: ended in fetch(url), "a job that ended")
        text = fetch(url)
    series = f'job_id="{ONE}",job_type="imsImportImageJob",profile="default"'
    for line in (
        'ims_tui_jobs{profile="default",status="FAIL"} 1.0',
        'ims_tui_profile_link{profile="default",service="ims",status="live"} 1.0',
    ):
        assert line in text
    ratio = re.search(r"ims_tui_job_progress_ratio\{([^}]*)\} 0.25", text)
    assert ratio
    assert sorted(ratio[1].split(",")) == series.split(",")
    assert 'ims_tui_poll_duration_seconds_bucket{le="+Inf"' in text
    assert re.search(r'ims_tui_polls_total\{profile="default",status="ok"\} \d', text)


def test_the_textfile_is_whole_and_a_bad_place_is_said(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: succeeded()}
    program.run("add", ONE)
    path = program.home / "ims.prom"
    done = program.run("watch", "--exit-when-done", "--textfile", str(path))
    assert done.returncode == 0
    assert 'ims_tui_jobs{profile="default",status="SUCCESS"} 1.0' in path.read_text()
    odd = program.run("watch", "--exit-when-done", "--textfile", f"{path}\x1b")
    assert odd.returncode == 2
    assert "\\x1b' cannot be shown; take another name" in odd.stderr
    assert not list(program.home.glob("*\x1b*"))
    wrong = program.run("watch", "--exit-when-done", "--textfile", "/nowhere/x.prom")
    assert wrong.returncode == 7
    assert "/nowhere/x.prom cannot be written" in wrong.stderr


def test_a_textfile_takes_the_place_of_nothing_but_a_file(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: succeeded()}
    program.run("add", ONE)
    pipe, link = program.home / "pipe", program.home / "link.prom"
    os.mkfifo(pipe)
    done = program.run("watch", "--exit-when-done", "--textfile", str(pipe))
    assert (done.returncode, pipe.is_fifo()) == (7, True)
    assert f"{pipe} cannot be written: it is not a regular file" in done.stderr
    link.symlink_to("real.prom")
    done = program.run("watch", "--exit-when-done", "--textfile", str(link))
    assert (done.returncode, link.is_symlink()) == (0, True)
    assert "ims_tui_jobs" in (program.home / "real.prom").read_text()


def test_a_taken_port_is_said(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = program.run("watch", "--metrics-port", port)
    assert done.returncode == 7
    assert f"port {port} of 127.0.0.1 cannot be had" in done.stderr


def test_a_missing_extra_is_a_hint(program: Program, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "prometheus_client"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError", encoding="utf-8")
    done = program.run(
        "watch", "--metrics-port", "0", PYTHONPATH=f"{hidden.parent}:{ROOT}"
    )
    assert done.returncode == 2
    assert "pip install 'ims-tui[metrics]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@needs_prometheus
def test_promtool_finds_nothing_to_improve(program: Program, service: Service) -> None:
    service.jobs = {ONE: running(), TWO: failed()}
    program.run("add", ONE, TWO)
    with watching(program) as (url, _):
        until(lambda: "poll_duration_seconds_bucket" in fetch(url), "a poll")
        text = fetch(url)
    promtool("check", "metrics", given=text)


def promtool(*words: str, given: str = "") -> None:
    assert PROMTOOL
    done = subprocess.run(
        [PROMTOOL, *words], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr


FIRING = 'ALERTS{alertname="ImageJobFailed",alertstate="firing"}'
ENDED = 'ims_tui_jobs_ended_total{status="FAIL"}'


def firing(api: str) -> set[tuple[str, str]]:
    """Label and id of each job that the alert names."""
    found = (result["metric"] for result in query(api, FIRING))
    return {(each["label"], each["job_id"]) for each in found}


@needs_prometheus
def test_the_readme_rule_fires_over_two_restarts_and_its_query_draws(
    program: Program, service: Service
) -> None:
    # TWO has failed before anybody looked; THREE fails while nothing runs.
    service.jobs = {ONE: running(0.25), TWO: failed(), THREE: running(0.5)}
    for job, label in ((ONE, "one"), (TWO, "two"), (THREE, "three")):
        program.run("add", job, "--label", label)
    rules = program.home / "ims-tui.rules.yml"
    rules.write_text(readme("yaml", "alert"), encoding="utf-8")
    promtool("check", "rules", str(rules))
    with socket.create_server(("127.0.0.1", 0)) as free:
        target = f"127.0.0.1:{free.getsockname()[1]}"
    scrape = readme("yaml", "scrape").replace("localhost:9847", target)
    config = program.home / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files: [{rules}]\n{scrape}",
        encoding="utf-8",
    )
    promtool("check", "config", str(config))
    with prometheus(config, program.home / "tsdb") as api:
        with watching(program, "--metrics-port", target):
            drawn = readme("promql", "panel").strip()
            until(lambda: len(query(api, drawn)) >= 2, "drawn jobs")
            until(lambda: firing(api) == {("two", TWO)}, "the alert")
        service.jobs[THREE] = failed()
        both = {("two", TWO), ("three", THREE)}
        for _ in range(2):
            with watching(program, "--metrics-port", target):
                until(lambda: firing(api) == both, "both alerts")
                until(lambda: values(api, ENDED) == {"2"}, "both counted, once")
        assert values(api, f"resets({ENDED}[10m])") == {"0"}


def values(api: str, expression: str) -> set[str]:
    return {result["value"][1] for result in query(api, expression)}


@needs_prometheus
def test_the_rules_of_the_package_hold_and_begin_as_the_readme_says() -> None:
    path = ROOT / "ims_tui" / "deploy" / "ims-tui.rules.yml"
    promtool("check", "rules", str(path))
    assert readme("yaml", "alert") in path.read_text(encoding="utf-8")


@needs_prometheus
def test_the_dashboard_draws_metrics_that_there_are(
    program: Program, service: Service
) -> None:
    path = ROOT / "ims_tui" / "deploy" / "dashboard.json"
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    drawn = [target["expr"] for panel in panels for target in panel["targets"]]
    service.jobs = {ONE: running(), TWO: failed()}
    program.run("add", ONE, TWO)
    with watching(program) as (url, _):
        until(lambda: "poll_duration_seconds_bucket" in fetch(url), "a poll")
        text = fetch(url)
    for expression in drawn:
        for name in re.findall(r"ims_tui_[a-z_]+", expression):
            assert f"# TYPE {name.removesuffix('_bucket')} " in text, name
    rules = "".join(
        f"  - record: a:{number}\n    expr: {json.dumps(plain(expression))}\n"
        for number, expression in enumerate(drawn)
    )
    written = program.home / "drawn.yml"
    written.write_text(f"groups:\n- name: a\n  rules:\n{rules}", encoding="utf-8")
    promtool("check", "rules", str(written))


def plain(expression: str) -> str:
    """An expression of Grafana as Prometheus reads it."""
    return expression.replace("$profile", ".*")


@contextmanager
def prometheus(config: Path, data: Path) -> Iterator[str]:
    """A Prometheus on loopback; gives the address of its API."""
    assert PROMETHEUS
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    process = subprocess.Popen([PROMETHEUS, *words], stderr=subprocess.DEVNULL)
    api = f"http://127.0.0.1:{port}"
    try:
        until(lambda: is_ready(api), "a Prometheus that is ready")
        yield api
    finally:
        process.terminate()
        process.wait(10)


def is_ready(api: str) -> bool:
    try:
        fetch(f"{api}/-/ready")
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def query(api: str, expression: str) -> list[dict[str, Any]]:
    words = urllib.parse.urlencode({"query": expression})
    reply = json.loads(fetch(f"{api}/api/v1/query?{words}"))
    assert reply["status"] == "success", reply
    result: list[dict[str, Any]] = reply["data"]["result"]
    return result
