"""Time left: how it ticks, what it promises, and its words."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.estimate import (
    WIDTH,
    Estimate,
    basis_text,
    estimate,
    rounded,
    short_text,
    time_range,
)
from ims_tui.core.polling.habits import Usual
from ims_tui.core.polling.timeleft import Remaining

USUAL = Usual(540.0, 600.0, 660.0, 720.0, 14)

lengths = st.floats(0.0, 1e7)
triples = st.tuples(lengths, lengths, lengths).map(sorted)
looks = st.lists(st.tuples(st.floats(0.5, 600.0), triples), min_size=1, max_size=30)


def left(low: float, median: float, high: float, jobs: int = 14) -> Remaining:
    basis = Basis.HISTORY if jobs else Basis.PERCENT
    return Remaining(low, median, high, basis, jobs)


def made(
    low: float,
    median: float,
    high: float,
    *,
    jobs: int = 14,
    age_s: float = 0.0,
    basis: Basis | None = None,
) -> Estimate:
    """A first estimate, made at second 0."""
    usual = USUAL if jobs >= 5 else None
    said = left(low, median, high, jobs)
    if basis is not None:
        said = replace(said, basis=basis)
    found = estimate(None, said, usual, age_s, 0)
    assert found is not None
    return found


def test_counts_down_and_never_below_zero() -> None:
    found = made(240, 300, 360)
    assert found.left_s(0) == (240, 300, 360)
    assert found.left_s(60) == (180, 240, 300)
    assert found.left_s(9999) == (0, 0, 0)
    assert found.left_s(-5) == (240, 300, 360), "clocks of two threads"


@pytest.mark.parametrize(
    ("says", "moves"),
    [
        ((210, 260, 330), 0.25),  # each lies in the range of the other
        ((230, 280, 350), 0.25),
    ],
)
def test_a_reply_moves_the_figure_both_ways(
    says: tuple[float, float, float], moves: float
) -> None:
    before = made(240, 300, 360)
    found = estimate(before, left(*says), USUAL, 9, 9)
    assert found is not None
    was = before.left_s(9)
    for old, new, shown in zip(was, says, found.left_s(9), strict=True):
        assert shown == pytest.approx(old ** (1.0 - moves) * new**moves)


@pytest.mark.parametrize("says", [(30, 40, 50), (800, 900, 999)])
def test_what_contradicts_moves_it_little_until_the_third_says_it_too(
    says: tuple[float, float, float],
) -> None:
    found: Estimate | None = made(240, 300, 360)
    for reply in (1, 2):
        assert found is not None
        was_s = found.left_s(reply)[1]
        found = estimate(found, left(*says), USUAL, reply, reply)
        assert found is not None
        assert 0.1 < abs(log(found.left_s(reply)[1] / was_s)) < 0.25
    third = estimate(found, left(*says), USUAL, 3, 3)
    assert third is not None
    assert third.left_s(3)[1] == pytest.approx(says[1], rel=0.3)


def test_replies_that_contradict_each_other_are_not_believed() -> None:
    found: Estimate | None = made(240, 300, 360)
    for reply in range(1, 9):
        says = (30, 40, 50) if reply % 2 else (1900, 2000, 2100)
        found = estimate(found, left(*says), USUAL, reply, reply)
    assert found is not None
    assert 200 < found.left_s(8)[1] < 400


def test_after_a_long_gap_the_old_figure_counts_for_little() -> None:
    found = estimate(made(500, 600, 700), left(300, 400, 500), USUAL, 400, 400)
    assert found is not None
    assert found.left_s(400)[1] == pytest.approx(400, rel=0.02)


def test_after_a_pause_what_agrees_counts_more_and_what_contradicts_does_not() -> None:
    agreed = estimate(made(400, 600, 800), left(320, 450, 640), USUAL, 90, 90)
    doubted = estimate(made(500, 600, 700), left(900, 1000, 1100), USUAL, 90, 90)
    assert agreed is not None
    assert doubted is not None
    assert agreed.left_s(90)[1] < 475
    assert doubted.left_s(90)[1] < 510 * 1.25


def test_what_has_run_out_binds_no_more() -> None:
    found = estimate(made(20, 30, 40), left(300, 400, 500), USUAL, 60, 60)
    assert found is not None
    assert found.left_s(60) == (300, 400, 500)


def test_any_moment_does_not_hold_back_a_reply_that_knows_of_more() -> None:
    found = estimate(made(5, 8, 11), left(8, 14, 22), USUAL, 6, 6)
    assert found is not None
    assert short_text(made(5, 8, 11), 6) == "any moment"
    assert short_text(found, 6) == "~0:10"
    assert found.left_s(6) == (8, 14, 22)


def test_one_odd_reply_does_not_make_it_jump_and_does_not_last() -> None:
    found: Estimate | None = made(500, 600, 700)
    shown = []
    for second in range(10, 110, 10):
        says = left(20, 34, 50) if second == 50 else left(500, 600, 700)
        found = estimate(found, says, USUAL, 0.0, second)
        assert found is not None
        shown.append(found.left_s(second)[1])
    assert min(shown) > 70.0
    assert shown[-1] == pytest.approx(600.0, rel=0.1)


@given(looks)
def test_never_negative_never_upside_down_and_between_old_and_new(
    story: list[tuple[float, list[float]]],
) -> None:
    at_s = 0.0
    found: Estimate | None = None
    for gap_s, (low, median, high) in story:
        at_s += gap_s
        was = found.left_s(at_s) if found is not None else None
        found = estimate(found, left(low, median, high), None, at_s, at_s)
        assert found is not None
        for part in (0.0, 0.3, 1.0, 9.0):
            values = found.left_s(at_s + part * gap_s)
            assert 0.0 <= values[0] <= values[1] * (1.0 + 1e-9)
            assert values[1] <= values[2] * (1.0 + 1e-9)
        if was is not None and was[1] >= 1.0:
            least, most = sorted((max(1.0, was[1]), max(1.0, median)))
            shown = found.left_s(at_s)[1]
            assert least * (1.0 - 1e-9) <= shown <= most * (1.0 + 1e-9)


def test_nothing_known_is_no_estimate() -> None:
    assert estimate(made(1, 2, 3), None, USUAL, 5.0, 5.0) is None


def test_over_stands_only_where_nothing_but_the_total_is_known() -> None:
    total = made(10, 20, 300, age_s=700.0, basis=Basis.TOTAL)
    assert total.over_s(20) == 0.0
    assert total.over_s(20.9) == 0.0, "`over 0s` would say nothing"
    assert total.over_s(50) == 30.0
    assert short_text(total, 50) == "over 30s"
    assert short_text(total, 20 + 120) == "over 2m"
    known = made(540, 600, 700, age_s=9999.0)
    assert known.over_s(50) == 0.0, "the percent tells more"
    assert known.beyond_s(50) == 9999.0 + 50.0 - 720.0
    assert short_text(known, 0) == "~9-12m"
    few = made(10, 20, 30, jobs=4, age_s=9999.0)
    assert few.beyond_s(50) == 0.0, "four jobs do not say what is usual"


def test_no_figure_stands_where_none_is_left() -> None:
    found = made(20, 30, 40)
    assert short_text(found, 24) == "~0:10"
    assert short_text(found, 26) == "any moment"
    assert short_text(found, 26, 8) == "any mom."
    assert short_text(found, 900) == "any moment"


def test_has_passed_when_the_figure_has_run_out() -> None:
    found = made(50, 60, 70)
    assert not found.has_passed(59)
    assert found.has_passed(60)
    assert made(50, 60, 70, age_s=720.0, basis=Basis.TOTAL).has_passed(1)
    assert not made(50, 60, 70, age_s=720.0).has_passed(1)


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
        ((0, 0, 0), 14, "any moment"),
        ((0, 4, 30), 14, "any moment"),
        ((5400, 6000, 6900), 14, "~90-115m"),
        ((5400, 7200, 11000), 14, "~2-3h"),
        ((86400, 100000, 260000), 14, "~1-3d"),
        ((4400, 4440, 4450), 14, "~1h14m"),
    ],
)
def test_words(values: tuple[float, float, float], jobs: int, text: str) -> None:
    assert short_text(made(*values, jobs=jobs), 0) == text


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


@pytest.mark.parametrize(
    ("left_s", "text"),
    [((20.0, 40.0, 90.0), "0:40"), ((10.0, 30.0, 420.0), "0-7m")],
)
def test_a_short_time_left_that_may_be_long_is_a_range(
    left_s: tuple[float, float, float], text: str
) -> None:
    assert time_range(*left_s) == text
