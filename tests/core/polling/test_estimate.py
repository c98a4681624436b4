"""Time left: how it ticks, what it promises, and its words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.polling.estimate import (
    WIDTH,
    Estimate,
    basis_text,
    estimate,
    rounded,
    short_text,
    step_s,
    time_range,
)
from ims_tui.core.polling.forecast import Basis, Remaining
from ims_tui.core.polling.usual import Usual
from tests.core.entries import moment

USUAL = Usual(540.0, 600.0, 660.0, 720.0, 14)

lengths = st.floats(0.0, 1e7)
triples = st.tuples(lengths, lengths, lengths).map(sorted)
looks = st.lists(st.tuples(st.floats(0.5, 600.0), triples), min_size=1, max_size=30)


def left(low: float, median: float, high: float, jobs: int = 14) -> Remaining:
    basis = Basis.HISTORY if jobs else Basis.PERCENT
    return Remaining(low, median, high, basis, jobs)


def made(
    low: float, median: float, high: float, *, jobs: int = 14, age_s: float = 0.0
) -> Estimate:
    """A first estimate, made at second 0."""
    usual = USUAL if jobs >= 5 else None
    found = estimate(None, left(low, median, high, jobs), usual, age_s, moment(0))
    assert found is not None
    return found


def test_counts_down_and_never_below_zero() -> None:
    found = made(240, 300, 360)
    assert found.left_s(moment(0)) == (240, 300, 360)
    assert found.left_s(moment(60)) == (180, 240, 300)
    assert found.left_s(moment(9999)) == (0, 0, 0)
    assert found.left_s(moment(-5)) == (240, 300, 360), "clocks of two threads"


def test_a_shorter_forecast_is_shown_at_once() -> None:
    found = estimate(made(240, 300, 360), left(30, 40, 50), USUAL, 60, moment(60))
    assert found is not None
    assert found.left_s(moment(60)) == (30, 40, 50)


def test_a_longer_forecast_waits_until_the_promise_is_broken() -> None:
    found: Estimate | None = made(200, 240, 300)
    shown = []
    for second in range(10, 400, 10):
        found = estimate(found, left(800, 900, 999), USUAL, 0.0, moment(second))
        assert found is not None
        shown.append(found.left_s(moment(second))[1])
    # The first reply brings what had run off until then; then it stands still.
    assert shown[: 300 // 10 - 1] == [230.0] * 29
    # The promised end has passed: it grows, by a step in five seconds.
    assert 0 < shown[-1] - 230.0 <= 9 * 10 / 5 * step_s(shown[-1])


@given(looks)
def test_never_negative_never_upside_down_and_never_jumping_up(
    story: list[tuple[float, list[float]]],
) -> None:
    at_s = 0.0
    found: Estimate | None = None
    shown: list[tuple[float, float]] = []
    for gap_s, (low, median, high) in story:
        for part in (0.0, 0.3, 1.0):
            if found is not None:
                now = moment(at_s + part * gap_s)
                values = found.left_s(now)
                assert 0.0 <= values[0] <= values[1] <= values[2]
                shown.append((now.mono_s, values[1]))
        at_s += gap_s
        found = estimate(found, left(low, median, high), None, at_s, moment(at_s))
        assert found is not None
        shown.append((at_s, found.left_s(moment(at_s))[1]))
    for (before_s, before), (after_s, after) in pairwise(shown):
        # One step in five seconds, and what one float loses.
        most = 60.0 * (after_s - before_s) / 5.0 + 1e-6 * (1.0 + before)
        assert after - before <= most


@given(looks)
def test_grows_only_when_the_promised_end_has_passed(
    story: list[tuple[float, list[float]]],
) -> None:
    at_s = 0.0
    found: Estimate | None = None
    for gap_s, (low, median, high) in story:
        at_s += gap_s
        before = found
        found = estimate(before, left(low, median, high), None, at_s, moment(at_s))
        assert found is not None
        if found.growth_per_s > 0.0:
            assert before is not None
            assert at_s >= before.promised_s


def test_nothing_known_is_no_estimate() -> None:
    assert estimate(made(1, 2, 3), None, USUAL, 5.0, moment(5)) is None


def test_over_is_beyond_nine_of_ten_and_grows() -> None:
    found = made(10, 20, 30, age_s=700.0)
    assert found.over_s(moment(20)) == 0.0
    assert found.over_s(moment(20.9)) == 0.0, "`over 0s` would say nothing"
    assert short_text(found, moment(20.9)).startswith("~")
    assert short_text(found, moment(10)) == "~0:10"
    assert found.over_s(moment(50)) == 30.0
    assert short_text(found, moment(50)) == "over 30s"
    assert short_text(found, moment(20 + 120)) == "over 2m"
    few = made(10, 20, 30, jobs=4, age_s=9999.0)
    assert few.over_s(moment(50)) == 0.0, "four jobs do not say what is usual"


def test_has_passed_when_the_figure_has_run_out() -> None:
    found = made(50, 60, 70)
    assert not found.has_passed(moment(59))
    assert found.has_passed(moment(60))
    assert made(50, 60, 70, age_s=720.0).has_passed(moment(1))


@pytest.mark.parametrize(
    ("values", "jobs", "text"),
    [
        ((240, 300, 360), 14, "~4-6m"),
        ((30, 40, 55), 14, "~0:40"),
        ((100, 118, 200), 14, "~2:00"),
        ((300, 360, 420), 4, "~6m?"),
        ((300, 360, 420), 1, "~6m?"),
        ((300, 360, 420), 0, "~5-7m"),
        ((145, 150, 155), 14, "~2:30"),
        ((0, 0, 0), 14, "~0:10"),
        ((5400, 6000, 6900), 14, "~90-115m"),
        ((5400, 7200, 11000), 14, "~2-3h"),
        ((86400, 100000, 260000), 14, "~1-3d"),
        ((4400, 4440, 4450), 14, "~1h14m"),
    ],
)
def test_words(values: tuple[float, float, float], jobs: int, text: str) -> None:
    assert short_text(made(*values, jobs=jobs), moment(0)) == text


def test_basis() -> None:
    assert basis_text(made(1, 2, 3)) == "14 earlier jobs"
    assert basis_text(made(1, 2, 3, jobs=1)) == "1 earlier job"
    assert basis_text(made(1, 2, 3, jobs=0)) == "from the percent"


@given(lengths, lengths)
def test_rounding_keeps_the_order_and_fits(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for text in (rounded(low), time_range(low, high, high * 1.5)):
        assert len(f"~{text}") <= WIDTH
    assert abs(_seconds(rounded(high)) - high) <= max(60.0, high * 0.05)
    assert _seconds(rounded(low)) <= _seconds(rounded(high))


def _seconds(text: str) -> float:
    """What a rounded figure says."""
    for mark, big, small in (("d", 86400.0, "h"), ("h", 3600.0, "m"), (":", 60.0, "")):
        if mark in text:
            head, tail = text.split(mark)
            unit = {"h": 3600.0, "m": 60.0, "": 1.0}[small]
            return float(head) * big + float(tail.removesuffix(small) or 0) * unit
    return float(text.removesuffix("m")) * 60.0
