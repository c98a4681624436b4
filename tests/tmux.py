"""A program in a real terminal that nobody emulated: tmux, with a server of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
PATIENCE_S = 30.0


class Tmux:
    """Runs a command in a window of a size while the block lasts."""

    def __init__(self, command: Sequence[str], home: Path, size: tuple[int, int]):
        self._socket = str(home / "tmux")
        columns, rows = map(str, size)
        known = {"HOME": str(home), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        given = [f"{name}={value}" for name, value in known.items()]
        words = ["env", "-u", "TMUX", *given, *command]
        self._run("new-session", "-d", "-x", columns, "-y", rows, shlex.join(words))

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-f", os.devnull, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return done.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._run("kill-server")

    def send(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._run("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def shown(self) -> list[str]:
        """The lines of the screen with their colours."""
        return self._run("capture-pane", "-p", "-e").splitlines()

    @property
    def text(self) -> str:
        """The screen without colours."""
        return self._run("capture-pane", "-p")

    def settled(self, seconds: float = 0.3) -> list[str]:
        """The screen once it no longer changes."""
        until_s = time.monotonic() + PATIENCE_S
        before = self.shown
        while time.monotonic() < until_s:
            time.sleep(seconds)
            now = self.shown
            if now == before:
                return now
            before = now
        raise AssertionError("the screen does not come to rest")

    def shown_once(self, is_so: Callable[[Sequence[str]], bool]) -> list[str]:
        """The screen once it is as wanted, or as it is when patience ends."""
        until_s = time.monotonic() + PATIENCE_S
        while not is_so(lines := self.shown) and time.monotonic() < until_s:
            time.sleep(0.05)
        return lines

    def wait_for(self, is_so: Callable[[str], bool]) -> str:
        """Wait until the screen is as wanted; returns it."""
        until_s = time.monotonic() + PATIENCE_S
        while not is_so(text := self.text):
            assert time.monotonic() < until_s, text
            time.sleep(0.05)
        return text
