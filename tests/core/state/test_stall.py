"""Standing still, told apart from silence; tests/test_lane.py has the time line."""

from __future__ import annotations

from itertools import accumulate

import pytest
from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.polling.habits import Habits, Usual
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.stall import (
    SLOW_S,
    USUAL_S,
    is_stalled,
    stalled_after_s,
    standstill,
    usual_pause,
)
from tests.core.entries import FAIL, RUNNING, at, job, no, ok, polled, seen, watch

DEFAULT = StallSettings()


def still(seconds: float, **changes: object) -> Entry:
    """A running job that stood still for so long."""
    return replace(seen(job(**changes)), still_s=seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("job_type", "expected_s"),
    [
        ("imsImportImageJob", USUAL_S),
        ("imsCreateWholeImageByInstanceJob", SLOW_S),
        ("imsCrossRegionCopyImageJob", SLOW_S),
        ("somethingNew", USUAL_S),
    ],
)
def test_time_by_type(job_type: str, expected_s: float) -> None:
    assert stalled_after_s(job_type, DEFAULT) == expected_s
    assert not is_stalled(still(expected_s, job_type=job_type), DEFAULT)
    assert is_stalled(still(expected_s + 1, job_type=job_type), DEFAULT)


def test_types_that_finish_in_seconds_never_count() -> None:
    assert not is_stalled(still(1e9, job_type="imsAddImageMembersJob"), DEFAULT)


def pausing(most_s: float, seconds: float) -> Entry:
    """A job that stood still, of a type whose pauses are known."""
    usual = Usual(most_s / 3, most_s / 2, most_s / 1.5, most_s, 14)
    habits = Habits(None, {}, {"Convert": usual})
    return replace(still(seconds, step="Convert", ratio=0.62), habits=habits)


def test_three_usual_longest_pauses_count_but_not_less_than_the_minimum() -> None:
    assert not is_stalled(pausing(540, 1619), DEFAULT)
    assert is_stalled(pausing(540, 1621), DEFAULT)
    assert not is_stalled(pausing(5, 299), DEFAULT)
    assert is_stalled(pausing(5, 301), DEFAULT)
    assert is_stalled(pausing(540, 700), StallSettings(factor=1.25))


def test_a_step_never_seen_may_pause_as_long_as_any() -> None:
    entry = pausing(540, 1000)
    other = replace(entry, reply=job(step="Upload"))
    assert usual_pause(other) == usual_pause(entry)


def staying(stay_s: float, seconds: float) -> Entry:
    """A job where a percent usually stays so long and the step pauses for 9 min."""
    entry = pausing(540, seconds)
    stay = Usual(stay_s / 2, stay_s / 1.5, stay_s / 1.2, stay_s, 9)
    return replace(entry, habits=replace(entry.habits, stay=stay))


def test_a_percent_that_usually_stays_for_seconds_is_stalled_sooner() -> None:
    assert not is_stalled(staying(30, 299), DEFAULT)
    assert is_stalled(staying(30, 301), DEFAULT), "the step alone would say 27:00"
    assert not is_stalled(staying(100, 599), DEFAULT)
    assert is_stalled(staying(100, 601), DEFAULT)
    assert not is_stalled(staying(5000, 1619), DEFAULT)
    assert is_stalled(staying(5000, 1621), DEFAULT), "the step's pause is the shorter"


def test_the_sentence_names_what_the_verdict_rests_on() -> None:
    words = "has not moved from 62% for 5:30; usual there 0:20"
    assert standstill(staying(30, 330)) == words
    assert standstill(staying(5000, 1700)).endswith("; usual longest pause 9:00")


def moving(*pauses_s: float, gap_s: float = 10.0) -> tuple[Sighting, ...]:
    """A job that moved by 1 % after each of these pauses."""
    times = accumulate(pauses_s, initial=0.0)
    return tuple(
        Sighting(at(time_s), RUNNING, 0.1 + number / 100, "Convert", gap_s)
        for number, time_s in enumerate(times)
    )


def test_a_job_that_paused_as_long_before_is_not_stalled() -> None:
    slow = replace(pausing(60, 1500), sightings=moving(610, 500, 400))
    assert is_stalled(pausing(60, 1500), DEFAULT)
    assert not is_stalled(slow, DEFAULT)
    assert is_stalled(replace(slow, still_s=1801), DEFAULT), "three times its 10 min"
    two = replace(slow, sightings=moving(610, 500))
    assert is_stalled(two, DEFAULT), "two pauses say nothing yet"


def test_neither_silence_nor_waiting_is_a_pause_of_the_job() -> None:
    unseen = replace(pausing(60, 1500), sightings=moving(610, 500, 400, gap_s=600))
    assert is_stalled(unseen, DEFAULT), "it may have moved while nobody looked"
    waited = tuple(replace(s, step="", progress_ratio=None) for s in moving(9, 9, 610))
    assert is_stalled(replace(pausing(60, 1500), sightings=waited), DEFAULT)


def test_what_the_operator_set_for_a_type_holds_whatever_it_did_before() -> None:
    slow = replace(pausing(60, 1500), sightings=moving(610, 500, 400))
    assert is_stalled(slow, StallSettings(by_type_s={slow.job_type: 400}))


def test_sentence_says_where_how_long_and_what_is_usual() -> None:
    words = "has not moved from 62% for 38:00; usual longest pause 9:00"
    assert standstill(pausing(540, 2280)) == words
    assert standstill(still(2280)) == "has not moved for 38:00"


def test_settings_decide() -> None:
    assert stalled_after_s("x", StallSettings(minimum_s=7200)) == 7200
    assert stalled_after_s("x", StallSettings(by_type_s={"x": 60})) == 60
    assert not is_stalled(still(1e6), StallSettings(enabled=False))


def test_only_a_live_job_that_answers_is_stalled() -> None:
    assert is_stalled(still(1e6), DEFAULT)
    assert not is_stalled(polled((20, no()), entry=still(1e6)), DEFAULT)
    assert not is_stalled(replace(still(1e6), is_gone=True), DEFAULT)
    assert not is_stalled(still(1e6, status=FAIL), DEFAULT)
    assert not is_stalled(Entry(watch()), DEFAULT)
    assert not is_stalled(polled((0, ok(job())), (60, ok(job()))), DEFAULT)
