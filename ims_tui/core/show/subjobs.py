"""The sub-jobs of a job as rows: failed first, or by another order."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from ims_tui.core.service.job import Job, JobStatus, short_step
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.show.pages import ListingItem
from ims_tui.core.show.sentences import failure_line, meaning_lines
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.text import fit, whole_percent, wrapped

_STATES = {
    JobStatus.FAIL: ("FAIL", Tone.FAIL),
    JobStatus.RUNNING: ("RUN", Tone.RUN),
    JobStatus.INIT: ("INIT", Tone.INIT),
    JobStatus.SUCCESS: ("OK", Tone.OK),
}
_STATE_ORDER = (*_STATES, JobStatus.OTHER)

HEADING: Line = (
    Cell(f"{'#':>4}  {'STATE':<8}{'%':>5}  {'STEP':<22}{'TYPE':<18}IMAGE", Tone.DIM),
)


class SubOrder(StrEnum):
    """What sub-jobs are sorted by."""

    STATE = "failed first"
    NUMBER = "number"
    PERCENT = "percent"
    TYPE = "type"


_BY: dict[SubOrder, Callable[[Job], tuple[object, ...]]] = {
    SubOrder.STATE: lambda sub: (_STATE_ORDER.index(sub.status),),
    SubOrder.NUMBER: lambda sub: (),
    SubOrder.PERCENT: lambda sub: (sub.progress_ratio or 0.0,),
    SubOrder.TYPE: lambda sub: (plain_type(sub.job_type),),
}


def sub_job_rows(
    job: Job, order: SubOrder, view: View, width: int
) -> list[ListingItem]:
    """One row for each sub-job, and why it failed below it."""
    numbered = sorted(enumerate(job.sub_jobs, 1), key=lambda pair: _BY[order](pair[1]))
    return [
        ListingItem(number, _lines(number, sub, view, width))
        for number, sub in numbered
    ]


def _lines(number: int, sub: Job, view: View, width: int) -> list[Line]:
    word, tone = _STATES.get(sub.status, (sub.raw_status or "-", Tone.WARN))
    percent = "-"
    if sub.progress_ratio is not None:
        percent = f"{whole_percent(sub.progress_ratio)}%"
    image = sub.image_name or sub.image_id or sub.job_id or "-"
    text = f"{percent:>5}  {fit(short_step(sub.step) or '-', 22)}"
    text += f"{fit(plain_type(sub.job_type) or '-', 18)}{image}"
    state = Cell(fit(word, 8), tone)
    lines: list[Line] = [(Cell(f"{number:>4}  "), state, Cell(fit(text, width - 14)))]
    if sub.status is JobStatus.FAIL:
        error = sub.error
        meaning = meaning_lines(view.explain(error), error.reason) if error else []
        for sentence in (failure_line(sub), *meaning):
            parts = wrapped(sentence, max(20, width - 6))
            lines += [(Cell(" " * 6), Cell(part)) for part in parts]
    return lines
