"""What the operator is told who asks by hand."""

from __future__ import annotations

import pytest

from ims_tui.core.polling.poll_request import Obstacle, PollRequest
from ims_tui.core.show.sentences import asked_line


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (PollRequest(), "Nothing to ask: no active job."),
        (PollRequest(1), "Asking for 1 job."),
        (
            PollRequest(60, Obstacle.BUDGET, 20.0),
            "Asking for 60 jobs, as the budget allows.",
        ),
        (
            PollRequest(1, Obstacle.THROTTLED, 8.2),
            "The service asked for a pause: next request in 8s.",
        ),
        (
            PollRequest(1, Obstacle.THROTTLED, 5900.0),
            "The service asked for a pause: next request in 1h38m.",
        ),
        (PollRequest(0, Obstacle.STOPPED), "Polling is stopped; R goes on."),
        (PollRequest(0, Obstacle.PAUSED), "Paused: nothing is sent. p goes on."),
    ],
)
def test_says_what_comes_of_it(asked: PollRequest, text: str) -> None:
    assert asked_line(asked) == text
