"""Comparisons of the filter line: `elapsed>30m`, `ended<12h`, `percent>=90`.

What is written stands for a span of values: `2026-11-01` for that whole day, `90` for
what is shown as 90%. So `=` is inside of it, `>` behind it and `<` before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from math import isnan

from msgspec import Struct

from ims_tui.core.config.values import UnacceptableError, duration
from ims_tui.core.show.view import Times, View
from ims_tui.core.state.entry import Entry, stated_begin, stated_end
from ims_tui.core.text import whole_percent

OPERATORS = (">", ">=", "<", "<=", "=")

_SECOND, _MINUTE, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
_FORMS = (
    (r"(?a)\d{4}-\d\d-\d\d", _DAY),
    (r"(?a)\d{4}-\d\d-\d\d[ T]\d\d:\d\d", _MINUTE),
    (r"(?a)\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", _SECOND),
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in the zone that is shown
_CLOCK = r"(?a)([01]?\d|2[0-3]):([0-5]\d)"


class Unit(Enum):
    """What a field is measured in; the value says how to write it."""

    SPAN = "a time such as 90s, 30m or 1h30m"
    PERCENT = "a whole percent from 0 to 100"
    PAST = 'a day 2026-11-01, "2026-11-01 22:30", 22:30, or how long ago: 12h'
    FUTURE = 'a day 2026-11-01, "2026-11-01 22:30", 22:30, or in how long: 2h'


class Measure(Struct, frozen=True):
    """A field with a number."""

    unit: Unit
    of: Callable[[Entry, View], float | None]
    """Seconds, percent, or seconds since 1970; None where there is none."""
    archived: str = ""
    """Name of the number that the archive keeps; empty: none, nothing is left."""


def _stamp(
    time: Callable[[Entry, View], datetime | None],
) -> Callable[[Entry, View], float | None]:
    def value(entry: Entry, view: View) -> float | None:
        at = time(entry, view)
        return None if at is None else at.timestamp()

    return value


def _percent(entry: Entry, view: View) -> float | None:
    ratio = entry.job.progress_ratio if entry.job else None
    return None if ratio is None else whole_percent(ratio)


MEASURES: Mapping[str, Measure] = {
    "elapsed": Measure(Unit.SPAN, lambda e, view: view.elapsed_s(e), "elapsed"),
    "left": Measure(Unit.SPAN, lambda e, view: view.remaining_s(e)),
    "percent": Measure(Unit.PERCENT, _percent, "percent"),
    "started": Measure(Unit.PAST, _stamp(lambda e, _: stated_begin(e)), "started"),
    "ended": Measure(Unit.PAST, _stamp(lambda e, _: stated_end(e)), "ended"),
    "ends": Measure(Unit.FUTURE, _stamp(lambda e, view: view.expected_end(e))),
    "seen": Measure(Unit.SPAN, lambda e, view: e.age_s(view.now)),
    "latency": Measure(Unit.SPAN, lambda e, _: e.detection_s, "latency"),
}
"""What can be compared."""


class Comparison(Struct, frozen=True):
    """One comparison; a job without a value does not meet it."""

    measure: Measure
    operator: str
    span: Callable[[View], tuple[float, float]]
    """First value that is meant, and the first one behind."""
    is_distance: bool = False
    """Whether a time is compared by how far it is from now."""
    is_negated: bool = False

    @property
    def depends_on_now(self) -> bool:
        """Whether a job may meet it later without having changed."""
        return self.is_distance or self.measure.unit in (Unit.SPAN, Unit.FUTURE)

    def of_entry(self, view: View) -> Callable[[Entry], bool]:
        """The test of entries at one moment."""
        test, value_of = self.of_number(view), self.measure.of
        return lambda entry: test(value_of(entry, view))

    def of_number(self, view: View) -> Callable[[float | None], bool]:
        """The test of values at one moment; None and NaN: there is none."""
        low, high = self.span(view)
        holds, is_negated = _HOLDS[self.operator], self.is_negated
        now = view.now.wall.timestamp() if self.is_distance else 0.0
        sign = -1.0 if self.is_distance and self.measure.unit is Unit.PAST else 1.0

        def test(value: float | None) -> bool:
            if value is None or isnan(value):
                return is_negated
            return holds(sign * (value - now), low, high) is not is_negated

        return test


_HOLDS: Mapping[str, Callable[[float, float, float], bool]] = {
    ">": lambda value, low, high: value >= high,
    ">=": lambda value, low, high: value >= low,
    "<": lambda value, low, high: value < low,
    "<=": lambda value, low, high: value < high,
    "=": lambda value, low, high: low <= value < high,
}


def comparison(name: str, operator: str, text: str, *, negated: bool) -> Comparison:
    """Read one comparison.

    Raises:
        ValueError: says what there is instead.
    """
    measure = MEASURES.get(name.lower())
    if measure is None:
        raise ValueError(
            f"{name} is not compared; compared are {', '.join(MEASURES)}. "
            "Quotes find it as text"
        )
    if operator not in OPERATORS:
        raise ValueError(f"no operator {operator}; there are {' '.join(OPERATORS)}")
    span = _span(measure.unit, text)
    if span is None:
        raise ValueError(f"{name}{operator} wants {measure.unit.value}")
    is_time = measure.unit in (Unit.PAST, Unit.FUTURE)
    is_distance = is_time and _length_s(text) is not None
    return Comparison(measure, operator, span, is_distance, negated)


def _span(unit: Unit, text: str) -> Callable[[View], tuple[float, float]] | None:
    """What a value stands for; None where it is none of this unit."""
    if unit is Unit.PERCENT:
        found = re.fullmatch(r"(?a)(\d{1,3})%?", text)
        if found is None or int(found[1]) > 100:
            return None
        percent = float(found[1])
        return lambda view: (percent, percent + 1)
    length_s = _length_s(text)
    if length_s is not None:
        return lambda view: (length_s, length_s + 1)
    if unit is Unit.SPAN:
        return None
    if found := re.fullmatch(_CLOCK, text):
        hour, minute = int(found[1]), int(found[2])
        return lambda view: _nearest(view, hour, minute, unit)
    return _date(text)


def _length_s(text: str) -> float | None:
    try:
        seconds = duration().read(text)
    except UnacceptableError:
        return None
    return seconds if isinstance(seconds, float) else None


def _date(text: str) -> Callable[[View], tuple[float, float]] | None:
    for form, length in _FORMS:
        if re.fullmatch(form, text):
            try:
                at = datetime.fromisoformat(text)
                end = at + length
            except (ValueError, OverflowError):  # such as a 31st of February
                return None
            return lambda view: (_seconds(at, view), _seconds(end, view))
    return None


def _nearest(view: View, hour: int, minute: int, unit: Unit) -> tuple[float, float]:
    """A time of day: the last one of what is past, the next one of what comes."""
    now = view.now.wall.astimezone(_zone(view))
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None)
    here = now.replace(tzinfo=None)
    if unit is Unit.PAST and at > here:
        at -= _DAY
    if unit is Unit.FUTURE and at + _MINUTE <= here:
        at += _DAY
    return _seconds(at, view), _seconds(at + _MINUTE, view)


def _seconds(at: datetime, view: View) -> float:
    """Seconds since 1970 of a time in the zone that is shown."""
    # Not `timestamp`: at both ends of the calendar it fails for some zones.
    zone = _zone(view)
    offset = at.replace(tzinfo=zone).utcoffset() or timedelta()
    return (at - _EPOCH - offset).total_seconds()


def _zone(view: View) -> tzinfo:
    return UTC if view.times is Times.UTC else view.zone
