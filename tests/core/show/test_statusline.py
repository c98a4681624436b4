"""Line 1 before the first answer: it asks, and says so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show.statusline import status_line
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import tally
from tests.core.entries import SUCCESS, job, moment, polled, seen, watch

NO_ANSWER = PollFailed(FailureKind.UNREACHABLE, "no answer in time")


def unasked(number: int) -> Entry:
    return Entry(watch(number))


def unanswered(number: int) -> Entry:
    return polled((0.0, NO_ANSWER), entry=unasked(number))


def line_of(
    entries: Sequence[Entry],
    health: Health | None = None,
    *,
    is_demo: bool = False,
    is_loading: bool = False,
) -> str:
    snapshot = Snapshot(
        entries={entry.key: entry for entry in entries},
        tally=tally(entries),
        health={} if health is None else {health.profile: health},
        is_loading=is_loading,
    )
    cells = status_line(snapshot, {}, View(moment(0)), 80, is_demo=is_demo)
    return "".join(cell.text for cell in cells)


@pytest.mark.parametrize("health", [None, Health("prod")])
def test_a_first_look_is_named_until_there_is_an_answer(health: Health | None) -> None:
    entries = [unasked(number) for number in range(4)]
    assert "checking 0 of 4" in line_of(entries, health)
    entries[0] = unanswered(0)
    assert "1 error checking 1 of 4" in line_of(entries, health)
    assert "1 error asking" in line_of(entries[:1], health)


def test_nothing_to_ask_is_idle() -> None:
    assert "no jobs idle" in line_of([])
    assert "1 ok idle" in line_of([seen(job(1, SUCCESS, end_s=5.0), 1)])
    assert "no jobs" not in line_of([], is_loading=True)
    assert "reading the list" in line_of([], is_loading=True)


@given(
    st.lists(st.sampled_from([unasked, unanswered]), min_size=1, max_size=5),
    st.sampled_from([None, *Link]),
    st.booleans(),
    st.booleans(),
)
def test_where_a_job_waits_for_its_answer_nothing_rests(
    kinds: list[object], link: Link | None, is_stored: bool, is_demo: bool
) -> None:
    entries = [
        unasked(n) if kind is unasked else unanswered(n) for n, kind in enumerate(kinds)
    ]
    if is_stored:
        entries.append(replace(seen(job(9), 9), is_stored=True))
    health = Health("prod", link) if link is not None else None
    line = line_of(entries, health, is_demo=is_demo)
    assert "no jobs" not in line
    assert "idle" not in line
