"""The program in real processes, with a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ims_tui.cli.signals import ENDING
from tests.cli.service import TOKEN

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "ims_tui"]
PATIENCE_S = 30.0


def hear_signals() -> None:
    """Heed in a child what a shell in the background, or nohup, has it ignore."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


class Program:
    """Runs `ims-tui`; every process of a test shares its files."""

    def __init__(self, home: Path, endpoint: str = "") -> None:
        self.home = home
        self.environ = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
        }
        if endpoint:
            self.environ |= {"IMS_TUI_ENDPOINT": endpoint, "IMS_TUI_TOKEN": TOKEN}
        self.watchlist = home / "data" / "ims-tui" / "watchlist.toml"

    def run(
        self, *words: str, given: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        return subprocess.run(
            [*COMMAND, *words],
            input=given,
            capture_output=True,
            text=True,
            env=self.environ | environ,
            cwd=self.home,
            timeout=PATIENCE_S,
            check=False,
        )

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start, with pipes to and from it."""
        pipes: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "preexec_fn": hear_signals,
        }
        return subprocess.Popen(
            [*COMMAND, *words],
            env=self.environ,
            cwd=self.home,
            **(pipes | options),
        )

    def configure(self, text: str) -> None:
        """Write config.toml."""
        path = self.home / "config" / "ims-tui" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)


QUICK = """\
[poll]
min_interval = "1s"
max_interval = "2s"
budget = "2000/5m"
give_up_unknown_after = "1s"
"""
"""As often as the settings allow."""


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)
