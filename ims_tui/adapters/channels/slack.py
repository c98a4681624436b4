"""Slack: an incoming webhook; its address is its key.

Format: api.slack.com/messaging/webhooks; `&` and `>` are escaped as said at
api.slack.com/reference/surfaces/formatting; no text mentions anybody.
"""

from __future__ import annotations

from datetime import datetime

from ims_tui.adapters.channels.jsonreply import JSON, body_of
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message, harmless


def _write(message: Message, target: Target, now: datetime) -> Post:
    text = harmless(f"{message.title}\n{message.body}")
    escaped = text.replace("&", "&amp;").replace(">", "&gt;")
    document = {"text": escaped, "mrkdwn": False}
    return Post(target.url.reveal(), body_of(document), JSON)


FORM = MessageForm(_write)
