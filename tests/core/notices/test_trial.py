"""Messages that try a channel."""

from __future__ import annotations

import json

from ims_tui.core.headless.changes import stamp
from ims_tui.core.notices.news import Level
from ims_tui.core.notices.trial import trials
from ims_tui.core.release import JSON_SCHEMA
from tests.core.entries import at


def test_a_trial_of_each_level_that_the_channel_hears() -> None:
    levels = [message.level for message in trials(Level.NEWS, at(0))]
    assert levels == [Level.URGENT, Level.WARNING, Level.NEWS]
    assert [m.level for m in trials(Level.URGENT, at(0))] == [Level.URGENT]


def test_its_document_is_as_those_of_news() -> None:
    (message,) = trials(Level.URGENT, at(0))
    (news,) = message.news
    document = json.loads(news.document)
    assert (document["schema"], document["ts"]) == (JSON_SCHEMA, stamp(at(0)))
