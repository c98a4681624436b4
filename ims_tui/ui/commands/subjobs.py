"""The command that opens the sub-jobs of the job under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from ims_tui.core.show.pages import ListingItem
from ims_tui.core.show.subjobs import HEADING, SubOrder, sub_job_rows
from ims_tui.core.state.entry import name_of
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Listing


def show_sub_jobs(desk: Desk) -> None:
    """The sub-jobs as rows; enter copies the id of one."""
    entry = desk.board.current
    if entry is None or entry.reply is None or not entry.reply.sub_jobs:
        has_none = "This job has no sub-jobs."
        desk.tell(has_none if entry else "No job is under the cursor.", seconds=2)
        return
    key, last = entry.key, entry.reply
    orders = cycle(SubOrder)
    order = next(orders)

    def turn() -> str:
        nonlocal order
        order = next(orders)
        return f"Sub-jobs of {name_of(entry, 30)}, sorted: {order.value}"

    def rows(width: int) -> Sequence[ListingItem]:
        newer = desk.board.sight.entry(key)
        job = newer.reply if newer and newer.reply else last
        return sub_job_rows(job, order, desk.board.view(), width)

    def copy(row: ListingItem) -> None:
        number = row.of
        sub = last.sub_jobs[number - 1] if isinstance(number, int) else last
        if sub.job_id:
            desk.copy(f"id of sub-job {number}", sub.job_id)
        else:
            desk.tell(f"Sub-job {number} has no id.", seconds=2)

    title = f"Sub-jobs of {name_of(entry, 30)}, sorted: {order.value}"
    empty = "No sub-job has these words."
    desk.read(Listing(title, rows, copy, empty, "Copy id", HEADING, turn))
