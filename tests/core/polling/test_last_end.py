"""When all are done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.polling.last_end import all_ended_s

spans = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6)).map(
    lambda found: tuple(sorted(found))
)


def test_one_job_ends_at_its_median_and_many_later_than_each() -> None:
    one = (240.0, 300.0, 400.0)
    assert 299.0 < all_ended_s([one]) < 301.0
    assert all_ended_s([one] * 10) > 400.0
    assert all_ended_s([one, (1.0, 2.0, 3.0)]) < 305.0
    assert all_ended_s([]) == 0.0


@given(st.lists(spans, min_size=1, max_size=8))
def test_never_before_the_median_of_one(
    found: list[tuple[float, float, float]],
) -> None:
    ended_s = all_ended_s(found)
    assert ended_s >= max(median for _, median, _ in found) * 0.999
    assert ended_s < 1e12


@given(st.integers(1, 100), st.sampled_from([0.0, 0.4, 1.0, 1e12]))
def test_the_search_ends_whatever_the_ranges_are(jobs: int, left_s: float) -> None:
    ended_s = all_ended_s([(left_s,) * 3] * jobs)
    assert left_s <= ended_s <= max(2.0, left_s * 1.1)
