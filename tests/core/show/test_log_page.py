"""The page with the log: what was measured stands above it."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.polling.habits import Habits, Held
from ims_tui.core.show.pages import log_page
from tests.core.entries import job, seen


def texts(*found: Held | None) -> list[str]:
    entries = [
        replace(seen(job(n), n), habits=Habits(held=held))
        for n, held in enumerate(found)
    ]
    page = log_page(entries, "Log: here", ["a line"])
    return ["".join(cell.text for cell in line) for line in page]


def test_how_often_time_left_held_is_told_once_for_a_type() -> None:
    held = Held(0.48, 31)
    assert texts(held, held)[1:] == [
        "Time left of import file, prod: ranges held 48% of the time (31 jobs); "
        "50% is promised.",
        "Log: here",
        "",
        "a line",
    ]


def test_where_nothing_was_measured_nothing_is_told() -> None:
    assert texts(None)[1:] == ["Log: here", "", "a line"]
