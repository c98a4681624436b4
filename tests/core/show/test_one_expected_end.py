"""One job has one time left and one expected end, wherever they are told."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from msgspec.structs import replace

from ims_tui.core.headless.candidates import candidates
from ims_tui.core.headless.changes import Change, ChangeKind, change_json, change_line
from ims_tui.core.headless.counters import Counters
from ims_tui.core.headless.digest import digest_lines, digest_of
from ims_tui.core.headless.metrics import families
from ims_tui.core.polling.estimate import ANY_MOMENT, ANY_MOMENT_SHORT
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.detail import summary
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.gantt import Gantt
from ims_tui.core.show.statusline import status_line
from ims_tui.core.show.view import Cell, Times, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind, Snapshot
from ims_tui.core.state.tally import tally
from tests.core.entries import at, ending, job, moment, seen

CHINA = timezone(timedelta(hours=8))
ENTRY = ending(seen(job(1, ratio=0.5), 1, "golden"), 720.0)
"""Seen at 12:00:10, expected to end at 12:12:10 UTC, in China at 20:12:10."""


def text_of(cells: tuple[Cell, ...] | list[Cell]) -> str:
    return "".join(cell.text for cell in cells)


def column(key: str, view: View, entry: Entry = ENTRY) -> str:
    return COLUMNS[key].cell(entry, view, COLUMNS[key].width).text


def faces(view: View, entry: Entry = ENTRY) -> dict[str, str]:
    """What people read about the job, by where they read it."""
    snapshot = Snapshot(entries={entry.key: entry}, tally=tally([entry]))
    near = Event(view.now.wall, EventKind.NEAR_END, entry.key, "golden", "50%")
    (notice,) = candidates([near], {entry.key: entry}, view)
    change = Change(ChangeKind.PROGRESS, None, entry)
    clocks = replace(view, times=Times.LOCAL)
    return {
        "ENDS": column("ends", view, entry),
        "LEFT after t": column("left", clocks, entry),
        "detail": "\n".join(map(text_of, summary(entry, view, 100, 9.0))),
        "line 1": text_of(status_line(snapshot, {}, view, 150)),
        "chart": "\n".join(map(text_of, Gantt().lines([entry], view, 150, 9))),
        "digest": "\n".join(digest_lines(digest_of([entry], at(0)), view)),
        "notice": notice.news.sentence,
        "line of wait": change_line(change, view),
    }


@pytest.mark.parametrize("later_s", [10.0, 40.0, 300.0, 700.0])
def test_every_face_tells_one_clock_time(later_s: float) -> None:
    told = faces(View(moment(later_s), zone=CHINA, times=Times.ELAPSED))
    wait = told.pop("line of wait")
    assert "ends~12:12Z" in wait, "beside a time in UTC"
    assert {face for face, text in told.items() if "~20:12" not in text} == set()


@pytest.mark.parametrize("later_s", [10.0, 40.0, 300.0, 700.0, 5000.0])
def test_every_machine_is_told_one_moment(later_s: float) -> None:
    view = View(moment(later_s))
    end = at(max(later_s, 730.0))
    assert view.expected_end(ENTRY) == end
    stamp = end.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    near = Event(view.now.wall, EventKind.NEAR_END, ENTRY.key, "golden", "50%")
    (notice,) = candidates([near], {ENTRY.key: ENTRY}, view)
    change = change_json(Change(ChangeKind.PROGRESS, None, ENTRY), view)
    assert entry_json(ENTRY, view)["expected_end"] == stamp
    assert change["expected_end"] == stamp
    assert f'"expected_end": "{stamp}"' in notice.news.document
    snapshot = Snapshot(entries={ENTRY.key: ENTRY})
    found = {f.name: f for f in families(snapshot, Counters(), {}, view.now.wall)}
    (one,) = found["ims_tui_job_expected_end_timestamp_seconds"].samples
    (all_of_it,) = found["ims_tui_all_done_timestamp_seconds"].samples
    assert one.value == end.timestamp()
    assert all_of_it.value == pytest.approx(end.timestamp(), abs=2.0)


def test_where_no_figure_is_left_every_face_has_one_word() -> None:
    view = View(moment(728.0))
    assert column("left", view) == ANY_MOMENT_SHORT
    assert COLUMNS["left"].cell(ENTRY, view, 10).text == ANY_MOMENT
    assert ANY_MOMENT in change_line(Change(ChangeKind.PROGRESS, None, ENTRY), view)
    detail = "\n".join(map(text_of, summary(ENTRY, view, 100, 9.0)))
    assert detail.count(ANY_MOMENT) == 2, "the time left, and why"


def test_of_a_job_that_stands_still_no_face_tells_an_end() -> None:
    still = replace(ENTRY, is_stalled=True)
    told = faces(View(moment(10.0), zone=CHINA), still)
    assert {face for face, text in told.items() if "12:12" in text} == set()


def test_an_end_on_another_day_is_told_by_the_time_left_where_it_is_narrow() -> None:
    far = ending(seen(job(1)), 86400.0)
    assert column("left", View(moment(10.0), times=Times.LOCAL), far) == "~12-48h"
