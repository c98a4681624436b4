"""What a command without a screen loads, in a real process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import ROOT, Program
from tests.cli.service import Service, job_id, running, succeeded

SPY = """
import sys
from ims_tui.cli.main import main
code = main(sys.argv[1:])
sys.stderr.write("\\nLOADED " + " ".join(sys.modules))
sys.exit(code)
"""


BARE = subprocess.run(
    [sys.executable, "-c", "import sys; print(*sys.modules)"],
    capture_output=True,
    text=True,
    check=True,
).stdout.split()
"""What Python loads for itself."""


def loaded_by(program: Program, *words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", SPY, *words],
        capture_output=True,
        text=True,
        env=program.environ,
        cwd=ROOT,
        check=True,
    )
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["status"],
        ["completion", "bash"],
        ["completion", "--words", "jobs"],
        ["list", "--json"],
        ["add", job_id(2)],
        ["explain", "IMG.0057"],
    ],
)
def test_without_a_request_there_is_no_http_and_no_screen(
    program: Program, words: list[str]
) -> None:
    program.run("add", job_id(1))
    assert not loaded_by(program, *words) & {"httpx", "textual", "rich"}


HEAVY = {"csv", "difflib", "email", "filelock", "logging", "platformdirs"} | {
    *("asyncio", "random", "shutil", "socket", "statistics", "tempfile", "threading"),
    *("tomli_w", "traceback"),
}
"""What costs a prompt milliseconds and shows it nothing."""


@pytest.mark.parametrize(
    ("words", "most"), [(["--version"], 55), (["status"], 230), (["list"], 230)]
)
def test_a_prompt_loads_what_it_shows(
    program: Program, service: Service, words: list[str], most: int
) -> None:
    service.jobs = {job_id(1): succeeded(), job_id(2): running()}
    program.run("add", job_id(1), job_id(2))
    program.run("list", "--refresh")
    loaded = loaded_by(program, *words)
    assert not loaded & HEAVY
    assert len(loaded) <= most + len(BARE)


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--refresh"],
        ["get", job_id(1)],
        ["wait", job_id(1)],
        ["watch", "--exit-when-done"],
    ],
)
def test_with_requests_there_is_still_no_screen(
    program: Program, service: Service, words: list[str]
) -> None:
    service.jobs = {job_id(1): succeeded()}
    program.run("add", job_id(1))
    loaded = loaded_by(program, *words)
    assert "httpx" in loaded
    assert not loaded & {"textual", "rich"}


LATE = {
    "hashlib",
    "httpx",
    "json",
    "sqlite3",
    "ims_tui.adapters.ims",
    "ims_tui.adapters.statedb",
    "ims_tui.core.notices.template",
    "ims_tui.core.service.payload",
    "ims_tui.core.show.detail",
    "ims_tui.core.show.pages",
    "ims_tui.core.signin.refusal",
    "ims_tui.engine.runtime",
    "ims_tui.ui.dialogs.base",
}
"""What the first frame comes before: some 20 ms of it were loaded for a small name."""


def loaded_with(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


def test_the_first_frame_comes_before_what_it_does_not_show() -> None:
    ours = loaded_with("ims_tui.cli.screen", "ims_tui.cli.parser", "ims_tui.ui.app")
    assert "ims_tui.ui.dashboard" in ours
    assert not (ours - loaded_with("textual.app", "textual.widgets")) & LATE


def run_code(code: str, *path: str) -> str:
    code = "import sys; from ims_tui.ui.textual_app import load_textual\n" + code
    environ = {"PYTHONPATH": ":".join((*path, str(ROOT)))}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environ,
        check=True,
    ).stdout


def test_the_first_frame_comes_before_the_command_palette_of_textual() -> None:
    code = "load_textual(); import ims_tui.ui.app; print(*sys.modules)"
    loaded = set(run_code(code).split())
    assert "textual.app" in loaded
    assert not loaded & {"textual.command", "textual.widgets._input"}


def test_the_command_palette_of_textual_can_be_had_later() -> None:
    code = "load_textual(); from textual.command import Hit, CommandPalette as it"
    assert run_code(f"{code}; print(it.is_open, Hit.prompt)")


USING = {
    "called": "from textual.command import at\nassert at(lambda: 1) == 1",
    "looked into": "from textual.command import at\nassert at.name == 'at'",
}


@pytest.mark.parametrize("use", USING)
def test_a_textual_that_uses_its_palette_at_once_gets_it(
    tmp_path: Path, use: str
) -> None:
    package = tmp_path / "textual"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "app.py").write_text(USING[use])
    command = "def at(function): return function()\nat.name = 'at'"
    (package / "command.py").write_text(command)
    code = "load_textual(); import textual.app; print(textual.app.at.name)"
    assert run_code(code, str(tmp_path)) == "at\n"


def test_the_manual_pages_load_only_what_the_build_has() -> None:
    """A wheel is built where nothing else is installed yet."""
    code = (
        "import sys\n"
        "for name in ('h11', 'httpx', 'textual', 'rich', 'filelock', 'tomli_w'):\n"
        "    sys.modules[name] = None\n"
        "from ims_tui.cli.manpage import pages\n"
        "print(len(list(pages())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
