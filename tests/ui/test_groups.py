"""Jobs in groups: failures by cause, batches by tag; enter shows those of one."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.show.groups import GroupBy, group_filter
from ims_tui.ui.lines import Lines
from tests.scenes import MORNING
from tests.ui.stage import stage

FAILED = MORNING[0]
JOBS = (
    FAILED,
    replace(FAILED, label="again"),
    replace(FAILED, label="other", error=("IMG.0020", "Quota.")),
    *MORNING[1:4],
)


async def test_failures_stand_by_cause_and_enter_shows_those_of_one() -> None:
    async with stage(JOBS) as it:
        await it.press("B")
        await it.settle()
        text = it.app.screen.query_one(Lines).text
        assert "IMG.0057: 2 jobs failed" in text
        assert "IMG.0020: 1 job failed" in text
        await it.press("slash", *"0057", "enter")
        await it.settle()
        assert sorted(it.labels) == ["again", "win2019-golden"]
        await it.press("escape")
        assert len(it.labels) == 6


async def test_batches_say_how_they_stand_as_a_whole() -> None:
    async with stage(JOBS) as it:
        await it.press("B", "s")
        await it.settle()
        assert "Jobs by tag" in it.text
        assert "weekly: 3 jobs failed" in it.app.screen.query_one(Lines).text


def test_a_name_of_several_words_is_one_phrase() -> None:
    assert group_filter("import file", GroupBy.TYPE) == 'type:"import file"'
    assert group_filter("no tag", GroupBy.TAG) == ""
