"""Locks that say who else runs: two holders in one process, or in two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ims_tui.adapters.pollers import in_company, is_polled, polling
from ims_tui.core.errors import UnseenError

HOLDER = """
import sys
from pathlib import Path
from ims_tui.adapters.pollers import in_company
with in_company(Path(sys.argv[1])) as has_others:
    print(has_others(), flush=True)
    sys.stdin.read()
"""


def test_company_comes_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "list.open"
    with in_company(path) as mine:
        assert not mine()
        with in_company(path) as theirs:
            for _ in range(3):
                assert mine()
                assert theirs(), "asking does not end being there"
        assert not mine()


def test_a_process_that_is_killed_is_no_company(tmp_path: Path) -> None:
    path = tmp_path / "list.open"
    with in_company(path) as has_others:
        other = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert has_others()
        other.kill()
        other.communicate()
        assert not has_others()


def test_without_a_place_for_the_file_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    unwritable = pytest.raises(UnseenError, match=r"list\.open cannot be written")
    with in_company(tmp_path / "file" / "list.open") as has_others, unwritable:
        has_others()


def test_pollers_are_seen_by_others(tmp_path: Path) -> None:
    path = tmp_path / "pollers"
    assert not is_polled(path)
    with polling(path):
        assert is_polled(path)
        assert is_polled(path)
    assert not is_polled(path)
