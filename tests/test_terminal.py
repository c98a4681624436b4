"""What only a real terminal shows: start, leaving, signals, a terminal that is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.pty_screen import PtyScreen

RESTORED = b"\x1b[?1049l"
"""Leaves the alternate screen."""

PROGRAM = [sys.executable, "-m", "ims_tui"]
DEMO = [*PROGRAM, "demo"]


def environ(home: Path) -> dict[str, str]:
    root = str(Path(__file__).parent.parent)
    return {"HOME": str(home), "LANG": "C.UTF-8", "PYTHONPATH": root}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[PtyScreen]:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        screen.wait_for("rocky9-base")
        yield screen


def test_the_demo_moves_and_q_twice_leaves_a_clean_terminal(demo: PtyScreen) -> None:
    demo.wait_for(lambda text: "RUN" in text and "%" in text)
    demo.send("q")
    demo.wait_for("Press q again")
    demo.send("q")
    assert demo.end() == 0
    assert RESTORED in demo.received
    assert b"\x1b[?25h" in demo.received.rpartition(b"\x1b[?25l")[2]  # cursor shown


def test_ctrl_c_twice_leaves(demo: PtyScreen) -> None:
    demo.send("\x03")
    demo.wait_for("ctrl+c")
    demo.send("\x03")
    assert demo.end() == 130
    assert RESTORED in demo.received


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_signals_end_cleanly(demo: PtyScreen, number: int, code: int) -> None:
    demo.process.send_signal(number)
    assert demo.end() == code
    assert RESTORED in demo.received


INTERRUPTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as from a shell
import ims_tui.cli.screen as screen
from ims_tui.cli.main import main
name = sys.argv[1]
before = getattr(screen, name)
def interrupted(*words):
    signal.raise_signal(signal.SIGINT)
    return before(*words)
setattr(screen, name, interrupted)
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("during", ["check_terminal", "all_themes", "stay_responsive"])
@pytest.mark.parametrize("words", [("demo",), ("0" * 32,)])
def test_an_interrupt_before_the_screen_stands_ends_it_as_one(
    tmp_path: Path, during: str, words: tuple[str, ...]
) -> None:
    program = [sys.executable, "-c", INTERRUPTED, during, *words]
    with PtyScreen(program, environ=environ(tmp_path)) as screen:
        assert screen.end() in (130, -signal.SIGINT)
        assert b"Traceback" not in screen.received


def test_it_ends_when_its_terminal_is_gone(demo: PtyScreen) -> None:
    demo.hang_up()
    assert demo.end() == 129


def ignore_hangup() -> None:
    """As nohup does; the terminal does not control the process, as under some ssh."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def test_it_ends_when_its_terminal_is_gone_and_nobody_says_so(tmp_path: Path) -> None:
    with PtyScreen(DEMO, environ=environ(tmp_path), start=ignore_hangup) as screen:
        screen.wait_for("rocky9-base")
        screen.hang_up()
        assert screen.end() == 129


def test_a_terminal_that_stops_reading_does_not_make_it_spin(demo: PtyScreen) -> None:
    process = psutil.Process(demo.process.pid)
    before = process.cpu_times()
    time.sleep(3)  # nothing reads the pty meanwhile: this is what is tested
    after = process.cpu_times()
    assert (after.user + after.system) - (before.user + before.system) < 1.5
    demo.wait_for("demo")
    demo.send("qq")
    assert demo.end() == 0


@pytest.mark.parametrize(
    ("columns", "rows", "wanted"),
    [
        (40, 6, "rocky9-base"),
        (60, 15, "rocky9-base"),
        (200, 5, "needs 40x6, has 200x5"),
        (300, 80, "rocky9-base"),
    ],
)
def test_every_size_shows_something_true(
    tmp_path: Path, columns: int, rows: int, wanted: str
) -> None:
    with PtyScreen(
        DEMO, columns=columns, rows=rows, environ=environ(tmp_path)
    ) as screen:
        shown = screen.wait_for(wanted)
        assert all(len(line) <= columns for line in shown.splitlines())
        screen.send("qq")
        assert screen.end() == 0


def test_paste_is_never_keys(demo: PtyScreen) -> None:
    demo.send("\x1b[200~q q q d d 9a175ac792fa12d20193002100dd2762 q\x1b[201~")
    demo.wait_for("1 id")
    demo.send("\x1b")
    time.sleep(0.2)
    assert demo.process.poll() is None
    demo.wait_for(lambda text: "rocky9-base" in text and "1 id" not in text)


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_without_a_terminal_it_says_what_to_use_instead(
    tmp_path: Path, stream: str
) -> None:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "ims_tui"],
        env={**environ(tmp_path), "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert not done.stdout
    assert done.stderr.count("\n") == 1
    assert "ims-tui list" in done.stderr


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_without_a_screen_gets_one_line(tmp_path: Path, term: str) -> None:
    with PtyScreen(DEMO, environ={**environ(tmp_path), "TERM": term}) as screen:
        assert screen.end() == 2
    assert b"\x1b" not in screen.received
    assert b"or use: ims-tui simulate" in screen.received


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--timeout-request", "abc"], 2),
        (["--theme", "nosuch"], 2),
        (["-p", "nosuch"], 2),
        (["-C", "/proc/nonexistent"], 7),
    ],
)
def test_a_wrong_option_opens_no_screen(
    tmp_path: Path, words: list[str], code: int
) -> None:
    command = [sys.executable, "-m", "ims_tui", *words]
    with PtyScreen(command, environ=environ(tmp_path), columns=200) as screen:
        assert screen.end() == code
    assert b"\x1b" not in screen.received


def with_a_job(home: Path, label: str) -> dict[str, str]:
    """Variables of an operator whose list holds one job."""
    said = {**os.environ, **environ(home), "IMS_TUI_TOKEN": "x"}
    add = [*PROGRAM, "add", "0123456789abcdef" * 2, "--label", label]
    subprocess.run(add, env=said, check=True, capture_output=True)
    return said


@pytest.mark.parametrize("words", [(), ("list",)])
@pytest.mark.parametrize("how", ["option", "variable", "locale"])
def test_ascii_is_all_that_a_terminal_of_ascii_gets(
    tmp_path: Path, words: tuple[str, ...], how: str
) -> None:
    said = with_a_job(tmp_path, "\u8d22\u52a1 n\u0303 \U0001f600")
    command = [*PROGRAM, *words, *(["--ascii"] if how == "option" else [])]
    more = {"locale": {"LC_ALL": "C"}, "variable": {"IMS_TUI_ASCII": "1"}}
    plain = {**said, **more.get(how, {})}
    with PtyScreen(command, environ=plain) as screen:
        screen.wait_for("???? n ??")
        if not words:
            screen.send("a")
            screen.wait_for("Add jobs")
            screen.send("\x1b")
            screen.wait_for(lambda text: "Add jobs" not in text)
            screen.send("qq")
        assert screen.end() == 0
    assert screen.received.isascii()


def test_what_is_typed_ahead_of_the_first_frame_is_not_lost(tmp_path: Path) -> None:
    said = with_a_job(tmp_path, "needle")
    with PtyScreen(PROGRAM, columns=120, environ=said) as screen:
        screen.send("/haystack")
        screen.wait_for("filter: haystack (0 of 1)")
        screen.send("\x1b")
        screen.wait_for("needle")
        screen.send("qq")
        assert screen.end() == 0


def test_a_pipe_gets_every_text_as_it_is(tmp_path: Path) -> None:
    said = {**with_a_job(tmp_path, "\u8d22\u52a1"), "LC_ALL": "C"}
    done = subprocess.run([*PROGRAM, "list"], env=said, check=True, capture_output=True)
    assert "\u8d22\u52a1" in done.stdout.decode()


def test_colour_is_off_where_the_operator_said_so(tmp_path: Path) -> None:
    plain = {**environ(tmp_path), "NO_COLOR": "1"}
    with PtyScreen(DEMO, environ=plain) as screen:
        screen.wait_for("rocky9-base")
        screen.send("qq")
        screen.end()
    assert b"\x1b[38;" not in screen.received
    assert b"\x1b[48;" not in screen.received
