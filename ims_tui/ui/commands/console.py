"""The command that opens the console of the cloud."""

from __future__ import annotations

from ims_tui.ui.desk import Desk

DEMO = "The jobs of the demo are in no console."


def open_console(desk: Desk) -> None:
    """Open the page of the job under the cursor, or say why there is none."""
    from ims_tui.core.show.console import console_page  # the first frame needs none

    entry = desk.board.current
    if entry is None:
        desk.tell("No job to open the console of.")
        return
    if desk.is_demo:
        desk.tell(DEMO)
        return
    profile = desk.settings.profiles.get(entry.watch.profile)
    page = console_page(entry, profile)
    if page.problem:
        desk.tell(page.problem, seconds=15)
    else:
        desk.browser.open(page.what, page.url)
