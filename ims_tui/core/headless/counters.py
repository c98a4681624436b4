"""What only adds up while jobs are watched, and how it is stored between two runs.

A counter that began again at 0 would hide from Prometheus what happened before its
first look, and one that fell back a little would be taken for a restart: so what is
published was stored before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey

POLL_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
DETECTION_BUCKETS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)

MOST_SERIES = 1000
"""Of each counter that are stored: a profile has about ten."""


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


class Counters(Struct, frozen=True):
    """What only adds up, over restarts too."""

    polls: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By profile and outcome: `ok` or a kind of failure."""
    ended: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By profile and status."""
    latency: Mapping[str, Histogram] = field(default_factory=dict)
    """Of requests, by profile."""
    detection: Mapping[str, Histogram] = field(default_factory=dict)
    """From the end of a job to the moment we knew, by profile."""
    reload_failures: int = 0
    """Times that settings were read again and something was wrong with them."""
    notify_failures: int = 0
    """Messages that a channel of the operator's did not take."""

    def after(
        self, before: Mapping[JobKey, Entry], now: Mapping[JobKey, Entry]
    ) -> Counters:
        """With what happened between two looks at the jobs."""
        tally = self
        for key, entry in now.items():
            # Of a job that is new to us all polls of this run are news.
            old = before.get(key) or Entry(entry.watch)
            if old is not entry and entry.polls > old.polls:
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


def added(one: Counters, other: Counters) -> Counters:
    """What both counted together."""
    return Counters(
        _sums(one.polls, other.polls),
        _sums(one.ended, other.ended),
        _both(one.latency, other.latency),
        _both(one.detection, other.detection),
        one.reload_failures + other.reload_failures,
        one.notify_failures + other.notify_failures,
    )


def _sums(
    one: Mapping[tuple[str, str], int], other: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    return {k: one.get(k, 0) + other.get(k, 0) for k in {**one, **other}}


def _both(
    one: Mapping[str, Histogram], other: Mapping[str, Histogram]
) -> dict[str, Histogram]:
    both = {**one, **other}
    for profile in one.keys() & other.keys():
        a, b = one[profile], other[profile]
        counts = tuple(x + y for x, y in zip(a.counts, b.counts, strict=True))
        both[profile] = Histogram(a.bounds, counts, a.total + b.total)
    return both


class _Kept(Struct, frozen=True):
    """A tally as it is stored: JSON has no keys of two words."""

    polls: list[tuple[str, str, int]] = field(default_factory=list)
    ended: list[tuple[str, str, int]] = field(default_factory=list)
    latency: dict[str, Histogram] = field(default_factory=dict)
    detection: dict[str, Histogram] = field(default_factory=dict)
    reload_failures: int = 0
    notify_failures: int = 0


def stored_counters(tally: Counters) -> str:
    """A tally as text for the state file."""
    kept = _Kept(
        [(*key, count) for key, count in tally.polls.items()],
        [(*key, count) for key, count in tally.ended.items()],
        dict(tally.latency),
        dict(tally.detection),
        tally.reload_failures,
        tally.notify_failures,
    )
    return msgspec.json.encode(kept).decode()


def restored_counters(text: str) -> Counters:
    """The tally in such a text; an empty one where it cannot be used."""
    try:
        kept = msgspec.json.decode(text, type=_Kept)
    except (msgspec.DecodeError, UnicodeError):
        return Counters()
    counts = [count for *_, count in (*kept.polls, *kept.ended)]
    if min([0, *counts, kept.reload_failures, kept.notify_failures]) < 0:
        return Counters()
    return Counters(
        {(profile, word): n for profile, word, n in kept.polls[:MOST_SERIES]},
        {(profile, word): n for profile, word, n in kept.ended[:MOST_SERIES]},
        _usable(kept.latency, POLL_BUCKETS_S),
        _usable(kept.detection, DETECTION_BUCKETS_S),
        kept.reload_failures,
        kept.notify_failures,
    )


def _usable(
    histograms: Mapping[str, Histogram], bounds: tuple[float, ...]
) -> dict[str, Histogram]:
    """Those with the buckets of this version: others cannot be added to."""
    return {
        profile: histogram
        for profile, histogram in list(histograms.items())[:MOST_SERIES]
        if histogram.bounds == bounds
        and len(histogram.counts) == len(bounds) + 1
        and min(histogram.counts) >= 0
    }
