"""Steps against the usual."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.polling.habits import Habits, Usual
from ims_tui.core.show.timeline import StepTime, step_times, timeline
from ims_tui.core.show.view import Tone, View
from ims_tui.core.state.entry import Entry
from tests.core.entries import FAIL, INIT, at, job, moment, ok, polled, watch

CONVERT = Usual(240.0, 260.0, 280.0, 320.0, 14)


def converting(now_s: float) -> Entry:
    """INIT, a download, and since second 55 a conversion."""
    entry = polled(
        (0, ok(job(status=INIT))),
        (10, ok(job(step="Get", ratio=0.1))),
        (50, ok(job(step="Get", ratio=0.3))),
        (60, ok(job(step="Convert", ratio=0.3))),
        (now_s, ok(job(step="Convert", ratio=0.3))),
    )
    return replace(entry, habits=Habits(None, {"Convert": CONVERT}))


def text_of(entry: Entry, now_s: float) -> str:
    lines = timeline(entry, View(moment(now_s)))
    return "\n".join("".join(cell.text for cell in line) for line in lines)


def test_steps_begin_in_the_middle_of_what_we_did_not_see() -> None:
    assert step_times(converting(100), at(100)) == [
        StepTime("", True, 5.0, False),
        StepTime("Get", False, 50.0, False),
        StepTime("Convert", False, 45.0, False),
    ]


def test_a_step_is_set_against_the_usual() -> None:
    usual = text_of(converting(200), 200)
    assert "Convert                                 2:25      4:20" in usual
    assert "INIT                                    0:05         -" in usual
    far = timeline(converting(725), View(moment(725)))[3]
    assert "".join(cell.text for cell in far).split() == [
        "Convert",
        "11:10",
        "x",
        "4:20",
    ]
    assert far[-1].tone is Tone.WARN


def test_an_ended_step_stops_at_the_end_of_the_job() -> None:
    failed = job(status=FAIL, end_s=95, step="Convert")
    entry = polled((100, ok(failed)), entry=converting(90))
    assert step_times(entry, at(9999))[-1].length_s == 40.0


def test_a_step_that_began_before_we_looked_is_longer_than_we_know() -> None:
    entry = polled(
        (600, ok(job(step="Get", ratio=0.5))), (630, ok(job(step="Get", ratio=0.6)))
    )
    assert step_times(entry, at(640))[0].is_cut
    assert ">0:40" in text_of(entry, 640)


def test_nothing_seen() -> None:
    assert text_of(Entry(watch()), 5) == "No change seen yet."
