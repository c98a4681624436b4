"""Snapshots to metrics: what Prometheus draws and alerts on.

Names follow https://prometheus.io/docs/practices/naming/: base units, a unit as suffix,
`_total` for counters, times as timestamps so that `time() - x` is an age that grows.
Labels are `profile`, `service`, `job_id`, `job_type`, `status` and `state` only; what
else is said of a job stands in `ims_tui_job_info`, to be joined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from ims_tui.core.headless.counters import Counters, Histogram
from ims_tui.core.service.jobservice import lane_parts
from ims_tui.core.show.expectation import all_done
from ims_tui.core.show.view import expected_end
from ims_tui.core.state.entry import Entry, began, ended, name_of
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey

KEEP_ENDED_S = 600.0
"""Series of a job leave this long after its end was seen and acknowledged."""

_STATES = ("INIT", "RUNNING", "SUCCESS", "FAIL", "OTHER", "UNKNOWN", "NOT_ASKED")


class MetricType(StrEnum):
    """Types of metrics."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class MetricSample(Struct, frozen=True):
    """One value of a metric."""

    labels: tuple[str, ...]
    value: float | Histogram


class Family(Struct, frozen=True):
    """One metric."""

    name: str
    """Without the `_total` of counters."""
    help: str
    kind: MetricType
    labels: tuple[str, ...]
    samples: tuple[MetricSample, ...]


def families(
    snapshot: Snapshot,
    tally: Counters,
    limits: Mapping[str, float],
    now: datetime,
    *,
    version: str = "",
) -> list[Family]:
    """Every metric at one moment.

    Args:
        snapshot: the present state.
        tally: what added up.
        limits: requests a second that the budget of each profile allows.
        now: the wall clock.
        version: of the program.
    """
    entries = snapshot.entries.values()
    news = {entry.key for entry in entries if entry.is_news}
    shown = [entry for entry in entries if entry.key in news or _is_shown(entry, now)]
    return [
        *_of_list(snapshot, now),
        *_of_each_job(shown, news),
        *_times_of_jobs(shown, now),
        *_of_service(snapshot, tally, limits),
        *_of_profiles(snapshot.health),
        *_of_program(tally, version),
    ]


def _of_list(snapshot: Snapshot, now: datetime) -> Iterator[Family]:
    entries = snapshot.entries.values()
    profiles = {key.profile for key in snapshot.entries}
    profiles |= {lane_parts(name)[0] for name in snapshot.health}
    counted = {(p, state): 0 for p in sorted(profiles) for state in _STATES}
    for entry in entries:
        counted[entry.watch.profile, _state(entry)] += 1
    by_status = ("profile", "status")
    yield _gauge(
        "ims_tui_jobs", "Jobs on the list by status.", by_status, counted.items()
    )
    yield _all_done(entries, now)
    yield _held(entries)


def _gauge(
    name: str,
    help: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[tuple[str, ...], float | None]],
) -> Family:
    """A gauge with a value for each combination of labels; None: it has none."""
    samples = (MetricSample(key, value) for key, value in values if value is not None)
    return Family(name, help, MetricType.GAUGE, labels, tuple(samples))


_JOB = ("profile", "job_id", "job_type")


def _job(
    name: str, help: str, shown: Sequence[Entry], values: Iterable[float | None]
) -> Family:
    """A gauge with a value for each job; None: the job has none."""
    keys = ((e.watch.profile, e.watch.job_id, e.job_type) for e in shown)
    return _gauge(name, help, _JOB, zip(keys, values, strict=True))


def _of_each_job(shown: Sequence[Entry], news: Collection[JobKey]) -> Iterator[Family]:
    yield _gauge(
        "ims_tui_job_info",
        "What a job is called and makes; always 1, to be joined by profile and job_id.",
        ("profile", "service", "job_id", "job_type", "label", "image_id"),
        ((_names(e), 1.0) for e in shown),
    )
    yield _gauge(
        "ims_tui_job_state",
        "1 for the state of a job, 0 for the others.",
        ("profile", "job_id", "state"),
        (
            ((e.watch.profile, e.watch.job_id, state), float(_state(e) == state))
            for e in shown
            for state in _STATES
        ),
    )
    yield _job(
        "ims_tui_job_acknowledged",
        "0 from the end of a job until somebody acknowledged it.",
        shown,
        [float(e.key not in news) for e in shown],
    )
    yield _job(
        "ims_tui_job_progress_ratio",
        "Progress of a job, 0 to 1.",
        shown,
        [e.job.progress_ratio if e.job else None for e in shown],
    )
    yield _job(
        "ims_tui_job_stalled",
        "1 while a job has not moved for longer than is usual.",
        shown,
        [float(e.is_stalled) for e in shown],
    )


def _names(entry: Entry) -> tuple[str, ...]:
    watch = entry.watch
    of_watch = (watch.profile, str(watch.service), watch.job_id)
    return (*of_watch, entry.job_type, name_of(entry), entry.image_id)


def _times_of_jobs(shown: Sequence[Entry], now: datetime) -> Iterator[Family]:
    yield _job(
        "ims_tui_job_begin_timestamp_seconds",
        "When a job began; time() minus this is its age.",
        shown,
        [_seconds(began(e)) for e in shown],
    )
    yield _job(
        "ims_tui_job_end_timestamp_seconds",
        "When a job ended, by the service.",
        shown,
        [_seconds(ended(e)) if e.has_ended else None for e in shown],
    )
    yield _job(
        "ims_tui_job_seen_timestamp_seconds",
        "When the shown values of a job were true.",
        shown,
        [_seconds(e.seen.wall if e.seen else None) for e in shown],
    )
    yield _job(
        "ims_tui_job_expected_end_timestamp_seconds",
        "When a job is expected to end; minus time() this is the time left.",
        shown,
        [_seconds(expected_end(e, now)) for e in shown],
    )


def _all_done(entries: Collection[Entry], now: datetime) -> Family:
    """When all that run are done, by profile."""
    found = {
        (profile,): all_done((e for e in entries if e.watch.profile == profile), now)
        for profile in sorted({entry.watch.profile for entry in entries})
    }
    return _gauge(
        "ims_tui_all_done_timestamp_seconds",
        "When all jobs that run are expected to have ended, of those that are known.",
        ("profile",),
        ((key, done.at.timestamp() if done else None) for key, done in found.items()),
    )


def _held(entries: Iterable[Entry]) -> Family:
    """How often ranges of time left held, by type; jobs of one type say the same."""
    held = {
        (entry.watch.profile, entry.job_type): entry.habits.held.ratio
        for entry in entries
        if entry.habits.held is not None
    }
    return _gauge(
        "ims_tui_estimate_held_ratio",
        "Share of looks at ended jobs whose range of time left held; 0.5 is promised.",
        ("profile", "job_type"),
        sorted(held.items()),
    )


def _state(entry: Entry) -> str:
    if entry.is_gone or entry.unknown_since is not None:
        return "UNKNOWN"
    return entry.status.value if entry.status else "NOT_ASKED"


def _is_shown(entry: Entry, now: datetime) -> bool:
    if not entry.has_ended:
        return True
    result = entry.watch.result
    seen = result.seen if result else None
    return seen is not None and (now - seen).total_seconds() < KEEP_ENDED_S


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def _of_service(
    snapshot: Snapshot, tally: Counters, limits: Mapping[str, float]
) -> Iterator[Family]:
    by_status = ("profile", "status")
    yield Family(
        "ims_tui_jobs_ended",
        "Jobs whose end was seen.",
        MetricType.COUNTER,
        by_status,
        _counted({(p, s): 0 for p in limits for s in ("SUCCESS", "FAIL")}, tally.ended),
    )
    yield Family(
        "ims_tui_polls",
        "Requests about jobs by outcome: ok, or the kind of failure.",
        MetricType.COUNTER,
        by_status,
        _counted({(profile, "ok"): 0 for profile in limits}, tally.polls),
    )
    yield Family(
        "ims_tui_poll_duration_seconds",
        "Time from request to reply.",
        MetricType.HISTOGRAM,
        ("profile",),
        tuple(MetricSample((p,), h) for p, h in tally.latency.items()),
    )
    yield Family(
        "ims_tui_detection_latency_seconds",
        "Time from the end of a job to the moment it was known here.",
        MetricType.HISTOGRAM,
        ("profile",),
        tuple(MetricSample((p,), h) for p, h in tally.detection.items()),
    )
    lanes = _lanes(snapshot.health)
    yield _gauge(
        "ims_tui_budget_used_ratio",
        "Share of the request budget used in the last minute.",
        _LANE,
        (
            (lane, health.rate_per_s / limits[lane[0]])
            for lane, health in lanes.items()
            if lane[0] in limits
        ),
    )
    yield _gauge(
        "ims_tui_profile_link",
        "1 for the state of the link to the service, 0 for the others.",
        (*_LANE, "status"),
        (
            ((*lane, link.value), float(health.link is link))
            for lane, health in lanes.items()
            for link in Link
        ),
    )


def _of_profiles(healths: Mapping[str, Health]) -> Iterator[Family]:
    lanes = _lanes(healths)
    yield _gauge(
        "ims_tui_credential_expiry_timestamp_seconds",
        "When the credential of a profile ends, where that is known.",
        _LANE,
        (
            (lane, _seconds(health.credential.expires_at))
            for lane, health in lanes.items()
            if health.credential is not None
        ),
    )
    yield _gauge(
        "ims_tui_profile_last_success_timestamp_seconds",
        "When a profile last got a good reply about a job.",
        _LANE,
        (
            (lane, _seconds(health.last_good.wall))
            for lane, health in lanes.items()
            if health.last_good
        ),
    )


def _of_program(tally: Counters, version: str) -> Iterator[Family]:
    for name, help, count in (
        (
            "ims_tui_reload_failures",
            "Mistakes found where settings were read again; the old ones stay.",
            tally.reload_failures,
        ),
        (
            "ims_tui_notify_failures",
            "Messages that a channel did not take, and its programs that failed.",
            tally.notify_failures,
        ),
    ):
        yield Family(name, help, MetricType.COUNTER, (), (MetricSample((), count),))
    yield _gauge(
        "ims_tui_build_info", "The version; always 1.", ("version",), [((version,), 1)]
    )


def _counted(
    zeros: Mapping[tuple[str, str], int], counts: Mapping[tuple[str, str], int]
) -> tuple[MetricSample, ...]:
    """Counters begin at 0: Prometheus sees no increase of one that appears as 1."""
    return tuple(MetricSample(key, count) for key, count in {**zeros, **counts}.items())


_LANE = ("profile", "service")


def _lanes(healths: Mapping[str, Health]) -> dict[tuple[str, str], Health]:
    """The health of each lane by the profile and the service it is of."""
    parts = {name: lane_parts(name) for name in healths}
    return {(p, str(s)): healths[name] for name, (p, s) in parts.items()}
