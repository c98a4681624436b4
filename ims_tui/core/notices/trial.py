"""Messages that try a channel, one of each level that it hears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from ims_tui.core.notices.message import Message, message_of
from ims_tui.core.notices.news import LEVELS, Level, News, reaches
from ims_tui.core.release import JSON_SCHEMA

_TRIED = ("fail", "stalled", "success")
"""One kind of each level."""


def trials(least: Level, now: datetime) -> Iterator[Message]:
    """A message of each level that matters enough."""
    for kind in _TRIED:
        if reaches(LEVELS[kind], least):
            yield message_of([_trial(kind, now)])


def _trial(kind: str, now: datetime) -> News:
    title, text = "ims-tui: a trial", f"This is a trial of level {LEVELS[kind]}."
    document = {
        "schema": JSON_SCHEMA,
        "ts": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "event": kind,
        "text": text,
    }
    facts = {"EVENT": kind, "TITLE": title, "BODY": text}
    return News(
        kind,
        "",
        now,
        name="a trial",
        title=title,
        sentence=text,
        facts=facts,
        document=json.dumps(document),
    )
