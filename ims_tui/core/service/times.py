"""Times as the service writes them, and the creation time inside a job id.

Sources: ims-api manual, "querying the progress of an asynchronous job": ISO 8601 with
milliseconds and `Z`; before 2022 the form `04-Jun-2015 18:11:06:586`. A time-ordered id
holds its creation time in milliseconds in the hex digits 17 to 28 (undocumented; true
to 3 ms in published samples), so it is a hint and never overrules a stated ISO time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
# Texts, not compiled: `re` compiles each at its first use and keeps it.
_LEGACY = r"(?ia)(\d{1,2})-([a-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d)(?:[:.](\d{1,9}))?"
_JOB_ID = r"(?ia)[0-9a-f]{16}([0-9a-f]{12})[0-9a-f]{4}"
_FIRST_JOB = datetime(2012, 1, 1, tzinfo=UTC)
YEARS = range(1970, 3000)
"""Years that count: room at both ends, so that no later arithmetic overflows."""

_QUARTER_S = 900
ZONES_S = 14 * 3600
"""No zone is further from UTC."""


def parse_time(text: str) -> datetime | None:
    """Read a service time as aware UTC; None where it is not one.

    A time without a zone counts as UTC, as the manual says of the legacy form. Years
    before 1970 (some services write 0001 for "never") are not times of a job.
    """
    text = text.strip()
    legacy = re.fullmatch(_LEGACY, text)
    try:
        if legacy:
            parsed = _legacy(legacy)
        elif len(text) < 19:  # a bare date is not a time of this service
            return None
        else:
            parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=UTC)
        parsed = parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.year in YEARS else None


def http_time(text: str) -> datetime | None:
    """Read `Sun, 06 Nov 1994 08:49:37 GMT`, the form of RFC 9110 that servers write.

    None for its two old forms, too, and for whatever else is no such time.
    """
    if len(text) != 29 or text[3:5] != ", " or not text.endswith(" GMT"):
        return None
    found = re.fullmatch(_LEGACY, f"{text[5:16].replace(' ', '-')}{text[16:25]}")
    try:
        return _legacy(found) if found else None
    except ValueError:
        return None


def is_legacy(text: str) -> bool:
    """Whether a time is written in the form of the manuals before 2022."""
    return re.fullmatch(_LEGACY, text.strip()) is not None


def _legacy(match: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second, fraction = match.groups()
    # English month names whatever the locale of the process.
    index = _MONTHS.index(month.lower()) + 1
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    return datetime(
        int(year), index, int(day), int(hour), int(minute), int(second), micro, UTC
    )


def id_time(job_id: str, now: datetime) -> datetime | None:
    """Creation time inside a time-ordered job id; None where the id is random.

    Random ids decode to absurd years, so only 2012 to tomorrow counts.
    """
    found = re.fullmatch(_JOB_ID, job_id)
    if found is None:
        return None
    try:
        made = datetime.fromtimestamp(int(found[1], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return made if _FIRST_JOB <= made <= now + timedelta(days=1) else None


def zone_offset_s(begin: datetime, made: datetime) -> int:
    """Seconds by which a legacy begin time is ahead of the id's time, else 0.

    Only whole quarter hours within the world's zones count as a zone: anything else
    is two different moments, not one moment on two clocks.
    """
    ahead_s = (begin - made).total_seconds()
    zone_s = round(ahead_s / _QUARTER_S) * _QUARTER_S
    if zone_s and abs(zone_s) <= ZONES_S and abs(ahead_s - zone_s) <= 5:
        return zone_s
    return 0
