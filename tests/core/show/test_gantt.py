"""The chart of the last hours: segments, the scale, what is ahead, what has no room."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobError
from ims_tui.core.show.gantt import (
    NAME_WIDTH,
    Gantt,
    Scale,
    Segment,
    scale_of,
    segments,
)
from ims_tui.core.show.glyphs import ASCII
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import cell_len
from tests.core.entries import FAIL, INIT, SUCCESS, ending, job, moment, ok, polled

GET, CONVERT = "Task:GetTask", "Task:ConvertTask"


def view_at(now_s: float) -> View:
    return View(moment(now_s), glyphs=ASCII)


def running(*, now_s: float = 600) -> Entry:
    """INIT, from second 5 to 300 a download, since then a conversion."""
    return polled(
        (0, ok(job(status=INIT))),
        (10, ok(job(step=GET, ratio=0.1))),
        (295, ok(job(step=GET, ratio=0.3))),
        (305, ok(job(step=CONVERT, ratio=0.3))),
        (now_s, ok(job(step=CONVERT, ratio=0.4))),
    )


def texts(
    *entries: Entry, now_s: float = 600, width: int = 100, height: int = 9
) -> list[str]:
    lines = Gantt().lines(entries, view_at(now_s), width, height)
    return ["".join(cell.text for cell in line) for line in lines]


def test_steps_are_segments_up_to_now() -> None:
    assert segments(running(), view_at(600)) == [
        Segment(-600.0, -595.0, "INIT"),
        Segment(-595.0, -300.0, "Get"),
        Segment(-300.0, 0.0, "Convert"),
    ]


def test_what_was_before_our_first_look_is_not_seen() -> None:
    entry = polled((400, ok(job(step=GET, ratio=0.1))))
    assert segments(entry, view_at(600)) == [
        Segment(-600.0, -200.0, "", is_seen=False),
        Segment(-200.0, 0.0, "Get"),
    ]
    bar = texts(entry)[1][NAME_WIDTH:]
    assert ".." in bar
    assert bar.index(".") < bar.index("=")


def test_a_job_that_had_ended_before_is_a_line_that_nobody_saw() -> None:
    entry = polled((500, ok(job(status=SUCCESS, end_s=400))))
    assert segments(entry, view_at(600)) == [Segment(-600.0, -200.0, "", is_seen=False)]
    assert texts(entry)[1].rstrip(" |").endswith(". +")


def test_an_end_is_named_where_the_line_ends() -> None:
    failed = job(status=FAIL, end_s=590, step=CONVERT, error=JobError("IMG.0057", "no"))
    entry = polled((595, ok(failed)), entry=running(now_s=580))
    assert segments(entry, view_at(600))[-1] == Segment(-300.0, -10.0, "Convert")
    assert "x IMG.0057" in texts(entry)[1]


def test_the_expected_end_is_ahead_of_now() -> None:
    line = texts(ending(running(), 720.0))[1]
    ahead = line[line.index("|") + 1 :]
    assert ahead.startswith(".")
    assert "~12:22" in ahead


@pytest.mark.parametrize(
    ("entry", "word"),
    [(running(), "| ?"), (replace(running(), is_stalled=True), "| stalled")],
    ids=["unknown", "stalled"],
)
def test_without_an_expected_end_it_says_so(entry: Entry, word: str) -> None:
    assert word in texts(entry)[1]


def test_wide_segments_carry_the_name_of_their_step() -> None:
    line = texts(running())[1]
    assert "Get" in line
    assert "Convert" in line


def test_a_name_of_wide_signs_is_left_out_and_breaks_nothing() -> None:
    entry = polled(
        (0, ok(job(step="下载", ratio=0.1))), (600, ok(job(step="下载", ratio=0.2)))
    )
    line = texts(entry)[1]
    assert "下" not in line
    assert cell_len(line) == 100


def test_now_stands_above_the_bar_that_separates_past_and_future() -> None:
    times, line = texts(running())
    assert times.index("now") == line.index("|")
    assert "12:0" in times


@pytest.mark.parametrize(("width", "height"), [(100, 1), (50, 9), (100, 0)])
def test_without_room_there_is_no_chart(width: int, height: int) -> None:
    assert not texts(running(), width=width, height=height)


def test_old_jobs_and_those_never_seen_have_no_line() -> None:
    old = polled((500, ok(job(status=SUCCESS, end_s=400))))
    assert not texts(old, now_s=7 * 3600.0)
    assert not texts(polled())


def test_of_more_jobs_than_lines_the_first_are_shown() -> None:
    jobs = [
        replace(e, watch=replace(e.watch, label=f"job-{n}", job_id=f"{n:032x}"))
        for n, e in enumerate([running()] * 9)
    ]
    lines = texts(*jobs, height=4)
    assert [line.split()[0] for line in lines[1:]] == ["job-0", "job-1", "job-2"]


def test_a_line_stands_still_while_its_cell_lasts() -> None:
    """No more is painted than what changed: a cell each few seconds, not each tick."""
    entry, chart = running(), Gantt()
    shown = [chart.lines([entry], view_at(600 + s), 100, 9) for s in range(30)]
    assert 2 <= len({str(lines) for lines in shown}) <= 5


@given(
    st.floats(0, 6 * 3600),
    st.integers(40, 300),
    st.floats(0, 1e6),
    st.booleans(),
)
def test_the_past_and_now_always_have_room(
    past_s: float, width: int, at_s: float, has_live: bool
) -> None:
    view = view_at(at_s)
    scale: Scale = scale_of(past_s, width, view, has_live=has_live)
    now_s = view.now.wall.timestamp()
    assert scale.begin_s <= now_s - past_s
    assert 0 <= scale.now < width
    assert scale.place(now_s) == scale.now
    assert scale.step_s % scale.cell_s == 0
    later = view.now.wall + timedelta(days=1)
    assert scale.place(later.timestamp()) == width
