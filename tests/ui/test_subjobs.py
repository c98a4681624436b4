"""Enter on a parent opens its sub-jobs; enter on one of them copies its id."""

from __future__ import annotations

from ims_tui.ui.lines import Lines
from tests.ui.stage import stage


async def test_enter_on_a_parent_opens_its_sub_jobs() -> None:
    async with stage() as it:
        it.label("erp-ova")
        await it.press("enter")
        await it.settle()
        rows = it.app.screen.query_one(Lines).text.splitlines()
        assert [row.split()[:2] for row in rows] == [["2", "RUN"], ["1", "OK"]]
        await it.press("s")
        assert "sorted: number" in it.text
        await it.press("j", "y")
        await it.settle()
        assert "Copied id of sub-job 2" in it.told[-1]


async def test_a_job_without_sub_jobs_says_so() -> None:
    async with stage() as it:
        await it.press("b")
        assert it.told == ["This job has no sub-jobs."]
