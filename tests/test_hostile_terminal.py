"""Terminals at their worst: stopped, slow, suspended, resized, flooded, old."""

from __future__ import annotations

import fcntl
import os
import random
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cli.service import TOKEN, Service, job_id, running
from tests.pty_screen import PATIENCE_S, PtyScreen
from tests.test_terminal import DEMO, RESTORED, environ

PROGRAM = [sys.executable, "-m", "ims_tui"]
ENTERED = b"\x1b[?1049h"
"""Enters the alternate screen."""
REPAINT, POLL_ALL = b"\x0c", b"\x12"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")
"""Any colour: 16, 256 or more."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[PtyScreen]:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        screen.wait_for("rocky9-base")
        yield screen


def stop_reading(seconds: float) -> None:
    """Leave the terminal alone: this is what is tested."""
    time.sleep(seconds)


def test_polling_goes_on_behind_a_terminal_that_does_not_read(tmp_path: Path) -> None:
    with Service() as service:
        service.jobs = {job_id(n): running(0.24) for n in range(8)}
        away = {
            **environ(tmp_path),
            "IMS_TUI_ENDPOINT": service.url,
            "IMS_TUI_TOKEN": TOKEN,
        }
        with PtyScreen([*PROGRAM, *service.jobs], environ=away) as screen:
            screen.wait_for("24%")
            os.write(screen.master, REPAINT * 40)  # and nobody takes what comes
            stop_reading(2)
            asked = len(service.asked)
            for job in service.jobs.values():
                job["entities"]["process_percent"] = 0.62
            os.write(screen.master, POLL_ALL)
            until = time.monotonic() + PATIENCE_S
            while len(service.asked) < asked + 8 and time.monotonic() < until:
                stop_reading(0.1)
            assert len(service.asked) >= asked + 8
            screen.wait_for("62%")
            screen.send("qq")
            assert screen.end() == 0


def test_a_terminal_far_behind_is_given_back(demo: PtyScreen) -> None:
    demo.read(0.3)
    size = struct.pack("HHHH", 65_535, 65_535, 0, 0)
    fcntl.ioctl(demo.master, termios.TIOCSWINSZ, size)
    stop_reading(1.5)  # a frame of the largest size that is painted waits
    demo.process.send_signal(signal.SIGTERM)
    received = b""
    while select.select([demo.master], [], [], PATIENCE_S)[0]:
        try:
            received += os.read(demo.master, 65_536)
        except OSError:  # closed
            break
    assert demo.process.wait(PATIENCE_S) == 143
    assert received.count(RESTORED) == 1


def test_a_slow_line_is_never_behind(demo: PtyScreen) -> None:
    until = time.monotonic() + 4
    while time.monotonic() < until:  # 9,600 baud
        os.read(demo.master, 96)
        time.sleep(0.1)
    late = demo.read(0.3)
    assert late < 60_000, "more than the pipe and a frame were waiting"
    demo.wait_for("rocky9-base")


@pytest.mark.parametrize(("opened", "shown"), [("", "rocky9-base"), ("a", "Add jobs")])
def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(
    demo: PtyScreen, opened: str, shown: str
) -> None:
    process = psutil.Process(demo.process.pid)
    taken = demo.local_modes
    demo.send(opened)
    demo.wait_for(shown)
    demo.send("\x1a")
    until = time.monotonic() + PATIENCE_S
    while process.status() != psutil.STATUS_STOPPED and time.monotonic() < until:
        demo.read()
    assert process.status() == psutil.STATUS_STOPPED
    demo.read(0.3)
    assert demo.received.endswith(RESTORED + b"\x1b[?25h\x1b[?1004l")
    assert demo.local_modes != taken
    before = len(demo.received)
    process.send_signal(signal.SIGCONT)
    demo.wait_for(shown)
    assert ENTERED in demo.received[before:]
    assert demo.local_modes == taken
    if opened:
        demo.send("\x1b")
        demo.wait_for(lambda text: shown not in text)
    demo.send("qq")
    assert demo.end() == 0


def test_bg_and_fg_after_ctrl_z_take_the_terminal_again(tmp_path: Path) -> None:
    shell = ["bash", "--norc", "--noprofile", "-i"]
    said = {**environ(tmp_path), "PS1": "ready> "}
    with PtyScreen(shell, environ=said) as screen:
        screen.wait_for("ready>")
        screen.send(f"{' '.join(DEMO)}\n")
        screen.wait_for("rocky9-base")
        taken = screen.local_modes
        screen.send("\x1a")
        screen.wait_for("Stopped")
        screen.send("bg\n")
        screen.read(0.5)
        screen.send("\n")  # the shell tells now that the job stopped again
        screen.wait_for(lambda text: text.count("Stopped") == 2)
        before = len(screen.received)
        screen.send("fg\n")
        screen.wait_for(lambda text: "rocky9-base" in text and "Quit" in text)
        assert ENTERED in screen.received[before:]
        assert screen.local_modes == taken
        screen.send("qq")
        screen.wait_for("ready>")


@pytest.mark.parametrize("noise", ["\x1b[97;1:3u", "\x1b[1114112;1u", "\x1b[:A"])
def test_after_keys_that_nobody_knows_the_next_ones_count(
    demo: PtyScreen, noise: str
) -> None:
    demo.send(noise)
    demo.read(0.3)
    demo.send("?")
    demo.wait_for("esc Close")
    demo.send("\x1b")
    demo.wait_for(lambda text: "esc Close" not in text)
    demo.send("qq")
    assert demo.end() == 0


def test_a_stop_and_cont_from_elsewhere_leave_the_way_back_as_it_was(
    tmp_path: Path,
) -> None:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        first = screen.local_modes
        screen.wait_for("rocky9-base")
        for number in (signal.SIGSTOP, signal.SIGCONT):
            screen.process.send_signal(number)
            screen.read(0.3)
        screen.wait_for("rocky9-base")
        screen.send("qq")
        assert screen.end() == 0
        assert screen.local_modes == first


def test_a_terminal_that_a_shell_changed_meanwhile_is_taken_anew(
    demo: PtyScreen,
) -> None:
    demo.process.send_signal(signal.SIGSTOP)
    modes = termios.tcgetattr(demo.master)
    modes[3] |= termios.ICANON | termios.ECHO | termios.ISIG
    termios.tcsetattr(demo.master, termios.TCSANOW, modes)
    demo.read(0.2)
    demo.wipe()
    demo.process.send_signal(signal.SIGCONT)
    demo.wait_for("q Quit")
    assert "LABEL" in demo.text
    assert not demo.local_modes & (termios.ICANON | termios.ECHO | termios.ISIG)
    demo.send("?")
    demo.wait_for("esc Close")


def test_a_size_that_is_that_of_before_ends_in_a_full_paint(demo: PtyScreen) -> None:
    demo.read(0.3)
    demo.wipe()  # smaller for a moment, a terminal cuts what it shows
    demo.process.send_signal(signal.SIGWINCH)
    assert "LABEL" in demo.wait_for("q Quit")


def test_a_storm_of_sizes_ends_in_a_whole_screen(demo: PtyScreen) -> None:
    chance = random.Random(7)
    for _ in range(60):
        demo.resize(chance.randint(20, 200), chance.randint(4, 60))
        demo.read(0.02)
    demo.resize(100, 30)
    shown = demo.wait_for(
        lambda text: "rocky9-base" in text and "Quit" in text.splitlines()[-1]
    )
    assert "ims-tui" in shown.splitlines()[0]
    demo.send("qq")
    assert demo.end() == 0


def test_ten_thousand_pasted_ids_are_offered_and_none_is_run(demo: PtyScreen) -> None:
    jobs = "\n".join(f"9a175ac7{number:024x}" for number in range(10_000))
    demo.send(f"\x1b[200~{jobs}\n\x1b[201~")
    demo.wait_for(lambda text: "10,000 ids" in text or "10000 ids" in text)
    demo.send("\x1b")
    demo.wait_for(lambda text: "rocky9-base" in text and "000 ids" not in text)
    demo.send("qq")
    assert demo.end() == 0


@pytest.mark.parametrize(
    "term", ["xterm-256color", "screen-256color", "tmux-256color", "linux", "vt100"]
)
def test_every_kind_of_terminal_can_read_what_is_shown(
    tmp_path: Path, term: str
) -> None:
    with PtyScreen(DEMO, environ={**environ(tmp_path), "TERM": term}) as screen:
        screen.wait_for(lambda text: "rocky9-base" in text and "RUN" in text)
        hidden = [cell for cell in screen.cells if cell.fg == cell.bg != "default"]
        assert not hidden
        if not term.endswith("256color"):
            assert b"\x1b[38;" not in screen.received
            assert b";38;" not in screen.received
        screen.send("qq")
        assert screen.end() == 0
        assert screen.received.rpartition(RESTORED)[1]


@pytest.mark.parametrize(
    "plain", [{"NO_COLOR": "1"}, {"TERM": "vt100"}], ids=["NO_COLOR", "vt100"]
)
def test_without_colour_there_is_none_at_all(
    tmp_path: Path, plain: dict[str, str]
) -> None:
    with PtyScreen(DEMO, environ={**environ(tmp_path), **plain}) as screen:
        screen.wait_for(lambda text: "rocky9-base" in text and "RUN" in text)
        screen.send("a")
        screen.wait_for("Add jobs")
        screen.send("\x1b")
        screen.wait_for(lambda text: "Add jobs" not in text)
        screen.send("qq")
        screen.end()
    assert not COLOUR.search(screen.received)


def test_usr1_asks_about_all_jobs_now(tmp_path: Path) -> None:
    with Service() as service:
        service.jobs = {job_id(n): running(0.24) for n in range(3)}
        asked_of = {"IMS_TUI_ENDPOINT": service.url, "IMS_TUI_TOKEN": TOKEN}
        with PtyScreen(
            [*PROGRAM, *service.jobs], environ={**environ(tmp_path), **asked_of}
        ) as screen:
            screen.wait_for("24%")
            for job in service.jobs.values():
                job["entities"]["process_percent"] = 0.62
            screen.process.send_signal(signal.SIGUSR1)
            screen.wait_for(lambda text: text.count("62%") >= 3)
            screen.send("qq")
            assert screen.end() == 0


UNWATCHED = """
import asyncio, sys
from ims_tui.cli.main import main

class Loop(asyncio.SelectorEventLoop):
    def add_reader(self, *of):
        raise NotImplementedError("as on a system that cannot watch a terminal")

class Policy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        return Loop()

asyncio.set_event_loop_policy(Policy())
sys.exit(main(["demo"]))
"""


def test_where_the_loop_cannot_watch_the_terminal_a_thread_does(tmp_path: Path) -> None:
    command = [sys.executable, "-c", UNWATCHED]
    with PtyScreen(command, environ=environ(tmp_path)) as screen:
        screen.wait_for("rocky9-base")
        screen.send("a")
        screen.wait_for("Add jobs")
        screen.send("\x1b")
        screen.wait_for(lambda text: "Add jobs" not in text)
        screen.send("qq")
        assert screen.end() == 0
        assert RESTORED in screen.received


@pytest.mark.parametrize(
    ("early", "stays"), [("\x1b[O", True), ("\x1b[O\x1b[Ij", True), ("q", False)]
)
def test_what_comes_before_the_first_frame_breaks_nothing(
    tmp_path: Path, early: str, stays: bool
) -> None:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        while ENTERED not in screen.received:
            os.write(screen.master, early.encode())
            screen.read(0.02)
        if stays:
            screen.wait_for("rocky9-base")
            screen.send("qq")
        assert screen.end() == 0
        assert b"Error" not in screen.received
        assert b"Traceback" not in screen.received


@pytest.mark.parametrize("tries", range(4))
def test_a_signal_before_the_first_frame_ends_quietly(
    tmp_path: Path, tries: int
) -> None:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        while ENTERED not in screen.received:
            screen.read(0.02)
        screen.process.send_signal(signal.SIGTERM)
        assert screen.end() == 143
        assert b"Traceback" not in screen.received


CRASHING = """
import sys
from ims_tui.cli.main import main
from ims_tui.ui.dashboard import Dashboard

def fail(self, event):
    raise RuntimeError("a fault of ours")

Dashboard.on_paste = fail
sys.exit(main(["demo"]))
"""


def test_a_fault_of_ours_ends_with_1_and_a_restored_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CRASHING]
    with PtyScreen(command, environ=environ(tmp_path)) as screen:
        screen.wait_for("rocky9-base")
        screen.send("\x1b[200~some text\x1b[201~")
        assert screen.end() == 1
        assert RESTORED in screen.received


def test_ctrl_c_twice_at_once_ends_quietly(tmp_path: Path) -> None:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        while ENTERED not in screen.received:
            screen.read(0.02)
        os.write(screen.master, b"\x03\x03")
        assert screen.end() == 130
        assert b"Traceback" not in screen.received
