"""The power goes at any system call of a save: the list is the old or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import WatchFileError
from ims_tui.core.watchlist.watch import Watch
from tests.adapters.platter import Disk, Platter

OLD = [Watch(f"{1:032x}", "prod", note="old")]
NEW = [Watch(f"{1:032x}", "prod", note="new"), Watch(f"{2:032x}", "prod")]
CALLS = 6
"""Write, sync, keep the old one (link, rename), rename, sync the folder."""


@pytest.mark.parametrize("keeps_names", [False, True])
@pytest.mark.parametrize("calls", range(CALLS + 1))
def test_a_save_that_is_cut_short_leaves_a_whole_list(
    tmp_path: Path, calls: int, keeps_names: bool
) -> None:
    path, platter = tmp_path / "watchlist.toml", Platter()
    WatchFile(path, steps=Disk(platter).steps).save(OLD)
    disk = Disk(platter)
    file = WatchFile(path, steps=disk.steps)
    file.load()
    disk.calls_left = calls
    try:
        file.save(NEW)
        is_confirmed = True
    except WatchFileError:
        is_confirmed = False
    assert is_confirmed is (calls == CALLS)
    platter.cut(path, tmp_path / "watchlist.toml.bak", keeps_names=keeps_names)
    found = [*WatchFile(path).load().watches]
    assert found == NEW if is_confirmed else found in (OLD, NEW)


def test_a_cut_loses_what_was_not_synced(tmp_path: Path) -> None:
    path, platter = tmp_path / "file", Platter()
    steps = Disk(platter).steps
    with path.open("wb") as file:
        steps.write(file.fileno(), memoryview(b"not synced"))
    platter.cut(path, keeps_names=True)
    assert path.read_bytes() == b""
    path.write_bytes(b"before")
    (tmp_path / "new").write_bytes(b"after")
    steps.replace(str(tmp_path / "new"), str(path))
    platter.cut(path, keeps_names=False)
    assert path.read_bytes() == b"before"
