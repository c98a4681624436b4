"""News for tests, with only what the test is about spelled out."""

from __future__ import annotations

from ims_tui.core.notices.news import News
from tests.core.entries import at, id_of


def some_news(
    kind: str = "fail",
    number: int = 1,
    *,
    seconds: float = 0.0,
    code: str = "",
    job_id: str | None = None,
    ends: str = "",
) -> News:
    """A piece of news of one kind about one job."""
    return News(
        kind,
        "default",
        at(seconds),
        id_of(number) if job_id is None else job_id,
        name=f"job{number}",
        code=code,
        title=f"ims-tui: job{number} {kind}",
        sentence=f"job{number} is told as {kind}",
        document="{}",
        ends=ends,
    )
