"""What several profiles say together of a wish to ask by hand."""

from __future__ import annotations

import pytest

from ims_tui.core.polling.poll_request import Obstacle, PollRequest


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([PollRequest(0, Obstacle.STOPPED)], PollRequest(0, Obstacle.STOPPED)),
        ([PollRequest(0, Obstacle.STOPPED), PollRequest(3)], PollRequest(3)),
        ([PollRequest(3), PollRequest(0, Obstacle.STOPPED)], PollRequest(3)),
        (
            [PollRequest(1), PollRequest(2, Obstacle.THROTTLED, 8.0)],
            PollRequest(3, Obstacle.THROTTLED, 8.0),
        ),
    ],
)
def test_profiles_together_say_what_holds_back(
    parts: list[PollRequest], whole: PollRequest
) -> None:
    assert sum(parts, start=PollRequest()) == whole
