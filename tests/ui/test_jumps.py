"""`:` and a few letters go to a facet or to a filter of the operator."""

from __future__ import annotations

from msgspec.structs import replace

from tests.golden_stage import settings_for
from tests.scenes import Scene
from tests.ui.stage import stage


async def test_letters_behind_a_colon_show_a_facet() -> None:
    async with stage() as it:
        await it.press("colon", *"fail", "enter")
        await it.settle()
        assert it.labels == ["win2019-golden"]


async def test_the_name_of_a_job_behind_a_colon_goes_to_it() -> None:
    async with stage() as it:
        await it.press("5", "1", "colon", *"erp-ova", "enter")
        await it.settle()
        assert it.under_cursor == "erp-ova"


async def test_a_filter_of_the_operator_is_shown_and_cleared_like_any_other() -> None:
    settings = replace(settings_for(Scene("", (80, 24))), filters={"mine": "sap"})
    async with stage(settings=settings) as it:
        await it.press("3", "colon", *"mine", "enter")
        await it.settle()
        assert it.labels == ["sap-data-vol"]
        await it.press("escape")
        assert len(it.labels) == 10
