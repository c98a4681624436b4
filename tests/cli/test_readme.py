"""The README's shell session, run exactly as it is printed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from tests.cli.program import ROOT, Program


def block(mark: str) -> str:
    """A fenced block of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{mark}\n(.*?)^```", text, re.S | re.M)
    assert found, f"README.md has no block ```{mark}"
    return found[1]


@pytest.mark.skipif(not shutil.which("curl"), reason="the session uses curl")
def test_the_session_does_what_the_readme_says(program: Program) -> None:
    command = program.home / "bin" / "ims-tui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ims_tui "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}:{program.environ['PATH']}"
    (program.home / "config" / "ims-tui" / "config.toml").unlink()
    for name in ("IMS_TUI_ENDPOINT", "IMS_TUI_TOKEN"):
        del program.environ[name]
    done = subprocess.run(
        ["sh"],
        input=block("sh session"),
        capture_output=True,
        text=True,
        env=program.environ | {"PATH": path},
        cwd=program.home,
        timeout=60,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"[0-9a-f]{32}", lines[0]), done.stderr
    assert lines[-2].endswith(f"{lines[0]} SUCCESS 100% (rocky9)")
    assert lines[-1] == "the image is ready"
    assert "added 1 job" in done.stderr


def test_the_channels_of_the_readme_are_in_order(program: Program) -> None:
    program.configure(block("toml notify"))
    names = ("IMS_FEISHU_URL", "IMS_FEISHU_SECRET", "IMS_NTFY_URL")
    done = program.run("config", "check", **dict.fromkeys(names, "https://ntfy.sh/x"))
    assert done.returncode == 0, done.stdout
