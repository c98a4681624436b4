"""Local time: the offset belongs to the instant, not to the process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_tui.adapters.clock import LocalZone
from ims_tui.core.moment import Moment
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.view import Times, View
from tests.core.entries import job, ok, polled

BERLIN = "Europe/Berlin"


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalZone]:
    monkeypatch.setenv("TZ", BERLIN)
    time.tzset()
    yield LocalZone()
    monkeypatch.undo()
    time.tzset()


def view_at(now: datetime, zone: LocalZone) -> View:
    return View(Moment(now, 0.0), zone=zone, times=Times.LOCAL)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 2**31 - 1).map(lambda second: datetime.fromtimestamp(second, UTC))
)
def test_every_instant_has_the_offset_it_had(zone: LocalZone, at: datetime) -> None:
    local, truth = at.astimezone(zone), at.astimezone(ZoneInfo(BERLIN))
    assert local.replace(tzinfo=None) == truth.replace(tzinfo=None)
    assert local.utcoffset() == truth.utcoffset()
    assert local.astimezone(UTC) == at


@pytest.mark.parametrize(("hour", "ahead_h"), [(0, 2), (1, 1)])
def test_the_hour_that_comes_twice(zone: LocalZone, hour: int, ahead_h: int) -> None:
    local = datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(zone)
    assert (local.hour, local.utcoffset()) == (2, timedelta(hours=ahead_h))


def test_a_july_time_is_shown_by_summer_time_in_november(zone: LocalZone) -> None:
    view = view_at(datetime(2026, 11, 28, 12, tzinfo=UTC), zone)
    july = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert view.clock_time(july) == "2026-07-01 14:00:00"
    assert view.zone_name(july) == "UTC+2"
    assert view.zone_name(view.now.wall) == "UTC+1"


def test_a_change_of_the_clocks_needs_no_restart(zone: LocalZone) -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    before = view_at(change - timedelta(seconds=1), zone)
    after = view_at(change, zone)
    assert before.clock_time(before.now.wall) == "01:59:59"
    assert before.zone_name(before.now.wall) == "UTC+1"
    assert after.zone_name(after.now.wall) == "UTC+2"
    assert after.zone_name(before.now.wall) == "UTC+1", "a time of before the change"
    assert after.clock_time(after.now.wall) == "03:00:00"


def test_a_machine_that_is_moved_to_another_zone(
    zone: LocalZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert at.astimezone(zone).hour == 14
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    assert at.astimezone(zone).hour == 20


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)]
)
@pytest.mark.parametrize("name", [BERLIN, "Pacific/Kiritimati", "Pacific/Niue"])
def test_both_ends_of_the_calendar_have_an_offset(
    zone: LocalZone, monkeypatch: pytest.MonkeyPatch, name: str, at: datetime
) -> None:
    monkeypatch.setenv("TZ", name)
    time.tzset()
    assert abs(zone.utcoffset(at) or timedelta()) <= timedelta(hours=16)
    assert zone.tzname(at)


@pytest.mark.parametrize("text", ["ended<0001-01-01", "ends>9999-12-30"])
def test_a_filter_at_an_end_of_the_calendar_is_a_filter(
    zone: LocalZone, text: str
) -> None:
    view = view_at(datetime(2026, 11, 29, tzinfo=UTC), zone)
    assert not parse_filter(text).matches(polled((0, ok(job()))), view)
