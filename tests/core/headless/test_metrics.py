"""Snapshots to metrics."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from ims_tui.core.headless.counters import (
    Counters,
    Histogram,
    added,
    restored_counters,
    stored_counters,
)
from ims_tui.core.headless.metrics import (
    KEEP_ENDED_S,
    Family,
    MetricType,
    families,
)
from ims_tui.core.polling.habits import Habits, Held
from ims_tui.core.service.jobservice import JobService, lane_name
from ims_tui.core.service.outcome import Exchange, FailureKind, PollFailed
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey, Watch, result_of
from tests.core.entries import (
    FAIL,
    RUNNING,
    SUCCESS,
    at,
    ending,
    id_of,
    job,
    seen,
)

KEY = JobKey("default", id_of(1))
LIMITS = {"default": 0.5}
LABELS = {"profile", "service", "job_id", "job_type", "status", "state"}


def entry(polls: int = 0) -> Entry:
    return Entry(Watch(id_of(1)), polls=polls)


def by_name(
    snapshot: Snapshot, tally: Counters, now_s: float = 0.0
) -> dict[str, Family]:
    return {f.name: f for f in families(snapshot, tally, LIMITS, at(now_s))}


def test_names_and_labels_keep_the_conventions() -> None:
    health = Health("default", Link.LIVE, rate_per_s=0.1)
    entries = {KEY: replace(entry(), reply=job(1, RUNNING, ratio=0.5))}
    metrics = by_name(Snapshot(entries=entries, health={"default": health}), Counters())
    for name, family in metrics.items():
        assert re.fullmatch(r"ims_tui_[a-z_]+", name)
        assert not name.endswith("_total"), "the exporter adds it"
        assert set(family.labels) <= LABELS or name.endswith("_info")
        assert family.help.endswith(".")
        if family.kind is MetricType.HISTOGRAM:
            assert name.endswith("_seconds")
    (used,) = metrics["ims_tui_budget_used_ratio"].samples
    assert used.value == 0.2
    links = {s.labels[2]: s.value for s in metrics["ims_tui_profile_link"].samples}
    assert links["live"] == 1.0
    assert sum(v for v in links.values() if isinstance(v, float)) == 1.0


def test_a_service_is_a_label_and_never_a_part_of_the_profile() -> None:
    lane = lane_name("default", JobService.ECS)
    healths = {
        "default": Health("default", Link.LIVE, rate_per_s=0.1),
        lane: Health(lane, Link.OFFLINE, rate_per_s=0.2),
    }
    ecs = Entry(Watch(id_of(1), service=JobService.ECS))
    metrics = by_name(Snapshot(entries={KEY: ecs}, health=healths), Counters())
    named = {
        (family.name, sample.labels[family.labels.index("profile")])
        for family in metrics.values()
        if "profile" in family.labels
        for sample in family.samples
    }
    assert {profile for _, profile in named} == {"default"}
    used = {s.labels: s.value for s in metrics["ims_tui_budget_used_ratio"].samples}
    assert used == {("default", "ims"): 0.2, ("default", "ecs"): 0.4}
    links = {s.labels for s in metrics["ims_tui_profile_link"].samples if s.value}
    assert links == {("default", "ims", "live"), ("default", "ecs", "offline")}
    (info,) = metrics["ims_tui_job_info"].samples
    assert info.labels[1] == "ecs"


def test_polls_ends_and_latencies_add_up() -> None:
    going = replace(
        entry(1), reply=job(1, RUNNING), exchange=Exchange(200, latency_s=0.2)
    )
    lost = replace(
        going, polls=2, failure=PollFailed(FailureKind.UNREACHABLE, "no answer")
    )
    ended = replace(
        going,
        polls=3,
        reply=job(1, FAIL, end_s=5),
        exchange=Exchange(200, latency_s=0.3),
        detection_s=3.0,
    )
    tally, before = Counters(), {KEY: entry()}
    for now in (going, going, lost, ended, ended):
        tally, before = tally.after(before, {KEY: now}), {KEY: now}
    assert tally.polls == {("default", "ok"): 2, ("default", "unreachable"): 1}
    assert tally.ended == {("default", "FAIL"): 1}
    assert tally.latency["default"].total == 0.5
    assert sum(tally.latency["default"].counts) == 2
    assert tally.detection["default"].total == 3.0
    assert restored_counters(stored_counters(tally)) == tally
    assert added(Counters(), tally) == tally
    twice = added(tally, tally)
    assert twice.ended == {("default", "FAIL"): 2}
    assert twice.latency["default"].total == 1.0


def test_an_end_that_the_first_look_shows_is_counted() -> None:
    ended = replace(entry(1), reply=job(1, FAIL, end_s=5))
    assert Counters().after({}, {KEY: ended}).ended == {("default", "FAIL"): 1}
    restored = replace(ended, polls=0)
    assert Counters().after({}, {KEY: restored}).ended == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ended":[["a","b",-1]]}', "\ud800"])
def test_stored_counters_that_cannot_be_used_begin_anew(text: str) -> None:
    assert restored_counters(text) == Counters()


def test_a_failure_stays_until_it_is_acknowledged_and_says_what_it_is_called() -> None:
    failed = job(1, FAIL, end_s=10)
    watch = Watch(id_of(1), label="golden", result=result_of(failed, at(10)))
    news = Snapshot(entries={KEY: Entry(watch, failed, is_news=True)})
    late = 11 + KEEP_ENDED_S
    metrics = by_name(news, Counters(), late)
    (info,) = metrics["ims_tui_job_info"].samples
    assert info.labels[4] == "golden"
    states = {s.labels[2]: s.value for s in metrics["ims_tui_job_state"].samples}
    assert states.pop("FAIL") == 1.0
    assert set(states.values()) == {0.0}
    assert [s.value for s in metrics["ims_tui_job_acknowledged"].samples] == [0.0]
    ends = metrics["ims_tui_job_end_timestamp_seconds"].samples
    assert [s.value for s in ends] == [at(10).timestamp()]
    heeded = Snapshot(entries={KEY: Entry(watch, failed)})
    elsewhere = by_name(heeded, Counters(), late)
    assert elsewhere["ims_tui_job_info"].samples == ()


def test_counters_begin_at_zero_so_that_an_increase_is_seen() -> None:
    metrics = by_name(Snapshot(), Counters())
    ended = metrics["ims_tui_jobs_ended"].samples
    assert {s.labels for s in ended} == {("default", "SUCCESS"), ("default", "FAIL")}
    assert {s.value for s in ended} == {0}


def test_series_of_ended_jobs_leave() -> None:
    done = job(1, SUCCESS, end_s=10)
    watch = replace(Watch(id_of(1)), result=result_of(done, at(10)))
    snapshot = Snapshot(entries={KEY: Entry(watch, done)})
    stalled = "ims_tui_job_stalled"
    assert len(by_name(snapshot, Counters(), 11)[stalled].samples) == 1
    later = by_name(snapshot, Counters(), 11 + KEEP_ENDED_S)
    assert later[stalled].samples == ()
    jobs = {s.labels[1]: s.value for s in later["ims_tui_jobs"].samples}
    assert jobs["SUCCESS"] == 1, "it is still counted"


def test_when_all_are_done_is_told_by_profile() -> None:
    shown = {each.key: each for each in (ending(seen(job(n), n), 720) for n in (1, 2))}
    metrics = by_name(Snapshot(entries=shown), Counters(), 10.0)
    (sample,) = metrics["ims_tui_all_done_timestamp_seconds"].samples
    one, two = metrics["ims_tui_job_expected_end_timestamp_seconds"].samples
    assert sample.labels == (one.labels[0],)
    assert isinstance(sample.value, float)
    assert one.value == two.value == at(730).timestamp()
    assert sample.value > at(730).timestamp()


def test_how_often_ranges_held_is_told_once_for_a_type() -> None:
    habits = Habits(held=Held(0.48, 31))
    two = {n: replace(seen(job(n), n), habits=habits) for n in (1, 2)}
    shown = {each.key: each for each in two.values()}
    (sample,) = by_name(Snapshot(entries=shown), Counters())[
        "ims_tui_estimate_held_ratio"
    ].samples
    assert (sample.labels, sample.value) == (("prod", two[1].job_type), 0.48)


def test_where_nothing_is_known_all_done_is_not_told() -> None:
    metrics = by_name(Snapshot(entries={KEY: entry()}), Counters())
    assert not metrics["ims_tui_all_done_timestamp_seconds"].samples


def test_a_histogram_counts_by_upper_bound() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 9.0):
        histogram = histogram.observe(value)
    assert histogram.counts == (2, 1, 1)
    assert histogram.total == 12.0
