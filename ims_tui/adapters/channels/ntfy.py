"""ntfy: a topic of ntfy.sh or of a server of one's own, published as JSON.

Format: docs.ntfy.sh/publish/#publish-as-json. As JSON, because titles in headers would
let a text become a header. The address is that of the topic; an access token, where the
server wants one, is the secret.
"""

from __future__ import annotations

from datetime import datetime

from ims_tui.adapters.channels.jsonreply import JSON, body_of
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.news import Level

_PRIORITIES = {Level.URGENT: 5, Level.WARNING: 4, Level.NEWS: 3}


def _write(message: Message, target: Target, now: datetime) -> Post:
    server, _, topic = target.url.reveal().rpartition("/")
    document = {
        "topic": topic,
        "title": message.title,
        "message": message.body,
        "priority": _PRIORITIES[message.level],
    }
    headers = dict(JSON)
    if target.secret:
        headers["Authorization"] = f"Bearer {target.secret.reveal()}"
    return Post(server + "/", body_of(document), headers)


FORM = MessageForm(_write)
