"""One budget for all copies: the rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.config.settings import KeySpec, PasswordSpec, Profile, TokenSpec
from ims_tui.core.polling.budget import Limit
from ims_tui.core.polling.ledger import Spent, book
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.account import account_of

LIMIT = Limit.per_window(8, 100.0)


def test_a_full_bucket_then_one_by_one() -> None:
    spent, first = book(None, LIMIT, 0.0)
    spent, second = book(spent, LIMIT, 0.0)
    assert (first.wait_s, second.wait_s, second.requests) == (0.0, 0.0, 2)
    spent, third = book(spent, LIMIT, 0.0)
    assert third.wait_s > 0
    assert third.requests == 2, "what cannot go out is not counted"
    _, later = book(spent, LIMIT, third.wait_s)
    assert later.wait_s == 0.0


def test_a_clock_that_begins_anew_gives_a_full_bucket() -> None:
    _, booking = book(Spent(-50.0, 9999.0, 70), LIMIT, 3.0)
    assert (booking.wait_s, booking.requests) == (0.0, 71)


@given(st.lists(st.floats(0.0, 20.0), max_size=200), st.integers(2, 60))
def test_no_window_ever_holds_more_than_the_limit(
    pauses: list[float], requests: int
) -> None:
    limit, now_s, sent, spent = Limit.per_window(requests, 100.0), 0.0, [], None
    for pause_s in pauses:
        now_s += pause_s
        spent, booking = book(spent, limit, now_s)
        if booking.wait_s == 0.0:
            sent.append(now_s)
    for begin in sent:
        assert sum(begin <= at < begin + 100.0 for at in sent) <= requests + 1e-6


def test_accounts_are_told_apart_and_tell_no_secret() -> None:
    token = "a" * 40
    profiles = [
        Profile("a", endpoint="https://x", auth=TokenSpec(Secret(token))),
        Profile("b", endpoint="https://x", auth=TokenSpec(Secret("b" * 40))),
        Profile("c", endpoint="https://y", auth=TokenSpec(Secret(token))),
        Profile("d", endpoint="https://x", auth=KeySpec("AK", Secret("SK"))),
        Profile(
            "e", endpoint="https://x", auth=PasswordSpec("u", "me", "d", Secret("p"))
        ),
    ]
    accounts = [account_of(profile) for profile in profiles]
    assert len(set(accounts)) == len(profiles)
    assert not any(token[:8] in account for account in accounts)
    renamed = Profile("z", endpoint="https://x", auth=TokenSpec(Secret(token)))
    assert account_of(renamed) == accounts[0], "the account counts, not its name here"
