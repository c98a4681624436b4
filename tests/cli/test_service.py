"""`watch` as a service: what systemd is told, how it ends, what hooks may do."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.program import PATIENCE_S, QUICK, ROOT, Program, until
from tests.cli.service import Service, failed, job_id, running

ONE, TWO = job_id(1), job_id(2)
ANALYZE = shutil.which("systemd-analyze")


@pytest.fixture
def notified(program: Program) -> Iterator[socket.socket]:
    """The socket of a service manager that runs the program."""
    path = program.home / "notify"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(str(path))
        listening.settimeout(20.0)
        program.environ |= {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "20000000"}
        yield listening


def heard_until(listening: socket.socket, begin: str) -> list[str]:
    """Messages up to one that begins so."""
    heard: list[str] = []
    end = time.monotonic() + PATIENCE_S
    while not (heard and heard[-1].startswith(begin)):
        assert time.monotonic() < end, f"never {begin}: {heard}"
        heard.append(listening.recv(4096).decode())
    return heard


def test_the_service_manager_is_told_each_state(
    program: Program, service: Service, notified: socket.socket
) -> None:
    service.jobs = {ONE: running()}
    program.configure(QUICK)
    program.run("add", ONE)
    process = program.start("watch")
    assert "WATCHDOG=1" in heard_until(notified, "READY=1")
    heard_until(notified, "STATUS=1 run")
    process.send_signal(signal.SIGHUP)
    heard_until(notified, "RELOADING=1\nMONOTONIC_USEC=")
    heard_until(notified, "READY=1")
    service.jobs[ONE] = failed()
    heard_until(notified, "STATUS=1 FAIL")
    process.terminate()
    heard_until(notified, "STOPPING=1")
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_lines_for_the_journal_begin_with_their_priority(
    program: Program, service: Service
) -> None:
    service.jobs = {ONE: running(), TWO: failed()}
    program.run("add", ONE, TWO)
    path = program.home / "journal"
    with path.open("w", encoding="utf-8") as journal:
        found = os.fstat(journal.fileno())
        program.environ["JOURNAL_STREAM"] = f"{found.st_dev}:{found.st_ino}"
        process = program.start("watch", stdout=journal, stderr=journal)
        until(lambda: "FAIL" in path.read_text() and "RUN" in path.read_text(), "both")
        process.terminate()
        process.communicate(timeout=10)
        wrong = program.start("watch", "--nonsense", stdout=journal, stderr=journal)
        wrong.communicate(timeout=10)
    lines = path.read_text().splitlines()
    assert [line[:3] for line in lines if f"{ONE} RUNNING" in line] == ["<6>"]
    assert [line[:3] for line in lines if f"{TWO} FAIL" in line] == ["<3>"]
    assert lines[-1].startswith("<3>ims-tui: --nonsense is not an option")


STUBBORN = """\
trap '' TERM INT HUP
printenv > "$HOOK_OUT.$$"
sleep 600 &
wait
"""


def hooked(program: Program, script: str, more: str = "") -> Path:
    """Let `watch` run a script on news; returns where it may write."""
    hook = program.home / "hook.sh"
    hook.write_text(script, encoding="utf-8")
    argv = json.dumps(["sh", str(hook)])
    program.configure(
        f'{QUICK}[notify]\nmin_duration = "0s"\nwhen = "always"\n'
        f'[notify.command]\nargv = {argv}\ntimeout = "5m"\n{more}'
    )
    out = program.home / "hook"
    program.environ["HOOK_OUT"] = str(out)
    return out


def ran(out: Path) -> list[Path]:
    """What each run of the hook wrote."""
    return [p for p in out.parent.glob("hook.[0-9]*") if p.read_text()]


def test_it_stops_within_five_seconds_whatever_hooks_do(
    program: Program, service: Service
) -> None:
    jobs = [job_id(n) for n in range(1, 9)]
    service.jobs = {job: failed() for job in jobs}
    out = hooked(program, STUBBORN)
    program.run("add", *jobs)
    process = program.start("watch", "-q")
    until(lambda: len(ran(out)) == 4, "as many hooks as may run at once")
    begun = time.monotonic()
    process.terminate()
    process.communicate(timeout=20)
    assert time.monotonic() - begun < 5.0
    assert process.returncode == 0
    assert len(ran(out)) == 4, "none is started any more"
    groups = [int(path.suffix[1:]) for path in ran(out)]
    until(lambda: not any(is_there(group) for group in groups), "their whole groups")


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("more", ["", "credentials = true\n"])
def test_a_hook_gets_credentials_only_where_a_setting_says_so(
    program: Program, service: Service, more: str
) -> None:
    service.jobs = {ONE: failed()}
    out = hooked(program, 'printenv > "$HOOK_OUT.$$"; echo bad luck >&2; exit 3', more)
    program.environ |= {"OS_PASSWORD": "secret", "EDITOR": "vi"}
    program.run("add", ONE)
    done = program.run("watch", "--exit-when-done")
    (environ,) = (path.read_text() for path in ran(out))
    assert "EDITOR=vi" in environ
    assert f"IMS_TUI_JOB_ID={ONE}" in environ
    for name in ("IMS_TUI_TOKEN=", "OS_PASSWORD="):
        assert (name in environ) == bool(more)
    assert "notify.command: sh ended with 3: bad luck" in done.stderr


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["ims-tui.service", "ims-tui@.service"])
def test_systemd_finds_nothing_wrong_with_a_unit(program: Program, name: str) -> None:
    assert ANALYZE
    unit = program.home / name.replace("@", "@eu")
    unit.write_text(printed(program, name), encoding="utf-8")
    for words in (
        ["verify", "--man=no"],
        ["security", "--offline=true", "--threshold=20", "--no-pager"],
    ):
        done = subprocess.run(
            [ANALYZE, *words, str(unit)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr


def printed(program: Program, name: str) -> str:
    """A file of the package, with the program of this environment in its place."""
    folder = program.home / "bin"
    folder.mkdir(exist_ok=True)
    command = folder / "ims-tui"
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    done = program.run(
        "service", "print", name, PATH=f"{folder}:{program.environ['PATH']}"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_is_listed_and_can_be_printed(program: Program) -> None:
    names = [
        line.split()[0] for line in program.run("service", "print").stdout.splitlines()
    ]
    assert set(names) == {path.name for path in (ROOT / "ims_tui" / "deploy").iterdir()}
    for name in names:
        assert name in printed(program, name) or name == "dashboard.json"


def test_install_puts_a_unit_once_and_keeps_one_that_was_changed(
    program: Program,
) -> None:
    printed(program, "Containerfile")
    path = f"{program.home}/bin:{program.environ['PATH']}"
    unit = program.home / "config" / "systemd" / "user" / "ims-tui.service"
    first = program.run("service", "install", "--user", PATH=path)
    assert first.returncode == 0, first.stderr
    assert f"wrote {unit}" in first.stderr
    assert "systemctl --user enable --now ims-tui" in first.stderr
    assert "ExecStart=" in unit.read_text()
    assert program.run("service", "install", "--user", PATH=path).returncode == 0
    unit.write_text("mine", encoding="utf-8")
    kept = program.run("service", "install", "--user", PATH=path)
    assert kept.returncode == 7
    assert unit.read_text() == "mine"


def test_a_token_comes_from_the_credentials_of_a_unit(
    program: Program, service: Service
) -> None:
    folder = program.home / "credentials"
    folder.mkdir()
    (folder / "token").write_text(program.environ.pop("IMS_TUI_TOKEN") + "\n")
    (folder / "token").chmod(0o400)
    service.jobs = {ONE: running()}
    by_variable = {"IMS_TUI_TOKEN_FILE": str(folder / "token")}
    by_path = {
        "CREDENTIALS_DIRECTORY": str(folder),
        "IMS_TUI_TOKEN_FILE": "$CREDENTIALS_DIRECTORY/token",
    }
    for environ in (by_variable, by_path):
        done = program.run("get", ONE, "--json", **environ)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["status"] == "RUNNING"
