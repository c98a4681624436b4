"""One piece of news: how much it matters, and what makes two of them equal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class Level(StrEnum):
    """How much a piece of news matters."""

    URGENT = "urgent"
    WARNING = "warning"
    NEWS = "news"


LEVELS: Mapping[str, Level] = {
    "fail": Level.URGENT,
    "auth": Level.URGENT,
    "not_saved": Level.URGENT,
    "stalled": Level.WARNING,
    "unreachable": Level.WARNING,
    "expiring": Level.WARNING,
    "near_end": Level.NEWS,
    "success": Level.NEWS,
    "all_done": Level.NEWS,
    "back": Level.NEWS,
}
"""Every kind of news with its level."""

_ORDER = tuple(Level)

EPISODE_S: Mapping[str, float] = {
    "stalled": 3600.0,
    "auth": 600.0,
    "not_saved": 600.0,
    "unreachable": 600.0,
    "expiring": 86400.0,
    "back": 0.0,
}
"""Quiet time after which news of a kind are new again; a job ends only once.

What comes and goes without such a pause is one episode and told once, unless its end
was told.
"""

HELD_S: Mapping[str, float] = {"unreachable": 120.0}
"""How long news of a kind wait whether they are over by themselves."""


class News(Struct, frozen=True):
    """One thing worth telling. All texts are printable and short."""

    kind: str
    """A key of `LEVELS`."""
    profile: str
    at: datetime
    job_id: str = ""
    """Empty where it is about a profile."""
    name: str = ""
    """What the job or the profile is called."""
    code: str = ""
    """The service's code of a failure."""
    title: str = ""
    sentence: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What a program of the operator's gets as `IMS_TUI_...`."""
    document: str = ""
    """All of it as JSON."""
    advice_zh: str = ""
    """What a failure means and what helps, in Chinese."""
    subject: str = ""
    """What tells it from others of its kind about the same job or profile."""
    ends: str = ""
    """Of `back`: the kind of the bad news whose end it tells."""
    unheeded_s: float = 0.0
    """Told only where nobody acknowledged the job for so long; 0: at once."""

    @property
    def level(self) -> Level:
        """How much it matters."""
        return LEVELS[self.kind]

    @property
    def key(self) -> str:
        """What it is about: equal for every copy that sees it."""
        return self._key_of(self.kind, self.ends or self.subject)

    @property
    def recovers(self) -> str:
        """The key of the bad news whose end it tells; empty for others."""
        return self._key_of(self.ends) if self.ends else ""

    def _key_of(self, kind: str, subject: str = "") -> str:
        end = f"\n{subject}" if subject else ""
        return f"{self.profile}\n{self.job_id}\n{kind}{end}"

    @property
    def reach(self) -> Level:
        """Whom it is for: an end goes as far as the bad news went."""
        return LEVELS[self.ends or self.kind]

    @property
    def episode_s(self) -> float:
        """Seconds without it after which it is new again."""
        return EPISODE_S.get(self.kind, float("inf"))

    @property
    def held_s(self) -> float:
        """Seconds it waits whether it is over by itself, or acknowledged."""
        return self.unheeded_s or HELD_S.get(self.kind, 0.0)


def reaches(level: Level, least: Level) -> bool:
    """Whether a level matters at least as much as another."""
    return _ORDER.index(level) <= _ORDER.index(least)
