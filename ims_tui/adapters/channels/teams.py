"""Microsoft Teams: a webhook of the Workflows app, one Adaptive Card.

Format: learn.microsoft.com/power-automate/teams/send-a-message-in-teams and
adaptivecards.io/explorer/TextBlock.html. A text block reads a little Markdown, so its
signs are escaped; mentions would need entities, and there are none.
"""

from __future__ import annotations

import re
from datetime import datetime

from ims_tui.adapters.channels.jsonreply import JSON, body_of
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message, harmless

_SIGNS = r"([\\`*_\[\]()#+\-.!>~|{}])"


def _block(text: str, **more: object) -> dict[str, object]:
    plain = re.sub(_SIGNS, r"\\\1", harmless(text))
    return {"type": "TextBlock", "text": plain, "wrap": True, **more}


def _write(message: Message, target: Target, now: datetime) -> Post:
    lines = [_block(line) for line in message.body.splitlines()]
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.2",
        "body": [_block(message.title, weight="Bolder"), *lines],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": card}
    document = {"type": "message", "attachments": [attachment]}
    return Post(target.url.reveal(), body_of(document), JSON)


FORM = MessageForm(_write)
