"""Snapshots to metrics: what Prometheus draws and alerts on.

Names follow https://prometheus.io/docs/practices/naming/: base units, a unit as suffix,
`_total` for counters, times as timestamps so that `time() - x` is an age that grows.
Labels are `profile`, `job_id`, `job_type` and `status` only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.show.expectation import all_done
from ims_tui.core.show.view import expected_end
from ims_tui.core.state.entry import Entry, began
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey

KEEP_ENDED_S = 600.0
"""Series of a job leave this long after its end was seen."""

POLL_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
DETECTION_BUCKETS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)

_STATES = ("INIT", "RUNNING", "SUCCESS", "FAIL", "OTHER", "UNKNOWN", "NOT_ASKED")


class MetricType(StrEnum):
    """Types of metrics."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Histogram(Struct, frozen=True):
    """Observations counted by size."""

    bounds: tuple[float, ...]
    """Upper bounds of the buckets, but for the last one, which has none."""
    counts: tuple[int, ...] = ()
    total: float = 0.0

    def observe(self, value: float) -> Histogram:
        """With one more observation."""
        counts = list(self.counts or (0,) * (len(self.bounds) + 1))
        counts[bisect_left(self.bounds, value)] += 1
        return Histogram(self.bounds, tuple(counts), self.total + value)


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


class Counters(Struct, frozen=True):
    """Counters and histograms since the program started."""

    polls: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By profile and outcome: `ok` or a kind of failure."""
    ended: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By profile and status."""
    latency: Mapping[str, Histogram] = field(default_factory=dict)
    """Of requests, by profile."""
    detection: Mapping[str, Histogram] = field(default_factory=dict)
    """From the end of a job to the moment we knew, by profile."""

    def after(
        self, before: Mapping[JobKey, Entry], now: Mapping[JobKey, Entry]
    ) -> Counters:
        """With what happened between two looks at the jobs."""
        tally = self
        for key, entry in now.items():
            old = before.get(key)
            if old is not None and old is not entry and entry.polls > old.polls:
                tally = tally._polled(old, entry)
        return tally

    def _polled(self, old: Entry, new: Entry) -> Counters:
        profile = new.watch.profile
        word = new.failure.kind.value if new.failure else "ok"
        latency, detection, ended = self.latency, self.detection, self.ended
        polls = _more(self.polls, (profile, word), new.polls - old.polls)
        if new.exchange is not None and new.exchange is not old.exchange:
            latency = _observed(
                latency, profile, POLL_BUCKETS_S, new.exchange.latency_s
            )
        if new.has_ended and not old.has_ended and new.status is not None:
            ended = _more(ended, (profile, new.status.value), 1)
            if new.detection_s is not None:
                detection = _observed(
                    detection, profile, DETECTION_BUCKETS_S, new.detection_s
                )
        return replace(
            self, polls=polls, ended=ended, latency=latency, detection=detection
        )


def _more(
    counts: Mapping[tuple[str, str], int], key: tuple[str, str], count: int
) -> Mapping[tuple[str, str], int]:
    return {**counts, key: counts.get(key, 0) + count}


def _observed(
    all_of: Mapping[str, Histogram],
    profile: str,
    bounds: tuple[float, ...],
    value: float,
) -> Mapping[str, Histogram]:
    old = all_of.get(profile) or Histogram(bounds)
    return {**all_of, profile: old.observe(value)}


def families(
    snapshot: Snapshot,
    tally: Counters,
    limits: Mapping[str, float],
    now: datetime,
) -> list[Family]:
    """Every metric at one moment.

    Args:
        snapshot: the present state.
        tally: what added up.
        limits: requests a second that the budget of each profile allows.
        now: the wall clock.
    """
    return [*_of_jobs(snapshot, now), *_of_service(snapshot, tally, limits)]


def _of_jobs(snapshot: Snapshot, now: datetime) -> Iterator[Family]:
    entries = snapshot.entries.values()
    profiles = {key.profile for key in snapshot.entries} | set(snapshot.health)
    counted = {(p, state): 0 for p in sorted(profiles) for state in _STATES}
    for entry in entries:
        counted[entry.watch.profile, _state(entry)] += 1
    yield Family(
        "ims_tui_jobs",
        "Jobs on the list by status.",
        MetricType.GAUGE,
        ("profile", "status"),
        tuple(MetricSample(key, count) for key, count in counted.items()),
    )
    yield _all_done(entries, now)
    yield _held(entries)
    shown = [entry for entry in entries if _is_shown(entry, now)]
    labels = ("profile", "job_id", "job_type")

    def of_jobs(name: str, help: str, values: list[float | None]) -> Family:
        samples = (
            MetricSample((e.watch.profile, e.watch.job_id, e.job_type), value)
            for e, value in zip(shown, values, strict=True)
            if value is not None
        )
        return Family(name, help, MetricType.GAUGE, labels, tuple(samples))

    yield of_jobs(
        "ims_tui_job_progress_ratio",
        "Progress of a job, 0 to 1.",
        [e.job.progress_ratio if e.job else None for e in shown],
    )
    yield of_jobs(
        "ims_tui_job_begin_timestamp_seconds",
        "When a job began; time() minus this is its age.",
        [_seconds(began(e)) for e in shown],
    )
    yield of_jobs(
        "ims_tui_job_seen_timestamp_seconds",
        "When the shown values of a job were true.",
        [_seconds(e.seen.wall if e.seen else None) for e in shown],
    )
    yield of_jobs(
        "ims_tui_job_expected_end_timestamp_seconds",
        "When a job is expected to end; minus time() this is the time left.",
        [_seconds(expected_end(e, now)) for e in shown],
    )
    yield of_jobs(
        "ims_tui_job_stalled",
        "1 while a job has not moved for longer than is usual.",
        [float(e.is_stalled) for e in shown],
    )


def _all_done(entries: Collection[Entry], now: datetime) -> Family:
    """When all that run are done, by profile."""
    samples = []
    for profile in sorted({entry.watch.profile for entry in entries}):
        found = all_done((e for e in entries if e.watch.profile == profile), now)
        if found is not None:
            samples.append(MetricSample((profile,), found.at.timestamp()))
    return Family(
        "ims_tui_all_done_timestamp_seconds",
        "When all jobs that run are expected to have ended, of those that are known.",
        MetricType.GAUGE,
        ("profile",),
        tuple(samples),
    )


def _held(entries: Iterable[Entry]) -> Family:
    """How often ranges of time left held, by type; jobs of one type say the same."""
    held = {
        (entry.watch.profile, entry.job_type): entry.habits.held.ratio
        for entry in entries
        if entry.habits.held is not None
    }
    return Family(
        "ims_tui_estimate_held_ratio",
        "Share of looks at ended jobs whose range of time left held; 0.5 is promised.",
        MetricType.GAUGE,
        ("profile", "job_type"),
        tuple(MetricSample(key, ratio) for key, ratio in sorted(held.items())),
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
        "Jobs whose end was seen since the start.",
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
    yield Family(
        "ims_tui_budget_used_ratio",
        "Share of the request budget used in the last minute.",
        MetricType.GAUGE,
        ("profile",),
        tuple(
            MetricSample((h.profile,), h.rate_per_s / limits[h.profile])
            for h in snapshot.health.values()
            if h.profile in limits
        ),
    )
    yield Family(
        "ims_tui_profile_link",
        "1 for the state of the link to the service, 0 for the others.",
        MetricType.GAUGE,
        by_status,
        tuple(_links(snapshot.health)),
    )


def _counted(
    zeros: Mapping[tuple[str, str], int], counts: Mapping[tuple[str, str], int]
) -> tuple[MetricSample, ...]:
    """Counters begin at 0: Prometheus sees no increase of one that appears as 1."""
    return tuple(MetricSample(key, count) for key, count in {**zeros, **counts}.items())


def _links(health: Mapping[str, Health]) -> Iterator[MetricSample]:
    for each in health.values():
        for link in Link:
            yield MetricSample((each.profile, link.value), float(each.link is link))
