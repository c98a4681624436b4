"""What is typed while the program ends does nothing, and is no fault."""

from __future__ import annotations

import pytest

from ims_tui.ui.dialogs.add import AddDialog
from tests.ui.stage import stage


@pytest.mark.parametrize("key", ["a", "s", "c", "question_mark", "n", "T"])
async def test_a_dialog_that_opens_while_the_program_ends_shows_nothing(
    key: str,
) -> None:
    async with stage() as it:
        it.app.leave(143)
        await it.press(key)
    assert it.app.return_code == 143


async def test_a_dialog_without_its_contents_is_left_alone_at_the_end() -> None:
    async with stage() as it:
        dialog = AddDialog(it.app)
        dialog.ask("x y")
        dialog.is_opening = True
        it.app.leave(143)
        dialog.on_screen_resume()
    assert it.app.return_code == 143
