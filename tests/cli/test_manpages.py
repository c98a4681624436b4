"""The manual pages say what `--help` says, and groff finds nothing wrong with them."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from ims_tui.cli.manpage import pages
from ims_tui.cli.parser import COMMANDS
from tests.cli.program import Program

PAGES = dict(pages())


def test_each_command_has_its_page() -> None:
    wanted = {f"ims-tui-{name}.1" if name else "ims-tui.1" for name in COMMANDS}
    assert PAGES.keys() == wanted


@pytest.mark.parametrize("command", ["wait", "list", "config"])
def test_a_page_has_every_option(program: Program, command: str) -> None:
    shown = program.run(command, "--help").stdout
    page = PAGES[f"ims-tui-{command}.1"].replace("\\-", "-")
    options = set(re.findall(r"--[a-z][a-z-]+", shown))
    assert options <= set(re.findall(r"--[a-z][a-z-]+", page))


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
@pytest.mark.parametrize("name", PAGES)
def test_groff_finds_nothing_wrong(name: str) -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z"],
        input=PAGES[name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
