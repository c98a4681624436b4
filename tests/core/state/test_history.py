"""What is kept of ended jobs, and what a start learns from it."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.polling.course import Course
from ims_tui.core.polling.estimate import Estimate, short_text
from ims_tui.core.polling.habits import habits
from ims_tui.core.polling.memory import Memory
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.history import (
    PastJob,
    Sample,
    course_of,
    course_so_far,
    foreseen,
    learned,
    past_job,
    samples,
)
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import FAIL, RUNNING, SUCCESS, at, job, ok, polled, seen
from tests.core.entries import watch as watched


def went(number: int = 0, length_s: float = 300.0, end: bool = True) -> Entry:
    """A job of two steps, looked at every ten seconds."""
    entry = Entry(watched(number))
    for second in range(0, int(length_s), 10):
        step, ratio = ("get", 0.1) if second < length_s / 3 else ("write", 0.5)
        entry = polled((second, ok(job(number, ratio=ratio, step=step))), entry=entry)
    if end:
        done = job(number, SUCCESS, end_s=length_s, ratio=1.0)
        entry = polled((length_s + 2, ok(done)), entry=entry)
    return entry


def test_a_record_has_the_changes_and_when_they_were_otherwise() -> None:
    past = past_job(went())
    assert past is not None
    assert (past.job_type, past.outcome, past.length_s) == (
        "imsImportImageJob",
        SUCCESS,
        300.0,
    )
    assert list(past.samples) == [
        Sample(0.0, 0.0, "get", 0.1),
        Sample(100.0, 10.0, "write", 0.5),
    ]


def test_a_running_job_and_one_of_unknown_length_leave_no_record() -> None:
    assert past_job(seen(job())) is None
    assert past_job(Entry(watched())) is None
    assert past_job(seen(job(status=SUCCESS, begin_s=None, end_s=5))) is None
    assert past_job(seen(job(status=SUCCESS))) is None, "seen too late to know when"


def test_an_end_without_its_time_lies_between_the_last_two_looks() -> None:
    entry = polled((10, ok(job())), (30, ok(job(status=FAIL))))
    past = past_job(entry)
    assert past is not None
    assert past.length_s == 20.0


def test_replaying_what_was_seen_gives_the_same_course() -> None:
    live = Course()
    for second in range(0, 200, 10):
        live.record(second, "get" if second < 100 else "write", second / 1000)
    entry = Entry(watched())
    for second in range(0, 200, 10):
        shown = job(step="get" if second < 100 else "write", ratio=second / 1000)
        entry = polled((second, ok(shown)), entry=entry)
    assert course_so_far(entry).marks == live.marks


def test_changes_that_were_dropped_leave_no_long_value_behind() -> None:
    late = [Sighting(at(1000), RUNNING, 0.5, "copy", 10.0)]
    mark = course_of(samples(late, at(0))).marks[-1]
    assert (mark.start_s, mark.blur_s) == (995.0, 5.0)


def test_a_start_knows_what_was_learned() -> None:
    records = [past_job(went(n, 270.0 + 10 * n)) for n in range(6)]
    memory = learned([r for r in records if r is not None])["prod"]
    usual = habits(memory, "imsImportImageJob")
    assert usual.total is not None
    assert usual.total.jobs == 6
    assert usual.total.low_s < 295.0 < usual.total.high_s
    assert 80.0 < usual.steps["get"].median_s < 120.0
    assert not learned([r for r in records if r], {"another"})


def test_profiles_learn_apart() -> None:
    mine = past_job(went())
    assert mine is not None
    other = replace(mine, key=replace_profile(mine, "dr"), length_s=9000.0)
    twins = [
        replace(each, key=each.key._replace(job_id=f"{number:032x}"))
        for each in (mine, other)
        for number in range(3)
    ]
    memories = learned(twins)
    totals = {
        name: habits(memory, mine.job_type).total for name, memory in memories.items()
    }
    assert totals["prod"] is not None
    assert totals["dr"] is not None
    assert totals["prod"].median_s < totals["dr"].median_s


def replace_profile(past: PastJob, profile: str) -> JobKey:
    return past.key._replace(profile=profile)


def test_failed_jobs_teach_only_that_they_failed() -> None:
    entry = polled((10, ok(job(step="get"))), (20, ok(job(status=FAIL, end_s=18))))
    past = past_job(entry)
    assert past is not None
    memory = learned([past])["prod"]
    assert habits(memory, past.job_type).total is None
    assert memory.of(past.job_type).failures.failed == 1


def test_a_stored_reply_is_foreseen_without_a_scheduler() -> None:
    records = [past_job(went(n)) for n in range(6)]
    memory = learned([r for r in records if r is not None])["prod"]
    entry = foreseen(went(7, 160.0, end=False), memory, at(150))
    assert entry.estimate is not None
    low, _, high = entry.estimate.left_s(150.0)
    assert 0.0 < low < high < 110.0, "it came to its second step sooner than they"
    assert short_text(entry.estimate, 150.0).startswith("~")
    assert foreseen(went(7), memory, at(150)).estimate is None, "it has ended"
    assert foreseen(Entry(watched()), memory, at(0)) == Entry(watched())
    assert foreseen(seen(job(job_type="new")), Memory(), at(10)).estimate is None
    published = foreseen(seen(job()), Memory(), at(10)).estimate
    assert published is not None
    assert published.is_hint


def test_what_was_shown_at_a_reply_is_said_of_it_everywhere() -> None:
    records = [past_job(went(n)) for n in range(6)]
    memory = learned([r for r in records if r is not None])["prod"]
    fresh = foreseen(went(7, 160.0, end=False), memory, at(150))
    assert fresh.estimate is not None
    shown = replace(fresh.estimate, ahead_s=(500.0, 600.0, 700.0), contradicted=2)
    told = foreseen(replace(fresh, estimate=shown), memory, at(150)).estimate
    assert told == shown, "its grounds are made anew, its figures are not"
    bare = Estimate(shown.at_s, 0.0, shown.ahead_s, contradicted=2)
    assert foreseen(replace(fresh, estimate=bare), memory, at(150)).estimate == shown
    later = polled((160, ok(job(7, ratio=0.5, step="write"))), entry=fresh)
    moved = foreseen(replace(later, estimate=shown), memory, at(160)).estimate
    assert moved is not None
    assert moved.ahead_s[1] < 590.0, "the next reply moves them"
