"""Work behind the screen."""

from __future__ import annotations

import gc

import pytest

from ims_tui.ui.workers import observe
from tests.ui.stage import stage


async def test_work_that_is_ended_before_it_began_leaves_no_warning(
    recwarn: pytest.WarningsRecorder,
) -> None:
    async def work() -> None:
        raise AssertionError("it was ended before")

    async with stage() as it:
        observe(it.dashboard, work)
        it.app.workers.cancel_all()  # as where the program ends
        await it.pilot.pause()
        gc.collect()
    assert [str(one.message) for one in recwarn if "await" in str(one.message)] == []
