"""In a real terminal: files that cannot be read or written, and what is said then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import COMMAND, QUICK, Program
from tests.cli.service import Service, job_id, running
from tests.pty_screen import PtyScreen

BROKEN = '[[jobs]]\nid = "\n'
ONE, TWO = job_id(1), job_id(2)


@pytest.fixture
def service() -> Service:
    return Service()


def program_in(home: Path, service: Service) -> Program:
    service.jobs = {ONE: running(0.24), TWO: running(0.42)}
    program = Program(home, service.url)
    program.configure(f'{QUICK}[ui]\nconfirm_quit = "never"\n')
    return program


@pytest.mark.slow
def test_an_unreadable_list_is_shown_from_its_copy_and_losses_are_said(
    tmp_path: Path, service: Service
) -> None:
    with service:
        program = program_in(tmp_path, service)
        program.run("add", ONE, "--label", "first")
        program.run("add", TWO, "--label", "second")
        good = program.watchlist.read_text()
        program.watchlist.write_text(BROKEN)
        with PtyScreen(COMMAND, environ=program.environ) as screen:
            shown = screen.wait_for(lambda text: "first" in text and "24%" in text)
            assert "watchlist.toml line 2: " in shown.splitlines()[1]
            assert "It is not overwritten" in shown
            assert "Rows are from the copy of 20" in " ".join(shown.split())
            screen.send("m")
            screen.wait_for("Changed here only. Not saved: watchlist.toml line 2")
            screen.send("q")
            assert screen.end() == 7
            said = screen.received.rpartition(b"\x1b[?1049l")[2].decode()
            assert said.count("\n") == 1
            assert f"changes are not saved: {program.watchlist} line 2" in said
        assert program.watchlist.read_text() == BROKEN
        with PtyScreen(COMMAND, environ=program.environ) as screen:
            screen.wait_for("24%")
            screen.send("m")
            screen.wait_for("Changed here only")
            program.watchlist.write_text(good)
            screen.wait_for("the list is saved again")
            # Beside the toast of a moment ago nothing tells of the trouble any longer.
            shown = screen.wait_for(lambda text: "second" in text)
            assert "line 2" not in shown.splitlines()[1]
            screen.send("q")
            assert screen.end() == 0
        assert "muted = true" in program.watchlist.read_text()


@pytest.mark.slow
def test_without_a_state_directory_it_runs_and_says_so(
    tmp_path: Path, service: Service
) -> None:
    with service:
        program = program_in(tmp_path, service)
        (tmp_path / "state").write_text("a file where the folder should be")
        program.run("add", ONE, "--label", "first")
        done = program.run("get", ONE)
        assert done.returncode == 0
        assert "There is no log" in done.stderr
        with PtyScreen(COMMAND, columns=120, environ=program.environ) as screen:
            shown = screen.wait_for(
                lambda text: "24%" in text and "There is no log" in text
            )
            assert "Not saved: state.db: " in shown
            screen.send("q")
            assert screen.end() == 0
