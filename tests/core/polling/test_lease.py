"""Requests booked ahead: never more than the limit, and few are lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.polling.budget import DEFAULT_LIMIT, Limit
from ims_tui.core.polling.lease import LEAST_BURST, MOST, Lease, span_s
from ims_tui.core.polling.ledger import Spent, book
from tests.windows import excess

LARGE = Limit(rate_per_s=100.0, burst=1000.0)
SPAN_S = span_s(LARGE)


@dataclass
class Row:
    """What all copies share."""

    limit: Limit
    spent: Spent | None = None
    sent: list[float] = field(default_factory=list)
    bookings: int = 0


@dataclass
class Copy:
    """One process: it asks its lease, then the shared row."""

    row: Row
    lease: Lease | None = None

    def send(self, now_s: float) -> bool:
        row, lease = self.row, self.lease
        if lease is None or not lease.spend(row.limit, now_s):
            size = lease.next_size(row.limit, now_s) if lease else 1
            row.bookings += 1
            row.spent, booking = book(row.spent, row.limit, now_s, size)
            if booking.wait_s:
                return False
            self.lease = Lease(row.limit, booking.booked, now_s)
        row.sent.append(now_s)
        return True


LIMITS = st.builds(
    Limit, rate_per_s=st.floats(0.5, 5000.0), burst=st.floats(100.0, 5000.0)
)
STEPS = st.lists(
    st.tuples(
        st.floats(0.0, 1.5),  # a pause, in spans of a lease
        st.sampled_from(("some", "all", "crash")),
        st.integers(0, 7),  # which copy, where it is not all of them
        st.sampled_from((1, 2, 5, 16, 40, 6000)),  # wishes to send, in no time
    ),
    max_size=60,
)


@given(LIMITS, st.integers(1, 8), STEPS)
def test_no_window_ever_holds_more_than_the_limit(
    limit: Limit, count: int, steps: list[tuple[float, str, int, int]]
) -> None:
    row, now_s = Row(limit), 5.0
    copies = [Copy(row) for _ in range(count)]
    for pause, who, number, wishes in (*steps, (0.9, "all", 0, 6000)):
        now_s += pause * (span_s(limit) or 1.0)
        one = copies[number % count]
        if who == "crash":
            one.lease = None
        for copy in copies if who == "all" else [one]:
            for _ in range(wishes):
                if not copy.send(now_s):
                    break
    assert excess(row.sent, limit) <= 1e-3


def test_what_some_copies_held_back_comes_on_top_of_no_full_bucket() -> None:
    row = Row(LARGE)
    copies = [Copy(row) for _ in range(4)]
    for copy in copies:
        for _ in range(16):  # of the last lease all but one is left
            assert copy.send(0.0)
    row.sent.clear()
    for copy in copies:
        while copy.send(0.999 * SPAN_S):
            pass
    assert 0.9 * LARGE.burst <= len(row.sent) <= LARGE.burst


def test_a_sweep_books_seldom_and_loses_little() -> None:
    row = Row(LARGE)
    copy = Copy(row)
    for number in range(800):
        assert copy.send(number / 800)
    assert row.bookings < 800 / 15
    assert row.spent is not None
    assert row.spent.requests - 800 <= 20


def test_single_looks_book_single_requests() -> None:
    row = Row(LARGE)
    copy = Copy(row)
    for number in range(20):
        assert copy.send(number * 2.5 * SPAN_S)
    assert row.spent is not None
    assert row.spent.requests == 20


def test_small_and_slow_limits_are_booked_one_by_one() -> None:
    slow = Limit(rate_per_s=0.9, burst=1000.0)
    small = Limit(rate_per_s=1000.0, burst=LEAST_BURST - 1.0)
    for limit in (DEFAULT_LIMIT, slow, small):
        row = Row(limit)
        copy = Copy(row)
        for _ in range(40):
            assert copy.send(3.0)
        assert row.bookings == 40
        assert span_s(limit) == 0.0


def test_a_lease_ends_in_time_and_with_its_limit() -> None:
    def lease() -> Lease:
        return Lease(LARGE, MOST, 10.0)

    assert lease().spend(LARGE, 10.0)
    assert lease().spend(LARGE, 9.999 + SPAN_S)
    assert not lease().spend(LARGE, 10.0 + SPAN_S)
    assert not lease().spend(LARGE, 9.0), "the clock began anew"
    tighter = LARGE.within(Limit(rate_per_s=50.0, burst=500.0))
    assert not lease().spend(tighter, 10.0)
    assert lease().next_size(tighter, 10.0) == 1


def test_a_lease_gives_what_it_holds() -> None:
    lease = Lease(LARGE, 3, 10.0)
    assert [lease.spend(LARGE, 10.0) for _ in range(3)] == [True, True, False]


def test_the_bucket_gives_no_more_than_it_holds() -> None:
    spent, first = book(None, LARGE, 0.0, 895)
    assert (first.booked, first.requests) == (895, 895)
    spent, second = book(spent, LARGE, 0.0, 64)
    assert (second.booked, second.requests, second.wait_s) == (5, 900, 0.0)
    _, third = book(spent, LARGE, 0.0, 64)
    assert (third.booked, third.requests) == (0, 900)
    assert 0.0 < third.wait_s <= 1.0 / LARGE.rate_per_s
