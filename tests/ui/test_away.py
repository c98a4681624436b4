"""Coming back: one line about the time away, the results one by one, all on a page."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.service.job import JobStatus
from ims_tui.core.state.outage import Outage
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import result_of
from tests.core.entries import FAIL, SUCCESS, job
from tests.scenes import MOMENT, NOW, PROFILE
from tests.ui.stage import Stage, stage

LATER = timedelta(minutes=20)


def ends(it: Stage, row: int, status: JobStatus, late_s: float = 0.0) -> str:
    """A job is found in the middle of the time away to have ended; gives its label."""
    store = it.app.runtime.store
    entry = store.get(it.dashboard.table.rows[row])
    assert entry is not None
    at = NOW + LATER / 2 - timedelta(seconds=late_s)
    over = replace(job(row, status), id_time=NOW - timedelta(hours=2), end_time=at)
    watch = replace(entry.watch, result=result_of(over, at))
    found = replace(entry, watch=watch, reply=over, detection_s=late_s)
    store.put(replace(found, is_news=True))
    return entry.watch.label


def happened(it: Stage) -> list[str]:
    """Two ends, an outage, a stall."""
    it.app.runtime.acknowledge(it.dashboard.table.rows)
    active = [
        n
        for n, key in enumerate(it.dashboard.table.rows)
        if it.app.runtime.snapshot().entries[key].is_live
    ]
    bad, good, still = active[:3]
    labels = [ends(it, bad, FAIL, 3600.0), ends(it, good, SUCCESS)]
    key, at = it.dashboard.table.rows[still], NOW + LATER / 3
    it.app.runtime.store.tell(Event(at, EventKind.STALLED, key, PROFILE))
    down = Outage(PROFILE, at, at + timedelta(minutes=4), is_over=True, cause="timeout")
    it.app.runtime.store.put_outages([down])
    return labels


def pass_time(it: Stage) -> None:
    now = Moment(NOW + LATER, MOMENT.mono_s + LATER.total_seconds())
    it.app.now = lambda: now


LINE = "Away 20:00: 1 failed, 1 ok, 1 stalled, offline 4m."


async def test_the_first_key_after_ten_minutes_brings_the_line_until_x() -> None:
    async with stage() as it:
        happened(it)
        pass_time(it)
        await it.press("j")
        await it.shows(LINE)
        await it.press("x")
        await it.until(lambda: "Away" not in it.text)
        await it.press("D")
        await it.settle()
        assert "Failed" in it.text, "the page still begins where the time away did"


async def test_results_that_are_new_from_before_are_counted_apart() -> None:
    async with stage() as it:
        happened(it)
        for row in (0, 1):
            key = it.dashboard.table.rows[row]
            entry = it.app.runtime.snapshot().entries[key]
            at = NOW - timedelta(minutes=row + 1)
            over = replace(job(row, SUCCESS), end_time=at, id_time=at - LATER)
            watch = replace(entry.watch, result=result_of(over, at))
            early = replace(entry, watch=watch, reply=over, is_news=True)
            it.app.runtime.store.put(replace(early, detection_s=0.0))
        pass_time(it)
        await it.press("j")
        await it.shows("offline 4m; 2 new from before. N next")


async def test_so_does_the_focus_and_not_after_a_shorter_time() -> None:
    async with stage() as it:
        it.app.on_app_blur()
        happened(it)
        it.app.on_app_focus()
        await it.shows("1 FAIL")
        assert "Away" not in it.text
        it.app.on_app_blur()
        pass_time(it)
        it.app.on_app_focus()
        await it.shows(LINE)


async def test_one_key_goes_through_the_new_results() -> None:
    async with stage() as it:
        labels = happened(it)
        it.app.runtime.on_change()
        await it.shows("1 FAIL")
        seen = []
        for _ in labels:
            await it.press("N")
            seen.append(it.under_cursor)
        assert sorted(seen) == sorted(labels)
        await it.press("N")
        assert it.told == ["No new result is left."]
        entries = it.app.runtime.snapshot().entries.values()
        assert not any(entry.is_news for entry in entries)


async def test_the_page_behind_it_tells_all() -> None:
    async with stage(size=(120, 60)) as it:
        bad, good = happened(it)
        pass_time(it)
        await it.press("D")
        await it.settle()
        text = it.text
        for title in ("Failed", "Still running", "Ended well", "Outages"):
            assert title in text
        assert bad in text and good in text
        assert f"{PROFILE}: offline 4m00s, from " in text
