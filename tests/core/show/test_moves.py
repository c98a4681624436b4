"""What is said of jobs that left the list."""

from __future__ import annotations

import pytest

from ims_tui.core.show.moves import removed_line, unseen_line
from ims_tui.core.show.shown_part import Marks
from tests.core.entries import SUCCESS, job, seen


@pytest.mark.parametrize(
    ("live", "ended", "said"),
    [
        (1, 0, "The job goes on. u undoes."),
        (0, 1, "from the list. u undoes."),
        (2, 0, "Removed 2 marked jobs from the list. They go on. u undoes."),
        (1, 1, "Removed 2 marked jobs from the list. 1 goes on. u undoes."),
        (2, 1, "Removed 3 marked jobs from the list. 2 go on. u undoes."),
        (0, 2, "Removed 2 marked jobs from the list. u undoes."),
    ],
)
def test_only_jobs_that_go_on_are_said_to(live: int, ended: int, said: str) -> None:
    gone = [seen(job(n), n) for n in range(live)]
    gone += [seen(job(9 + n, SUCCESS, end_s=1), 9 + n) for n in range(ended)]
    assert removed_line(gone).endswith(said)


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (Marks(3, 2), "2 of 3 marked not shown: a filter, facet or fold hides them."),
        (Marks(1, 1), "1 of 1 marked not shown: a filter, facet or fold hides it."),
    ],
)
def test_a_command_on_marks_out_of_sight_is_told_first(marks: Marks, said: str) -> None:
    assert unseen_line(marks, "d") == f"{said} d again does it to all marked."
