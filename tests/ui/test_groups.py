"""Jobs in groups in the table: heads, folds, and what keys do on a head."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.show.grouping import GroupBy, GroupKey
from ims_tui.ui.job_detail import JobDetail
from tests.scenes import MORNING, OLD
from tests.ui.stage import Stage, stage

FAILED = MORNING[0]
JOBS = (
    FAILED,
    replace(FAILED, label="again"),
    replace(FAILED, label="other", error=("IMG.0020", "Quota."), tags=("sap",)),
    *MORNING[1:4],
)
SIZES = [(80, 24), (170, 44)]


def shown(it: Stage) -> list[str]:
    """The rows, groups by name with how they are folded, jobs by label."""
    table, entries = it.dashboard.table, it.dashboard.sight.shown
    return [
        f"{'+-'[not table.arranged.is_folded(row)]}{table.arranged.title_of(row)}"
        if isinstance(row, GroupKey)
        else entries[row].watch.label
        for row in table.arranged.rows
    ]


def on(it: Stage) -> str:
    """The row under the cursor."""
    table = it.dashboard.table
    assert table.cursor == table.arranged.rows[table.cursor_place]
    return shown(it)[table.cursor_place]


ALL = [
    *("-weekly", "win2019-golden", "again"),
    *("-windows", "win2019-golden", "again"),
    *("-sap", "other"),
    *("-no tag", "sap-data-vol", "rocky9-base", "ubuntu24-gpu"),
]


@pytest.mark.parametrize("size", SIZES)
async def test_a_job_stands_under_each_of_its_tags_and_counts_once(
    size: tuple[int, int],
) -> None:
    async with stage(JOBS, size=size) as it:
        await it.press("B", "t")
        assert shown(it) == ALL
        assert len(it.labels) == 6
        assert "by tag" in it.text.splitlines()[1]
        assert "0 of 3 done  1 stalled  " in it.text
        await it.press("4")
        assert shown(it) == ALL[:8], "groups without a row are gone"
        assert len(it.labels) == 3
        await it.press("1", "B", "n")
        assert (
            shown(it)
            == it.labels
            == [
                *("win2019-golden", "again", "other"),
                *("sap-data-vol", "rocky9-base", "ubuntu24-gpu"),
            ]
        )


async def test_failures_stand_by_cause_and_the_detail_says_what_helps() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "c", "minus")
        assert shown(it) == ["+IMG.0057", "+IMG.0020", "+no failure"]
        assert "IMG.0057 x2" in it.text
        await it.press("g")
        assert "2 jobs failed" in it.dashboard.query_one(JobDetail).text


@pytest.mark.parametrize("size", SIZES)
async def test_enter_and_arrows_fold_as_in_every_tree(size: tuple[int, int]) -> None:
    async with stage(JOBS, size=size) as it:
        await it.press("B", "t", "g")
        assert on(it) == "-weekly"
        await it.press("enter")
        assert on(it) == "+weekly"
        assert shown(it) == [*["+weekly"], *ALL[3:]]
        await it.press("left")
        assert on(it) == "+weekly"
        await it.press("right")
        assert on(it) == "-weekly"
        await it.press("right")
        assert on(it) == "win2019-golden"
        await it.press("j", "h")
        assert on(it) == "-weekly"
        await it.press("h")
        assert on(it) == "+weekly"
        await it.press("minus")
        assert shown(it) == ["+weekly", "+windows", "+sap", "+no tag"]
        await it.press("plus")
        assert shown(it) == ALL


async def test_a_click_on_the_fold_mark_folds() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t")
        await it.pilot.click("#table", offset=(2, 4))
        assert on(it) == "+windows"
        await it.pilot.click("#table", offset=(2, 4))
        assert on(it) == "-windows"
        await it.pilot.click("#table", offset=(9, 4))
        assert on(it) == "-windows"


async def test_the_cursor_stays_on_its_job_in_its_group() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "g", *"jjjj")
        place = it.dashboard.table.cursor_place
        assert (place, on(it)) == (4, "win2019-golden")
        await it.press("s", "down", "enter")
        assert on(it) == "win2019-golden"
        table = it.dashboard.table
        assert table.arranged.group_at(table.cursor_place) == GroupKey("windows")
        await it.press("minus")
        assert on(it) == "+windows", "folded away: its group has the cursor"


async def test_news_move_a_job_to_the_group_of_its_cause_and_the_cursor_with_it() -> (
    None
):
    async with stage(JOBS) as it:
        await it.press("B", "c")
        it.label("rocky9-base")
        store = it.app.runtime.store
        entry = it.dashboard.current
        assert entry is not None
        bad = JOBS[2].entry(4)
        failed = replace(
            bad,
            watch=replace(bad.watch, job_id=entry.watch.job_id, label="rocky9-base"),
        )
        store.put(failed)
        later = it.app.now()
        it.app.now = lambda: replace(later, mono_s=later.mono_s + 100)
        it.app.dashboard.catch_up()
        assert on(it) == "rocky9-base"
        table = it.dashboard.table
        assert table.arranged.group_at(table.cursor_place) == GroupKey("IMG.0020")


async def test_a_head_keeps_the_cursor_while_its_jobs_come_and_go() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "minus", "g", "j", "j")
        assert on(it) == "+sap"
        job = it.dashboard.sight.shown
        gone = [key for key, entry in job.items() if "weekly" in entry.watch.tags]
        for key in gone:
            it.app.runtime.store.drop(key)
        it.app.dashboard.catch_up()
        assert shown(it) == ["+sap", "+no tag"]
        assert on(it) == "+sap"


async def test_space_on_a_head_marks_all_its_jobs_and_again_none() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "g", "space")
        assert "2 marked" in it.text.splitlines()[1]
        await it.press("g", "space")
        assert it.dashboard.table.marked.count == 0
        await it.press("minus", "g", "space")
        assert "2 marked (2 not shown)" in it.text.splitlines()[1]
        await it.press("d")
        assert "2 of 2 marked not shown" in it.told[0]
        await it.press("d")
        assert "Removed 2 marked jobs" in it.told[0]


async def test_a_range_takes_in_the_jobs_of_folded_groups() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "minus", "g", "j", "space", "ctrl+@")
        assert it.dashboard.table.marked.count == 3


async def test_actions_on_a_head_name_how_many_jobs_they_are_about() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "g")
        for key, said in (
            ("m", "2 jobs of weekly muted."),
            ("x", "2 of 2 jobs of weekly acknowledged."),
            ("d", "This row stands for 2 jobs of weekly. d again does it."),
        ):
            it.dashboard.table.go_to(GroupKey("weekly"))
            await it.press(key)
            assert said in it.told, key
        await it.press("d")
        assert "Removed 2 jobs of weekly from the list. u undoes." in it.told
        assert len(it.app.runtime.snapshot().entries) == 4
        await it.press("u")
        assert len(it.app.runtime.snapshot().entries) == 6


async def test_what_is_about_all_shown_is_about_folded_jobs_too() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "minus", "X")
        assert it.told == ["3 results acknowledged."]


async def test_trouble_is_found_in_folded_groups_and_next_result_unfolds() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "minus", "G", "right_curly_bracket")
        assert on(it) == "+weekly"
        await it.press("right_curly_bracket")
        assert on(it) == "+windows"
        await it.press("left_curly_bracket", "left_curly_bracket")
        assert on(it) == "+no tag", "a job that stalls is in it"
        await it.press("g", "N")
        assert on(it) == "win2019-golden"
        assert shown(it)[0] == "-weekly"


async def test_going_to_a_job_unfolds_its_group() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "minus")
        keys = {e.watch.label: key for key, e in it.dashboard.sight.shown.items()}
        it.dashboard.go_to(keys["other"])
        assert on(it) == "other"
        assert shown(it) == ["+weekly", "+windows", "-sap", "other", "+no tag"]


async def test_groups_are_shown_again_in_the_next_run() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "t", "minus", "g", "enter")
        grouping = it.dashboard.sight.choice.grouping
        it.app.quit()
        await it.settle()
        kept = dict(it.state_file.kept)
    assert kept["group"] == "tag"
    assert kept["folded"] == '["all","weekly"]'
    async with stage(JOBS) as it:
        from ims_tui.core.show.viewstate import from_state

        it.dashboard.show_looks(from_state(kept, it.app.settings.ui))
        assert it.dashboard.sight.choice.grouping == grouping
        assert shown(it)[0] == "-weekly"


async def test_the_archive_is_not_grouped() -> None:
    async with stage(JOBS, archived=OLD) as it:
        await it.press("B", "p", "6")
        await it.settle()
        assert "by profile" not in it.text
        assert len(shown(it)) == len(OLD)
        await it.press("1")
        assert shown(it)[0] == "-prod"


async def test_the_only_job_stands_below_its_head() -> None:
    async with stage(JOBS[3:4], size=(80, 24)) as it:
        assert "sap-data-vol" in it.text.splitlines()[2]
        await it.press("B", "t")
        await it.settle()
        assert "no tag" in it.text.splitlines()[3]
        assert "sap-data-vol" in it.text.splitlines()[4]


async def test_only_the_groups_are_folded_that_were() -> None:
    async with stage(JOBS) as it:
        await it.press("minus")
        assert it.told == ["Nothing is grouped. B groups the rows."]
        await it.press("B", "y", "g", "enter", "B", "t")
        assert it.dashboard.sight.choice.grouping.by is GroupBy.TAG
        assert shown(it) == ALL, "another grouping begins unfolded"
