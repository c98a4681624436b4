"""The view of the only job: the most needed first, nothing too wide or too high."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_tui.core.show.glyphs import GLYPHS
from ims_tui.core.show.large_letters import large
from ims_tui.core.show.one_job import one_job
from ims_tui.core.show.view import Tone, View
from ims_tui.core.text import cell_len
from ims_tui.wiring import explain
from tests.scenes import HOSTILE, MOMENT, MORNING, PROFILE, Sketch, health

FAILED, STALLED, RUNNING, UPLOAD = MORNING[:4]
ALL = (*MORNING, *HOSTILE)


def view(glyphs: str = "braille") -> View:
    shown = GLYPHS[glyphs]
    return View(MOMENT, {PROFILE: health()}, zone=UTC, glyphs=shown, explain=explain)


def rows(sketch: Sketch, size: tuple[int, int]) -> list[str]:
    lines = one_job(sketch.entry(0), view(), size, 3.0)
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def test_state_and_percent_are_large_above_a_wide_bar() -> None:
    shown = rows(RUNNING, (116, 34))
    letters = large("RUN 91%", 116, "⣿")
    assert shown[1 : 1 + len(letters)] == [row.rstrip() for row in letters]
    bar = next(row for row in shown if set(row) == {"⣿", "⣀"})
    assert cell_len(bar) == 116
    assert bar.count("⣿") == round(0.91 * 116)


def test_it_says_when_it_ends_how_sure_that_is_and_why() -> None:
    text = "\n".join(rows(RUNNING, (116, 34)))
    assert "RUNNING for 5:12   91%   ~0:40 left   ends ~12:05" in text
    assert "14 earlier jobs" in text
    assert "this one got there 1.6 times as late" in " ".join(text.split())


def test_each_step_stands_beside_what_is_usual() -> None:
    shown = rows(FAILED, (116, 34))
    head = next(row for row in shown if row.startswith("STEP"))
    assert head.split() == ["STEP", "HERE", "USUAL"]
    convert = next(row for row in shown if "ConvertImageTask  " in row)
    assert convert.split() == ["ImportImageTask:ConvertImageTask", "11:10", "x", "4:20"]


@pytest.mark.parametrize("size", [(36, 9), (56, 11), (76, 19), (116, 34), (236, 54)])
def test_a_failure_says_what_helps_before_anything_else(size: tuple[int, int]) -> None:
    shown = [row for row in rows(FAILED, size) if row and "⣿" not in row]
    assert shown[0].startswith("✗ FAIL")
    assert shown[1].startswith("IMG.0057")
    tried = [number for number, row in enumerate(shown) if row.startswith("Try: ")]
    assert tried
    others = ("Started", "Type", "STEP", "Last step")
    assert not [row for row in shown[: tried[0]] if row.startswith(others)]


def test_a_small_screen_keeps_the_end() -> None:
    assert rows(RUNNING, (36, 3))[0] == "▸ RUNNING for 5:12   ends ~12:05"


def test_a_job_that_ended_has_no_bar() -> None:
    done = next(job for job in MORNING if job.status == "SUCCESS")
    assert not [row for row in rows(done, (116, 13)) if "⣿" in row or "⣀" in row]


def test_the_letters_have_the_tone_of_the_state() -> None:
    lines = one_job(FAILED.entry(0), view(), (116, 34), None)
    assert next(line for line in lines if line[0].text.strip())[0].tone is Tone.FAIL


@given(
    st.sampled_from(ALL),
    st.tuples(st.integers(36, 240), st.integers(0, 60)),
    st.sampled_from(sorted(GLYPHS)),
)
@settings(deadline=None)
def test_it_fits(sketch: Sketch, size: tuple[int, int], glyphs: str) -> None:
    lines = one_job(sketch.entry(0), view(glyphs), size, None)
    assert len(lines) <= size[1]
    widths = {sum(cell_len(cell.text) for cell in line) for line in lines}
    assert widths <= {size[0]}
