"""The state file as a guest sees it: never made, and never held."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ims_tui.adapters.savedlist import SavedList
from ims_tui.adapters.statedb import StateDb
from ims_tui.core.errors import StateError
from tests.adapters.stored import KEY, NOW, stored


def guest(folder: Path) -> SavedList:
    return SavedList(folder / "list.toml", folder / "state.db", folder / "pollers")


def test_a_file_that_is_not_there_is_empty_and_is_not_made(tmp_path: Path) -> None:
    saved = guest(tmp_path / "none")
    assert saved.replies([KEY]) == []
    assert saved.past() == []
    assert saved.outages() == []
    assert saved.told(NOW) == []
    assert saved.archived_since(NOW - timedelta(days=1)) == []
    assert saved.acknowledge([KEY]) == 0
    saved.save((), [KEY])
    assert not saved.is_polling()
    assert not list(tmp_path.iterdir())


def test_what_another_copy_puts_in_the_place_of_the_file_is_read(
    tmp_path: Path,
) -> None:
    saved, path = guest(tmp_path), tmp_path / "state.db"
    for has_reply in (True, False, True):
        path.unlink(missing_ok=True)
        db = StateDb(path)
        db.save([stored()] if has_reply else [], [])
        db.close()
        assert bool(saved.replies([KEY])) is has_reply


def test_a_file_that_cannot_be_opened_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StateError, match="not a file"):
        guest(tmp_path).replies([KEY])
