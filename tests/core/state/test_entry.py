"""What one poll after another makes of the knowledge of a job."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.service.job import JobError, OddityKind
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.state.entry import (
    MAX_SIGHTINGS,
    MOST_COUNTED_S,
    Entry,
    after_poll,
    began,
    ended,
)
from ims_tui.core.watchlist.watch import kept_result, result_of
from tests.core.entries import (
    FAIL,
    INIT,
    SUCCESS,
    at,
    job,
    moment,
    no,
    ok,
    polled,
    watch,
)
from tests.core.samples import good


def test_failure_keeps_the_last_good_value_and_its_age() -> None:
    entry = polled((10, ok(job(ratio=0.4))), (20, no()), (30, no()))
    assert entry.job == job(ratio=0.4)
    assert entry.age_s(moment(40)) == 30
    assert entry.failure == no()
    assert entry.failed == moment(30)
    assert (entry.polls, entry.errors) == (3, 2)
    again = polled((40, ok(job(ratio=0.4))), entry=entry)
    assert (again.failure, again.failed, again.errors) == (None, None, 2)


def test_age_is_never_negative_and_unknown_before_the_first_reply() -> None:
    assert Entry(watch()).age_s(moment(5)) is None
    assert polled((10, ok(job()))).age_s(moment(5)) == 0


def test_end_is_kept_once_with_the_time_it_took_us_to_know() -> None:
    ended = job(status=SUCCESS, end_s=95)
    entry = polled((10, ok(job())), (100, ok(ended)))
    assert entry.detection_s == 5
    assert entry.is_news
    assert entry.has_ended
    assert not entry.is_live
    result = entry.watch.result
    assert result == kept_result(
        SUCCESS, "imsImportImageJob", at(0), at(95), at(100), image_id="4c8e5d1a"
    )
    assert polled((200, ok(ended)), entry=entry).watch.result is result


def test_end_before_our_first_look_was_not_noticed_late() -> None:
    first = polled((100, ok(job(status=FAIL, end_s=10))))
    assert first.detection_s is None
    assert first.is_news
    stored = replace(polled((10, ok(job()))), is_stored=True)
    assert (
        polled((9000, ok(job(status=FAIL, end_s=50))), entry=stored).detection_s is None
    )


def test_status_comes_from_the_reply_or_else_from_the_kept_result() -> None:
    kept = replace(
        watch(), result=kept_result(FAIL, "imsImportImageJob", image_id="f00d")
    )
    entry = Entry(kept)
    assert entry.status is FAIL
    assert entry.has_ended
    assert entry.job_type == "imsImportImageJob"
    assert entry.image_id == "f00d"
    assert Entry(watch()).status is None
    assert Entry(watch()).is_live


def test_a_kept_result_is_a_job_but_no_reply() -> None:
    said = job(status=FAIL, end_s=50, error=JobError("IMG.0057", "no room"))
    kept = replace(watch(), result=result_of(said, at(60)))
    entry = Entry(kept)
    assert entry.reply is None
    assert entry.job is not None
    assert (began(entry), ended(entry), entry.job.error) == (at(0), at(50), said.error)
    asked = polled((100, ok(said)), entry=entry)
    assert asked.job == asked.reply == said
    assert (asked.detection_s, asked.is_news) == (None, False), "its end was known"
    assert len(asked.sightings) == 1, "the first look"


def test_sightings_hold_changes_only_and_not_too_many() -> None:
    replies = [(float(n), ok(job(ratio=n // 2 / 1000))) for n in range(1000)]
    entry = polled(*replies)
    assert len(entry.sightings) == MAX_SIGHTINGS
    assert entry.sightings[-1].progress_ratio == 0.499
    assert entry.sightings[-1].at == at(998)


def test_sightings_of_two_runs_are_in_order() -> None:
    """Each run reads the service's clock anew; a clock that was set stays seen."""
    first = polled((10, ok(job(ratio=0.2))))
    later = after_poll(first, ok(job(ratio=0.4)), moment(11), at(9.2))
    assert [one.at for one in later.sightings] == [at(10), at(10)]
    set_back = after_poll(first, ok(job(ratio=0.4)), moment(11), at(-600))
    assert [one.at for one in set_back.sightings] == [at(10), at(-600)]


def test_every_kind_of_change_is_movement() -> None:
    one, other = job(1, ratio=0.1), job(1, ratio=0.2)
    states = [
        job(status=INIT),
        job(),
        job(step="ImportImageTask:ConvertTask"),
        job(step="ImportImageTask:ConvertTask", ratio=0.1),
        job(step="ImportImageTask:ConvertTask", ratio=0.1, subs=(one,)),
        job(step="ImportImageTask:ConvertTask", ratio=0.1, subs=(other,)),
    ]
    entry = polled(*((n * 10.0, ok(state)) for n, state in enumerate(states)))
    assert len(entry.sightings) == len(states)
    assert entry.moved == moment(50)
    assert entry.still_s == 0


def test_missing_percent_is_no_movement() -> None:
    entry = polled(
        (0, ok(job(ratio=0.3))),
        (10, ok(job())),
        (20, ok(job())),
        (30, ok(job(ratio=0.3))),
    )
    assert entry.moved == moment(0)
    assert entry.still_s == 30
    assert polled((40, ok(job(ratio=0.31))), entry=entry).moved == moment(40)


def test_standstill_counts_only_between_good_replies_in_a_row() -> None:
    still = ok(job(ratio=0.3))
    entry = polled((0, still), (60, still), (120, no()), (180, still), (200, still))
    assert entry.still_s == 60 + 20
    asked_late = polled((10_000, still), entry=entry)
    assert asked_late.still_s == entry.still_s + MOST_COUNTED_S
    stored = replace(entry, is_stored=True, still_s=0.0)
    assert polled((300, still), entry=stored).still_s == 0


def test_falling_percent_is_kept_as_an_oddity_unless_we_computed_it() -> None:
    fell = polled((0, ok(job(ratio=0.5))), (10, ok(job(ratio=0.4))))
    assert fell.job is not None
    assert fell.job.has(OddityKind.PROGRESS_FELL)
    assert fell.job.oddities[-1].value == "50%"
    ours = polled((0, ok(job(ratio=0.5))), (10, ok(job(ratio=0.4, is_computed=True))))
    assert ours.job is not None
    assert not ours.job.oddities


def test_unknown_since_the_first_time_until_the_next_good_reply() -> None:
    unknown = no(FailureKind.NOT_KNOWN)
    entry = polled((10, unknown), (20, no()), (30, unknown))
    assert entry.unknown_since == moment(10)
    gone = replace(entry, is_gone=True)
    assert not gone.is_live
    back = polled((40, ok(job())), entry=gone)
    assert (back.unknown_since, back.is_gone, back.is_live) == (None, False, True)


def test_stalled_is_cleared_by_movement_and_by_the_end() -> None:
    stalled = replace(polled((0, ok(job(ratio=0.3)))), is_stalled=True)
    assert polled((10, ok(job(ratio=0.3))), entry=stalled).is_stalled
    assert polled((10, no()), entry=stalled).is_stalled
    assert not polled((10, ok(job(ratio=0.4))), entry=stalled).is_stalled
    assert not polled((10, ok(job(status=FAIL))), entry=stalled).is_stalled


def test_a_job_that_goes_on_has_no_end_whatever_its_reply_says() -> None:
    body = b'{"status": "%b", "end_time": "2026-05-04T08:10:00.100Z"}'
    going, done = (good(body % status) for status in (b"RUNNING", b"SUCCESS"))
    assert ended(polled((0, ok(going)))) is None
    assert ended(polled((0, ok(done)))) == done.end_time
