"""Keys that arrive in one read with the one that opens a dialog are the dialog's."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from tests.ui.stage import stage


@pytest.mark.parametrize("opener", ["colon", "a", "n", "number_sign"])
@pytest.mark.parametrize("has_been_open", [False, True])
async def test_what_is_typed_at_once_is_not_lost(
    opener: str, has_been_open: bool
) -> None:
    async with stage() as it:
        await it.press("j")
        if has_been_open:
            await it.press(opener, "escape")
        await it.settle()
        for key in (opener, *"act"):
            it.app.post_message(events.Key(key, key))
        await it.settle()
        assert isinstance(it.app.focused, Input)
        assert "act" in it.app.focused.value
