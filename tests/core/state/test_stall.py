"""Standing still, told apart from silence; tests/test_lane.py has the time line."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.config.settings import StallSettings
from ims_tui.core.polling.habits import Habits, Usual
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.stall import (
    SLOW_S,
    USUAL_S,
    is_stalled,
    stalled_after_s,
    standstill,
    usual_pause,
)
from tests.core.entries import FAIL, job, no, ok, polled, seen, watch

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
