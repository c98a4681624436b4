"""What the operator is told who asks by hand."""

from __future__ import annotations

import pytest

from ims_tui.core.show.asked import Asked, Obstacle, asked_line


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (Asked(), "Nothing to ask: no active job."),
        (Asked(1), "Asking for 1 job."),
        (Asked(60, Obstacle.BUDGET, 20.0), "Asking for 60 jobs, as the budget allows."),
        (
            Asked(1, Obstacle.THROTTLED, 8.2),
            "The service asked for a pause: next request in 8s.",
        ),
        (Asked(0, Obstacle.STOPPED), "Polling is stopped; R goes on."),
        (Asked(0, Obstacle.PAUSED), "Paused: nothing is sent. p goes on."),
    ],
)
def test_says_what_comes_of_it(asked: Asked, text: str) -> None:
    assert asked_line(asked) == text


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([Asked(0, Obstacle.STOPPED)], Asked(0, Obstacle.STOPPED)),
        ([Asked(0, Obstacle.STOPPED), Asked(3)], Asked(3)),
        ([Asked(3), Asked(0, Obstacle.STOPPED)], Asked(3)),
        (
            [Asked(1), Asked(2, Obstacle.THROTTLED, 8.0)],
            Asked(3, Obstacle.THROTTLED, 8.0),
        ),
    ],
)
def test_profiles_together_say_what_holds_back(
    parts: list[Asked], whole: Asked
) -> None:
    assert sum(parts, start=Asked()) == whole
