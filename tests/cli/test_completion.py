"""Completion scripts, run by the shells they are for."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.cli.program import Program
from tests.cli.service import job_id

HOSTILE = "we$(touch oops) `touch oops`"


@pytest.fixture
def listed(program: Program) -> Program:
    program.run("add", job_id(1), "--label", "golden")
    program.run("add", job_id(2), "--label", HOSTILE)
    return program


def bash(program: Program, *words: str) -> list[str]:
    """What bash offers for the last word."""
    script = program.run("completion", "bash").stdout
    given = program.run("completion", "--words").stdout
    (program.home / "words").write_text(given)
    test = (
        f"{script}\nims-tui() {{ cat words; }}\n"
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ims_tui\n'
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", test, "bash", "ims-tui", *words],
        capture_output=True,
        text=True,
        cwd=program.home,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_offers_commands_options_values_labels_and_ids(listed: Program) -> None:
    assert bash(listed, "wa") == ["wait", "watch"]
    assert bash(listed, "wait", "--unt") == ["--until"]
    assert bash(listed, "wait", "--until", "") == ["success", "done"]
    assert bash(listed, "wait", "gol") == ["golden"]
    assert bash(listed, "wait", "0000") == [job_id(1), job_id(2)]
    assert {"show", "schema"} <= {*bash(listed, "config", "")}
    assert bash(listed, "config", "schema", "") == ["config", "watchlist"]
    assert bash(listed, "completion", "f") == ["fish"]
    assert bash(listed, "list", "--wat") == ["--watchlist"]


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_a_label_is_never_run(listed: Program) -> None:
    (offered,) = bash(listed, "wait", "we")
    assert offered == r"we\$\(touch\ oops\)\ \`touch\ oops\`"
    assert not (listed.home / "oops").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_can_read_its_script(program: Program, shell: str) -> None:
    script = program.run("completion", shell)
    assert script.returncode == 0
    assert "fail-fast" in script.stdout
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [path, "-n"], input=script.stdout, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
