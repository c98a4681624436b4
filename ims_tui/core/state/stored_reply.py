"""One stored reply: what the state file keeps of a job, and an entry made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.moment import Moment
from ims_tui.core.polling.estimate import Estimate
from ims_tui.core.service.job import Job, JobStatus
from ims_tui.core.service.outcome import Exchange, PollOk
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.state.entry import Entry, Sighting
from ims_tui.core.state.stored_value import (
    MOST_S,
    stored_number,
    stored_text,
    stored_time,
)
from ims_tui.core.text import MAX_TEXT
from ims_tui.core.watchlist.watch import JobKey, Watch


class StoredPoll(Struct, frozen=True):
    """The last good reply about one job, with what we added to it."""

    key: JobKey
    exchange: Exchange
    seen_at: datetime
    is_news: bool = False
    detection_s: float | None = None
    """From the end of the job to the moment we knew."""
    still_s: float = 0.0
    """How long the job has not moved."""
    is_stalled: bool = False
    """Whether that was told."""
    sightings: Sequence[Sequence[object]] = ()
    """Timeline as plain values: time, status, ratio, step, seconds since the look
    before (left out by schema 1)."""
    ahead: Sequence[object] = (None,) * 4
    """Time left as it is shown: low, median, high, and how many replies in a row
    contradicted it; None where none is known."""


def stored(entry: Entry) -> StoredPoll | None:
    """What to keep of an entry; None where no good reply is known."""
    exchange, seen, found = entry.exchange, entry.seen, entry.estimate
    is_known = entry.reply is not None and entry.failure is None
    if not is_known or seen is None or exchange is None:
        return None
    return StoredPoll(
        entry.key,
        exchange,
        seen.wall,
        entry.is_news,
        entry.detection_s,
        entry.still_s,
        entry.is_stalled,
        tuple(
            (s.at.isoformat(), s.status.value, s.progress_ratio, s.step, s.gap_s)
            for s in entry.sightings
        ),
        (*found.ahead_s, found.contradicted) if found else (None,) * 4,
    )


def undecoded(watch: Watch, poll: StoredPoll) -> Entry:
    """An entry without its reply, shown until the stored reply is decoded."""
    return Entry(watch, is_news=poll.is_news, detection_s=poll.detection_s)


def restored(watch: Watch, poll: StoredPoll | None, now: Moment) -> Entry:
    """An entry from files: stored values are decoded again and marked as stored."""
    if poll is None:
        return Entry(watch)
    outcome = parse_reply(200, {}, poll.exchange.body, watch.job_id, now=now.wall)
    if not isinstance(outcome, PollOk):
        return Entry(watch)  # a reply cut for storage, or of an older decoder
    seen = now.at(poll.seen_at)
    has_ended = outcome.job.status.has_ended
    return replace(
        Entry(watch),
        reply=outcome.job,
        exchange=poll.exchange,
        seen=seen,
        moved=seen,
        is_stored=not has_ended,
        is_news=poll.is_news,
        detection_s=poll.detection_s,
        still_s=poll.still_s,
        is_stalled=poll.is_stalled and not has_ended,
        sightings=_sightings(poll.sightings),
        estimate=None if has_ended else stored_estimate(poll, outcome.job, seen),
    )


def stored_estimate(poll: StoredPoll, job: Job, seen: Moment) -> Estimate | None:
    """The time left as it was shown at a stored reply; a damaged one counts as none.

    What it rests on is not stored: `history.foreseen` adds that.
    """
    try:
        low_s, median_s, high_s, contradicted = poll.ahead
        ahead_s = stored_number(low_s), stored_number(median_s), stored_number(high_s)
        looks = int(stored_number(contradicted, MOST_S, -MOST_S))
    except (TypeError, ValueError):
        return None
    age_s = max(0.0, (poll.seen_at - (job.began_at or poll.seen_at)).total_seconds())
    return Estimate(seen.mono_s, age_s, ahead_s, contradicted=looks)


def _sightings(rows: Sequence[Sequence[object]]) -> tuple[Sighting, ...]:
    """The timeline; a damaged one counts as empty."""
    try:
        return tuple(_sighting(*row) for row in rows)
    except (TypeError, ValueError):
        return ()


def _sighting(
    at: object, status: object, ratio: object, step: object, gap_s: object = 0.0
) -> Sighting:
    return Sighting(
        stored_time(at),
        JobStatus(str(status)),
        None if ratio is None else stored_number(ratio, 1.0),
        stored_text(step, MAX_TEXT),
        stored_number(gap_s),
    )
