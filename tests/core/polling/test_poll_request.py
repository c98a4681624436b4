"""What several profiles say together of a wish to ask by hand."""

from __future__ import annotations

import pytest

from ims_tui.core.polling.poll_request import Asked, Obstacle


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
