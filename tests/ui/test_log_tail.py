"""The end of the log, as its page shows it."""

from __future__ import annotations

import os
from pathlib import Path

from ims_tui.ui.commands.pages import TAIL_BYTES, tail


def test_the_last_whole_lines_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "ims-tui.log"
    path.write_text("first\n" + "x" * TAIL_BYTES + "\nlast\n")
    assert tail(path) == (["last"], "")


def test_a_named_pipe_in_its_place_is_said_and_keeps_nobody_waiting(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ims-tui.log"
    os.mkfifo(path)
    assert tail(path) == ([], "It cannot be read (it is not a regular file).")
