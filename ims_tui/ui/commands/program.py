"""Commands for the program itself: leave, interrupt."""

from __future__ import annotations

from ims_tui.core.show import texts
from ims_tui.core.state.order import Facet
from ims_tui.ui.desk import Desk

SURE_S = 5.0
"""A second q within this quits although jobs are active."""

INTERRUPT_TWICE_S = 2.0
"""A second ctrl+c within this quits."""


def leave(desk: Desk) -> None:
    """One level up, else leave; with active jobs only after a second press."""
    if desk.board.is_zoomed:
        desk.board.zoom()
        return
    active = desk.board.sight.snapshot.tally[Facet.ACTIVE]
    wants = desk.settings.ui.confirm_quit
    is_sure = wants == "never" or (wants == "active" and not active)
    if is_sure or desk.is_again("quit", SURE_S):
        desk.quit()
        return
    desk.tell(texts.press_again(active), seconds=SURE_S)


def interrupt(desk: Desk) -> None:
    """Copy a selection; else say how to leave, and the second time leave."""
    text = desk.selected_text()
    if text:
        desk.copy(texts.SELECTION, text)
    elif desk.is_again("interrupt", INTERRUPT_TWICE_S):
        desk.leave(130)
    else:
        desk.tell(texts.LEAVE_TWICE, seconds=INTERRUPT_TWICE_S)
