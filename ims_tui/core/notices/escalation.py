"""Urgent news that wait for somebody to acknowledge them before more people hear."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.notices.news import Level, News
from ims_tui.core.text import age


def escalates(news: News) -> bool:
    """Whether news are for more people where nobody acknowledges them."""
    return news.level is Level.URGENT


def escalated(news: News, after_s: float) -> News:
    """The news as they are told where nobody acknowledged them.

    Args:
        news: what is urgent.
        after_s: seconds that it waits for an acknowledgement.
    """
    title = f"{news.title}, {not_acknowledged(after_s)}"
    facts = {**news.facts, "TITLE": title}
    return replace(news, title=title, facts=facts, unheeded_s=after_s)


def not_acknowledged(after_s: float) -> str:
    """What is said of news that nobody looked at."""
    return f"nobody acknowledged it in {age(after_s)}"
