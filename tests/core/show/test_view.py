"""Clocks and zones of one repaint."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from msgspec.structs import replace

from ims_tui.core.moment import Moment, ServiceClock
from ims_tui.core.show.view import Times, View
from ims_tui.core.state.entry import Entry, name_of, name_of_key
from ims_tui.core.state.health import Health, Link
from ims_tui.core.watchlist.watch import JobKey, kept_result
from tests.core.entries import (
    FAIL,
    INIT,
    SUCCESS,
    at,
    ending,
    job,
    moment,
    seen,
    watch,
)

SHANGHAI = timezone(timedelta(hours=8))


def test_elapsed_is_told_by_the_service_clock() -> None:
    ahead = ServiceClock(at(3600))
    view = View(moment(100), {"prod": Health("prod", clock=ahead)})
    assert view.elapsed_s(seen(job(begin_s=3600))) == 100
    assert View(moment(100)).elapsed_s(seen(job(begin_s=200))) == 0
    assert View(moment(100)).elapsed_s(seen(job(begin_s=3600))) is None


def test_elapsed_of_a_kept_result() -> None:
    kept = Entry(
        replace(
            watch(), result=kept_result(FAIL, stated_begin=at(0), stated_end=at(30))
        )
    )
    assert View(moment(1e6)).elapsed_s(kept) == 30


def test_wall_clock_moves_no_duration() -> None:
    clock = ServiceClock(at(0))
    health = {"prod": Health("prod", clock=clock)}
    entry = seen(job(begin_s=-60))
    shown = {
        View(Moment(at(set_s), 100.0), health).elapsed_s(entry)
        for set_s in (100, 9e6, -9e6)
    }
    assert shown == {160}


@pytest.mark.parametrize(
    ("entry", "now_s", "is_stale"),
    [
        (seen(job()), 20, False),
        (seen(job()), 10_000, True),
        (replace(seen(job()), is_stored=True), 11, True),
        (seen(job(status=SUCCESS)), 10_000, False),
        (replace(seen(job()), is_gone=True), 10_000, False),
        (Entry(watch()), 10_000, False),
    ],
)
def test_stale(entry: Entry, now_s: float, is_stale: bool) -> None:
    assert View(moment(now_s)).is_stale(entry) is is_stale


@pytest.mark.parametrize(
    ("planned_s", "old_s"), [(2.0, 30.0), (20.0, 60.0), (300.0, 900.0), (None, 105.0)]
)
def test_stale_after_three_planned_intervals(
    planned_s: float | None, old_s: float
) -> None:
    entry = replace(seen(job()), planned_s=planned_s)
    assert not View(moment(10 + old_s)).is_stale(entry)
    assert View(moment(11 + old_s)).is_stale(entry)


def test_remaining_ticks_and_is_silent_where_nothing_can_be_said() -> None:
    entry = ending(seen(job()), 100.0)
    assert View(moment(10)).remaining_s(entry) == 100.0
    assert View(moment(60)).remaining_s(entry) == 50.0
    assert View(moment(900)).remaining_s(entry) == 0.0
    for other in (
        seen(job()),
        replace(entry, is_stalled=True),
        replace(entry, is_gone=True),
        ending(seen(job(status=SUCCESS)), 100.0),
    ):
        assert View(moment(60)).remaining_s(other) is None


@pytest.mark.parametrize("link", list(Link))
def test_cut_off_without_answers(link: Link) -> None:
    view = View(moment(0), {"prod": Health("prod", link)})
    assert view.is_cut_off(seen(job())) is (link in (Link.OFFLINE, Link.STOPPED))


def test_times_in_the_chosen_zone_with_the_date_where_it_differs() -> None:
    local = View(moment(0), zone=SHANGHAI, times=Times.LOCAL)
    assert local.clock_time(at(60)) == "20:01:00"
    assert local.clock_time(at(60), with_date=True) == "2026-11-23 20:01:00"
    assert local.clock_time(at(4 * 3600)) == "2026-11-24 00:00:00"
    utc = replace(local, times=Times.UTC)
    assert utc.clock_time(at(60)) == "12:01:00"
    assert utc.clock_time(at(4 * 3600)) == "16:00:00"


@pytest.mark.parametrize(
    ("minutes", "name"),
    [(0, "UTC"), (480, "UTC+8"), (345, "UTC+5:45"), (-210, "UTC-3:30")],
)
def test_zone_names(minutes: int, name: str) -> None:
    zone = timezone(timedelta(minutes=minutes))
    assert View(moment(0), zone=zone, times=Times.LOCAL).zone_name(at(0)) == name
    assert View(moment(0), zone=zone, times=Times.UTC).zone_name(at(0)) == "UTC"


def test_names() -> None:
    entry = seen(job(7, INIT), 7)
    assert name_of(entry) == "00000000..00000007"
    assert name_of(seen(job(), label="sap")) == "sap"
    assert name_of_key({entry.key: entry}, entry.key) == name_of(entry)
    gone = JobKey("prod", "f" * 32)
    assert name_of_key({}, gone) == "ffffffff..ffffffff"


@pytest.mark.parametrize(
    ("age_s", "words"), [(0, "<21s"), (4, "<25s"), (45, "<2m"), (3590, "<2h")]
)
def test_an_age_that_stays_on_the_screen_is_never_too_low(
    age_s: float, words: str
) -> None:
    assert View(moment(100), held_s=20).age_text(age_s) == words


def test_a_begin_that_cannot_be_makes_no_length() -> None:
    view = View(moment(20))
    assert view.elapsed_s(seen(job(1, begin_s=-4194 * 86400.0), 1)) is None
    assert view.elapsed_s(seen(job(1, begin_s=3600.0), 1)) is None
    assert view.elapsed_s(seen(job(1, begin_s=21.0), 1)) == 0.0
    assert view.elapsed_s(seen(job(1, begin_s=-5 * 86400.0), 1)) == 5 * 86400.0 + 20
