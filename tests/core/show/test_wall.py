"""What a wall shows: the worst first, everything in turn, nothing too wide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.large_letters import large
from ims_tui.core.show.view import Tone, View
from ims_tui.core.show.wall import PAGE_S, headline, wall
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import tally
from ims_tui.core.text import cell_len
from tests.scenes import AWAY, MOMENT, MORNING, PROFILE, health

ENTRIES = [sketch.entry(number) for number, sketch in enumerate(MORNING)]
VIEW = View(MOMENT, zone=UTC)


def snapshot(entries: Sequence[Entry], known: Health | None = None) -> Snapshot:
    return Snapshot(
        entries={entry.key: entry for entry in entries},
        tally=tally(entries),
        health={PROFILE: known or health()},
    )


def rows(entries: Sequence[Entry], view: View = VIEW, height: int = 24) -> list[str]:
    lines = wall(snapshot(entries), {}, view, (80, height))
    return ["".join(cell.text for cell in line) for line in lines]


@pytest.mark.parametrize(
    ("entries", "known", "said"),
    [
        (ENTRIES, health(), "1 FAIL"),
        (ENTRIES[1:], health(), "1 stalled"),
        (ENTRIES[2:], health(), "3 run"),
        (ENTRIES[5:], health(), "1 init"),
        (ENTRIES[6:], health(), "all done"),
        (ENTRIES[6:], health(Link.OFFLINE, AWAY), "OFFLINE 2:14"),
        ([], health(), "no jobs"),
    ],
)
def test_the_worst_is_large(entries: list[Entry], known: Health, said: str) -> None:
    assert headline(snapshot(entries, known), VIEW).text == said


def test_what_is_over_and_known_has_no_row() -> None:
    shown = "\n".join(rows(ENTRIES, height=44))
    assert "debian12-base" in shown
    assert "centos7-legacy" not in shown
    assert shown.index("win2019") < shown.index("sap-data") < shown.index("rocky9")


def test_pages_take_turns_until_every_job_was_shown() -> None:
    names = {"win2019-golden", "sap-data-vol", "rocky9-base", "ubuntu24-gpu", "erp-ova"}
    seen: set[str] = set()
    for turn in range(4):
        later_s = turn * PAGE_S
        now = Moment(MOMENT.wall + timedelta(seconds=later_s), MOMENT.mono_s + later_s)
        page = "\n".join(rows(ENTRIES, replace(VIEW, now=now), height=14))
        seen |= {name for name in names if name in page}
    assert seen == names


def test_what_is_old_is_dim() -> None:
    old = replace(ENTRIES[2], is_stored=True)
    lines = wall(snapshot([old]), {}, VIEW, (80, 24))
    row = next(ln for ln in lines if any("rocky9" in cell.text for cell in ln))
    assert {cell.tone for cell in row} == {Tone.DIM}


def test_a_long_state_keeps_off_the_name() -> None:
    job = ENTRIES[2].job
    assert job is not None
    reply = replace(job, status=JobStatus.OTHER, raw_status="SUSPENDED")
    odd = replace(ENTRIES[2], reply=reply)
    (row,) = [row for row in rows([odd]) if "rocky9" in row]
    assert ".. rocky9" in row


@settings(max_examples=40)
@given(st.integers(40, 260), st.integers(6, 80))
def test_it_fits_every_screen(width: int, height: int) -> None:
    lines = wall(snapshot(ENTRIES), {}, VIEW, (width, height))
    assert len(lines) <= height
    for line in lines:
        assert sum(cell_len(cell.text) for cell in line) <= width


@given(st.text("0123456789ABCXYZ -", max_size=12), st.integers(1, 200))
def test_letters_are_as_large_as_the_width_allows(text: str, width: int) -> None:
    lines = large(text, width, "#")
    assert all(len(line) <= width for line in lines)
    assert bool(lines) is (len(text) * 5 <= width)
