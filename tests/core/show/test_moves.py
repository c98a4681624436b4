"""What is said of jobs that left the list."""

from __future__ import annotations

import pytest

from ims_tui.core.show.moves import removed_line
from tests.core.entries import SUCCESS, job, seen


@pytest.mark.parametrize(
    ("live", "ended", "said"),
    [
        (1, 0, "The job goes on. u undoes."),
        (0, 1, "from the list. u undoes."),
        (2, 0, "Removed 2 jobs from the list. They go on. u undoes."),
        (1, 1, "Removed 2 jobs from the list. 1 goes on. u undoes."),
        (2, 1, "Removed 3 jobs from the list. 2 go on. u undoes."),
        (0, 2, "Removed 2 jobs from the list. u undoes."),
    ],
)
def test_only_jobs_that_go_on_are_said_to(live: int, ended: int, said: str) -> None:
    gone = [seen(job(n), n) for n in range(live)]
    gone += [seen(job(9 + n, SUCCESS, end_s=1), 9 + n) for n in range(ended)]
    assert removed_line(gone).endswith(said)
