"""Served by `textual serve`: another driver draws, and no terminal is needed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.pty_screen import PATIENCE_S


def test_a_driver_from_outside_draws_the_dashboard(tmp_path: Path) -> None:
    served = {
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
        "COLUMNS": "100",
        "ROWS": "30",
        "HOME": str(tmp_path),
    }
    environ = {n: v for n, v in os.environ.items() if not n.startswith("XDG_")}
    with subprocess.Popen(
        [sys.executable, "-m", "ims_tui", "demo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ | served,
    ) as program:
        assert program.stdout is not None
        drawn, until_s = b"", time.monotonic() + PATIENCE_S
        while b"rocky9" not in drawn and time.monotonic() < until_s:
            if select.select([program.stdout], [], [], 1.0)[0]:
                drawn += os.read(program.stdout.fileno(), 65_536)
        program.terminate()
        program.communicate(timeout=PATIENCE_S)
    assert drawn.startswith(b"__GANGLION__\n")
    assert b"rocky9" in drawn
    assert program.returncode in (0, 143)  # its driver hears the signal, too
