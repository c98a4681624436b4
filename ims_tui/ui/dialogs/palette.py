"""The command palette: every action with its keys, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ims_tui.core.show.actions import ACTIONS, BY_ID, Area, keys_text
from ims_tui.ui.dialogs.menu import Item, Menu
from ims_tui.ui.observed import observe

if TYPE_CHECKING:
    from ims_tui.ui.dashboard import Dashboard


def show_palette(screen: Dashboard) -> None:
    """Choose an action."""
    keymap = screen.app.keymap
    items = [
        Item(action.id, action.words, keys_text(action, keymap))
        for action in sorted(ACTIONS, key=lambda action: action.area is Area.MOVE)
        if action.id != "palette"
    ]

    def done(name: str) -> None:
        observe(screen, lambda: screen.run(BY_ID[name]))

    screen.app.choose(Menu("Commands", items, done, "Run", is_searched=True))
