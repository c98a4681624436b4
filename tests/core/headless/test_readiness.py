"""Readiness: answered lately, or nothing to ask."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from ims_tui.core.config.settings import Settings
from ims_tui.core.headless.readiness import service_status, why_not_ready
from ims_tui.core.moment import Moment
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey, Watch
from tests.core.entries import FAIL, RUNNING, at, id_of, job

POLL = Settings().poll
LONGEST_S = POLL.max_interval_s + POLL.request_timeout_s
NOW = Moment(at(1000), 1000.0)
KEY = JobKey("default", id_of(1))


def answered(ago_s: float) -> Health:
    then = Moment(NOW.wall - timedelta(seconds=ago_s), NOW.mono_s - ago_s)
    return Health("default", Link.LIVE, answered=then)


def snapshot(health: Health | None = None) -> Snapshot:
    entry = Entry(Watch(id_of(1)), job(1, RUNNING))
    healths = {"default": health} if health else {}
    return Snapshot(entries={KEY: entry}, health=healths)


def why(state: Snapshot) -> str:
    return why_not_ready(state, Settings(), NOW)


def test_ready_while_a_profile_is_answered_within_its_longest_gap() -> None:
    assert why(snapshot(answered(LONGEST_S))) == ""
    assert why(snapshot(answered(LONGEST_S + 1))) == (
        f"No profile was answered for {LONGEST_S + 1:.0f} s."
    )
    assert why(snapshot()) == "No profile was answered yet."


def test_one_of_several_profiles_is_enough() -> None:
    other = JobKey("other", id_of(2))
    entries = dict(snapshot().entries)
    entries[other] = Entry(Watch(id_of(2), "other"), job(2, RUNNING))
    health = {"default": answered(9999), "other": replace(answered(1), profile="other")}
    assert why(Snapshot(entries=entries, health=health)) == ""


def test_jobs_of_another_service_are_answered_on_a_lane_of_their_own() -> None:
    watch = Watch(id_of(1), service=JobService.ECS)
    health = replace(answered(1), profile=watch.lane)
    entries = {KEY: Entry(watch, job(1, RUNNING))}
    assert why(Snapshot(entries=entries, health={watch.lane: health})) == ""


def test_ready_where_nothing_is_left_to_ask() -> None:
    assert why(Snapshot()) == ""
    ended = Entry(Watch(id_of(1)), job(1, FAIL, end_s=5))
    assert why(Snapshot(entries={KEY: ended})) == ""
    assert why(Snapshot(is_loading=True)) == "The list is being read."


def test_the_status_names_a_service_that_does_not_answer() -> None:
    assert service_status(Snapshot()) == "no jobs"
    offline = replace(answered(9), link=Link.OFFLINE)
    assert service_status(snapshot(offline)) == "1 run; default offline"
