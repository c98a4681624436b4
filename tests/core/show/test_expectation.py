"""Why so long, and when all are done, in words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.timeleft import Grounds
from ims_tui.core.show.expectation import all_done, all_done_text, end_text, reason
from ims_tui.core.show.view import View, expected_end
from ims_tui.core.state.entry import Entry
from tests.core.entries import at, ending, job, moment, seen

VIEW = View(moment(10))


def expected(basis: Basis, grounds: Grounds | None, jobs: int = 14) -> Entry:
    """A job with twelve minutes left."""
    entry = ending(seen(job()), 720, jobs=jobs)
    assert entry.estimate is not None
    found = replace(entry.estimate, basis=basis, jobs=jobs, grounds=grounds)
    return replace(entry, estimate=found)


@pytest.mark.parametrize(
    ("late_ratio", "words"),
    [
        (1.6, "got there 1.6 times as late"),
        (0.5, "got there 2.0 times as early"),
        (1.05, "got there as soon"),
    ],
)
def test_one_sentence_says_why(late_ratio: float, words: str) -> None:
    grounds = Grounds("run", 0.24, 480.0, late_ratio, 14)
    entry = expected(Basis.HISTORY, grounds)
    assert entry.estimate is not None
    assert reason(entry, entry.estimate, VIEW) == (
        "At 24% 14 earlier jobs (import file, prod) still needed 8m; "
        f"this one {words}: ~6-24m"
    )


@pytest.mark.parametrize(
    ("needed_s", "passed_s", "words"),
    [
        (
            10.0,
            6.0,
            "still needed 0:10; this one got there as soon, 0:06 ago: any moment",
        ),
        (
            3.0,
            0.0,
            "still needed less than 0:10; this one got there as soon: any moment",
        ),
        (40.0, 6.0, "still needed 0:40; this one got there as soon: ~0:30"),
    ],
)
def test_where_no_figure_is_left_the_sentence_says_why(
    needed_s: float, passed_s: float, words: str
) -> None:
    found = expected(Basis.HISTORY, Grounds("run", 0.22, needed_s, 1.0, 9)).estimate
    assert found is not None
    found = replace(found, ahead_s=(needed_s / 2, needed_s, needed_s * 2))
    view = View(moment(found.at_s + passed_s))
    assert reason(seen(job()), found, view).endswith(words)


@pytest.mark.parametrize(
    ("basis", "jobs", "begin"),
    [
        (Basis.PERCENT, 0, "From the percent alone, without an earlier job"),
        (Basis.TOTAL, 0, "From published lengths of such jobs"),
        (Basis.TOTAL, 14, "From the total of 14 earlier jobs"),
    ],
)
def test_what_it_rests_on_is_named(basis: Basis, jobs: int, begin: str) -> None:
    entry = expected(basis, None, jobs)
    assert entry.estimate is not None
    assert reason(entry, entry.estimate, VIEW).startswith(begin)


def test_longer_than_nine_of_ten_is_said_beside_the_range() -> None:
    entry = expected(Basis.HISTORY, Grounds("run", 0.24, 480.0, 1.6, 14))
    assert entry.estimate is not None
    found = replace(entry.estimate, age_s=700.0, longest_s=661.0)
    assert reason(entry, found, VIEW).endswith("~6-24m; longer than nine of ten (0:39)")


def test_an_expected_end_is_a_clock_time() -> None:
    entry = ending(seen(job()), 720)
    end = VIEW.expected_end(entry)
    assert end == at(10 + 720)
    assert end_text(end, VIEW) == "~12:12"
    late = View(moment(5000))
    assert late.expected_end(entry) == at(5000), "not in the past"
    assert VIEW.expected_end(replace(entry, is_stalled=True)) is None


def test_all_done_counts_those_of_which_nothing_is_known() -> None:
    known = [ending(seen(job(n), n), 720) for n in range(6)]
    one, all_six = all_done(known[:1], at(10)), all_done(known, at(10))
    assert one is not None and all_six is not None
    assert all_six.at > one.at, "one of six is late"
    found = all_done([*known[:1], seen(job(9), 9)], at(10))
    assert found is not None
    assert all_done_text(found, VIEW) == "all but 1 done ~12:12"
    assert all_done([seen(job())], at(10)) is None


def test_all_done_is_the_expected_end_where_one_job_runs() -> None:
    """The column, the detail and line 1 tell one clock time, however late they look."""
    entry = ending(seen(job()), 720)
    for wall in (at(10), at(300)):
        found, end = all_done([entry], wall), expected_end(entry, wall)
        assert found is not None
        assert end is not None
        assert abs((found.at - end).total_seconds()) < 2.0


@pytest.mark.parametrize("begin_s", [-10 * 366 * 86400.0, 7200.0])
def test_a_begin_that_cannot_be_does_not_rule_when_all_are_done(begin_s: float) -> None:
    odd = ending(seen(job(1, begin_s=begin_s), 1), 9_000_000.0)
    sound = ending(seen(job(2), 2), 60.0)
    found = all_done([odd, sound], at(10))
    assert found is not None and found.but_for == 1
    assert found.at < at(300)
    assert all_done([odd], at(10)) is None
