"""News that wait: told once between all copies, nothing urgent lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from ims_tui.adapters import outboxdb
from ims_tui.adapters.outboxdb import LATEST_S
from ims_tui.adapters.statedb import StateDb
from ims_tui.core.notices.escalation import escalated
from ims_tui.core.notices.letter import LEASE_S, PAUSES_S, Letter, Told
from ims_tui.core.notices.news import News
from ims_tui.core.notices.silence import Silence, of_profile
from ims_tui.core.service.outcome import Exchange
from ims_tui.core.state.stored_reply import StoredPoll
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import at
from tests.core.notices.some_news import some_news

FAIL, OK, STALLED = some_news("fail"), some_news("success"), some_news("stalled")
DOWN = some_news("unreachable", job_id="")
BACK = some_news("back", job_id="", ends="unreachable")
REFUSED = some_news("auth", job_id="")
ACCEPTED = some_news("back", job_id="", ends="auth")


@pytest.fixture
def one(tmp_path: Path) -> StateDb:
    return StateDb(tmp_path / "state.db")


@pytest.fixture
def other(tmp_path: Path) -> StateDb:
    return StateDb(tmp_path / "state.db")


def post(db: StateDb, news: News, seconds: float, *channels: str) -> None:
    db.post([Letter(news, channels or ("team",))], at(seconds))


def kinds(db: StateDb, seconds: float, channel: str = "team") -> list[str]:
    return [news.kind for news in db.backlog(channel, at(seconds)).waiting]


def tell(db: StateDb, news: News, seconds: float) -> bool:
    keys = db.take("team", [news], at(seconds))
    if keys:
        db.settle("team", keys, at(seconds), is_told=True)
    return bool(keys)


def test_two_copies_tell_once(one: StateDb, other: StateDb) -> None:
    for db in (one, other):
        post(db, FAIL, 0)
    assert kinds(one, 0) == kinds(other, 0) == ["fail"]
    assert tell(one, FAIL, 0)
    assert not tell(other, FAIL, 0)
    assert kinds(other, 0) == []


def test_a_later_run_does_not_tell_it_again(one: StateDb, other: StateDb) -> None:
    post(one, FAIL, 0)
    tell(one, FAIL, 1)
    one.close()
    post(other, FAIL, 86_400)
    assert kinds(other, 86_400) == []


def test_a_channel_that_is_added_hears_of_what_is_new(one: StateDb) -> None:
    post(one, FAIL, 0)
    assert kinds(one, 0, "desk") == []
    post(one, OK, 0, "team", "desk")
    assert kinds(one, 0, "desk") == ["success"]


def test_a_kill_while_telling_repeats_what_is_urgent_and_nothing_else(
    one: StateDb, other: StateDb
) -> None:
    for news in (FAIL, OK):
        post(one, news, 0)
    assert len(one.take("team", [FAIL, OK], at(0))) == 2
    one.close()  # and the process is gone
    assert kinds(other, LEASE_S - 1) == []
    assert other.backlog("team", at(LEASE_S - 1)).next_s == pytest.approx(1)
    assert kinds(other, LEASE_S) == ["fail"]


def test_what_is_not_taken_is_tried_three_times_more(one: StateDb) -> None:
    for news in (FAIL, OK):
        post(one, news, 0)
    now_s = 0.0
    for pause_s in PAUSES_S:
        keys = one.take("team", [FAIL, OK], at(now_s))
        assert len(keys) == 2
        assert not one.settle("team", keys, at(now_s), is_told=False)
        assert kinds(one, now_s + pause_s - 1) == []
        now_s += pause_s
        assert kinds(one, now_s) == ["fail", "success"]
    keys = one.take("team", [FAIL, OK], at(now_s))
    assert one.settle("team", keys, at(now_s), is_told=False), "given up"
    assert kinds(one, now_s + 3600) == []


def test_a_flapping_stall_is_one_episode(one: StateDb) -> None:
    post(one, STALLED, 0)
    assert tell(one, STALLED, 0)
    for seconds in range(600, 8 * 3600, 600):
        post(one, STALLED, seconds)
        assert kinds(one, seconds) == []
    post(one, STALLED, 10 * 3600)
    assert kinds(one, 10 * 3600) == ["stalled"], "it was well for hours"


def test_a_short_outage_is_not_told(one: StateDb) -> None:
    post(one, DOWN, 0)
    assert kinds(one, 119) == []
    post(one, BACK, 119)
    assert kinds(one, 600) == []


def test_a_recovery_goes_once_and_only_where_the_bad_news_went(
    one: StateDb, other: StateDb
) -> None:
    post(one, DOWN, 0)
    assert kinds(one, 120) == ["unreachable"]
    assert tell(one, DOWN, 120)
    for db in (one, other):
        post(db, BACK, 300, "team", "desk")
    assert kinds(one, 300) == ["back"]
    assert kinds(one, 300, "desk") == []
    assert tell(one, BACK, 300)
    post(other, BACK, 301)
    assert kinds(other, 301) == []


def test_each_end_is_about_its_own_bad_news(one: StateDb) -> None:
    for news in (REFUSED, DOWN):
        post(one, news, 0)
    assert tell(one, REFUSED, 0)
    post(one, BACK, 60)
    assert kinds(one, 600) == [], "nobody heard of the outage"
    post(one, ACCEPTED, 600)
    assert kinds(one, 600) == ["back"]
    assert one.told(at(0)) == [Told("team", "auth", 1)], "though it is over"


def test_bad_news_after_their_end_are_new(one: StateDb) -> None:
    for seconds in (0, 100, 200):
        post(one, REFUSED, seconds)
        assert tell(one, REFUSED, seconds)
        post(one, REFUSED, seconds + 10)
        assert kinds(one, seconds + 10) == [], "it goes on"
        post(one, ACCEPTED, seconds + 50)
        assert tell(one, ACCEPTED, seconds + 50)


def test_an_end_that_a_channel_does_not_hear_closes_without_a_word(
    one: StateDb,
) -> None:
    post(one, DOWN, 0)
    one.post([Letter(BACK, [], closes=["team"])], at(60))
    assert kinds(one, 600) == [], "it was over in time"
    post(one, REFUSED, 600)
    tell(one, REFUSED, 600)
    one.silence(Silence(of_profile(REFUSED.profile)))
    one.post([Letter(ACCEPTED, [], closes=["team"])], at(700))
    one.lift(of_profile(REFUSED.profile))
    post(one, REFUSED, 701)
    assert kinds(one, 701) == ["auth"]


def test_an_end_while_the_bad_news_are_on_their_way_is_told(one: StateDb) -> None:
    post(one, REFUSED, 0)
    keys = one.take("team", [REFUSED], at(0))
    post(one, ACCEPTED, 1)
    one.settle("team", keys, at(2), is_told=True)
    assert kinds(one, 2) == ["back"]


def test_what_was_told_leaves_no_words_behind(one: StateDb, tmp_path: Path) -> None:
    post(one, FAIL, 0)
    tell(one, FAIL, 0)
    one.close()
    assert FAIL.sentence.encode() not in (tmp_path / "state.db").read_bytes()


def test_what_cannot_be_told_for_days_is_given_up(one: StateDb) -> None:
    post(one, FAIL, 0)
    post(one, OK, LATEST_S + 1)
    assert kinds(one, LATEST_S + 1) == ["success"]


def test_of_too_much_that_waits_the_urgent_stays(
    one: StateDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outboxdb, "MOST_ROWS", 10)
    for number in range(8):
        post(one, some_news("fail", number), number)
    for number in range(30):
        post(one, some_news("success", 100 + number), 10 + number)
    post(one, STALLED, 50)
    found = kinds(one, 50)
    assert found.count("fail") == 8
    assert len(found) <= 10 + 1
    assert found[-1] == "stalled", "the newest of the rest"


def test_the_times_of_the_last_hour_are_shared(one: StateDb, other: StateDb) -> None:
    post(one, FAIL, 0)
    tell(one, FAIL, 10)
    assert other.backlog("team", at(20)).sent == [at(10)]
    assert other.backlog("team", at(3700)).sent == []


LATER = escalated(FAIL, 900.0)
KEY = JobKey(FAIL.profile, FAIL.job_id)


def saw(db: StateDb, *, is_news: bool) -> None:
    db.save([StoredPoll(KEY, Exchange(200, b"{}"), at(0), is_news)], ())


def test_a_try_that_failed_is_no_message_of_the_hour(one: StateDb) -> None:
    """A channel that was out of reach hears what waited as soon as it is back."""
    post(one, FAIL, 0)
    for second in (0.0, PAUSES_S[0]):
        keys = one.take("team", [FAIL], at(second))
        assert one.backlog("team", at(second)).sent == [at(second)], "on its way"
        one.settle("team", keys, at(second), is_told=False)
        assert one.backlog("team", at(second)).sent == []


def test_a_failure_that_nobody_acknowledged_goes_on(one: StateDb) -> None:
    saw(one, is_news=True)
    post(one, LATER, 0, "oncall")
    assert kinds(one, 899, "oncall") == []
    assert one.backlog("oncall", at(899)).next_s == pytest.approx(1)
    assert kinds(one, 900, "oncall") == ["fail"]


def test_an_acknowledgement_in_another_copy_stops_it_for_good(
    one: StateDb, other: StateDb
) -> None:
    saw(one, is_news=True)
    post(one, LATER, 0, "oncall")
    saw(other, is_news=False)
    assert kinds(one, 900, "oncall") == []
    saw(other, is_news=True)  # as a copy would write that knows it no better
    post(one, LATER, 1000, "oncall")
    assert kinds(one, 5000, "oncall") == []


def test_what_befell_a_profile_goes_on_unless_it_ends_or_somebody_looks(
    one: StateDb, other: StateDb
) -> None:
    later = escalated(REFUSED, 900.0)
    post(one, later, 0, "oncall")
    assert kinds(one, 899, "oncall") == []
    assert kinds(one, 900, "oncall") == ["auth"]
    post(one, ACCEPTED, 899, "oncall")
    assert kinds(one, 900, "oncall") == []
    post(one, later, 1000, "oncall")
    other.acknowledge_profiles(at(1100))
    post(one, later, 1200, "oncall")  # as another copy sees it
    assert kinds(one, 5000, "oncall") == []
    post(one, ACCEPTED, 5000, "oncall")
    assert kinds(one, 5000, "oncall") == [], "they did not hear of it"


def test_looking_at_profiles_acknowledges_no_job_and_nothing_on_its_way(
    one: StateDb,
) -> None:
    saw(one, is_news=True)
    post(one, LATER, 0, "oncall")
    post(one, REFUSED, 0)
    post(one, DOWN, 0)
    one.acknowledge_profiles(at(10))
    assert kinds(one, 900, "oncall") == ["fail"]
    assert kinds(one, 900) == ["auth", "unreachable"]


def test_a_job_that_left_the_list_needs_nobody(one: StateDb, other: StateDb) -> None:
    saw(one, is_news=True)
    post(one, LATER, 0, "oncall")
    other.save((), [KEY])
    assert kinds(one, 900, "oncall") == []


def test_who_was_told_what_since_when(one: StateDb) -> None:
    for news, seconds in ((FAIL, 0), (OK, 100)):
        post(one, news, seconds)
        tell(one, news, seconds)
    post(one, STALLED, 100)
    assert one.told(at(0)) == [Told("team", "fail", 1), Told("team", "success", 1)]
    assert one.told(at(50)) == [Told("team", "success", 1)]
