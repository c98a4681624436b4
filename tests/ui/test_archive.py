"""Facet 6: what the archive shows, and what the keys do in it."""

from __future__ import annotations

import json
from pathlib import Path

from ims_tui.core.state.archive import Archive
from ims_tui.core.watchlist.watch import Watch
from tests.golden_stage import repaint
from tests.scenes import MORNING, OLD
from tests.ui.stage import Stage, stage

LABELS = [sketch.label for sketch in OLD]
LISTED = len(MORNING)


def break_state(it: Stage, problem: str) -> None:
    it.state_file.archive_problem = problem


async def test_the_archive_is_counted_shown_filtered_and_sorted() -> None:
    async with stage(archived=OLD) as it:
        assert "6 Archive 3" in it.text
        await it.press("6")
        assert "[6 Archive 3]" in it.text
        assert "sort: latest end" in it.text
        assert it.labels == LABELS
        await it.press("S")
        assert it.labels == LABELS[::-1]
        await it.press("S", "slash", *"state:fail", "enter")
        assert it.labels == ["oracle-data"]
        assert "filter: state:fail (1 of 3)" in it.text
        await it.press("escape")
        choice = it.dashboard.sight.choice
        it.dashboard.show_choice(choice.sorted_by("label"))
        assert it.labels == ["debian12-base", "oracle-data", "跨区复制-测试"]
        await it.press("1")
        assert len(it.labels) == LISTED


async def test_the_reply_is_read_for_the_job_under_the_cursor() -> None:
    async with stage(archived=OLD) as it:
        await it.press("6", "j", "left_square_bracket")
        await it.settle()
        assert "IMG.0020  Image quota exceeded." in it.text
        assert "HTTP      200" in it.text
        assert it.dashboard.current is not None
        assert it.dashboard.current.exchange is not None


async def test_a_reply_that_cannot_be_read_says_so() -> None:
    async with stage(archived=OLD) as it:
        break_state(it, "state.db: locked")
        await it.press("6", "left_square_bracket")
        await it.settle()
        assert "The stored reply cannot be read: state.db: locked" in it.text


async def test_while_it_is_read_and_where_it_cannot_be_it_says_so() -> None:
    async with stage(archived=OLD) as it:
        await it.press("6")
        it.app.runtime.store.put_archive(Archive(is_reading=True))
        repaint(it.app)
        await it.pilot.pause()
        assert "Reading the archive." in it.text
        assert "[6 Archive ?]" in it.text
        it.app.runtime.store.put_archive(Archive(problem="state.db: locked"))
        repaint(it.app)
        await it.pilot.pause()
        assert "The archive cannot be read: state.db: locked" in it.text


async def test_a_archives_what_has_ended_and_u_takes_it_back() -> None:
    async with stage(archived=OLD) as it:
        await it.press("A")
        await it.settle()
        assert "win2019-golden" not in it.labels
        assert it.told[-1].startswith("Archived win2019-golden.")
        assert "6 Archive 4" in it.text
        await it.press("6")
        assert it.labels == ["win2019-golden", *LABELS]
        await it.press("1", "u")
        await it.settle()
        assert it.told[-1] == "Back on the list: win2019-golden."
        assert len(it.labels) == LISTED
        assert "6 Archive 3" in it.text


async def test_an_active_job_cannot_be_archived() -> None:
    async with stage() as it:
        it.label("sap-data-vol")
        await it.press("A")
        await it.settle()
        assert it.told[-1] == "Only jobs that have ended can be archived."
        await it.press("g", "space", "space", "A")
        await it.settle()
        assert it.told[-1].startswith("Archived win2019-golden.")
        assert it.told[-1].endswith("1 is active and stayed.")


async def test_in_the_archive_a_brings_back() -> None:
    async with stage(archived=OLD) as it:
        await it.press("6", "j", "A")
        await it.settle()
        assert it.told[-1] == "Back on the list: oracle-data."
        assert it.labels == ["debian12-base", "跨区复制-测试"]
        await it.press("1")
        assert "oracle-data" in it.labels
        await it.press("u")
        await it.settle()
        assert it.told[-1] == "Back in the archive: oracle-data."
        assert "oracle-data" not in it.labels


async def test_in_the_archive_d_removes_for_good_and_u_undoes() -> None:
    async with stage(archived=OLD) as it:
        await it.press("6", "space", "space", "d")
        await it.settle()
        assert it.told[-1] == "Removed 2 marked jobs from the archive. u undoes."
        assert it.labels == LABELS[2:]
        assert len(it.state_file.archived_jobs) == 1
        await it.press("u")
        await it.settle()
        assert it.told[-1] == "Back in the archive: debian12-base, oracle-data."
        assert it.labels == LABELS


async def test_what_needs_the_list_says_how() -> None:
    async with stage(archived=OLD) as it:
        await it.press("6")
        for key in ("n", "number_sign", "m"):
            await it.press(key)
            assert it.told[-1] == "Bring it back with A to change it."
            assert not it.has_dialog
        await it.press("r")
        assert it.told[-1] == "It has ended: there is nothing to ask."
        await it.press("right_curly_bracket")
        assert it.told[-1] == "No trouble."


async def test_nothing_moves_where_the_archive_cannot_be_written() -> None:
    async with stage() as it:
        break_state(it, "state.db: disk full")
        await it.press("A")
        await it.settle()
        assert "Nothing moved: state.db: disk full" in it.told
        assert len(it.labels) == LISTED


async def test_an_archived_id_that_is_added_is_brought_back() -> None:
    async with stage(archived=OLD) as it:
        (key, *_) = it.app.runtime.snapshot().archive
        added = await it.app.runtime.add([Watch(key.job_id, key.profile, "new name")])
        await it.settle()
        assert added.added == (key,)
        entry = it.app.runtime.snapshot().entries[key]
        assert (entry.watch.label, entry.watch.tags) == ("new name", ("monthly",))
        assert entry.has_ended
        assert key not in it.app.runtime.snapshot().archive


async def test_the_archive_is_exported_as_it_is_shown(tmp_path: Path) -> None:
    async with stage(archived=OLD) as it:
        await it.press("6", "e")
        path = tmp_path / "archive.json"
        await it.type(str(path))
        await it.press("enter")
        await it.settle()
        jobs = json.loads(path.read_text())["jobs"]
        assert [job["label"] for job in jobs] == LABELS


async def test_marks_and_copying_work_on_archived_jobs() -> None:
    async with stage(archived=OLD) as it:
        await it.press("6", "space", "space", "y")
        await it.settle()
        assert "ids of 2 marked jobs" in it.told[-1]
