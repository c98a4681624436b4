"""Keys that arrive badly, in a real terminal: cut, pasted, twice at once, floods."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.service import TOKEN, Service, job_id, running
from tests.pty_screen import PATIENCE_S, PtyScreen
from tests.test_terminal import DEMO, environ

PASTE = '{"job_id": "ff8080814dbd65d7014dbe0d84db0013"}'


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[PtyScreen]:
    with PtyScreen(DEMO, environ=environ(tmp_path)) as screen:
        screen.wait_for("rocky9-base")
        yield screen


def lives(screen: PtyScreen) -> None:
    """It still hears, and leaves when told."""
    screen.send("?")
    screen.wait_for("esc Close")
    screen.send("\x1b")
    screen.wait_for(lambda text: "esc Close" not in text)
    screen.send("qq")
    assert screen.end() == 0


@pytest.mark.parametrize("keys", ["\r\r", "\x1b[<0;40;9M\x1b[<0;40;9m" * 2, "qq"])
@pytest.mark.parametrize("opens", ["s", "T", "Y", "\x10"])
def test_a_menu_answers_once(demo: PtyScreen, opens: str, keys: str) -> None:
    demo.send(opens)
    demo.wait_for("esc Close")
    demo.send(keys)
    demo.read(0.5)
    demo.send("\x1b")  # some choices open a dialog of their own
    demo.read(0.8)
    assert demo.process.poll() is None, demo.text
    demo.send("\x11")
    assert demo.end() == 0


@pytest.mark.parametrize("paste", [f"\x1b[200~{PASTE}\x1b[201~", PASTE + "\r"])
def test_a_paste_and_a_key_behind_it_remove_nothing(tmp_path: Path, paste: str) -> None:
    with Service() as service:
        service.jobs = {job_id(1): running(0.24)}
        said = {
            **environ(tmp_path),
            "TERM": "screen",
            "IMS_TUI_ENDPOINT": service.url,
            "IMS_TUI_TOKEN": TOKEN,
        }
        program = [sys.executable, "-m", "ims_tui", *service.jobs]
        with PtyScreen(program, environ=said) as screen:
            screen.wait_for("24%")
            screen.send(f"{paste}d")
            screen.wait_for("1 id")
            screen.send("\x1b")
            shown = screen.wait_for(lambda text: "1 id" not in text)
            assert "24%" in shown
            screen.send("\x11")
            assert screen.end() == 0


@pytest.mark.parametrize(
    ("first", "rest"), [("\x1b", "[A"), ("\x1b[", "A"), ("\x1bO", "A")]
)
def test_a_cursor_key_in_two_parts_archives_nothing(
    demo: PtyScreen, first: str, rest: str
) -> None:
    demo.send(first)
    demo.read(0.2)  # what the line takes
    time.sleep(0.1)
    demo.send(rest)
    demo.read(0.5)
    demo.send("?")
    demo.wait_for("esc Close")
    demo.send("\x1b")
    shown = demo.wait_for(lambda text: "esc Close" not in text)
    assert "rchived" not in shown


def test_a_paste_and_ctrl_q_leave(demo: PtyScreen) -> None:
    demo.send(f"\x1b[200~{PASTE}\x1b[201~\x11")
    assert demo.end() == 0


def test_ctrl_c_leads_out_of_a_paste_without_end(demo: PtyScreen) -> None:
    demo.send("\x1b[200~hello ")
    demo.send("\x03")
    demo.wait_for("ctrl+c once more")
    demo.send("\x03")
    assert demo.end() == 130


def test_a_paste_without_end_is_offered(demo: PtyScreen) -> None:
    demo.send(f"\x1b[200~{PASTE}")
    demo.wait_for("1 id")


def test_carriage_returns_in_a_paste_are_lines(demo: PtyScreen) -> None:
    jobs = "\r".join(f"9a175ac7{number:024x}" for number in range(3000))
    demo.send(f"\x1b[200~{jobs}\x1b[201~")
    demo.wait_for("Pasted 3000 lines")


def test_the_size_is_asked_of_the_terminal(tmp_path: Path) -> None:
    said = {**environ(tmp_path), "COLUMNS": "40", "LINES": "10"}
    with PtyScreen(DEMO, columns=100, rows=26, environ=said) as screen:
        shown = screen.wait_for("rocky9-base")
        assert max(map(len, shown.splitlines())) > 60
        assert screen.wait_for("Quit").splitlines()[25].strip()


def test_full_width_keys_are_heard(demo: PtyScreen) -> None:
    demo.send("\uff1f")
    demo.wait_for("esc Close")


FLOODS = {
    "sizes": "\x1b[48;99999;99999;9;9t" * 2000,
    "clipboard": f"\x1b]52;c;{'QUJD' * 20_000}\x07",
    "focus": "\x1b[O\x1b[I" * 2000,
    "pointer": "\x1b[<35;40;9M\x1b[<35;41;9M" * 2000,
    "wheel": "\x1b[<35;40;9M\x1b[<65;41;9M" * 4000,
    "arrows": "\x1b[B" * 15_000,
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_answers_of_a_terminal_hold_nothing_up(demo: PtyScreen, flood: str) -> None:
    demo.send(flood)
    lives(demo)


@pytest.mark.parametrize(
    "flood", [*FLOODS.values(), "jk" * 2000], ids=[*FLOODS, "keys"]
)
def test_a_signal_is_served_while_input_floods(demo: PtyScreen, flood: str) -> None:
    demo.send(flood)
    demo.process.send_signal(signal.SIGTERM)
    data, until = flood.encode(), time.monotonic() + PATIENCE_S
    while demo.process.poll() is None and time.monotonic() < until:
        readable, writable, _ = select.select([demo.master], [demo.master], [], 0.05)
        if readable:
            demo.read(0.01)
        if writable and demo.process.poll() is None:
            os.write(demo.master, data[:1024])
    assert demo.process.poll() == 143
