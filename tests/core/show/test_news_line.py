"""The event line: the newest event, or a storm of them in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from ims_tui.core.show.news_line import STORM_S, news_line, rings
from ims_tui.core.show.view import Tone, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import FAIL, SUCCESS, at, job, moment, seen

VIEW = View(moment(100))


def jobs(failed: int, done: int) -> dict[JobKey, Entry]:
    entries = [seen(job(n, FAIL, end_s=5), n) for n in range(failed)]
    entries += [seen(job(n, SUCCESS, end_s=5), n) for n in range(20, 20 + done)]
    return {entry.key: entry for entry in entries}


def ends(entries: dict[JobKey, Entry]) -> list[Event]:
    return [
        Event(
            at(number / 10),
            EventKind.FAILED if entry.status is FAIL else EventKind.SUCCEEDED,
            key,
            "prod",
        )
        for number, (key, entry) in enumerate(entries.items())
    ]


def line(events: Sequence[Event], entries: dict[JobKey, Entry]) -> str:
    return news_line(events, entries, VIEW).text


def test_a_storm_is_one_line_with_the_worst_first() -> None:
    entries = jobs(7, 12)
    news = news_line(ends(entries), entries, VIEW)
    assert news.text == "12:00:01  7 failed, 12 done"
    assert news.tone is Tone.FAIL


def test_one_event_is_told_in_full() -> None:
    entries = jobs(0, 2)
    first, second = ends(entries)
    later = replace(second, at=at(STORM_S + 1))
    assert "ok in 0:05" in line([first, later], entries)
    assert line([first, second], entries).endswith("2 done")
    saved = Event(at(1), EventKind.SAVED, detail="the list is saved")
    assert line([first, second, saved], entries).endswith("the list is saved again")
    assert line([], {}) == ""


@pytest.mark.parametrize("muted", [True, False])
def test_a_muted_job_is_no_news_and_makes_no_sound(muted: bool) -> None:
    entries = {
        key: replace(entry, watch=replace(entry.watch, muted=muted))
        for key, entry in jobs(1, 0).items()
    }
    events = ends(entries)
    assert bool(line(events, entries)) is not muted
    assert rings(events, entries) is not muted


def test_good_news_make_no_sound() -> None:
    entries = jobs(0, 1)
    assert not rings(ends(entries), entries)
