"""Hours in which little is told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.notices.quiet_hours import DAYS, QuietHours

NIGHT = QuietHours(time(22), time(7, 30))


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in a November that begins on a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_night_runs_past_midnight() -> None:
    assert NIGHT.end(on(2, 21, 59)) is None
    assert NIGHT.end(on(2, 22)) == on(3, 7, 30)
    assert NIGHT.end(on(3, 7, 29)) == on(3, 7, 30)
    assert NIGHT.end(on(3, 7, 30)) is None


def test_hours_of_one_day() -> None:
    noon = QuietHours(time(12), time(13))
    assert noon.end(on(2, 12, 30)) == on(2, 13)
    assert noon.end(on(2, 13)) is None


def test_the_day_is_the_one_on_which_they_begin() -> None:
    friday = QuietHours(time(22), time(7, 30), ("fri",))
    assert friday.end(on(6, 23)) == on(7, 7, 30)
    assert friday.end(on(7, 6)) == on(7, 7, 30), "early on Saturday"
    assert friday.end(on(7, 23)) is None
    assert friday.end(on(6, 6)) is None


def test_in_the_zone_of_the_operator() -> None:
    shanghai = QuietHours(time(22), time(7), zone=ZoneInfo("Asia/Shanghai"))
    assert shanghai.end(on(2, 14)) == on(2, 23)
    assert shanghai.end(on(2, 13, 59)) is None


@given(
    st.times(),
    st.times(),
    st.sets(st.sampled_from(DAYS)),
    st.integers(0, 50 * 366 * 1440),
)
def test_they_always_end_within_a_day(
    begins: time, ends: time, days: set[str], minutes: int
) -> None:
    moment = on(1, 0) + timedelta(minutes=minutes)
    end = QuietHours(begins, ends, days).end(moment)
    if end is not None:
        assert 0 < (end - moment).total_seconds() <= 86400
