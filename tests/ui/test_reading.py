"""Events and the log: read, narrowed, and gone on from."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from ims_tui.ui.lines import Lines
from tests.ui.stage import stage


async def test_enter_on_an_event_goes_to_its_job() -> None:
    async with stage() as it:
        it.label("rocky9-base")
        await it.press("E")
        await it.settle()
        assert "win2019-golden failed" in it.text
        await it.press("enter")
        await it.settle()
        assert not it.has_dialog
        assert it.under_cursor == "win2019-golden"


async def test_an_event_of_a_hidden_job_shows_it_again() -> None:
    async with stage() as it:
        await it.press("5", "E", "enter")
        await it.settle()
        assert it.under_cursor == "win2019-golden"
        assert len(it.labels) == 10


async def test_events_are_found_by_words_and_wrapped() -> None:
    async with stage(size=(60, 20)) as it:
        await it.press("E")
        await it.settle()
        lines = it.app.screen.query_one(Lines).text
        assert max(map(len, lines.splitlines())) <= 56
        whole = lines.replace(" ", "").replace("\n", "")
        assert "zvhdandiso." in whole, "the event, and what to try"
        assert "afteritended)" in whole
        await it.press("slash", *"nowhere")
        await it.settle()
        assert "failed" not in it.app.screen.query_one(Lines).text
        await it.press("escape", "escape")
        await it.settle()
        assert not it.has_dialog


async def test_an_event_keeps_the_name_of_its_time() -> None:
    async with stage() as it:
        key = it.dashboard.table.rows[0]
        await it.app.runtime.annotate([key], lambda w: replace(w, label="another"))
        await it.press("E")
        await it.settle()
        assert "win2019-golden failed" in it.app.screen.query_one(Lines).text


@pytest.fixture
def log(tmp_path: Path) -> Iterator[logging.Logger]:
    """The log of the program, in a file."""
    logger = logging.getLogger("ims_tui")
    handler = logging.FileHandler(tmp_path / "log")
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield logger
    logger.setLevel(before)
    logger.removeHandler(handler)
    handler.close()


async def test_the_log_has_levels_and_follows_until_one_looks_back(
    log: logging.Logger,
) -> None:
    for number in range(60):
        log.info("line %d", number)
    log.warning("trouble")
    async with stage(size=(100, 30)) as it:
        await it.press("L")
        await it.settle()
        lines = it.app.screen.query_one(Lines)
        assert "following" in it.text
        assert lines.is_vertical_scroll_end
        await it.press("k")
        await it.settle()
        assert "following" not in it.text
        await it.press("v", "v")
        assert "WARNING and above" in it.text
        assert lines.text.endswith("trouble")
        assert "line 59" not in lines.text
        await it.press("f")
        await it.settle()
        assert "following" in it.text
