"""When news are told: at once, gathered, held, and never too often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.notices.news import Level, News
from ims_tui.core.notices.pace import HOUR_S, Pace, due
from ims_tui.core.notices.quiet_hours import QuietHours
from tests.core.entries import at
from tests.core.notices.some_news import some_news

Sent = tuple[float, Sequence[News]]


def tell_all(pace: Pace, news: Sequence[News]) -> list[Sent]:
    """Everything that one channel is told, with its seconds after noon."""
    coming = sorted(news, key=lambda n: n.at)
    waiting: list[News] = []
    sent: list[Sent] = []
    now = at(0)
    while coming or waiting:
        while coming and coming[0].at <= now:
            waiting.append(coming.pop(0))
        times = [at(s) for s, _ in sent]
        plan = due(pace, waiting, [t for t in times if (now - t) < HOUR], now)
        for message in plan.messages:
            sent.append(((now - at(0)).total_seconds(), message))
            waiting = [n for n in waiting if n not in message]
        now = _next(now, coming, plan.wait_s if waiting else None)
    return sent


HOUR = timedelta(seconds=HOUR_S)


def _next(now: datetime, coming: Sequence[News], wait_s: float | None) -> datetime:
    times = [now + timedelta(seconds=max(wait_s, 0.001))] if wait_s is not None else []
    times += [coming[0].at] if coming else []
    return max(now + timedelta(milliseconds=1), min(times, default=now))


def burst(count: int, every_s: float, kind: str = "fail") -> list[News]:
    return [some_news(kind, n, seconds=n * every_s) for n in range(count)]


def test_what_is_urgent_goes_at_once() -> None:
    ((when, _),) = tell_all(Pace(), [some_news("fail", seconds=7)])
    assert when == 7


def test_what_follows_within_the_window_is_one_message() -> None:
    (first, second) = tell_all(Pace(), burst(4, 1.0))
    assert (first[0], len(first[1])) == (0, 1)
    assert (second[0], len(second[1])) == (5, 3)


def test_good_news_wait_for_each_other() -> None:
    ((when, news),) = tell_all(Pace(), burst(5, 1.0, "success"))
    assert (when, len(news)) == (5, 5)


def test_the_window_grows_to_a_minute_while_it_goes_on() -> None:
    sent = [when for when, _ in tell_all(Pace(most_per_hour=100), burst(300, 1.0))]
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert gaps[:5] == [5, 10, 20, 40, 60]
    assert max(gaps) <= 61


def test_a_program_gets_each_alone() -> None:
    sent = tell_all(Pace(is_each=True), burst(3, 0.0))
    assert [len(news) for _, news in sent] == [1, 1, 1]


def test_quiet_hours_hold_and_do_not_drop() -> None:
    quiet = QuietHours(time(12), time(13))
    news = [*burst(3, 60.0, "success"), some_news("fail", 9, seconds=600)]
    sent = tell_all(Pace(quiet=quiet), news)
    assert [(when, len(told)) for when, told in sent] == [(600, 1), (3600, 3)]


def test_quiet_hours_that_let_nothing_through() -> None:
    quiet = QuietHours(time(12), time(13), allow=())
    ((when, told),) = tell_all(Pace(quiet=quiet), burst(30, 60.0))
    assert (when, len(told)) == (3600, 30)


NEWS = st.lists(
    st.tuples(st.sampled_from(["fail", "success", "stalled"]), st.floats(0, 20_000)),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(NEWS)
def test_all_is_told_once_soon_and_never_too_often(
    plan: list[tuple[str, float]],
) -> None:
    news = [some_news(kind, n, seconds=s) for n, (kind, s) in enumerate(plan)]
    pace = Pace()
    sent = tell_all(pace, news)
    told = [one.key for _, message in sent for one in message]
    assert sorted(told) == sorted(one.key for one in news), "all, and nothing twice"
    for when, _ in sent:
        hour = [s for s, _ in sent if when <= s < when + HOUR_S - 1]
        assert len(hour) <= pace.most_per_hour
    for when, message in sent:
        late = [when - (n.at - at(0)).total_seconds() for n in message]
        urgent = [s for s, n in zip(late, message, strict=True) if is_urgent(n)]
        assert max(urgent, default=0) <= HOUR_S / 2


def is_urgent(news: News) -> bool:
    return news.level is Level.URGENT


def test_a_flood_of_good_news_leaves_room_for_a_failure() -> None:
    flood = burst(120, 30.0, "success")
    sent = tell_all(Pace(), [*flood, some_news("fail", 999, seconds=3000)])
    assert next(s for s, news in sent if any(map(is_urgent, news))) <= 3060
    assert len([s for s, _ in sent if s < HOUR_S]) <= Pace().most_per_hour
