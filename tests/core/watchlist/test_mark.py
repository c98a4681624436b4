"""Marks before the end of a job: what is one, and when it is passed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from ims_tui.core.polling.estimate import Estimate
from ims_tui.core.state.booking import has_reached, passed
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.entrytoml import EntryError, read_entry, write_entry
from ims_tui.core.watchlist.mark import is_mark, percent_of, time_of_s
from ims_tui.core.watchlist.watch import Watch
from tests.core.entries import RUNNING, SUCCESS, id_of, job

WATCH = Watch(id_of(1), marks=("90%", "10m"))


@pytest.mark.parametrize(
    ("text", "percent", "seconds"),
    [("90%", 90, None), ("1%", 1, None), ("10m", None, 600.0), ("1h", None, 3600.0)],
)
def test_a_mark(text: str, percent: int | None, seconds: float | None) -> None:
    assert (percent_of(text), time_of_s(text)) == (percent, seconds)
    assert is_mark(text)


@pytest.mark.parametrize("text", ["", "0%", "100%", "9 0%", "٩٠%", "10", "soon", "-5m"])
def test_no_mark(text: str) -> None:
    assert not is_mark(text)


def test_it_stands_in_the_list() -> None:
    table = write_entry(WATCH)
    assert table["marks"] == ["90%", "10m"]
    assert read_entry(table) == WATCH
    with pytest.raises(EntryError, match='marks = "soon" is neither a percent'):
        read_entry(table | {"marks": ["soon"]})


def at(ratio: float, left_s: float | None) -> Entry:
    running = replace(job(1, RUNNING), progress_ratio=ratio)
    ahead = None if left_s is None else Estimate(0, 0, (left_s, left_s, left_s))
    return replace(Entry(WATCH, running), estimate=ahead)


def test_it_is_passed_by_the_reply_that_reaches_it() -> None:
    steps = [at(0.5, None), at(0.6, 601), at(0.7, 600), at(0.9, 550), at(0.95, 700)]
    found = [passed(a, b) for a, b in pairwise(steps)]
    assert found == [[], ["10m"], ["90%"], []]


def test_nothing_is_reached_once_it_ended_or_while_it_stands_still() -> None:
    assert not has_reached(Entry(WATCH, job(1, SUCCESS)), "90%")
    assert not has_reached(replace(at(0.5, 60), is_stalled=True), "10m")
    assert not has_reached(Entry(WATCH), "90%")
