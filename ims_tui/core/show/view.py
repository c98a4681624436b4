"""What a cell needs besides its entry: the moment, the clocks, how to show times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct, field

from ims_tui.core.moment import Moment
from ims_tui.core.service.codes import Explain, Meaning, unexplained
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.glyphs import BRAILLE, Glyphs
from ims_tui.core.state.entry import Entry, began, ended
from ims_tui.core.state.health import Health, Link
from ims_tui.core.text import age, age_below

STALE_S = 30.0
"""A value is old after three planned intervals, but never before this."""

_UNPLANNED_S = 35.0
"""Taken for the interval where another copy of the program asks."""


_LONGEST_S = 90 * 86400.0
"""No image job takes longer: such a begin is a wrong one, and makes no length."""
_AHEAD_S = 300.0
"""Nor does one that is further ahead than clocks are apart."""


class Tone(StrEnum):
    """Meaning of a text, for the theme to colour. Never the only sign of it."""

    NORMAL = "normal"
    DIM = "dim"
    OK = "ok"
    FAIL = "fail"
    RUN = "run"
    INIT = "init"
    WARN = "warn"
    KEY = "key"
    """Name of a value in JSON; after it texts, numbers, and true, false, null."""
    TEXT = "text"
    NUMBER = "number"
    WORD = "word"


class Times(StrEnum):
    """How times are shown."""

    ELAPSED = "elapsed"
    LOCAL = "local"
    UTC = "utc"


class Cell(Struct, frozen=True):
    """Text of one cell and its meaning. The text is printable."""

    text: str
    tone: Tone = Tone.NORMAL


Line = tuple[Cell, ...]
"""One line of text in spans of one tone each."""


class Fold(Cell, frozen=True):
    """The sign of a line that has more below it, which can be folded away."""

    path: str = ""
    """Names the object or list, whatever the values are and where it stands."""


class View(Struct, frozen=True):
    """The point of view of one repaint."""

    now: Moment
    health: Mapping[str, Health] = field(default_factory=dict)
    times: Times = Times.ELAPSED
    zone: tzinfo = UTC
    """Zone of local times."""
    glyphs: Glyphs = BRAILLE
    explain: Explain = unexplained
    """Finds what an error code means."""
    held_s: float = 0.0
    """How long what is painted now may stay; 0 while it is painted each second."""

    def health_of(self, entry: Entry) -> Health:
        """Health of the entry's profile."""
        return self.health.get(entry.watch.lane) or Health(entry.watch.lane)

    def meaning_of(self, entry: Entry) -> Meaning | None:
        """What the error of a job that failed means; None where it is not known."""
        if entry.status is not JobStatus.FAIL:
            return None
        error = entry.job.error if entry.job else None
        return self.explain(error) if error else None

    def service_now(self, entry: Entry) -> datetime:
        """The time by the service's clock."""
        return self.health_of(entry).clock.time(self.now)

    def elapsed_s(self, entry: Entry) -> float | None:
        """How long the job runs, or ran, on the service's clock.

        None of a job that runs and is said to have begun long before or in the future.
        """
        started, finished = began(entry), ended(entry)
        if started is None:
            return None
        if finished is None and entry.has_ended:
            return None  # it ended, and nobody says when
        until = finished or self.service_now(entry)
        elapsed_s = (until - started).total_seconds()
        is_known = finished is not None or is_likely_age(elapsed_s)
        return max(0.0, elapsed_s) if is_known else None

    def age_text(self, age_s: float) -> str:
        """The age of a value, which holds until the next repaint."""
        return age_below(age_s + self.held_s) if self.held_s else age(age_s)

    def is_stale(self, entry: Entry) -> bool:
        """Whether the shown values are older than they should be."""
        if entry.has_ended or entry.is_gone:
            return False
        if entry.is_stored:
            return True
        age_s = entry.age_s(self.now)
        planned_s = _UNPLANNED_S if entry.planned_s is None else entry.planned_s
        return age_s is not None and age_s > max(STALE_S, 3.0 * planned_s)

    def is_cut_off(self, entry: Entry) -> bool:
        """Whether the profile of the entry gets no answers."""
        return self.health_of(entry).link in (Link.OFFLINE, Link.STOPPED)

    def remaining_s(self, entry: Entry) -> float | None:
        """Time left as foreseen; None where nothing is, or the job stands still."""
        if not entry.is_live or entry.is_stalled or entry.estimate is None:
            return None
        return entry.estimate.left_s(self.now.mono_s)[1]

    def expected_end(self, entry: Entry) -> datetime | None:
        """When the job is expected to end; None where its time left is not known."""
        return None if entry.is_stalled else expected_end(entry, self.now.wall)

    def clock_time(self, at: datetime, *, with_date: bool = False) -> str:
        """A time of day in the chosen zone, with the date where it is another day."""
        zone = UTC if self.times is Times.UTC else self.zone
        local = at.astimezone(zone)
        if with_date or local.date() != self.now.wall.astimezone(zone).date():
            return f"{local:%Y-%m-%d %H:%M:%S}"
        return f"{local:%H:%M:%S}"

    def zone_name(self, at: datetime) -> str:
        """Name of the zone that a time is shown in, such as `UTC+8`.

        A zone has one offset in July and another in November, so the name belongs to
        the time that stands before it.
        """
        zone = UTC if self.times is Times.UTC else self.zone
        offset = at.astimezone(zone).utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset else 0
        if not minutes:
            return "UTC"
        sign, minutes = ("+", minutes) if minutes > 0 else ("-", -minutes)
        rest = f":{minutes % 60:02d}" if minutes % 60 else ""
        return f"UTC{sign}{minutes // 60}{rest}"


def cut_off(health: Mapping[str, Health]) -> frozenset[str]:
    """Names of profiles, as `Watch.lane` has them, that get no answers."""
    cut = (Link.STOPPED, Link.OFFLINE)
    return frozenset(each.profile for each in health.values() if each.link in cut)


def is_likely_age(age_s: float) -> bool:
    """Whether a job that runs may be so old: its begin is a few minutes off at most."""
    return -_AHEAD_S <= age_s <= _LONGEST_S


def expected_end(entry: Entry, wall: datetime) -> datetime | None:
    """When a job is expected to end on our clock, and not before the time given.

    None where nothing is known of it.
    """
    found, seen = entry.estimate, entry.seen
    if not entry.is_live or found is None or seen is None:
        return None
    return max(wall, seen.wall + timedelta(seconds=found.ahead_s[1]))
