"""When what waits is told: together what comes together, and not too often.

Decides from what is stored, the news that wait and the times of earlier messages, so
that copies of the program and runs after a restart keep one pace between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.notices.news import Level, News
from ims_tui.core.notices.quiet_hours import QuietHours

HOUR_S = 3600.0
LONGEST_WINDOW_S = 60.0
"""The window in which news are gathered grows to this while they go on."""

RESERVE = 4
"""Messages of an hour that are kept for what is urgent."""


class Pace(Struct, frozen=True):
    """How often one channel may speak."""

    coalesce_s: float = 5.0
    """What comes within this time is one message."""
    most_per_hour: int = 12
    """More than RESERVE."""
    quiet: QuietHours | None = None
    is_each: bool = False
    """Whether every piece of news goes alone and at once, as to a program."""

    def hurried(self) -> Pace:
        """The pace at the end of the program: nothing more can be gathered."""
        return replace(self, coalesce_s=0.0)


class Due(Struct, frozen=True):
    """What to tell now, one message each, and when to look again."""

    messages: Sequence[Sequence[News]] = ()
    wait_s: float | None = None
    """Seconds until something that waits may be told; None: nothing waits."""


def due(
    pace: Pace, waiting: Sequence[News], sent: Sequence[datetime], now: datetime
) -> Due:
    """Decide what of the waiting news is told now.

    Args:
        pace: of the channel.
        waiting: news that were not told, the oldest first.
        sent: times of the messages of the last hour, the oldest first.
        now: the time on the clock that gave the other times.
    """
    free, quiet_s = _let_through(pace, waiting, now)
    if not free:
        return Due((), quiet_s)
    if pace.is_each:
        return Due([[news] for news in free], quiet_s)
    wait_s = _wait_s(pace, free, sent, now)
    if wait_s > 0:
        return Due((), wait_s)
    return Due([free], quiet_s)


def _let_through(
    pace: Pace, waiting: Sequence[News], now: datetime
) -> tuple[Sequence[News], float | None]:
    """News that quiet hours do not hold, and the seconds to their end."""
    end = pace.quiet.end(now) if pace.quiet else None
    if pace.quiet is None or end is None:
        return waiting, None
    free = [news for news in waiting if news.level in pace.quiet.allow]
    return free, None if len(free) == len(waiting) else (end - now).total_seconds()


def _wait_s(
    pace: Pace, free: Sequence[News], sent: Sequence[datetime], now: datetime
) -> float:
    is_urgent = any(news.level is Level.URGENT for news in free)
    ages_s = [(now - at).total_seconds() for at in sent]
    ages_s = [age for age in ages_s if 0 <= age < HOUR_S]
    window_s = _window_s(pace, ages_s)
    quiet_for_s = ages_s[-1] if ages_s else HOUR_S
    if is_urgent and quiet_for_s >= window_s:
        gather_s = 0.0
    elif is_urgent:
        gather_s = window_s - quiet_for_s
    else:
        oldest_s = max((now - news.at).total_seconds() for news in free)
        gather_s = max(window_s - quiet_for_s, pace.coalesce_s - max(0.0, oldest_s))
    most = pace.most_per_hour - (0 if is_urgent else RESERVE)
    return max(gather_s, _rate_s(most, ages_s))


def _window_s(pace: Pace, ages_s: Sequence[float]) -> float:
    """The window after the last message: twice as long with each in a row."""
    in_a_row = 0
    later_s = 0.0
    for age_s in reversed(ages_s):
        if age_s - later_s > 2 * LONGEST_WINDOW_S:
            break
        in_a_row, later_s = in_a_row + 1, age_s
    grown_s: float = pace.coalesce_s * 2 ** max(0, in_a_row - 1)
    return max(pace.coalesce_s, min(grown_s, LONGEST_WINDOW_S))


def _rate_s(most: int, ages_s: Sequence[float]) -> float:
    """Seconds until the rate allows a message.

    The second half of an hour's messages is spread over what is left of the hour, so
    that the last one is never an hour away.
    """
    if len(ages_s) >= most:
        return HOUR_S - ages_s[-most]
    if 2 * len(ages_s) < most:
        return 0.0
    left_s = HOUR_S - ages_s[0] + ages_s[-1]  # from the last message on
    return left_s / (most - len(ages_s) + 1) - ages_s[-1]
