"""The log file: what stands in its place keeps its mode, and is never rotated."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ims_tui.adapters.logfile import LogFile


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("ims_tui", logging.INFO, "", 0, text, None, None)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_each_file_of_a_rotation_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ims-tui.log"
    log = LogFile(path, 100, 3)
    for number in range(20):
        log.emit(record(f"line {number} " + "x" * 40))
    log.close()
    files = sorted(path.parent.iterdir())
    assert len(files) == 3
    assert [mode(file) for file in files] == [0o600] * 3
    assert "line 19" in path.read_text()


def test_the_mode_of_a_file_that_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "shared.log"
    path.write_text("before\n")
    path.chmod(0o664)
    log = LogFile(path, 10_000, 3)
    log.emit(record("after"))
    log.close()
    assert (path.read_text(), mode(path)) == ("before\nafter\n", 0o664)


@pytest.mark.parametrize("is_link", [False, True])
def test_a_device_keeps_its_mode(tmp_path: Path, is_link: bool) -> None:
    device = Path("/dev/null")
    before, path = mode(device), device
    if is_link:
        path = tmp_path / "link"
        path.symlink_to(device)
        with pytest.raises(OSError, match=r"symbolic links"):
            LogFile(path, 10, 3)
    else:
        log = LogFile(path, 10, 3)
        for _ in range(5):
            log.emit(record("x" * 40))
        log.close()
    assert mode(device) == before
    assert stat.S_ISCHR(device.stat().st_mode)


def test_a_pipe_that_nobody_reads_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"No such device"):
        LogFile(tmp_path / "pipe", 10, 3)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_pipe_is_written_and_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    log = LogFile(path, 10, 3)
    for _ in range(3):
        log.emit(record("a longer line than fits"))
    log.close()
    assert os.read(reader, 4096).count(b"fits\n") == 3
    os.close(reader)
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_once_there_is_room_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = LogFile(Path("/dev/full"), 100, 3)
    for _ in range(4):
        log.emit(record("lost"))
    path = tmp_path / "log"
    log.setStream(path.open("w"))
    log.emit(record("kept"))
    log.close()
    first, last = path.read_text().splitlines()
    assert first.endswith("lines before this one could not be written")
    assert (int(first.split()[0]), last) == (4, "kept")
    assert capfd.readouterr() == ("", "")
