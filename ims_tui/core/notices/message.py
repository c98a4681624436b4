"""Several news as one short message: counts and causes, names as far as they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from ims_tui.core.notices.escalation import not_acknowledged
from ims_tui.core.notices.news import LEVELS, Level, News
from ims_tui.core.text import cut

MOST_NAMED = 3
MOST_CELLS = 120
"""Of each line."""

WORDS: Mapping[str, str] = {
    "fail": "failed",
    "auth": "sign-in needed",
    "not_saved": "not saved",
    "stalled": "stalled",
    "unreachable": "no answer",
    "expiring": "credential ends soon",
    "near_end": "near the end",
    "success": "ok",
    "all_done": "all done",
    "back": "well again",
}
"""What each kind of news says."""


class Message(Struct, frozen=True):
    """What a channel is given."""

    title: str
    body: str
    level: Level
    news: Sequence[News]
    """What it tells, at least one."""


def message_of(news: Sequence[News]) -> Message:
    """One message of some news; one alone keeps its own words."""
    ordered = in_order(news)
    level = ordered[0].level
    if len(ordered) == 1:
        (one,) = ordered
        return Message(one.title, one.sentence, level, ordered)
    groups = [list(group) for _, group in groupby(ordered, lambda n: n.kind)]
    counts = ", ".join(map(_count, groups))
    if wait_s := max(news.unheeded_s for news in ordered):
        counts += f": {not_acknowledged(wait_s)}"
    lines = [cut(_line(group), MOST_CELLS) for group in groups]
    return Message(cut(f"ims-tui: {counts}", MOST_CELLS), "\n".join(lines), level, news)


def in_order(news: Sequence[News]) -> list[News]:
    """News by kind, what matters most first, and by time."""
    kinds = list(LEVELS)
    return sorted(news, key=lambda one: (kinds.index(one.kind), one.at))


def harmless(text: str) -> str:
    """A text in which no chat finds a tag or a mention.

    `<` and `@` begin them; their wide forms look alike and mean nothing.
    """
    return text.replace("<", "\uff1c").replace("@", "\uff20")


def count_text(kind: str, count: int) -> str:
    """How many news of a kind there are, such as `3 failed`."""
    return f"{count} {WORDS[kind]}"


def _count(group: Sequence[News]) -> str:
    kind = group[0].kind
    return count_text(kind, len(group)) if group[0].name else WORDS[kind]


def _line(group: Sequence[News]) -> str:
    """All news of one kind: `4 failed, IMG.0057 x3: a, b, c, +1`."""
    if not group[0].name:  # about no job or profile in particular
        return group[-1].sentence
    codes = [news.code for news in group if news.code]
    common = max(codes, key=codes.count) if codes else ""
    cause = f", {common} x{codes.count(common)}" if common else ""
    names = [news.name for news in group[:MOST_NAMED]]
    more = [f"+{len(group) - MOST_NAMED}"] if len(group) > MOST_NAMED else []
    return f"{len(group)} {WORDS[group[0].kind]}{cause}: {', '.join(names + more)}"
