"""What a command loads, seen in `sys.modules` of a real process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SPY = """
import sys
from ims_tui.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
loaded = {name.partition('.')[0] for name in sys.modules}
print('LOADED', *sorted(loaded & {'textual', 'httpx', 'rich', 'yaml', 'asyncio'}))
"""


def loaded_by(*arguments: str, home: Path) -> set[str]:
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", SPY, *arguments],
        cwd=Path(__file__).parent.parent,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "LOADED", done.stdout
    return set(last[1:])


@pytest.mark.parametrize("command", ["--version", "--help", "config path"])
def test_small_commands_load_neither_textual_nor_httpx(
    command: str, tmp_path: Path
) -> None:
    assert not loaded_by(*command.split(), home=tmp_path) & {"textual", "httpx", "yaml"}
