"""News at the terminal of the dashboard: each notice in a pty, and through tmux."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, QUICK, Program
from tests.cli.service import Service, failed, job_id, running, succeeded
from tests.pty_screen import PtyScreen

ONE = job_id(1)
AWAY, HERE = "\x1b[O", "\x1b[I"
TITLE = b"ims-tui: golden FAIL"
OSC9 = b"\x1b]9;" + TITLE + b"  golden"
OSC99 = b"\x1b]99;i=ims-tui:d=0;" + TITLE + b"\x1b\\"
OSC777 = b"\x1b]777;notify;" + TITLE + b";golden"
VTE = {"VTE_VERSION": "7600"}


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as found:
        found.jobs = {ONE: running()}
        yield found


def listed(home: Path, service: Service, notify: str = "") -> Program:
    """A list with one job, whose profile is asked often."""
    program = Program(home, service.url)
    program.configure(QUICK + notify)
    program.run("add", ONE, "--label", "golden")
    return program


@contextmanager
def dashboard(program: Program, environ: dict[str, str]) -> Iterator[PtyScreen]:
    with PtyScreen(COMMAND, environ=program.environ | environ) as screen:
        screen.wait_for(lambda text: "golden" in text and "RUN" in text)
        yield screen
        screen.send("qq")
        assert screen.end() == 0


@pytest.mark.parametrize(
    ("environ", "sequence"),
    [
        ({"TERM_PROGRAM": "WezTerm"}, OSC9),
        ({"KITTY_WINDOW_ID": "1"}, OSC99),
        (VTE, OSC777),
    ],
)
def test_without_a_config_a_failure_leaves_the_app_while_nobody_looks(
    tmp_path: Path, service: Service, environ: dict[str, str], sequence: bytes
) -> None:
    with dashboard(listed(tmp_path, service), environ) as screen:
        screen.send(AWAY)
        service.jobs[ONE] = failed()
        screen.wait_for(lambda _: sequence in screen.received)
        assert b"\x07" in screen.received.partition(sequence)[2]


def test_it_rings_once_for_each_message(tmp_path: Path, service: Service) -> None:
    with dashboard(listed(tmp_path, service), VTE) as screen:
        screen.send(AWAY)
        before = bells(screen)
        service.jobs[ONE] = failed()
        screen.wait_for(lambda _: OSC777 in screen.received)
        screen.wait_for(lambda text: "FAIL" in text and "golden failed" in text)
    assert bells(screen) == before + 1


def bells(screen: PtyScreen) -> int:
    """How often it rang; titles and the like may end in one that is not heard."""
    heard = re.sub(rb"\x1b\][^\x07\x1b]*(\x07|\x1b\\)", b"", screen.received)
    return heard.count(b"\x07")


def test_who_looks_at_the_screen_is_told_by_the_screen(
    tmp_path: Path, service: Service
) -> None:
    with dashboard(listed(tmp_path, service), VTE) as screen:
        screen.send(AWAY + HERE)
        service.jobs[ONE] = failed()
        screen.wait_for("FAIL")
    assert TITLE not in screen.received


def test_a_job_with_a_mark_is_told_without_a_config(
    tmp_path: Path, service: Service
) -> None:
    with dashboard(listed(tmp_path, service), VTE) as screen:
        screen.send("%")
        screen.wait_for("at 90%")
        screen.send(" \x1b")
        screen.wait_for(lambda text: "at 90%" not in text)
        screen.send(AWAY)
        service.jobs[ONE] = running(0.93)
        near = b"]777;notify;ims-tui: golden RUNNING;golden is at 90% or more"
        screen.wait_for(lambda _: near in screen.received)
        service.jobs[ONE] = succeeded()
        done = b"]777;notify;ims-tui: golden SUCCESS;golden"
        screen.wait_for(lambda _: done in screen.received)


def test_a_bell_alone(tmp_path: Path, service: Service) -> None:
    bell = '[notify.channels.desk]\nkind = "bell"\n'
    program = listed(tmp_path, service, bell)
    with dashboard(program, VTE) as screen:
        screen.send(AWAY)
        before = screen.received.count(b"\x07")
        service.jobs[ONE] = failed()
        screen.wait_for(lambda _: screen.received.count(b"\x07") > before)
        screen.wait_for("FAIL")
    assert b"]777;" not in screen.received
    done = program.run("notify", "test", "desk")
    assert done.returncode == 2
    assert "desk needs a terminal, and standard error is none" in done.stderr


@contextmanager
def in_tmux(program: Program, options: str) -> Iterator[PtyScreen]:
    """The dashboard in the one window of a tmux of its own, and its client."""
    settings, socket = program.home / "tmux.conf", str(program.home / "tmux")
    settings.write_text(options)
    tmux = ["tmux", "-S", socket, "-f", str(settings)]
    try:
        with PtyScreen([*tmux, "new", *COMMAND], environ=program.environ | VTE) as it:
            it.wait_for(lambda text: "golden" in text and "RUN" in text)
            yield it
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, env=os.environ)


@pytest.mark.parametrize("has_focus", [True, False])
@pytest.mark.parametrize("passes_on", [True, False])
def test_through_tmux(
    tmp_path: Path, service: Service, has_focus: bool, passes_on: bool
) -> None:
    program = listed(tmp_path, service, '[notify]\naway_after = "1s"\n')
    words = {True: "on", False: "off"}
    options = (
        f"set -g focus-events {words[has_focus]}\n"
        f"set -g allow-passthrough {words[passes_on]}\n"
    )
    with in_tmux(program, options) as screen:
        if has_focus:
            screen.send(AWAY)
        before = screen.received.count(b"\x07")
        screen.read(1.2)  # after this nobody looks where nothing tells the focus
        service.jobs[ONE] = failed()
        screen.wait_for("FAIL")
        screen.wait_for(lambda _: screen.received.count(b"\x07") > before)
        if passes_on:
            screen.wait_for(lambda _: OSC777 in screen.received)
        screen.send("qq")
        assert screen.end() == 0  # by then all is written
        assert (TITLE in screen.received) == passes_on


CLEARED = b"\x1b]9;4;0;0\x1b\\"
FAULTY = """
import sys
from ims_tui.cli.main import main
from ims_tui.ui.app import ImsTui
def faulty(app):
    raise RuntimeError("a fault")
ImsTui.on_app_blur = faulty
sys.exit(main([]))
"""


@pytest.mark.parametrize(
    ("program", "keys", "code"),
    [(COMMAND, "qq", 0), ([sys.executable, "-c", FAULTY], AWAY, 1)],
)
def test_the_taskbar_shows_progress_until_the_end_or_a_failure(
    tmp_path: Path, service: Service, program: list[str], keys: str, code: int
) -> None:
    world = listed(tmp_path, service, "[ui]\ntaskbar = true\n")
    service.jobs[ONE] = running(0.4)
    with PtyScreen(program, environ=world.environ) as screen:
        screen.wait_for(lambda _: b"\x1b]9;4;1;40\x1b\\" in screen.received)
        service.jobs[ONE] = running(0.5)
        screen.wait_for(lambda _: b"\x1b]9;4;1;50\x1b\\" in screen.received)
        assert CLEARED not in screen.received
        screen.send(keys)
        assert screen.end() == code
        assert screen.received.count(CLEARED) == 1


def test_no_taskbar_unless_it_is_asked_for(tmp_path: Path, service: Service) -> None:
    with dashboard(listed(tmp_path, service), {"WT_SESSION": "1"}) as screen:
        service.jobs[ONE] = failed()
        screen.wait_for("FAIL")
    assert b"]9;4" not in screen.received
