"""Which channel a piece of news goes to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from ims_tui.core.notices.news import LEVELS, Level, News, reaches


def _anything(_text: str) -> bool:
    return True


class Rule(Struct, frozen=True):
    """What one channel wants to hear."""

    level: Level = Level.NEWS
    """News that matter less are left out."""
    passes: Callable[[str], bool] = _anything
    """The filter, asked with the search text of a job."""
    kinds: Collection[str] = tuple(LEVELS)
    min_duration_s: float = 0.0
    """Jobs that ended sooner are not told, unless they are urgent."""
    hears_marked: bool = False
    """Whether it hears everything of jobs with marks before their end."""
    only_away: bool = False
    """Whether it hears only of what nobody saw on a screen."""


class Candidate(Struct, frozen=True):
    """A piece of news with what rules ask about its job."""

    news: News
    search_text: str = ""
    """Of the job; empty where the news are about a profile."""
    is_muted: bool = False
    tags: Sequence[str] = ()
    is_marked: bool = False
    """Whether somebody waits for the job: it has marks before its end."""
    took_s: float | None = None
    """How long the job took; None where it goes on, or nobody knows."""


def wants(rule: Rule, candidate: Candidate, *, is_away: bool = True) -> bool:
    """Whether a channel gets a piece of news.

    The filter is about jobs: what befalls a whole profile passes it.
    """
    news = candidate.news
    if rule.only_away and not is_away:
        return False
    if candidate.is_muted or news.kind not in rule.kinds:
        return False
    if news.job_id and not rule.passes(candidate.search_text):
        return False
    return _matters(rule, candidate) or (rule.hears_marked and candidate.is_marked)


def hears_nothing(level: Level, kinds: Collection[str]) -> bool:
    """Whether no news of these kinds matter enough for a channel of a level."""
    return not any(reaches(LEVELS[kind], level) for kind in kinds)


def _matters(rule: Rule, candidate: Candidate) -> bool:
    """Whether news are of a level that is heard, and their job took long enough."""
    news, took_s = candidate.news, candidate.took_s
    is_short = took_s is not None and took_s < rule.min_duration_s
    is_told = not is_short or news.level is Level.URGENT
    return is_told and reaches(news.reach, rule.level)
